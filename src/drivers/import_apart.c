/* See import_apart.h. */
#include "drivers/import_apart.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

/* The closes of one series as they were first known, by day. */
typedef struct {
    const bars_series_t *series;
    bar_t *own_row;
    u32 count;
} closes_t;

typedef struct {
    bars_t *store;
    const import_apart_spec_t *spec;
    import_apart_sum_t *out;
} pairs_t;

static int by_symbol(const void *pa, const void *pb)
{
    const bars_series_t *a = pa;
    const bars_series_t *b = pb;
    int c = strcmp(a->symbol, b->symbol);
    return c != 0 ? c : strcmp(a->source, b->source);
}

static int by_event(const void *pa, const void *pb)
{
    const bar_t *a = pa;
    const bar_t *b = pb;
    return a->t_event < b->t_event ? -1 : a->t_event > b->t_event ? 1 : 0;
}

static err_t closes_read(bars_t *store, const bars_series_t *s, diag_t *diag, closes_t *out)
{
    bars_query_t q = {.source = s->source, .symbol = s->symbol, .timeframe = TF_1D, .from = I64_MIN};
    u32 count = 0;
    *out = (closes_t){.series = s};
    TRY(bars_read_all(store, &q, diag, &out->own_row, &count));
    for (u32 i = 0; i < count; i++) {
        if ((out->own_row[i].flags & BAR_LATE) == 0) {
            out->own_row[out->count++] = out->own_row[i];
        }
    }
    if (out->count > 1) {
        qsort(out->own_row, out->count, sizeof out->own_row[0], by_event);
    }
    return ERR_OK;
}

static date_t day_of(const bar_t *b)
{
    return (date_t)(b->t_event / NS_PER_DAY);
}

static bool is_apart(price_t a, price_t b, i64 percent)
{
    i64 less = MIN_OF(a.v, b.v);
    i64 more = MAX_OF(a.v, b.v);
    return (i128)(more - less) * 100 > (i128)less * percent;
}

static void stretch_end(const pairs_t *p, import_apart_t *a)
{
    if (a->days > 0 && p->spec->apart != NULL) {
        p->spec->apart(p->spec->ctx, a);
    }
    a->days = 0;
}

static void stretch_add(import_apart_t *a, date_t day, price_t x, price_t y)
{
    if (a->days == 0) {
        a->first = day;
        a->close[0] = price_to_f64(x);
        a->close[1] = price_to_f64(y);
    }
    a->last = day;
    a->days++;
}

/* Both by day; what only one has is no disagreement. */
static void compare(const pairs_t *p, const closes_t *a, const closes_t *b)
{
    import_apart_t found = {0};
    u64 days = 0;
    memcpy(found.symbol, a->series->symbol, sizeof found.symbol);
    memcpy(found.source[0], a->series->source, sizeof found.source[0]);
    memcpy(found.source[1], b->series->source, sizeof found.source[1]);
    for (u32 i = 0, k = 0; i < a->count && k < b->count;) {
        date_t x = day_of(&a->own_row[i]);
        date_t y = day_of(&b->own_row[k]);
        if (x == y) {
            price_t ours = a->own_row[i].close;
            price_t theirs = b->own_row[k].close;
            days++;
            if (is_apart(ours, theirs, p->spec->percent)) {
                p->out->differ++;
                stretch_add(&found, x, ours, theirs);
            } else {
                stretch_end(p, &found);
            }
        }
        i += x <= y ? 1 : 0;
        k += y <= x ? 1 : 0;
    }
    stretch_end(p, &found);
    p->out->pairs += days > 0 ? 1 : 0;
    p->out->days += days;
}

static bool is_asked(const pairs_t *p, const bars_series_t *a, const bars_series_t *b)
{
    const char *only = p->spec->source;
    return only == NULL || strcmp(a->source, only) == 0 || strcmp(b->source, only) == 0;
}

/* All series of one name, each two of them. */
static err_t compare_all(const pairs_t *p, const bars_series_t *s, u32 n, diag_t *diag)
{
    for (u32 i = 0; i + 1 < n; i++) {
        closes_t a = {0};
        err_t err = closes_read(p->store, &s[i], diag, &a);
        for (u32 k = i + 1; k < n && err == ERR_OK; k++) {
            closes_t b = {0};
            if (is_asked(p, &s[i], &s[k])) {
                err = closes_read(p->store, &s[k], diag, &b);
            }
            if (err == ERR_OK && b.series != NULL) {
                compare(p, &a, &b);
            }
            free(b.own_row);
        }
        free(a.own_row);
        TRY(err);
    }
    return ERR_OK;
}

/* The series of daily bars that are not adjusted, once each. */
static u32 series_of(const bars_chunk_t *chunk, u32 n, bars_series_t *out, u32 *adjusted)
{
    u32 count = 0;
    for (u32 i = 0; i < n; i++) {
        const bars_series_t *s = &chunk[i].series;
        bool first = i == 0 || by_symbol(&chunk[i - 1].series, s) != 0 ||
                     chunk[i - 1].series.timeframe != s->timeframe;
        if (first && s->timeframe == TF_1D) {
            *adjusted += s->adjusted_to != 0 ? 1 : 0;
            out[count] = *s;
            count += s->adjusted_to == 0 ? 1 : 0;
        }
    }
    return count;
}

err_t import_apart(bars_t *store, const import_apart_spec_t *spec, diag_t *diag, import_apart_sum_t *out)
{
    ASSERT(store != NULL && spec != NULL && out != NULL);
    ASSERT(spec->percent > 0);
    import_apart_sum_t sum = {0};
    pairs_t p = {.store = store, .spec = spec, .out = &sum};
    bars_query_t q = {.symbol = spec->symbol, .timeframe = TF_1D, .from = I64_MIN};
    bars_chunk_t *own_chunk = NULL;
    u32 n = 0;
    TRY(bars_chunks(store, &q, diag, &own_chunk, &n));
    bars_series_t *own = malloc(((size_t)n + 1) * sizeof *own);
    err_t err = own == NULL ? ERR_NO_MEMORY : ERR_OK;
    u32 count = err == ERR_OK ? series_of(own_chunk, n, own, &sum.adjusted) : 0;
    if (count > 1) {
        qsort(own, count, sizeof *own, by_symbol);
    }
    for (u32 from = 0, to = 0; err == ERR_OK && from < count; from = to) {
        for (to = from + 1; to < count && strcmp(own[to].symbol, own[from].symbol) == 0;) {
            to++;
        }
        err = compare_all(&p, own + from, to - from, diag);
    }
    free(own);
    free(own_chunk);
    if (err == ERR_OK) {
        *out = sum;
    }
    return err;
}
