/* The manifest: statements of the record store (see records.h). The tables are made by migration 3. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/migrations.h"
#include "store/records_inner.h"

#define CHUNK_COLUMNS "source, kind, period, rows, revisions, suspects, series, known_first, known_last, hash"

static err_t has_table(records_t *r, const char *name, diag_t *diag, bool *out)
{
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(r->db, "SELECT 1 FROM sqlite_schema WHERE name = ?", diag, &s));
    sql_bind_text(s, 1, str_from(name));
    err_t err = sql_step(s, diag, out);
    sql_finalize(s);
    return err;
}

err_t records_sql_open(records_t *r, diag_t *diag)
{
    ASSERT(r != NULL);
    ASSERT(r->db == NULL);
    char path[LIMIT_PATH];
    (void)snprintf(path, sizeof path, "%s/vitrine.db", r->home);
    sql_options_t o = {.path = path, .read_only = r->read_only};
    TRY(sql_open(&o, diag, &r->db));
    if (!r->read_only) {
        return migrations_run(r->db, diag);
    }
    TRY(migrations_ours(r->db, diag));
    bool made = false;
    TRY(has_table(r, "record_chunk", diag, &made));
    return made ? ERR_OK
                : diag_fail(diag, ERR_NOT_FOUND,
                            "%.200s: no records here\n"
                            "do: `vitrine data import PATH...` first",
                            r->home);
}

static err_t run_and_end(sql_stmt_t *s, diag_t *diag)
{
    bool row = false;
    err_t err = sql_step(s, diag, &row);
    sql_finalize(s);
    return err;
}

err_t records_sql_put(records_t *r, const records_chunk_t *c, diag_t *diag)
{
    ASSERT(r != NULL && c != NULL);
    ASSERT(r->in_transaction);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(r->db,
                    "INSERT OR REPLACE INTO record_chunk (" CHUNK_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?)",
                    diag, &s));
    sql_bind_text(s, 1, str_from(c->source));
    const i64 v[] = {c->kind,     c->period, c->rows,        c->revisions,
                     c->suspects, c->series, c->known_first, c->known_last};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        sql_bind_i64(s, (int)i + 2, v[i]);
    }
    sql_bind_blob(s, 10, c->hash.b, sizeof c->hash.b);
    return run_and_end(s, diag);
}

static void text_copy(char *out, size_t size, str_t s)
{
    (void)snprintf(out, size, STR_FMT, STR_ARG(s));
}

static err_t digest_copy(digest_t *out, str_t s, diag_t *diag)
{
    if (s.n != sizeof out->b) {
        return diag_fail(diag, ERR_CORRUPT,
                         "the manifest of records is damaged\nvitrine.db\n"
                         "do: import the data into a new --home");
    }
    memcpy(out->b, s.p, sizeof out->b);
    return ERR_OK;
}

static err_t read_chunk(sql_stmt_t *s, void *row, diag_t *diag)
{
    records_chunk_t *c = row;
    *c = (records_chunk_t){.kind = (u32)sql_column_i64(s, 1),
                           .period = (i32)sql_column_i64(s, 2),
                           .rows = (u32)sql_column_i64(s, 3),
                           .revisions = (u32)sql_column_i64(s, 4),
                           .suspects = (u32)sql_column_i64(s, 5),
                           .series = (u32)sql_column_i64(s, 6),
                           .known_first = sql_column_i64(s, 7),
                           .known_last = sql_column_i64(s, 8)};
    text_copy(c->source, sizeof c->source, sql_column_text(s, 0));
    return digest_copy(&c->hash, sql_column_blob(s, 9), diag);
}

/* All chunks a statement finds; ends it. */
static err_t collect(sql_stmt_t *s, records_chunk_t **own_out, u32 *count, diag_t *diag)
{
    void *own = NULL;
    err_t err = sql_collect(s, (sql_row_t){read_chunk, sizeof **own_out}, &own, count, diag);
    sql_finalize(s);
    if (err == ERR_OK) {
        *own_out = own;
    }
    return err;
}

err_t records_sql_for_put(records_t *r, const records_target_t *to, const records_periods_t *p, diag_t *diag,
                          records_chunk_t **own_out, u32 *count)
{
    ASSERT(r != NULL && to != NULL && p != NULL);
    ASSERT(own_out != NULL && count != NULL);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(r->db,
                    "SELECT " CHUNK_COLUMNS " FROM record_chunk WHERE source = ? AND kind = ?"
                    " AND (period BETWEEN ? AND ? OR period = ? OR revisions > 0) ORDER BY period",
                    diag, &s));
    sql_bind_text(s, 1, str_from(to->source));
    sql_bind_i64(s, 2, to->kind->id);
    sql_bind_i64(s, 3, p->first);
    sql_bind_i64(s, 4, p->last);
    sql_bind_i64(s, 5, p->revision);
    return collect(s, own_out, count, diag);
}

err_t records_chunks(records_t *r, const char *source, diag_t *diag, records_chunk_t **own_out, u32 *count)
{
    ASSERT(r != NULL);
    ASSERT(own_out != NULL && count != NULL);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(r->db,
                    "SELECT " CHUNK_COLUMNS " FROM record_chunk WHERE ?1 = '' OR source = ?1"
                    " ORDER BY source, kind, period",
                    diag, &s));
    sql_bind_text(s, 1, str_from(source == NULL ? "" : source));
    return collect(s, own_out, count, diag);
}

err_t records_log_file(records_t *r, const records_file_t *f, diag_t *diag)
{
    ASSERT(r != NULL && f != NULL);
    ASSERT(f->rows_read == f->rows_stored + f->rows_rejected);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(r->db,
                    "INSERT OR REPLACE INTO record_file (content, t_import, file, format, source, rows_read, "
                    "rows_stored, rows_rejected, rules) VALUES (?,?,?,?,?,?,?,?,?)",
                    diag, &s));
    sql_bind_blob(s, 1, f->content.b, sizeof f->content.b);
    sql_bind_i64(s, 2, f->t_import);
    sql_bind_text(s, 3, str_from(f->file));
    sql_bind_text(s, 4, str_from(f->format));
    sql_bind_text(s, 5, str_from(f->source));
    sql_bind_i64(s, 6, (i64)f->rows_read);
    sql_bind_i64(s, 7, (i64)f->rows_stored);
    sql_bind_i64(s, 8, (i64)f->rows_rejected);
    sql_bind_text(s, 9, str_from(f->rules));
    return run_and_end(s, diag);
}

err_t records_file_done(records_t *r, const digest_t *content, diag_t *diag, bool *done)
{
    ASSERT(r != NULL && content != NULL);
    ASSERT(done != NULL);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(r->db, "SELECT 1 FROM record_file WHERE content = ?", diag, &s));
    sql_bind_blob(s, 1, content->b, sizeof content->b);
    err_t err = sql_step(s, diag, done);
    sql_finalize(s);
    return err;
}

err_t records_has_format(records_t *r, const char *source, const char *format, diag_t *diag, bool *has)
{
    ASSERT(r != NULL && source != NULL && format != NULL);
    ASSERT(has != NULL);
    sql_stmt_t *s = NULL;
    TRY(sql_prepare(r->db, "SELECT 1 FROM record_file WHERE source = ? AND format = ?", diag, &s));
    sql_bind_text(s, 1, str_from(source));
    sql_bind_text(s, 2, str_from(format));
    err_t err = sql_step(s, diag, has);
    sql_finalize(s);
    return err;
}

static err_t hash_rows(records_t *r, const char *sql, diag_t *diag, digest_state_t *d)
{
    sql_stmt_t *s = NULL;
    bool more = false;
    TRY(sql_prepare(r->db, sql, diag, &s));
    err_t err = sql_step(s, diag, &more);
    while (err == ERR_OK && more) {
        str_t key = sql_column_text(s, 0);
        digest_add(d, key.p, key.n);
        str_t hash = sql_column_blob(s, 1);
        digest_add(d, hash.p, hash.n);
        err = sql_step(s, diag, &more);
    }
    sql_finalize(s);
    return err;
}

err_t records_manifest_hash(records_t *r, diag_t *diag, digest_t *out)
{
    ASSERT(r != NULL);
    ASSERT(out != NULL);
    digest_state_t d;
    bool bars = false;
    digest_begin(&d);
    TRY(hash_rows(r,
                  "SELECT 'record|' || source || '|' || kind || '|' || period || '|', hash"
                  " FROM record_chunk ORDER BY source, kind, period",
                  diag, &d));
    TRY(has_table(r, "bar_chunk", diag, &bars));
    if (bars) {
        TRY(hash_rows(r,
                      "SELECT 'bar|' || source || '|' || symbol || '|' || timeframe || '|' || period || '|',"
                      " hash FROM bar_chunk ORDER BY source, symbol, timeframe, period",
                      diag, &d));
    }
    *out = digest_end(&d);
    return ERR_OK;
}

err_t records_begin(records_t *r, diag_t *diag)
{
    ASSERT(r != NULL && !r->read_only);
    ASSERT(!r->in_transaction);
    TRY(sql_exec(r->db, "BEGIN IMMEDIATE", diag));
    r->in_transaction = true;
    return ERR_OK;
}

err_t records_commit(records_t *r, diag_t *diag)
{
    ASSERT(r != NULL);
    ASSERT(r->in_transaction);
    TRY(sql_exec(r->db, "COMMIT", diag)); /* chunk files were synced as they were written */
    r->in_transaction = false;
    return ERR_OK;
}
