/* Staged rows in order, marked, without repeats, into the store (see import.h). */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_inner.h"

static int by_symbol(const void *pa, const void *pb)
{
    const import_row_t *a = pa;
    const import_row_t *b = pb;
    if (a->symbol != b->symbol) {
        return a->symbol < b->symbol ? -1 : 1;
    }
    if (a->bar.t_event != b->bar.t_event) {
        return a->bar.t_event < b->bar.t_event ? -1 : 1;
    }
    if (a->bar.t_known != b->bar.t_known) {
        return a->bar.t_known < b->bar.t_known ? -1 : 1;
    }
    return a->line < b->line ? -1 : a->line > b->line ? 1 : 0;
}

/* Brings the batch in order; counts rows whose time went back inside a symbol. */
static void batch_sort(importer_t *im)
{
    bool sorted = true;
    for (u32 i = 1; i < im->rows; i++) {
        const import_row_t *a = &im->own_row[i - 1];
        const import_row_t *b = &im->own_row[i];
        if (by_symbol(a, b) > 0) {
            sorted = false;
            if (a->symbol == b->symbol && b->bar.t_event < a->bar.t_event) {
                im->report.rule_count[RULE_OUT_OF_ORDER]++;
            }
        }
    }
    if (!sorted) {
        qsort(im->own_row, im->rows, sizeof *im->own_row, by_symbol);
    }
}

bars_series_t import_series(const importer_t *im, u32 symbol)
{
    bars_series_t s = {.timeframe = im->format.timeframe, .adjusted_to = im->format.adjusted_to};
    if (im->format.adjusted_last) {
        s.adjusted_to = MAX_OF(s.adjusted_to, im->day_last + 1);
    }
    memcpy(s.source, im->report.source, sizeof s.source);
    memcpy(s.symbol, im->own_symbol[symbol].name, sizeof s.symbol);
    return s;
}

static int by_action_symbol(const void *pa, const void *pb)
{
    const import_action_t *a = pa;
    const import_action_t *b = pb;
    if (a->symbol != b->symbol) {
        return a->symbol < b->symbol ? -1 : 1;
    }
    if (a->action.ex_date != b->action.ex_date) {
        return a->action.ex_date < b->action.ex_date ? -1 : 1;
    }
    return (i32)a->action.kind - (i32)b->action.kind;
}

void import_sort_actions(importer_t *im)
{
    ASSERT(im != NULL);
    ASSERT(im->actions <= im->action_room);
    if (im->actions > 0) {
        qsort(im->own_action, im->actions, sizeof *im->own_action, by_action_symbol);
    }
}

static void mark_bar(void *ctx, const quality_fault_t *f)
{
    importer_t *im = ctx;
    if (quality_rule_verdict(f->rule) == VERDICT_MARK) {
        im->report.rule_count[f->rule]++;
        im->report.rows_marked += (im->own_bars[f->bar].flags & BAR_SUSPECT) == 0 ? 1 : 0;
        im->own_bars[f->bar].flags |= BAR_SUSPECT;
    }
}

/* First action of the symbol in the list sorted by by_action_symbol. */
static u32 action_first(const importer_t *im, u32 symbol)
{
    u32 low = 0;
    u32 high = im->actions;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (im->own_action[middle].symbol < symbol) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Marks the bars of one symbol at which a fault of the series could first be known. */
static void batch_mark(importer_t *im, u32 symbol, u32 count)
{
    action_t action[IMPORT_MARK_ACTIONS];
    u32 n = 0;
    u32 from = action_first(im, symbol);
    while (from < im->actions && im->own_action[from].symbol == symbol && n < IMPORT_MARK_ACTIONS) {
        action[n++] = im->own_action[from++].action;
    }
    quality_series_t s = {.bar = im->own_bars,
                          .count = count,
                          .action = action,
                          .action_count = n,
                          .calendar = import_calendar(im->own_symbol[symbol].name),
                          .timeframe = im->format.timeframe,
                          .adjusted = im->format.adjusted_to != 0 || im->format.adjusted_last,
                          .index = true};
    for (u32 i = 0; i < count; i++) {
        s.index &= im->own_bars[i].volume == 0;
    }
    quality_sink_t sink = {.fault = mark_bar, .ctx = im};
    quality_daily(&s, &sink);
}

err_t import_flush(importer_t *im)
{
    batch_sort(im);
    import_sort_actions(im);
    u32 from = 0;
    while (from < im->rows) {
        u32 to = from;
        u32 n = 0;
        for (; to < im->rows && im->own_row[to].symbol == im->own_row[from].symbol; to++) {
            const import_row_t *r = &im->own_row[to];
            if (n > 0 && im->own_bars[n - 1].t_event == r->bar.t_event &&
                im->own_bars[n - 1].t_known == r->bar.t_known) {
                import_reject(im, RULE_DUPLICATE, r->line);
                continue;
            }
            im->own_bars[n++] = r->bar;
        }
        bars_series_t series = import_series(im, im->own_row[from].symbol);
        if (im->format.timeframe == TF_1D && im->col.file_day == CSV_NO_COLUMN && !im->format.factor_file) {
            batch_mark(im, im->own_row[from].symbol, n);
        }
        TRY(bars_put(im->own_store, &series, &(bars_rows_t){im->own_bars, n, im->spec->now_ns}, &im->put,
                     im->diag));
        from = to;
    }
    im->rows = 0;
    return ERR_OK;
}
