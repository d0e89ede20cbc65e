/* See import_check.h. */
#include "drivers/import_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_inner.h"

typedef struct {
    const import_check_sink_t *sink;
    import_check_t *result;
    const bars_series_t *series;
} check_t;

static void pass_on(void *ctx, const quality_fault_t *f)
{
    check_t *c = ctx;
    ASSERT((u32)f->rule < QUALITY_RULES);
    c->result->count[f->rule]++;
    if (c->sink->fault != NULL) {
        c->sink->fault(c->sink->ctx, c->series, f);
    }
}

static int by_event(const void *pa, const void *pb)
{
    const bar_t *a = pa;
    const bar_t *b = pb;
    return a->t_event < b->t_event ? -1 : a->t_event > b->t_event ? 1 : 0;
}

/* The rules judge what was known first; corrections are counted, each with the day it became known. */
static u32 late_out(check_t *c, bar_t *rows, u32 count)
{
    u32 n = 0;
    for (u32 i = 0; i < count; i++) {
        if ((rows[i].flags & BAR_LATE) == 0) {
            rows[n++] = rows[i];
            continue;
        }
        c->result->revisions++;
        quality_fault_t f = {.rule = RULE_REVISION, .date = (date_t)(rows[i].t_event / NS_PER_DAY),
                             .a = (f64)(rows[i].t_known / NS_PER_DAY), .b = price_to_f64(rows[i].close)};
        pass_on(c, &f);
    }
    qsort(rows, n, sizeof *rows, by_event);
    return n;
}

/* An index has no volume: none of its bars has one. */
static bool no_volume(const bar_t *rows, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        if (rows[i].volume != 0) {
            return false;
        }
    }
    return true;
}

static int by_ex_date(const void *pa, const void *pb)
{
    const action_t *a = pa;
    const action_t *b = pb;
    return a->ex_date < b->ex_date ? -1 : a->ex_date > b->ex_date ? 1 : (i32)a->kind - (i32)b->kind;
}

static err_t check_series(bars_t *store, check_t *c, diag_t *diag)
{
    const bars_series_t *s = c->series;
    bars_query_t q = {.source = s->source, .symbol = s->symbol, .timeframe = s->timeframe, .from = I64_MIN};
    bar_t *rows = NULL;
    action_t *actions = NULL;
    u32 count = 0;
    u32 action_count = 0;
    TRY(bars_read_all(store, &q, diag, &rows, &count));
    err_t err = bars_actions(store, s->source, s->symbol, diag, &actions, &action_count);
    if (err != ERR_OK) {
        free(rows);
        return err;
    }
    c->result->rows += count;
    c->result->series++;
    count = late_out(c, rows, count);
    if (action_count > 0) {
        qsort(actions, action_count, sizeof *actions, by_ex_date);
    }
    quality_series_t series = {.bar = rows, .count = count, .action = actions, .action_count = action_count,
                               .calendar = import_calendar(s->symbol),
                               .timeframe = s->timeframe,
                                   .adjusted = s->adjusted_to != 0,
                               .index = no_volume(rows, count)};
    quality_sink_t sink = {.fault = pass_on, .ctx = c};
    if (s->timeframe == TF_1D) {
        quality_daily(&series, &sink);
    } else {
        quality_intraday(&series, &sink);
    }
    free(actions);
    free(rows);
    return ERR_OK;
}

static err_t check_noted(bars_t *store, const import_check_spec_t *spec, check_t *c, diag_t *diag)
{
    bars_fault_t *own = NULL;
    u32 n = 0;
    TRY(bars_faults(store, spec->source, diag, &own, &n));
    for (u32 i = 0; i < n; i++) {
        bars_series_t s = {.timeframe = TF_1D};
        memcpy(s.source, own[i].source, sizeof s.source);
        memcpy(s.symbol, own[i].symbol, sizeof s.symbol);
        bool fits = spec->symbol == NULL || strcmp(spec->symbol, s.symbol) == 0;
        if (fits && own[i].rule > 0 && own[i].rule < (i32)QUALITY_RULES) {
            quality_fault_t f = {.rule = (quality_rule_t)own[i].rule, .date = own[i].date,
                                 .a = (f64)own[i].a / 1e6,
                                 .b = (f64)own[i].b / 1e6};
            c->series = &s;
            pass_on(c, &f);
        }
    }
    free(own);
    return ERR_OK;
}

static bool series_differs(const bars_series_t *a, const bars_series_t *b)
{
    return strcmp(a->source, b->source) != 0 || strcmp(a->symbol, b->symbol) != 0
        || a->timeframe != b->timeframe;
}

static err_t check_all(bars_t *store, const import_check_spec_t *spec, check_t *c, diag_t *diag)
{
    bars_query_t q = {.source = spec->source, .symbol = spec->symbol, .from = I64_MIN};
    bars_chunk_t *own = NULL;
    u32 n = 0;
    TRY(bars_chunks(store, &q, diag, &own, &n));
    err_t err = n > 0 ? ERR_OK : diag_fail(diag, ERR_EMPTY,
                                           "nothing is stored that fits\n"
                                           "do: `vitrine data list` shows what is stored");
    for (u32 i = 0; i < n && err == ERR_OK; i++) {
        if (i == 0 || series_differs(&own[i - 1].series, &own[i].series)) {
            c->series = &own[i].series;
            err = check_series(store, c, diag);
        }
    }
    free(own);
    err = err == ERR_OK ? check_noted(store, spec, c, diag) : err;
    if (err == ERR_OK && spec->apart_percent > 0) {
        import_apart_spec_t apart = {.source = spec->source,
                                     .symbol = spec->symbol,
                                     .percent = spec->apart_percent,
                                     .apart = c->sink->apart,
                                     .ctx = c->sink->ctx};
        err = import_apart(store, &apart, diag, &c->result->apart);
        c->result->count[RULE_SOURCES_DIFFER] = c->result->apart.differ;
    }
    return err;
}

err_t import_check(const import_check_spec_t *spec, const import_check_sink_t *sink, diag_t *diag,
                   import_check_t *out)
{
    ASSERT(spec != NULL && spec->home != NULL);
    ASSERT(sink != NULL && out != NULL);
    bars_t *store = NULL;
    import_check_t result = {0};
    check_t c = {.sink = sink, .result = &result};
    TRY(bars_open(spec->home, true, diag, &store));
    err_t err = check_all(store, spec, &c, diag);
    bars_close(store);
    if (err == ERR_OK) {
        *out = result;
    }
    return err;
}
