/* The manifest: tables and statements of the bar store (see bars.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/bars_inner.h"
#include "store/migrations.h"

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS bar_chunk (source TEXT NOT NULL, symbol TEXT NOT NULL,"
    " timeframe INTEGER NOT NULL, period INTEGER NOT NULL, rows INTEGER NOT NULL,"
    " revisions INTEGER NOT NULL, known_first INTEGER NOT NULL,"
    " known_last INTEGER NOT NULL, adjusted_to INTEGER NOT NULL, built INTEGER NOT NULL, hash BLOB NOT NULL,"
    " PRIMARY KEY (source, symbol, timeframe, period)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS bar_chunk_hash ON bar_chunk (hash);"
    "CREATE TABLE IF NOT EXISTS bar_action (source TEXT NOT NULL, symbol TEXT NOT NULL,"
    " ex_date INTEGER NOT NULL, kind INTEGER NOT NULL, t_known INTEGER NOT NULL,"
    " ratio_num INTEGER NOT NULL, ratio_den INTEGER NOT NULL,"
    " amount INTEGER NOT NULL, PRIMARY KEY (source, symbol, ex_date, kind, t_known)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS bar_fault (source TEXT NOT NULL, symbol TEXT NOT NULL, date INTEGER NOT NULL,"
    " rule INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL,"
    " PRIMARY KEY (source, symbol, date, rule)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS import_log (id INTEGER PRIMARY KEY, t_import INTEGER NOT NULL,"
    " file TEXT NOT NULL, source TEXT NOT NULL, rows_read INTEGER NOT NULL,"
    " rows_stored INTEGER NOT NULL, rows_rejected INTEGER NOT NULL,"
    " rows_same INTEGER NOT NULL, rules TEXT NOT NULL, CHECK (rows_read = rows_stored + rows_rejected));";

#define CHUNK_COLUMNS \
    "source, symbol, timeframe, period, rows, revisions, known_first, known_last, adjusted_to, built, hash"

static err_t prepare_writer(bars_t *b, diag_t *diag)
{
    TRY(sql_exec(b->db, SCHEMA, diag));
    TRY(sql_prepare(b->db,
                    "INSERT OR REPLACE INTO bar_chunk (" CHUNK_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                        diag,
                    &b->put_chunk));
    TRY(sql_prepare(b->db,
                    "INSERT OR IGNORE INTO bar_action (source, symbol, ex_date, kind, t_known, ratio_num,"
                    " ratio_den, amount) VALUES (?,?,?,?,?,?,?,?)", diag, &b->put_action));
    TRY(sql_prepare(b->db,
                    "SELECT " CHUNK_COLUMNS " FROM bar_chunk"
                    " WHERE source = ? AND symbol = ? AND timeframe = ?"
                    " AND (period BETWEEN ? AND ? OR period = ? OR revisions > 0) ORDER BY period", diag,
                        &b->for_put));
    return sql_prepare(b->db, "SELECT 1 FROM bar_chunk WHERE hash = ?", diag, &b->named);
}

static err_t manifest_made(bars_t *b, diag_t *diag, bool *out)
{
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(b->db, "SELECT 1 FROM sqlite_schema WHERE name = 'bar_chunk'", diag, &s));
    err_t err = sql_step(s, diag, out);
    sql_finalize(s);
    return err;
}

err_t bars_sql_open(bars_t *b, diag_t *diag)
{
    ASSERT(b != NULL);
    char path[BARS_PATH];
    (void)snprintf(path, sizeof path, "%s/vitrine.db", b->home);
    sql_options_t o = {.path = path, .read_only = b->read_only};
    TRY(sql_open(&o, diag, &b->db));
    TRY(migrations_ours(b->db, diag)); /* before anything is written: a stranger's file stays as it is */
    if (!b->read_only) {
        return prepare_writer(b, diag);
    }
    bool made = false;
    TRY(manifest_made(b, diag, &made));
    return made ? ERR_OK
                : diag_fail(diag, ERR_NOT_FOUND,
                            "%.200s: no bar store here\ndo: `vitrine data import FILE...` first", b->home);
}

void bars_sql_close(bars_t *b)
{
    ASSERT(b != NULL);
    sql_stmt_t *all[] = {b->put_chunk, b->put_action, b->named, b->for_put};
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        if (all[i] != NULL) {
            sql_finalize(all[i]);
        }
    }
    if (b->db != NULL) {
        sql_close(b->db);
    }
}

err_t bars_begin(bars_t *b, diag_t *diag)
{
    ASSERT(b != NULL && !b->read_only);
    ASSERT(!b->in_transaction);
    TRY(sql_exec(b->db, "BEGIN IMMEDIATE", diag));
    b->in_transaction = true;
    b->written_count = 0;
    return ERR_OK;
}

err_t bars_commit(bars_t *b, diag_t *diag)
{
    ASSERT(b != NULL);
    ASSERT(b->in_transaction);
    TRY(bars_files_sync(b, diag));
    TRY(sql_exec(b->db, "COMMIT", diag));
    b->in_transaction = false;
    return ERR_OK;
}

void bars_rollback(bars_t *b)
{
    ASSERT(b != NULL);
    if (b->in_transaction) {
        diag_t ignored = {0};
        err_t err = sql_exec(b->db, "ROLLBACK", &ignored);
        b->in_transaction = false;
        (void)err; /* SQLite has rolled back by itself if this fails */
    }
}

static err_t run_once(sql_stmt_t *s, diag_t *diag)
{
    bool row = false;
    err_t err = sql_step(s, diag, &row);
    sql_reset(s);
    return err;
}

err_t bars_sql_named(bars_t *b, const digest_t *hash, diag_t *diag, bool *named)
{
    ASSERT(b != NULL && hash != NULL);
    ASSERT(named != NULL);
    sql_bind_blob(b->named, 1, hash->b, sizeof hash->b);
    bool row = false;
    err_t err = sql_step(b->named, diag, &row);
    sql_reset(b->named);
    if (err == ERR_OK) {
        *named = row;
    }
    return err;
}

err_t bars_sql_put_chunk(bars_t *b, const bars_chunk_t *c, diag_t *diag)
{
    ASSERT(b != NULL && c != NULL);
    ASSERT(b->in_transaction);
    sql_stmt_t *s = b->put_chunk;
    sql_bind_text(s, 1, str_from(c->series.source));
    sql_bind_text(s, 2, str_from(c->series.symbol));
    const i64 numbers[] = {(i64)c->series.timeframe, c->period, c->rows, c->revisions, c->known_first,
                           c->known_last,
                           c->series.adjusted_to, c->series.built ? 1 : 0};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        sql_bind_i64(s, (int)i + 3, numbers[i]);
    }
    sql_bind_blob(s, 11, c->hash.b, sizeof c->hash.b);
    return run_once(s, diag);
}

static err_t chunk_row(sql_stmt_t *s, bars_chunk_t *c, diag_t *diag)
{
    *c = (bars_chunk_t){0};
    str_t hash = sql_column_blob(s, 10);
    bool ok = str_copy(c->series.source, sizeof c->series.source, sql_column_text(s, 0)) == ERR_OK
              && str_copy(c->series.symbol, sizeof c->series.symbol, sql_column_text(s, 1)) == ERR_OK
              && hash.n == sizeof c->hash.b;
    i64 tf = sql_column_i64(s, 2);
    i64 rows = sql_column_i64(s, 4);
    ok = ok && tf >= TF_1M && tf <= TF_1D && rows > 0 && rows <= INT32_MAX;
    if (!ok) {
        return diag_fail(diag, ERR_CORRUPT, "table bar_chunk: a row cannot be read\n"
                                            "do: import the data again");
    }
    c->series.timeframe = (timeframe_t)tf;
    c->period = (i32)sql_column_i64(s, 3);
    c->rows = (u32)rows;
    c->revisions = (u32)sql_column_i64(s, 5);
    c->known_first = sql_column_i64(s, 6);
    c->known_last = sql_column_i64(s, 7);
    c->series.adjusted_to = (date_t)sql_column_i64(s, 8);
    c->series.built = sql_column_i64(s, 9) != 0;
    memcpy(c->hash.b, hash.p, sizeof c->hash.b);
    return ERR_OK;
}

static err_t read_chunk(sql_stmt_t *s, void *out, diag_t *diag)
{
    return chunk_row(s, out, diag);
}

err_t bars_sql_for_put(bars_t *b, const bars_series_t *series, const bars_periods_t *p, merge_chunks_t *out,
                       diag_t *diag)
{
    ASSERT(b != NULL && series != NULL);
    ASSERT(p != NULL && out != NULL);
    sql_stmt_t *s = b->for_put;
    sql_bind_text(s, 1, str_from(series->source));
    sql_bind_text(s, 2, str_from(series->symbol));
    sql_bind_i64(s, 3, (i64)series->timeframe);
    sql_bind_i64(s, 4, p->first);
    sql_bind_i64(s, 5, p->last);
    sql_bind_i64(s, 6, p->revision);
    void *own = NULL;
    err_t err = sql_collect(s, (sql_row_t){read_chunk, sizeof(bars_chunk_t)}, &own, &out->count, diag);
    sql_reset(s);
    if (err == ERR_OK) {
        out->own = own;
    }
    return err;
}

void bars_chunks_sql(const bars_query_t *q, char out[BARS_CHUNKS_SQL])
{
    ASSERT(q != NULL && out != NULL);
    bool source = q->source != NULL && q->source[0] != 0;
    bool symbol = q->symbol != NULL && q->symbol[0] != 0;
    int used = snprintf(out, BARS_CHUNKS_SQL,
                        "SELECT " CHUNK_COLUMNS " FROM bar_chunk WHERE %s AND %s"
                        " AND (?3 = 0 OR timeframe = ?3) AND known_last >= ?4 AND known_first < ?5"
                        " ORDER BY source, symbol, timeframe, known_first",
                        source ? "source = ?1" : "?1 = ''", symbol ? "symbol = ?2" : "?2 = ''");
    ASSERT(used > 0 && used < BARS_CHUNKS_SQL);
}

err_t bars_chunks(bars_t *b, const bars_query_t *q, diag_t *diag, bars_chunk_t **own_out, u32 *count)
{
    ASSERT(b != NULL && q != NULL);
    ASSERT(own_out != NULL && count != NULL);
    sql_stmt_t *s = NULL;
    char sql[BARS_CHUNKS_SQL];
    bars_chunks_sql(q, sql);
    TRY(sql_prepare(b->db, sql, diag, &s));
    sql_bind_text(s, 1, str_from(q->source == NULL ? "" : q->source));
    sql_bind_text(s, 2, str_from(q->symbol == NULL ? "" : q->symbol));
    sql_bind_i64(s, 3, (i64)q->timeframe);
    sql_bind_i64(s, 4, q->from);
    sql_bind_i64(s, 5, q->to == 0 ? I64_MAX : q->to);
    void *own = NULL;
    err_t err = sql_collect(s, (sql_row_t){read_chunk, sizeof **own_out}, &own, count, diag);
    sql_finalize(s);
    if (err == ERR_OK) {
        *own_out = own;
    }
    return err;
}

err_t bars_put_actions(bars_t *b, const bars_series_t *series, const action_t *rows, u32 count, diag_t *diag)
{
    ASSERT(b != NULL && series != NULL);
    ASSERT(b->in_transaction && (rows != NULL || count == 0));
    for (u32 i = 0; i < count; i++) {
        sql_stmt_t *s = b->put_action;
        sql_bind_text(s, 1, str_from(series->source));
        sql_bind_text(s, 2, str_from(series->symbol));
        const i64 numbers[] = {rows[i].ex_date, rows[i].kind, rows[i].t_known, rows[i].ratio_num,
                               rows[i].ratio_den,
                               rows[i].amount.v};
        for (u32 k = 0; k < COUNT_OF(numbers); k++) {
            sql_bind_i64(s, (int)k + 3, numbers[k]);
        }
        TRY(run_once(s, diag));
    }
    return ERR_OK;
}

static err_t read_action(sql_stmt_t *s, void *out, diag_t *diag)
{
    (void)diag;
    action_t *a = out;
    *a = (action_t){.inst = INST_NONE};
    a->ex_date = (date_t)sql_column_i64(s, 0);
    a->kind = (u16)sql_column_i64(s, 1);
    a->t_known = sql_column_i64(s, 2);
    a->ratio_num = sql_column_i64(s, 3);
    a->ratio_den = sql_column_i64(s, 4);
    a->amount.v = sql_column_i64(s, 5);
    return ERR_OK;
}

err_t bars_actions(bars_t *b, const char *source, const char *symbol, diag_t *diag, action_t **own_out,
                   u32 *count)
{
    ASSERT(b != NULL && source != NULL && symbol != NULL);
    ASSERT(own_out != NULL && count != NULL);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(b->db, "SELECT ex_date, kind, t_known, ratio_num, ratio_den, amount FROM bar_action"
                    " WHERE source = ? AND symbol = ? ORDER BY t_known, ex_date, kind", diag, &s));
    sql_bind_text(s, 1, str_from(source));
    sql_bind_text(s, 2, str_from(symbol));
    void *own = NULL;
    err_t err = sql_collect(s, (sql_row_t){read_action, sizeof **own_out}, &own, count, diag);
    sql_finalize(s);
    if (err == ERR_OK) {
        *own_out = own;
    }
    return err;
}

err_t bars_log_import(bars_t *b, const bars_import_t *row, diag_t *diag)
{
    ASSERT(b != NULL && row != NULL);
    ASSERT(row->rows_read == row->rows_stored + row->rows_rejected);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(b->db,
                    "INSERT INTO import_log (t_import, file, source, rows_read, rows_stored, rows_rejected,"
                    " rows_same, rules) VALUES (?,?,?,?,?,?,?,?)", diag, &s));
    sql_bind_i64(s, 1, row->t_import);
    sql_bind_text(s, 2, str_from(row->file));
    sql_bind_text(s, 3, str_from(row->source));
    sql_bind_i64(s, 4, (i64)row->rows_read);
    sql_bind_i64(s, 5, (i64)row->rows_stored);
    sql_bind_i64(s, 6, (i64)row->rows_rejected);
    sql_bind_i64(s, 7, (i64)row->rows_same);
    sql_bind_text(s, 8, str_from(row->rules));
    err_t err = run_once(s, diag);
    sql_finalize(s);
    return err;
}

static err_t read_import(sql_stmt_t *s, void *out, diag_t *diag)
{
    (void)diag;
    bars_import_t *r = out;
    *r = (bars_import_t){0};
    r->t_import = sql_column_i64(s, 0);
    (void)snprintf(r->file, sizeof r->file, STR_FMT, STR_ARG(sql_column_text(s, 1)));
    (void)snprintf(r->source, sizeof r->source, STR_FMT, STR_ARG(sql_column_text(s, 2)));
    r->rows_read = (u64)sql_column_i64(s, 3);
    r->rows_stored = (u64)sql_column_i64(s, 4);
    r->rows_rejected = (u64)sql_column_i64(s, 5);
    r->rows_same = (u64)sql_column_i64(s, 6);
    (void)snprintf(r->rules, sizeof r->rules, STR_FMT, STR_ARG(sql_column_text(s, 7)));
    return ERR_OK;
}

err_t bars_imports(bars_t *b, diag_t *diag, bars_import_t **own_out, u32 *count)
{
    ASSERT(b != NULL);
    ASSERT(own_out != NULL && count != NULL);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(b->db,
                    "SELECT t_import, file, source, rows_read, rows_stored, rows_rejected, rows_same, rules"
                    " FROM import_log ORDER BY id", diag, &s));
    void *own = NULL;
    err_t err = sql_collect(s, (sql_row_t){read_import, sizeof **own_out}, &own, count, diag);
    sql_finalize(s);
    if (err == ERR_OK) {
        *own_out = own;
    }
    return err;
}

err_t bars_put_fault(bars_t *b, const bars_fault_t *f, diag_t *diag)
{
    ASSERT(b != NULL && f != NULL);
    ASSERT(b->in_transaction);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(b->db,
                    "INSERT OR REPLACE INTO bar_fault (source, symbol, date, rule, a, b)"
                    " VALUES (?,?,?,?,?,?)",
                    diag, &s));
    sql_bind_text(s, 1, str_from(f->source));
    sql_bind_text(s, 2, str_from(f->symbol));
    sql_bind_i64(s, 3, f->date);
    sql_bind_i64(s, 4, f->rule);
    sql_bind_i64(s, 5, f->a);
    sql_bind_i64(s, 6, f->b);
    err_t err = run_once(s, diag);
    sql_finalize(s);
    return err;
}

static err_t read_fault(sql_stmt_t *s, void *out, diag_t *diag)
{
    (void)diag;
    bars_fault_t *f = out;
    *f = (bars_fault_t){0};
    (void)snprintf(f->source, sizeof f->source, STR_FMT, STR_ARG(sql_column_text(s, 0)));
    (void)snprintf(f->symbol, sizeof f->symbol, STR_FMT, STR_ARG(sql_column_text(s, 1)));
    f->date = (date_t)sql_column_i64(s, 2);
    f->rule = (i32)sql_column_i64(s, 3);
    f->a = sql_column_i64(s, 4);
    f->b = sql_column_i64(s, 5);
    return ERR_OK;
}

err_t bars_faults(bars_t *b, const char *source, diag_t *diag, bars_fault_t **own_out, u32 *count)
{
    ASSERT(b != NULL);
    ASSERT(own_out != NULL && count != NULL);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(b->db,
                    "SELECT source, symbol, date, rule, a, b FROM bar_fault WHERE (?1 = '' OR source = ?1)"
                    " ORDER BY source, symbol, date, rule", diag, &s));
    sql_bind_text(s, 1, str_from(source == NULL ? "" : source));
    void *own = NULL;
    err_t err = sql_collect(s, (sql_row_t){read_fault, sizeof **own_out}, &own, count, diag);
    sql_finalize(s);
    if (err == ERR_OK) {
        *own_out = own;
    }
    return err;
}
