/* Merging new rows into a series (see bars.h). */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/bars_inner.h"

/* Stored rows of the series that the new ones may meet, and what of the new ones is to be written. */
typedef struct {
    merge_chunks_t chunk;
    bar_t *own_old;   /* all rows of those chunks, in chunk order */
    bar_t *own_index; /* the same, by (t_event, t_known) */
    u32 old;
    bar_t *own_fresh;
    u32 fresh;
    bar_t *own_merged;
} merge_t;

static void merge_free(merge_t *m)
{
    free(m->chunk.own);
    free(m->own_old);
    free(m->own_index);
    free(m->own_fresh);
    free(m->own_merged);
}

static int by_event(const void *pa, const void *pb)
{
    const bar_t *a = pa;
    const bar_t *b = pb;
    if (a->t_event != b->t_event) {
        return a->t_event < b->t_event ? -1 : 1;
    }
    return a->t_known < b->t_known ? -1 : a->t_known > b->t_known ? 1 : 0;
}

static int by_chunk(const void *pa, const void *pb)
{
    return bars_row_before(pa, pb) ? -1 : bars_row_before(pb, pa) ? 1 : 0;
}

static bars_periods_t merge_periods(timeframe_t tf, const bar_t *rows, u32 count, i64 revision_known)
{
    i64 first = rows[0].t_known;
    i64 last = rows[0].t_known;
    for (u32 i = 1; i < count; i++) {
        first = MIN_OF(first, rows[i].t_known);
        last = MAX_OF(last, rows[i].t_known);
    }
    return (bars_periods_t){.first = bars_period(tf, first),
                            .last = bars_period(tf, last),
                            .revision = bars_period(tf, revision_known)};
}

static err_t merge_load(bars_t *b, const bars_series_t *series, const bars_periods_t *p, u32 count,
                        merge_t *m, diag_t *diag)
{
    TRY(bars_sql_for_put(b, series, p, &m->chunk, diag));
    for (u32 i = 0; i < m->chunk.count; i++) {
        m->old += m->chunk.own[i].rows;
    }
    size_t total = (size_t)m->old + count;
    m->own_old = malloc(total * sizeof(bar_t));
    m->own_index = malloc(total * sizeof(bar_t));
    m->own_fresh = malloc((size_t)count * sizeof(bar_t));
    m->own_merged = malloc(total * sizeof(bar_t));
    if (m->own_old == NULL || m->own_index == NULL || m->own_fresh == NULL || m->own_merged == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory to merge %u bars of %s", count, series->symbol);
    }
    u32 at = 0;
    for (u32 i = 0; i < m->chunk.count; i++) {
        diag_t inner = {0};
        err_t err = bars_chunk_rows(b, &m->chunk.own[i], m->own_old + at, &inner);
        if (err == ERR_NOT_FOUND) { /* its file is gone: importing again is how it comes back */
            m->chunk.own[i].rows = 0;
        } else if (err != ERR_OK) {
            return diag_fail(diag, err, "%s", inner.text);
        }
        at += m->chunk.own[i].rows;
    }
    m->old = at;
    if (m->old > 0) {
        memcpy(m->own_index, m->own_old, m->old * sizeof(bar_t));
        qsort(m->own_index, m->old, sizeof(bar_t), by_event);
    }
    return ERR_OK;
}

/* Marks depend on where a file begins, so another mark alone is not another row. */
static bool same_values(const bar_t *a, const bar_t *b)
{
    return a->open.v == b->open.v && a->high.v == b->high.v && a->low.v == b->low.v &&
           a->close.v == b->close.v && a->volume == b->volume &&
           ((a->flags ^ b->flags) & ~(u32)(BAR_LATE | BAR_SUSPECT)) == 0;
}

/* Versions of t_event in a (t_event, t_known) ordered array from *at on: newest known, and whether one is
 * equal. */
static bool versions(const bar_t *v, u32 n, u32 *at, const bar_t *row, i64 *newest)
{
    while (*at < n && v[*at].t_event < row->t_event) {
        (*at)++;
    }
    bool same = false;
    for (u32 i = *at; i < n && v[i].t_event == row->t_event; i++) {
        same |= same_values(&v[i], row);
        *newest = MAX_OF(*newest, v[i].t_known);
    }
    return same;
}

static void merge_select(merge_t *m, const bar_t *rows, u32 count, i64 revision_known, bars_put_t *io)
{
    u32 old_at = 0;
    u32 fresh_at = 0;
    for (u32 i = 0; i < count; i++) {
        ASSERT(bar_is_sane(&rows[i]));
        ASSERT(i == 0 || rows[i - 1].t_event <= rows[i].t_event);
        i64 newest = I64_MIN;
        bool same = versions(m->own_index, m->old, &old_at, &rows[i], &newest);
        same |= versions(m->own_fresh, m->fresh, &fresh_at, &rows[i], &newest);
        if (same) {
            io->rows_same++;
            continue;
        }
        bar_t row = rows[i];
        if (newest != I64_MIN) {
            row.t_known = row.t_known > newest ? row.t_known : MAX_OF(revision_known, newest + 1);
            row.flags |= BAR_LATE;
            io->rows_revision++;
        }
        m->own_fresh[m->fresh++] = row;
        io->rows_new++;
    }
}

static bool room_for(bars_t *b, size_t want)
{
    if (b->image_size < want) {
        free(b->own_image);
        free(b->own_scratch);
        b->own_image = malloc(want);
        b->own_scratch = malloc(want);
        b->image_size = b->own_image == NULL || b->own_scratch == NULL ? 0 : want;
    }
    return b->image_size >= want;
}

static err_t chunk_write(bars_t *b, bars_chunk_t *c, const bar_t *rows, diag_t *diag)
{
    if (!room_for(b, bars_encode_bound(c->rows))) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory to pack %u bars of %s", c->rows, c->series.symbol);
    }
    bars_head_t head = {.timeframe = c->series.timeframe,
                        .period = c->period,
                        .adjusted_to = c->series.adjusted_to,
                        .rows = c->rows};
    memcpy(head.source, c->series.source, sizeof head.source);
    memcpy(head.symbol, c->series.symbol, sizeof head.symbol);
    writer_t w = writer_of(b->own_image, b->image_size);
    TRY(bars_encode(&head, rows, b->own_scratch, &w));
    TRY(bars_file_write(b, b->own_image, w.used, &c->hash, diag));
    c->known_first = rows[0].t_known;
    c->known_last = rows[c->rows - 1].t_known;
    c->revisions = 0;
    for (u32 i = 0; i < c->rows; i++) {
        c->revisions += (rows[i].flags & BAR_LATE) != 0 ? 1 : 0;
    }
    return bars_sql_put_chunk(b, c, diag);
}

/* Writes the chunk of one period: old rows of it and the fresh ones in [from, to). */
static err_t merge_period(bars_t *b, const bars_series_t *series, merge_t *m, u32 from, u32 to, diag_t *diag)
{
    bars_chunk_t c = {.series = *series,
                      .period = bars_period(series->timeframe, m->own_fresh[from].t_known)};
    u32 n = 0;
    u32 at = 0;
    for (u32 i = 0; i < m->chunk.count; at += m->chunk.own[i++].rows) {
        if (m->chunk.own[i].period == c.period) {
            memcpy(m->own_merged, m->own_old + at, m->chunk.own[i].rows * sizeof(bar_t));
            n = m->chunk.own[i].rows;
            c.series.adjusted_to = MAX_OF(c.series.adjusted_to, m->chunk.own[i].series.adjusted_to);
            c.series.built = c.series.built && m->chunk.own[i].series.built;
        }
    }
    memcpy(m->own_merged + n, m->own_fresh + from, (to - from) * sizeof(bar_t));
    c.rows = n + (to - from);
    if (n > 0) {
        qsort(m->own_merged, c.rows, sizeof(bar_t), by_chunk);
    }
    return chunk_write(b, &c, m->own_merged, diag);
}

static err_t merge_write(bars_t *b, const bars_series_t *series, merge_t *m, bars_put_t *io, diag_t *diag)
{
    if (m->fresh == 0) {
        return ERR_OK;
    }
    qsort(m->own_fresh, m->fresh, sizeof(bar_t), by_chunk);
    u32 from = 0;
    for (u32 i = 1; i <= m->fresh; i++) {
        if (i == m->fresh || bars_period(series->timeframe, m->own_fresh[i].t_known) !=
                                 bars_period(series->timeframe, m->own_fresh[from].t_known)) {
            TRY(merge_period(b, series, m, from, i, diag));
            io->chunks_written++;
            from = i;
        }
    }
    return ERR_OK;
}

err_t bars_put(bars_t *b, const bars_series_t *series, const bars_rows_t *in, bars_put_t *io, diag_t *diag)
{
    ASSERT(b != NULL && series != NULL && in != NULL && io != NULL);
    ASSERT(b->in_transaction && in->v != NULL && in->count > 0);
    merge_t m = {0};
    bars_periods_t periods = merge_periods(series->timeframe, in->v, in->count, in->revision_known);
    err_t err = merge_load(b, series, &periods, in->count, &m, diag);
    if (err == ERR_OK) {
        merge_select(&m, in->v, in->count, in->revision_known, io);
        err = merge_write(b, series, &m, io, diag);
    }
    merge_free(&m);
    return err;
}
