/* See searches.h. */
#include "store/searches.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/journal_internal.h"

enum { BLOCK_BYTES = 20, TRY_BYTES = PBO_BLOCKS * BLOCK_BYTES, ORIGIN_ARENA = 1 << 20, DAYS_MAX = 1 << 20 };

static err_t insert_try(store_t *s, i64 search, u32 point, const search_try_t *t, diag_t *diag)
{
    u8 bytes[TRY_BYTES];
    sql_stmt_t *q = NULL;
    writer_t w = writer_of(bytes, sizeof bytes);
    for (u32 i = 0; i < PBO_BLOCKS; i++) {
        put_f64(&w, t->block[i].sum);
        put_f64(&w, t->block[i].squares);
        put_u32(&w, t->block[i].days);
    }
    TRY(writer_done(&w));
    TRY(store_sql(s, SQL_SEARCH_TRY, diag, &q));
    sql_bind_i64(q, 1, search);
    sql_bind_i64(q, 2, point);
    sql_bind_blob(q, 3, t->config.b, sizeof t->config.b);
    sql_bind_blob(q, 4, bytes, sizeof bytes);
    return store_run(q, diag);
}

static err_t insert(store_t *s, const search_row_t *r, const search_try_t *tries, u32 count, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_SEARCH_INSERT, diag, &q));
    sql_bind_i64(q, 1, r->t_created);
    sql_bind_text(q, 2, r->study);
    sql_bind_text(q, 3, r->market);
    sql_bind_i64(q, 4, r->first);
    sql_bind_i64(q, 5, r->last);
    TRY(store_run(q, diag));
    i64 search = sql_last_rowid(s->own_db);
    for (u32 i = 0; i < count; i++) {
        TRY(insert_try(s, search, i, &tries[i], diag));
    }
    return ERR_OK;
}

err_t searches_add(store_t *s, const search_row_t *row, const search_try_t *tries, u32 count, diag_t *diag)
{
    ASSERT(s != NULL && row != NULL && tries != NULL);
    ASSERT(row->first <= row->last);
    TRY(sql_exec(s->own_db, "BEGIN IMMEDIATE", diag));
    return store_end(s, insert(s, row, tries, count, diag), diag);
}

typedef struct {
    date_t first, last;
    bool walked;
} span_row_t;

static err_t read_span(sql_stmt_t *q, void *row, diag_t *diag)
{
    (void)diag;
    span_row_t *r = row;
    *r = (span_row_t){.first = (date_t)sql_column_i64(q, 0),
                      .last = (date_t)sql_column_i64(q, 1),
                      .walked = sql_column_i64(q, 2) != 0};
    return ERR_OK;
}

static err_t read_blocks(sql_stmt_t *q, void *row, diag_t *diag)
{
    pbo_block_t *block = row;
    str_t bytes = sql_column_blob(q, 0);
    reader_t r = reader_of(bytes.p, bytes.n);
    bool whole = true;
    for (u32 i = 0; i < PBO_BLOCKS; i++) {
        block[i].sum = get_f64(&r);
        block[i].squares = get_f64(&r);
        block[i].days = get_u32(&r);
        whole = whole && block[i].days <= DAYS_MAX;
    }
    return whole && bytes.n == TRY_BYTES && reader_done(&r) == ERR_OK
               ? ERR_OK
               : diag_fail(diag, ERR_CORRUPT,
                           "a try of a search in table search_try is damaged\n"
                           "do: restore the home from a backup");
}

/* The overfitting of one stretch, into *out if it is the longest so far that can be judged; of equals the
 * later. */
static err_t judge_span(store_t *s, str_t market, const span_row_t *span, diag_t *diag, search_origin_t *out)
{
    sql_stmt_t *q = NULL;
    void *blocks = NULL;
    u32 tries = 0;
    arena_t a;
    pbo_t pbo;
    TRY(store_sql(s, SQL_SEARCH_TRIES, diag, &q));
    sql_bind_text(q, 1, market);
    sql_bind_i64(q, 2, span->first);
    sql_bind_i64(q, 3, span->last);
    TRY(sql_collect(q, (sql_row_t){read_blocks, PBO_BLOCKS * sizeof(pbo_block_t)}, &blocks, &tries, diag));
    sql_reset(q);
    err_t err = arena_open(&a, ORIGIN_ARENA + tries * sizeof(f64));
    if (err == ERR_OK) {
        err = tries == 0 ? ERR_EMPTY : pbo_of_blocks(&a, blocks, tries, &pbo);
        arena_close(&a);
    }
    free(blocks);
    bool known = err == ERR_OK;
    bool longer = span->last - span->first >= out->pbo_last - out->pbo_first;
    if (known != out->pbo_known ? known : longer) {
        out->tries = tries;
        out->pbo_known = known;
        out->pbo = known ? pbo.pbo : 0.0;
        out->loss = known ? pbo.loss : 0.0;
        out->pbo_first = span->first;
        out->pbo_last = span->last;
    }
    return err == ERR_EMPTY ? ERR_OK : err;
}

err_t searches_origin(store_t *s, str_t market, const digest_t *config, diag_t *diag, search_origin_t *out)
{
    ASSERT(s != NULL && config != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    void *own = NULL;
    bool table = false;
    u32 spans = 0;
    memset(out, 0, sizeof *out);
    TRY(store_has_table(s, "search", diag, &table));
    if (!table) {
        return ERR_OK;
    }
    TRY(store_sql(s, SQL_SEARCH_SPANS, diag, &q));
    sql_bind_text(q, 1, market);
    sql_bind_blob(q, 2, config->b, sizeof config->b);
    TRY(sql_collect(q, (sql_row_t){read_span, sizeof(span_row_t)}, &own, &spans, diag));
    sql_reset(q);
    const span_row_t *span = own;
    err_t err = ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < spans; i++) {
        out->spans++;
        out->walked += span[i].walked ? 1 : 0;
        out->last = out->spans == 1 ? span[i].last : MAX_OF(out->last, span[i].last);
        err = judge_span(s, market, &span[i], diag, out);
    }
    free(own);
    return err;
}

err_t searches_behind(store_t *s, str_t market, date_t day, diag_t *diag, u32 *out)
{
    ASSERT(s != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    bool table = false;
    i64 n = 0;
    *out = 0;
    TRY(store_has_table(s, "search", diag, &table));
    if (!table) {
        return ERR_OK;
    }
    TRY(store_sql(s, SQL_SEARCH_BEHIND, diag, &q));
    sql_bind_text(q, 1, market);
    sql_bind_i64(q, 2, day);
    TRY(store_ask(q, diag, &n));
    *out = (u32)n;
    return ERR_OK;
}
