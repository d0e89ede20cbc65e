/* See backup.h. */
#include "store/backup.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "os/host.h"
#include "store/head.h"
#include "store/journal.h"
#include "store/sqlite.h"

#define NAME_LIKE "vitrine-00000000T000000Z.db" /* 0: a digit */
#define PART_NAME "vitrine.db.part"
#define RUNNING "SELECT id FROM run JOIN run_head USING (run) WHERE status = 1"

static bool is_backup(const char *name)
{
    size_t n = strlen(NAME_LIKE);
    bool same = strlen(name) == n;
    for (size_t i = 0; i < n && same; i++) {
        same = NAME_LIKE[i] == '0' ? name[i] >= '0' && name[i] <= '9' : name[i] == NAME_LIKE[i];
    }
    return same;
}

/* "2026-11-27T00:48:00..." without what a file name should not have. */
static void name_of(i64 now, char out[64])
{
    char t[36];
    time_print(t, now);
    (void)snprintf(out, 64, "vitrine-%.4s%.2s%.2sT%.2s%.2s%.2sZ.db", t, t + 5, t + 8, t + 11, t + 14, t + 17);
    ASSERT(is_backup(out));
}

/* Every page and every index. */
static err_t read_whole(sql_db_t *db, const char *path, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(sql_prepare(db, "PRAGMA integrity_check(1)", diag, &q));
    err_t err = sql_step(q, diag, &row);
    str_t said = err == ERR_OK && row ? sql_column_text(q, 0) : STR("nothing was said");
    if (err == ERR_OK && !str_eq_c(said, "ok")) {
        err = diag_fail(diag, ERR_CORRUPT,
                        "the database is damaged: %.*s\n%s\n"
                        "do: put the newest file of the folder backups in its place",
                        (int)MIN_OF(said.n, 200U), (const char *)said.p, path);
    }
    sql_finalize(q);
    return err;
}

/* A run that an engine makes holds the home; a back-test holds a place of its own. */
static err_t nobody_runs(const home_t *h, sql_db_t *db, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    bool row = false;
    err_t err = sql_prepare(db, RUNNING, diag, &q);
    err = err == ERR_OK ? sql_step(q, diag, &row) : err;
    while (err == ERR_OK && row) {
        run_row_t run = {.status = RUN_RUNNING};
        err = str_copy(run.id.text, sizeof run.id.text, sql_column_text(q, 0));
        if (err == ERR_OK && !run_is_cut(h, &run)) {
            err = diag_fail(diag, ERR_BUSY,
                            "run %s is being made in this home\n%s\ndo: wait for its end, or stop it",
                            run.id.text, h->root);
        }
        err = err == ERR_OK ? sql_step(q, diag, &row) : err;
    }
    sql_finalize(q);
    return err;
}

static err_t copy_to(sql_db_t *db, const char *part, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(sql_prepare(db, "VACUUM INTO ?1", diag, &q));
    sql_bind_text(q, 1, str_from(part));
    err_t err = sql_step(q, diag, &row);
    sql_finalize(q);
    return err;
}

static err_t check_copy(const char *part, diag_t *diag)
{
    sql_db_t *db = NULL;
    sql_options_t o = {.path = part, .read_only = true};
    TRY(sql_open(&o, diag, &db));
    err_t err = read_whole(db, part, diag);
    sql_close(db);
    return err;
}

/* What is left of an earlier try, or of this one. */
static void drop(const char *part)
{
    if (os_exists(part)) {
        err_t err = os_remove(part, NULL);
        (void)err; /* if it is still there, the next copy says so */
    }
}

/* Names sort as their times do. */
static err_t keep_newest(const char *folder, u32 keep, diag_t *diag, backup_t *out)
{
    os_names_t names = {0};
    u32 count = 0;
    TRY(os_dir_list(folder, diag, &names));
    for (u32 i = 0; i < names.count; i++) {
        count += is_backup(names.own_v[i]) ? 1 : 0;
    }
    err_t err = ERR_OK;
    out->kept = count;
    for (u32 i = 0; i < names.count && out->kept > keep && err == ERR_OK; i++) {
        char path[LIMIT_PATH];
        if (is_backup(names.own_v[i])) {
            err = os_path_join(path, sizeof path, folder, names.own_v[i]);
            err = err == ERR_OK ? os_remove(path, diag) : err;
            out->kept--;
            out->removed++;
        }
    }
    os_names_free(&names);
    return err;
}

static err_t copy(const home_t *h, sql_db_t *db, const char *database, diag_t *diag, backup_t *out)
{
    char folder[LIMIT_PATH];
    char part[LIMIT_PATH];
    home_path(h, HOME_BACKUPS, folder);
    TRY(nobody_runs(h, db, diag));
    TRY(read_whole(db, database, diag));
    TRY(os_dir_make(folder, 0700, diag));
    TRY(os_path_join(part, sizeof part, folder, PART_NAME));
    drop(part);
    err_t err = copy_to(db, part, diag);
    err = err == ERR_OK ? check_copy(part, diag) : err;
    err = err == ERR_OK ? os_file_name(part, out->path, diag) : err;
    if (err != ERR_OK) {
        drop(part);
        return err;
    }
    out->bytes = os_file_size(out->path);
    return sql_truncate_log(db, diag);
}

err_t backup_make(const home_t *h, u32 keep, i64 now, diag_t *diag, backup_t *out)
{
    ASSERT(h != NULL && h->owned && keep >= 1 && out != NULL);
    char database[LIMIT_PATH];
    char log[LIMIT_PATH];
    char folder[LIMIT_PATH];
    char name[64];
    *out = (backup_t){0};
    home_path(h, HOME_DB, database);
    home_path(h, HOME_DB "-wal", log);
    home_path(h, HOME_BACKUPS, folder);
    if (!os_exists(database)) {
        return diag_fail(diag, ERR_EMPTY, "%s: there is no database in this home yet\ndo: nothing is lost",
                         h->root);
    }
    name_of(now, name);
    TRY(os_path_join(out->path, sizeof out->path, folder, name));
    TRY(head_check(h->root, diag));
    out->database = os_file_size(database);
    out->log = MAX_OF(os_file_size(log), 0);
    sql_db_t *db = NULL;
    sql_options_t o = {.path = database, .full_sync = true};
    TRY(sql_open(&o, diag, &db));
    err_t err = copy(h, db, database, diag, out);
    sql_close(db);
    return err == ERR_OK ? keep_newest(folder, keep, diag, out) : err;
}
