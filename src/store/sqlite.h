/* The one door to SQLite: open, prepare, bind, step. Prepared statements only; with sqlite_vfs.c the only
 * file that names sqlite3.
 *
 * Errors are err_t with the database's message in the diag: ERR_BUSY, ERR_DISK_FULL, ERR_IO, ERR_CORRUPT (not
 * a database, malformed), ERR_STORE (anything else). A connection belongs to one thread. */
#ifndef VITRINE_STORE_SQLITE_H
#define VITRINE_STORE_SQLITE_H

#include "base/err.h"
#include "base/str.h"
#include "base/types.h"

typedef struct sql_db sql_db_t;
typedef struct sql_stmt sql_stmt_t;

typedef struct {
    const char *path;
    const char *vfs; /* NULL: the system's; simulation passes its own */
    bool read_only;
    bool full_sync; /* journal: synchronous=FULL, read back; otherwise NORMAL */
    bool exclusive; /* locking_mode=EXCLUSIVE before WAL (needed by a VFS without shared memory) */
} sql_options_t;

/* A file of no bytes is refused (ERR_TRUNCATED): it is no new database, but an old one that was emptied. */
MUST_USE err_t sql_open(const sql_options_t *o, diag_t *diag, sql_db_t **out);
void sql_close(sql_db_t *db);
/* Runs statements without results or parameters (migrations, begin, commit). */
MUST_USE err_t sql_exec(sql_db_t *db, const char *sql, diag_t *diag);
MUST_USE err_t sql_prepare(sql_db_t *db, const char *sql, diag_t *diag, sql_stmt_t **out);
void sql_finalize(sql_stmt_t *s);
void sql_reset(sql_stmt_t *s);
/* Binding: indexes from 1. Text and blobs are copied. */
void sql_bind_i64(sql_stmt_t *s, int index, i64 v);
void sql_bind_text(sql_stmt_t *s, int index, str_t v);
void sql_bind_blob(sql_stmt_t *s, int index, const void *p, size_t n);
/* *row = true while there are rows. */
MUST_USE err_t sql_step(sql_stmt_t *s, diag_t *diag, bool *row);
/* All rows of a bound statement, each made by `read` of `size` bytes. *own_out is malloc'd (NULL if there are
 * none); nothing is given on error. */
typedef struct {
    err_t (*read)(sql_stmt_t *s, void *row, diag_t *diag);
    size_t size;
} sql_row_t;
MUST_USE err_t sql_collect(sql_stmt_t *s, sql_row_t kind, void **own_out, u32 *count, diag_t *diag);
i64 sql_column_i64(sql_stmt_t *s, int index);    /* from 0 */
str_t sql_column_text(sql_stmt_t *s, int index); /* borrowed until the next step */
str_t sql_column_blob(sql_stmt_t *s, int index);
bool sql_column_is_null(sql_stmt_t *s, int index);
i64 sql_last_rowid(sql_db_t *db);
i64 sql_changes(sql_db_t *db);
/* Passive WAL checkpoint, between batches. */
MUST_USE err_t sql_checkpoint(sql_db_t *db, diag_t *diag);
/* All of the log into the database, and the log to no bytes. ERR_BUSY: somebody reads or writes. */
MUST_USE err_t sql_truncate_log(sql_db_t *db, diag_t *diag);

#endif
