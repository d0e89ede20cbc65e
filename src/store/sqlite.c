/* See sqlite.h. The only file but sqlite_vfs.c that names sqlite3. */
#include "store/sqlite.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "base/limits.h"
#include "os/file.h"

/* How long a database that another process holds is waited for: an import commits in less, and who waits
 * longer at a terminal wants to know. */
enum { BUSY_WAIT_MS = 5000 };

struct sql_db {
    sqlite3 *own_handle;
};
struct sql_stmt {
    sqlite3_stmt *own_handle;
    sqlite3 *db;
};

static err_t sql_error(int rc)
{
    switch (rc & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_FULL:
        return ERR_DISK_FULL;
    case SQLITE_IOERR:
        return ERR_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return ERR_PERMISSION;
    default:
        return ERR_STORE;
    }
}

/* A full disk, a quota and a limit on the size of files look like bad input and output to the library. */
static err_t sql_error_of(int rc, int code)
{
    bool io = (rc & 0xFF) == SQLITE_IOERR || (rc & 0xFF) == SQLITE_CANTOPEN;
    if (io && (code == ENOSPC || code == EDQUOT || code == EFBIG)) {
        return ERR_DISK_FULL;
    }
    return io && (code == EMFILE || code == ENFILE) ? ERR_IO : sql_error(rc);
}

/* errno of what the library met, 0: unknown. It forgets that of a write in a commit; the files remember. */
static int sql_errno(sqlite3 *h)
{
    int code = sqlite3_system_errno(h);
    sqlite3_file *log = NULL;
    bool has_log = code == 0 &&
                   sqlite3_file_control(h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
                   log != NULL && log->pMethods != NULL;
    if (has_log && log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &code) != SQLITE_OK) {
        code = 0;
    }
    if (code == 0 && sqlite3_file_control(h, "main", SQLITE_FCNTL_LAST_ERRNO, &code) != SQLITE_OK) {
        code = 0;
    }
    return code;
}

static err_t sql_fail(sqlite3 *h, int rc, const char *doing, diag_t *diag)
{
    const char *file = h == NULL ? NULL : sqlite3_db_filename(h, "main");
    int code = h == NULL || (rc & 0xFF) == SQLITE_CORRUPT ? 0 : sql_errno(h);
    err_t e = sql_error_of(rc, code);
    const char *note = "";
    const char *remedy = "";
    /* A remedy stands here where this file knows one; the rest is left to whoever prints the error. */
    if (e == ERR_CORRUPT) {
        remedy = "\ndo: restore vitrine.db from a backup, or name another home with --home";
    } else if (code == EMFILE || code == ENFILE) {
        remedy = "\ndo: raise the limit of open files (ulimit -n)";
    } else if (e == ERR_BUSY) {
        note = " by another process; it was waited for";
        remedy = "\ndo: wait for that process or end it (`fuser` names it), then run this again";
    }
    return diag_fail(diag, e, "database %.200s: %.120s%s\nat: %.60s%s", file == NULL ? "?" : file,
                     h == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(h), note, doing, remedy);
}

/* Pragmas that the durability argument rests on are read back: a silent refusal would be a silent loss. */
static err_t pragma_expect(sql_db_t *db, const char *sql, const char *want, diag_t *diag)
{
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(db, sql, diag, &s));
    bool row = false;
    err_t err = sql_step(s, diag, &row);
    bool ok = err == ERR_OK && row && str_eq_nocase(sql_column_text(s, 0), str_from(want));
    sql_finalize(s);
    if (err != ERR_OK) {
        return err;
    }
    return ok ? ERR_OK : diag_fail(diag, ERR_STORE, "database: %s did not give %s", sql, want);
}

static err_t sql_configure(sql_db_t *db, const sql_options_t *o, diag_t *diag)
{
    (void)sqlite3_busy_timeout(db->own_handle, BUSY_WAIT_MS);
    if (o->read_only) {
        return ERR_OK;
    }
    if (o->exclusive) {
        TRY(pragma_expect(db, "PRAGMA locking_mode=EXCLUSIVE", "exclusive", diag));
    }
    TRY(pragma_expect(db, "PRAGMA journal_mode=WAL", "wal", diag));
    TRY(sql_exec(db, o->full_sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", diag));
    TRY(pragma_expect(db, "PRAGMA synchronous", o->full_sync ? "2" : "1", diag));
    return sql_exec(db, "PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0", diag);
}

/* No bytes where a database should be; one that is being made may stand in its write-ahead log alone. */
static bool is_emptied(const char *path)
{
    char log[LIMIT_PATH + 8];
    (void)snprintf(log, sizeof log, "%s-wal", path);
    return os_file_size(path) == 0 && os_file_size(log) <= 0;
}

/* The library takes a file of no bytes for a new database. Here it was one that somebody had, for what we
 * make is never without bytes: a run that began anew in it would hide the loss. */
static err_t refuse_emptied(const sql_options_t *o, diag_t *diag)
{
    return o->vfs != NULL || !is_emptied(o->path)
               ? ERR_OK
               : diag_fail(diag, ERR_TRUNCATED,
                           "%s: a file of no bytes where the database should be: it was emptied\n"
                           "do: put a copy of it back; if there was none, remove the file",
                           o->path);
}

/* A database without tables, whole under its name at once: whoever is killed while the library makes one
 * would leave a file of no bytes. */
static err_t make_whole(const sql_options_t *o, diag_t *diag)
{
    sqlite3 *empty = NULL;
    sqlite3_int64 size = 0;
    u8 *bytes = NULL;
    if (o->vfs != NULL || o->read_only || os_exists(o->path)) {
        return ERR_OK;
    }
    int rc = sqlite3_open_v2(":memory:", &empty, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) { /* the first page is made when something is written to it */
        rc = sqlite3_exec(empty, "PRAGMA user_version = 1; PRAGMA user_version = 0", NULL, NULL, NULL);
        bytes = rc == SQLITE_OK ? sqlite3_serialize(empty, "main", &size, 0) : NULL;
    }
    diag_t why = {0};
    err_t err = bytes == NULL || size <= 0
                    ? ERR_NO_MEMORY
                    : os_file_create(o->path, (str_t){.p = bytes, .n = (u32)size}, 0644, &why);
    sqlite3_free(bytes);
    (void)sqlite3_close(empty);
    if (err == ERR_EXISTS) { /* somebody was first: it is theirs that is opened */
        return ERR_OK;
    }
    if (err != ERR_OK && why.set) {
        return diag_fail(diag, err, "%s", why.text);
    }
    return err;
}

err_t sql_open(const sql_options_t *o, diag_t *diag, sql_db_t **out)
{
    ASSERT(o != NULL && o->path != NULL);
    ASSERT(out != NULL);
    if (o->vfs == NULL && os_is_folder(o->path)) {
        return diag_fail(diag, ERR_EXISTS,
                         "a folder stands where the database is needed\n%s\n"
                         "do: move it away, or name another home with --home",
                         o->path);
    }
    TRY(refuse_emptied(o, diag));
    TRY(make_whole(o, diag));
    sql_db_t *db = calloc(1, sizeof *db);
    if (db == NULL) {
        return ERR_NO_MEMORY;
    }
    int flags = (o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(o->path, &db->own_handle, flags, o->vfs);
    err_t err = ERR_OK;
    if (rc != SQLITE_OK) {
        err = diag_fail(diag, sql_error(rc),
                        "database %s: cannot open: %s\ndo: check that the folder exists and may be "
                        "written",
                        o->path, sqlite3_errstr(rc));
    } else {
        err = sql_configure(db, o, diag);
    }
    if (err != ERR_OK) {
        sql_close(db);
        return err;
    }
    *out = db;
    return ERR_OK;
}

void sql_close(sql_db_t *db)
{
    if (db != NULL) {
        (void)sqlite3_close(db->own_handle);
        free(db);
    }
}

err_t sql_exec(sql_db_t *db, const char *sql, diag_t *diag)
{
    ASSERT(db != NULL && sql != NULL);
    int rc = sqlite3_exec(db->own_handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : sql_fail(db->own_handle, rc, "exec", diag);
}

err_t sql_prepare(sql_db_t *db, const char *sql, diag_t *diag, sql_stmt_t **out)
{
    ASSERT(db != NULL && sql != NULL && out != NULL);
    sql_stmt_t *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return ERR_NO_MEMORY;
    }
    s->db = db->own_handle;
    int rc = sqlite3_prepare_v3(db->own_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->own_handle, NULL);
    if (rc != SQLITE_OK) {
        free(s);
        return sql_fail(db->own_handle, rc, sql, diag);
    }
    *out = s;
    return ERR_OK;
}

void sql_finalize(sql_stmt_t *s)
{
    if (s != NULL) {
        (void)sqlite3_finalize(s->own_handle);
        free(s);
    }
}

void sql_reset(sql_stmt_t *s)
{
    ASSERT(s != NULL);
    (void)sqlite3_reset(s->own_handle);
    (void)sqlite3_clear_bindings(s->own_handle);
}

void sql_bind_i64(sql_stmt_t *s, int index, i64 v)
{
    int rc = sqlite3_bind_int64(s->own_handle, index, v);
    ASSERT(rc == SQLITE_OK);
}

void sql_bind_text(sql_stmt_t *s, int index, str_t v)
{
    int rc = sqlite3_bind_text(s->own_handle, index, v.n == 0 ? "" : (const char *)v.p, (int)v.n,
                               SQLITE_TRANSIENT);
    ASSERT(rc == SQLITE_OK);
}

void sql_bind_blob(sql_stmt_t *s, int index, const void *p, size_t n)
{
    ASSERT(n <= INT32_MAX);
    int rc = n == 0 ? sqlite3_bind_zeroblob(s->own_handle, index, 0)
                    : sqlite3_bind_blob(s->own_handle, index, p, (int)n, SQLITE_TRANSIENT);
    ASSERT(rc == SQLITE_OK);
}

err_t sql_step(sql_stmt_t *s, diag_t *diag, bool *row)
{
    ASSERT(s != NULL && row != NULL);
    int rc = sqlite3_step(s->own_handle);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        return sql_fail(s->db, rc, sqlite3_sql(s->own_handle), diag);
    }
    *row = rc == SQLITE_ROW;
    return ERR_OK;
}

err_t sql_collect(sql_stmt_t *s, sql_row_t kind, void **own_out, u32 *count, diag_t *diag)
{
    ASSERT(s != NULL && kind.read != NULL);
    ASSERT(own_out != NULL && count != NULL);
    u8 *own = NULL;
    u32 n = 0;
    u32 room = 0;
    bool row = false;
    err_t err = ERR_OK;
    while (err == ERR_OK && (err = sql_step(s, diag, &row)) == ERR_OK && row) {
        err = list_room(&own, &room, (size_t)n + 1, kind.size);
        err = err == ERR_OK ? kind.read(s, own + (size_t)n * kind.size, diag)
                            : diag_fail(diag, err, "no memory for the manifest");
        n++;
    }
    if (err != ERR_OK) {
        free(own);
        return err;
    }
    *own_out = own;
    *count = n;
    return ERR_OK;
}

i64 sql_column_i64(sql_stmt_t *s, int index)
{
    return sqlite3_column_int64(s->own_handle, index);
}

str_t sql_column_text(sql_stmt_t *s, int index)
{
    const u8 *p = sqlite3_column_text(s->own_handle, index);
    int n = sqlite3_column_bytes(s->own_handle, index);
    return (str_t){.p = p, .n = p == NULL ? 0 : (u32)n};
}

str_t sql_column_blob(sql_stmt_t *s, int index)
{
    const u8 *p = sqlite3_column_blob(s->own_handle, index);
    int n = sqlite3_column_bytes(s->own_handle, index);
    return (str_t){.p = p, .n = p == NULL ? 0 : (u32)n};
}

bool sql_column_is_null(sql_stmt_t *s, int index)
{
    return sqlite3_column_type(s->own_handle, index) == SQLITE_NULL;
}

i64 sql_last_rowid(sql_db_t *db)
{
    return sqlite3_last_insert_rowid(db->own_handle);
}
i64 sql_changes(sql_db_t *db)
{
    return sqlite3_changes64(db->own_handle);
}

err_t sql_checkpoint(sql_db_t *db, diag_t *diag)
{
    int rc = sqlite3_wal_checkpoint_v2(db->own_handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return rc == SQLITE_OK || (rc & 0xFF) == SQLITE_BUSY ? ERR_OK
                                                         : sql_fail(db->own_handle, rc, "checkpoint", diag);
}

err_t sql_truncate_log(sql_db_t *db, diag_t *diag)
{
    int rc = sqlite3_wal_checkpoint_v2(db->own_handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : sql_fail(db->own_handle, rc, "truncating the log", diag);
}
