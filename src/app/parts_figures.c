/* The figures of a report, each with its value for a curve or for trades that a person can follow (see
 * parts.h). */
#include "app/parts.h"

#include "base/arena.h"
#include "base/assert.h"
#include "faces/cli/part_doc.h"
#include "faces/report/figures.h"
#include "model/calendar.h"
#include "quant/stats/metrics.h"

/* Ten closes of an account, and eight trades in R, of 1,000 dollars each. */
static const f64 curve[] = {100.0, 101.0, 100.5, 102.0, 101.0, 103.5, 103.0, 104.0, 102.5, 105.0};
static const f64 results[] = {1.0, -0.5, 2.0, -1.0, -1.0, 0.5, 1.5, -1.0};
enum { ARENA = 1024, DAYS = COUNT_OF(curve), TRADES = COUNT_OF(results), ONE_R = 1000 };

static bool of_curve(metrics_equity_t *out)
{
    u8 memory[ARENA];
    arena_t arena;
    date_t day[DAYS];
    metrics_terms_t terms = {.year = calendar_year(CAL_NYSE)};
    for (u32 i = 0; i < DAYS; i++) {
        day[i] = date_from_ymd(2024, 3, 4) + (date_t)i;
    }
    arena_init(&arena, memory, sizeof memory);
    return metrics_equity(&arena, curve, day, DAYS, &terms, out) == ERR_OK;
}

static void of_trades(metrics_trades_t *out)
{
    metrics_trade_t trade[TRADES];
    for (u32 i = 0; i < TRADES; i++) {
        trade[i] = (metrics_trade_t){.net = ONE_R * results[i], .r = results[i]};
    }
    metrics_trades(trade, TRADES, out);
}

static metric_t known(f64 value)
{
    return (metric_t){.value = value, .ok = true};
}

/* What cannot be had from the curve or the results alone is not ok. */
static metric_t example_of(figure_t f)
{
    metrics_equity_t e;
    metrics_trades_t t;
    of_trades(&t);
    if (!of_curve(&e)) {
        return (metric_t){0};
    }
    const metric_t values[FIGURES] = {[FIGURE_CAGR] = e.cagr,
                                      [FIGURE_SHARPE] = e.sharpe,
                                      [FIGURE_SHARPE_ERROR] = e.sharpe_error_moments,
                                      [FIGURE_SORTINO] = e.sortino,
                                      [FIGURE_CALMAR] = e.calmar,
                                      [FIGURE_PSR] = e.psr,
                                      [FIGURE_DSR] = known(metrics_dsr(&e, 6, 0.0)),
                                      [FIGURE_VOLATILITY] = known(e.volatility),
                                      [FIGURE_DRAWDOWN] = known(e.drawdown.fraction),
                                      [FIGURE_ULCER] = known(e.drawdown.ulcer),
                                      [FIGURE_VAR] = known(e.var95),
                                      [FIGURE_PER_TRADE] = known(t.mean_r),
                                      [FIGURE_HIT_RATE] = t.win_rate,
                                      [FIGURE_PROFIT_FACTOR] = t.profit_factor,
                                      [FIGURE_SQN] = t.sqn,
                                      [FIGURE_KELLY] = t.kelly};
    return values[f];
}

u32 figure_count(void)
{
    return FIGURES;
}

part_t figure_row(u32 index)
{
    const figure_desc_t *f = figure_at((figure_t)index);
    return (part_t){.name = f->name, .title = f->label};
}

static bool is_of_trades(u32 index)
{
    return index >= FIGURE_OF_TRADES;
}

void figure_doc(u32 index, part_doc_t *d)
{
    const figure_desc_t *f = figure_at((figure_t)index);
    metric_t value = example_of((figure_t)index);
    char text[160];
    size_t used = 0;
    const f64 *from = is_of_trades(index) ? results : curve;
    u32 n = is_of_trades(index) ? (u32)TRADES : (u32)DAYS;
    doc_lead(d, f->text.does);
    doc_part_text(d, &f->text, "formula");
    for (u32 i = 0; i < n && used < sizeof text; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%g", i > 0 ? ", " : "", from[i]);
    }
    if (value.ok) {
        doc_fact(d, "worked_example", "%.4f for %s %s%s", value.value,
                 is_of_trades(index) ? "results in R of" : "closes on ten days in a row of", text,
                 index == FIGURE_DSR ? ", the best of 6 tries" : "");
    }
}

const char *const figure_head[] = {"figure", "in the report", "what it says", NULL};

void figure_summary(u32 index, part_doc_t *d)
{
    const figure_desc_t *f = figure_at((figure_t)index);
    doc_cell_name(d, "figures", f->name);
    doc_cell(d, "%s", f->label);
    doc_cell(d, "%s", f->text.does);
}

part_page_t figure_page(u32 index)
{
    return is_of_trades(index) ? (part_page_t){.file = "trades",
                                               .title = "Figures of the trades",
                                               .lead = "What the closed trades say, and what they paid."}
                               : (part_page_t){.file = "equity",
                                               .title = "Figures of the equity curve",
                                               .lead = "What the marks of each session say."};
}
