/* What a run was worth: figures with their error bars, made from its facts alone (trading.md 12).
 *
 * Promises: report_compute is a pure function of the facts and the benchmark; equal facts, equal report.
 * Sharpe and its kin are of daily equity returns incl. flat days, as many a year as the run's market has
 * sessions (report_year), with the risk-free rate of REPORT_RF taken off; under 30 closed trades no ratio is
 * given. "Not distinguishable" is said whenever an interval of 95 % includes zero. Leaves to others: what
 * stands in a journal (report_facts.h), pages and charts. */
#ifndef VITRINE_FACES_REPORT_REPORT_H
#define VITRINE_FACES_REPORT_REPORT_H

#include <stdio.h>

#include "faces/report/report_facts.h"
#include "faces/report/report_made.h"
#include "faces/report/report_plants.h"
#include "faces/report/report_share.h"
#include "faces/report/report_twin.h"
#include "quant/stats/bootstrap.h"
#include "quant/stats/metrics.h"
#include "wire/jsonw.h"

#define REPORT_RF 0.0 /* cash earns nothing here, so nothing is taken off */

enum { REPORT_BINS = 10, REPORT_COSTS = 4 };

/* The ways in which closed trades are parted. */
typedef enum {
    DIM_YEAR,
    DIM_STRATEGY,
    DIM_SIDE,
    DIM_REGIME,
    DIM_EXIT,
    DIM_KIND,
    DIM_CONVICTION,
    DIM_PRICE,
    DIM_HOUR,
    DIM_SYMBOL,
    DIM_COUNT
} report_dim_t;

/* One part of the trades. Sums of all parts of a dimension are the whole. */
typedef struct {
    char name[LIMIT_SYMBOL];
    i64 key;
    u32 n, wins, losses;
    i64 net, costs; /* 1e-6 */
    f64 r, r2;      /* sums of net R and its square */
} report_group_t;

typedef struct {
    report_group_t *own_v; /* by key */
    u32 count;
} report_groups_t;

typedef struct {
    u32 n, wins;
    f64 confidence; /* mean */
    f64 r, r2;
} report_bin_t;

typedef struct {
    f64 factor; /* on all costs */
    f64 net;    /* $ */
    f64 r;      /* R a trade */
} report_cost_t;

/* Total return over the run's sessions, with dividends. */
typedef struct {
    bool known;
    f64 total;
    u32 names;             /* that have bars */
    char why[REPORT_TEXT]; /* when unknown */
} report_bench_t;

/* Daily returns that the run is measured against, one per session of the run (NaN-free; 0 where nothing
 * traded). */
typedef struct {
    report_bench_t proxy, equal;
    char proxy_symbol[LIMIT_SYMBOL];
    f64 *own_proxy; /* [day_count - 1] returns from session to session; NULL if unknown */
} report_benchmarks_t;

/* What closed trades did with the sessions' time, of runs on bars finer than a day: those that end a day flat
 * show nothing at its close. Half days count with their hours. */
typedef struct {
    bool known;
    f64 time;    /* part of it in which one was open at least */
    f64 capital; /* $ at entry prices that were at work in that time, mean */
    f64 gain;    /* net of all of them over that capital */
} report_work_t;

typedef struct {
    report_facts_t facts;
    report_benchmarks_t bench;
    report_twin_t twin;
    report_share_t share;
    u32 resamples; /* 0: BOOTSTRAP_DRAWS */
    bool enough;       /* 30 closed trades: ratios are shown */
    bool equity_known; /* at least two days, equity above zero throughout */
    metrics_equity_t equity;
    metrics_trades_t trades;
    metrics_exposure_t exposure;
    report_work_t work;
    metrics_benchmark_t against; /* the proxy */
    bool against_known;
    bool r_known, day_known;
    u32 distinct; /* trades that differ in name, moment of entry or side: copies of one, by several users,
                     tell as much as one. `r` and the smallest edge count each once */
    bootstrap_t r;   /* mean net R of a trade, resampled by days */
    bootstrap_t day; /* mean daily return of equity */
    bootstrap_t sharpe;
    bool distinguishable; /* neither interval includes zero */
    f64 dsr;
    f64 final, net_total; /* $: last equity, and its distance from the start */
    f64 gross, spread, slippage, impact, fees, dividends, net; /* closed trades, $; gross before every cost */
    f64 rest;                                                  /* net_total - net: open positions, interest */
    f64 gross_r, net_r;                                        /* sums, R */
    metric_t cost_share;                                       /* of gross */
    metric_t break_even_bps, turnover, capacity;
    report_cost_t cost[REPORT_COSTS];
    f64 without_best5, without_best5_r, without_day, without_day_r, without_symbol, without_symbol_r;
    date_t best_day;
    char best_symbol[LIMIT_SYMBOL];
    report_groups_t by[DIM_COUNT];
    report_found_t found;
    report_bin_t bin[REPORT_BINS];
    lots_rates_t rates; /* of the reader's taxes, if rates_known */
    bool rates_known;
    f64 brier; /* of confidence against "the trade gained" */
} report_t;

/* The facts of a run of this home, computed no further; as report_facts_read, which frees and fails alike. */
MUST_USE err_t report_read(const char *home, const char *run, const char *user, diag_t *diag,
                           report_facts_t *out);
typedef struct {
    const char *home;
    const char *run;         /* an id, a unique prefix or "latest" */
    const char *user;        /* one of its users; NULL all together */
    report_market_fn market; /* makes the market of a demo again; NULL: its bars are not known */
    u32 resamples;           /* of days, for the intervals; 0: BOOTSTRAP_DRAWS */
} report_ask_t;
/* Reads the run and what the bar store, or its market, knows of its proxy and names, and computes everything.
 * Free with report_free, also after an error. */
MUST_USE err_t report_build(const report_ask_t *ask, diag_t *diag, report_t *out);
/* What stood beside the trades: twins, shares of volume, benchmarks; out->facts is in. Errors of the market,
 * ERR_NO_MEMORY. */
MUST_USE err_t report_beside(const report_ask_t *ask, diag_t *diag, report_t *out);
/* Holds the trades of a demo against what was planted in its market; `plants` NULL: it is not known. Fills
 * r->found. Errors of `plants`. */
MUST_USE err_t report_plants(report_t *r, report_plants_fn plants, diag_t *diag);
/* The pure part: out->facts and out->bench are in, everything else comes out. ERR_NO_MEMORY, ERR_ARENA_FULL.
 */
MUST_USE err_t report_compute(report_t *r);
/* Fills benchmarks from `made`, or where that is empty from the bar store of `home`; what is missing is said
 * in `why`. ERR_NO_MEMORY only. */
MUST_USE err_t report_benchmarks(const char *home, const report_facts_t *f, const report_made_t *made,
                                 report_benchmarks_t *out);
void report_free(report_t *r);

/* Which searches tried some settings, on which days, and how overfitted they were: one sentence. */
void report_origin_text(const search_origin_t *o, char *out, size_t size);

const char *report_dim_name(report_dim_t d);

/* The first screen: what must be read before any curve. At most 100 columns; colour only if asked. */
void report_print_first(const report_t *r, FILE *out, bool colour);
/* The whole tear sheet, first screen included. */
void report_print(const report_t *r, FILE *out, bool colour);
/* The tear sheet as one page that needs nothing else: pictures inline, no script, light and dark. ERR_IO,
 * ERR_NO_MEMORY, ERR_ARENA_FULL. */
MUST_USE err_t report_html(const report_t *r, FILE *out);
/* One JSON object, whole. */
void report_json(const report_t *r, jsonw_t *w);
/* The keys of `metrics` (cli.md) into an object that is open. Fractions; what may not be shown is null. */
void report_json_metrics(const report_t *r, jsonw_t *w);
/* Every tax lot, closed ones first; with rates also the price after tax. ERR_IO. */
MUST_USE err_t report_lots_csv(const report_t *r, FILE *out);
/* Closed trades with the columns of freqtrade; behind them, where the run has several users, whose.
 * ERR_IO. */
MUST_USE err_t report_csv(const report_t *r, FILE *out);

#endif
