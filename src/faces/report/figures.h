/* The figures of a report by name: the label under which text and page print them, and what a reader must
 * know of each. Leaves to others: computing them (quant/stats/metrics.h), where they stand (report_text.c,
 * html_tables.c, which has longer labels for some). */
#ifndef VITRINE_FACES_REPORT_FIGURES_H
#define VITRINE_FACES_REPORT_FIGURES_H

#include "base/types.h"
#include "model/part.h"

typedef enum {
    FIGURE_CAGR,
    FIGURE_SHARPE,
    FIGURE_SHARPE_ERROR,
    FIGURE_SORTINO,
    FIGURE_CALMAR,
    FIGURE_PSR,
    FIGURE_DSR,
    FIGURE_VOLATILITY,
    FIGURE_DRAWDOWN,
    FIGURE_ULCER,
    FIGURE_VAR,
    FIGURE_OF_TRADES, /* those from here on are of the closed trades */
    FIGURE_PER_TRADE = FIGURE_OF_TRADES,
    FIGURE_HIT_RATE,
    FIGURE_PROFIT_FACTOR,
    FIGURE_SQN,
    FIGURE_KELLY,
    FIGURE_BREAK_EVEN,
    FIGURE_TURNOVER,
    FIGURE_CAPACITY,
    FIGURE_TWIN,
    FIGURES
} figure_t;

typedef struct {
    const char *name;  /* "profit_factor" */
    const char *label; /* "Profit factor": as the report prints it */
    part_text_t text;
} figure_desc_t;

const figure_desc_t *figure_at(figure_t f);
static inline const char *figure_label(figure_t f)
{
    return figure_at(f)->label;
}

#endif
