/* See journal.h: the table of runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/journal_internal.h"

enum { PREFIX_MIN = 4 };

const char *run_kind_name(run_kind_t k)
{
    switch (k) {
    case RUN_BACKTEST:
        return "backtest";
    case RUN_DEMO:
        return "demo";
    case RUN_LIVE:
        return "live";
    }
    return "?";
}

static u64 place_of(run_id_t id) { return hash64(id.text, strlen(id.text)); }

err_t run_hold(const char *path, run_id_t id, diag_t *diag, os_lock_t *out)
{
    return os_lock_place(path, place_of(id), diag, out);
}

bool run_is_cut(const home_t *h, const run_row_t *run)
{
    ASSERT(h != NULL && run != NULL);
    char path[LIMIT_PATH];
    home_path(h, HOME_RUNS_LOCK, path);
    return run->status == RUN_RUNNING && !os_lock_place_is_held(path, place_of(run->id));
}

const char *run_standing(const home_t *h, const run_row_t *run)
{
    return run_is_cut(h, run) ? "interrupted" : run_status_name(run->status);
}

const char *run_status_name(run_status_t s)
{
    switch (s) {
    case RUN_RUNNING:
        return "running";
    case RUN_ENDED:
        return "ended";
    case RUN_FAILED:
        return "failed";
    case RUN_STOPPED:
        return "stopped";
    }
    return "?";
}

/* Crockford's base32 of all 128 bits, the last digit holding the 3 that remain (26 x 5 = 130). */
run_id_t run_id_of(id128_t incarnation)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    run_id_t id = {0};
    for (u32 i = 0; i < RUN_ID_LENGTH; i++) {
        u32 bit = i * 5;
        u32 pair = (u32)incarnation.b[bit / 8] << 8;
        pair |= bit / 8 + 1 < sizeof incarnation.b ? incarnation.b[bit / 8 + 1] : 0u;
        id.text[i] = digits[(pair >> (11 - bit % 8)) & 31u];
    }
    ASSERT(strlen(id.text) == RUN_ID_LENGTH);
    return id;
}

digest_t run_root(const run_start_t *r)
{
    ASSERT(r != NULL);
    u8 bytes[192];
    writer_t w = writer_of(bytes, sizeof bytes);
    digest_t config = digest_of(r->config.p, r->config.n);
    put_str(&w, STR("vitrine journal"));
    put_u32(&w, JOURNAL_FORMAT);
    put_u32(&w, (u32)r->kind);
    put_bytes(&w, r->incarnation.b, sizeof r->incarnation.b);
    put_u64(&w, r->seed);
    put_bytes(&w, r->logic.b, sizeof r->logic.b);
    put_bytes(&w, r->input.b, sizeof r->input.b);
    put_bytes(&w, config.b, sizeof config.b);
    err_t err = writer_done(&w);
    ASSERT(err == ERR_OK);
    return digest_of(bytes, w.used);
}

static bool column_bytes(sql_stmt_t *q, int column, u8 *out, size_t n)
{
    str_t b = sql_column_blob(q, column);
    if (b.n != n) {
        return false;
    }
    memcpy(out, b.p, n);
    return true;
}

/* The columns of RUN_COLUMNS in journal_sql.def. */
static err_t run_read(sql_stmt_t *q, diag_t *diag, run_row_t *out)
{
    run_row_t r = {0};
    str_t id = sql_column_text(q, 1);
    if (sql_column_i64(q, 16) != JOURNAL_FORMAT) {
        return diag_fail(diag, ERR_VERSION,
                         "run " STR_FMT ": journal format %lld, this program reads %d\ndo: use the "
                         "program that wrote it",
                         STR_ARG(id), (long long)sql_column_i64(q, 16), (int)JOURNAL_FORMAT);
    }
    bool ok = id.n == RUN_ID_LENGTH && column_bytes(q, 4, r.incarnation.b, sizeof r.incarnation.b) &&
              column_bytes(q, 11, r.logic.b, sizeof r.logic.b) &&
              column_bytes(q, 12, r.input.b, sizeof r.input.b) &&
              column_bytes(q, 13, r.root.b, sizeof r.root.b) &&
              column_bytes(q, 14, r.head.b, sizeof r.head.b) &&
              (sql_column_is_null(q, 15) || column_bytes(q, 15, r.decisions.b, sizeof r.decisions.b));
    if (!ok) {
        return diag_fail(diag, ERR_CORRUPT, "run " STR_FMT ": its row in table run is damaged\n"
                                                           "do: restore the home from a backup", STR_ARG(id));
    }
    memcpy(r.id.text, id.p, RUN_ID_LENGTH);
    r.number = (u64)sql_column_i64(q, 0);
    r.kind = (run_kind_t)sql_column_i64(q, 2);
    r.status = (run_status_t)sql_column_i64(q, 3);
    r.seed = (u64)sql_column_i64(q, 5);
    r.t_created = sql_column_i64(q, 6);
    r.t_ended = sql_column_i64(q, 7);
    r.last_seq = (u64)sql_column_i64(q, 8);
    r.blocks = (u64)sql_column_i64(q, 9);
    r.writer = (u64)sql_column_i64(q, 10);
    *out = r;
    return ERR_OK;
}

static err_t run_find_prefix(store_t *s, str_t id, diag_t *diag, run_row_t *out)
{
    char upper[RUN_ID_LENGTH];
    sql_stmt_t *q = NULL;
    bool row = false;
    bool another = false;
    if (id.n < PREFIX_MIN || id.n > RUN_ID_LENGTH) {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "\"%.*s\" is no run\ndo: give %d to %d characters of its id, or "
                         "\"latest\"",
                         (int)MIN_OF(id.n, 48U), (const char *)id.p, (int)PREFIX_MIN, (int)RUN_ID_LENGTH);
    }
    for (u32 i = 0; i < id.n; i++) {
        upper[i] = (char)(id.p[i] >= 'a' && id.p[i] <= 'z' ? id.p[i] - 'a' + 'A' : id.p[i]);
    }
    TRY(store_sql(s, SQL_RUN_BY_PREFIX, diag, &q));
    sql_bind_text(q, 1, (str_t){.p = (const u8 *)upper, .n = id.n});
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK && row) {
        err = run_read(q, diag, out);
    }
    if (err == ERR_OK && row) {
        err = sql_step(q, diag, &another);
    }
    sql_reset(q);
    if (err == ERR_OK && (!row || another)) {
        err = diag_fail(diag, ERR_NOT_FOUND,
                        row ? "run " STR_FMT ": several ids begin so\ndo: give more of it"
                            : "run " STR_FMT ": no such run\n"
                                           "do: `vitrine audit verify` lists them, `latest` is the newest, "
                                           "`previous` the one before it",
                        STR_ARG(id));
    }
    return err;
}

static err_t run_find_previous(store_t *s, diag_t *diag, run_row_t *out)
{
    run_row_t newest[2];
    u32 n = 0;
    TRY(run_list(s, newest, 2, diag, &n));
    if (n < 2) {
        return diag_fail(diag, ERR_NOT_FOUND, "there is no run before the newest in this home\n"
                                              "do: make one with `vitrine backtest` or `vitrine demo`");
    }
    *out = newest[1];
    return ERR_OK;
}

err_t run_find(store_t *s, str_t id, diag_t *diag, run_row_t *out)
{
    ASSERT(s != NULL && !s->busy);
    ASSERT(out != NULL);
    if (str_eq_nocase(id, STR("previous"))) {
        return run_find_previous(s, diag, out);
    }
    if (!str_eq_nocase(id, STR("latest"))) {
        return run_find_prefix(s, id, diag, out);
    }
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(store_sql(s, SQL_RUN_LATEST, diag, &q));
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK) {
        err = row ? run_read(q, diag, out)
                  : diag_fail(diag, ERR_NOT_FOUND, "there are no runs in this home yet\n"
                                                   "do: make one with `vitrine backtest` or `vitrine demo`");
    }
    sql_reset(q);
    return err;
}

err_t run_list(store_t *s, run_row_t *out, u32 max, diag_t *diag, u32 *count)
{
    ASSERT(s != NULL && !s->busy);
    ASSERT(out != NULL && count != NULL);
    sql_stmt_t *q = NULL;
    u32 n = 0;
    bool row = false;
    TRY(store_sql(s, SQL_RUN_LIST, diag, &q));
    sql_bind_i64(q, 1, max);
    err_t err = sql_step(q, diag, &row);
    while (err == ERR_OK && row && n < max) {
        err = run_read(q, diag, &out[n]);
        n++;
        if (err == ERR_OK) {
            err = sql_step(q, diag, &row);
        }
    }
    sql_reset(q);
    if (err == ERR_OK) {
        *count = n;
    }
    return err;
}

err_t run_text(store_t *s, u64 number, bool want_config, diag_t *diag, char **own_out)
{
    ASSERT(s != NULL);
    ASSERT(own_out != NULL);
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(store_sql(s, SQL_RUN_TEXT, diag, &q));
    sql_bind_i64(q, 1, (i64)number);
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK && !row) {
        err = ERR_NOT_FOUND;
    }
    if (err == ERR_OK) {
        str_t t = sql_column_text(q, want_config ? 0 : 1);
        char *p = malloc((size_t)t.n + 1);
        if (p != NULL) {
            if (t.n > 0) {
                memcpy(p, t.p, t.n);
            }
            p[t.n] = 0;
            *own_out = p;
        }
        err = p == NULL ? ERR_NO_MEMORY : ERR_OK;
    }
    sql_reset(q);
    return err;
}

static err_t run_insert_rows(store_t *s, const run_start_t *run, diag_t *diag, run_row_t *out)
{
    ASSERT(s != NULL && run != NULL && out != NULL);
    ASSERT(run->config.n == 0 ||
           memchr(run->config.p, 0, run->config.n) == NULL); /* it is text, and reads back as such */
    run_row_t r = {.id = run_id_of(run->incarnation),
                   .kind = run->kind,
                   .status = RUN_RUNNING,
                   .incarnation = run->incarnation,
                   .seed = run->seed,
                   .t_created = run->t_created,
                   .writer = 1,
                   .logic = run->logic,
                   .input = run->input,
                   .root = run_root(run)};
    r.head = r.root;
    run_row_t other;
    if (run_find(s, str_from(r.id.text), NULL, &other) == ERR_OK) {
        return diag_fail(diag, ERR_EXISTS, "run %s: there is one already with this incarnation", r.id.text);
    }
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_RUN_INSERT, diag, &q));
    sql_bind_text(q, 1, str_from(r.id.text));
    sql_bind_i64(q, 2, JOURNAL_FORMAT);
    sql_bind_i64(q, 3, run->kind);
    sql_bind_blob(q, 4, r.incarnation.b, sizeof r.incarnation.b);
    sql_bind_i64(q, 5, (i64)run->seed);
    sql_bind_i64(q, 6, run->t_created);
    sql_bind_blob(q, 7, r.logic.b, sizeof r.logic.b);
    sql_bind_blob(q, 8, r.input.b, sizeof r.input.b);
    sql_bind_blob(q, 9, r.root.b, sizeof r.root.b);
    sql_bind_text(q, 10, run->config);
    TRY(store_run(q, diag));
    r.number = (u64)sql_last_rowid(s->own_db);
    TRY(store_sql(s, SQL_RUN_HEAD_INSERT, diag, &q));
    sql_bind_i64(q, 1, (i64)r.number);
    sql_bind_blob(q, 2, r.head.b, sizeof r.head.b);
    TRY(store_run(q, diag));
    *out = r;
    return ERR_OK;
}

err_t run_insert(store_t *s, const run_start_t *run, diag_t *diag, run_row_t *out)
{
    ASSERT(s != NULL && run != NULL);
    ASSERT(out != NULL);
    TRY(sql_exec(s->own_db, "BEGIN IMMEDIATE", diag));
    return store_end(s, run_insert_rows(s, run, diag, out), diag);
}

err_t run_take(store_t *s, run_row_t *run, diag_t *diag)
{
    ASSERT(s != NULL);
    ASSERT(run != NULL);
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_RUN_TAKE, diag, &q));
    sql_bind_i64(q, 1, (i64)run->number);
    sql_bind_i64(q, 2, (i64)run->writer);
    TRY(store_run(q, diag));
    if (sql_changes(s->own_db) != 1) {
        return diag_fail(diag, ERR_ORDER_STATE, "run %s has ended, or another writer took it over\n"
                                                "do: start a new run",
                         run->id.text);
    }
    run->writer++;
    run->status = RUN_RUNNING;
    return ERR_OK;
}
