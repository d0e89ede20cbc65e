/* Performance figures of an equity curve and of a list of trades, with their error bars.
 *
 * Promises: names and spelling of beyond.md; daily returns incl. flat days, sample deviations (n - 1)
 * unless said; how many days make a year and the risk-free rate are terms of the caller, the rate is taken
 * off as rate/year a day; a figure that does not exist carries a flag, never an infinity. Pure functions;
 * scratch only from the arena. Leaves to others: wording, the rule that under 30 trades no ratio is shown
 * (metrics_trades_t.enough says so). */
#ifndef VITRINE_QUANT_STATS_METRICS_H
#define VITRINE_QUANT_STATS_METRICS_H

#include "base/arena.h"
#include "base/units.h"

enum { METRICS_MIN_TRADES = 30 };

/* Money at or under which a trade is neither won nor lost: 1 cent, exclusive. */
#define METRICS_SCRATCH 0.01
/* trading.md 12: deviation of one trade, in R. */
#define METRICS_TRADE_SD 0.93

/* By which figures of days become yearly. */
typedef struct {
    f64 year; /* sessions a year of the market (calendar_year), >= 1 */
    f64 rf;   /* risk-free rate, yearly */
} metrics_terms_t;

/* A figure that may not exist (profit factor without a loser, Sharpe without movement). */
typedef struct {
    f64 value; /* 0 if not ok */
    bool ok;
} metric_t;

typedef struct {
    f64 absolute; /* money, >= 0 */
    f64 fraction; /* of the peak, 0..1: the largest one */
    u32 peak;     /* index of the peak before the largest fraction */
    u32 trough;
    u32 recovered; /* first index back at the peak, or n if never */
    f64 ulcer;     /* sqrt(mean(drawdown percent squared)), in percent (Martin and McCann 1989) */
} metrics_drawdown_t;

/* Marked equity at any frequency, all > 0, n >= 1. */
void metrics_drawdown(const f64 *equity, u32 n, metrics_drawdown_t *out);

typedef struct {
    u32 days;                      /* returns, n - 1 */
    f64 year;                      /* sessions a year, of the terms */
    f64 total_return;              /* 0.10 = 10 % */
    metric_t cagr;                 /* by calendar days / 365.25 */
    f64 mean;                      /* daily */
    f64 deviation;                 /* daily, sample */
    f64 volatility;                /* yearly */
    metric_t sharpe;               /* yearly */
    metric_t sharpe_error;         /* yearly: sqrt(year (1 + SR^2/2)/T), SR daily */
    metric_t sharpe_error_moments; /* yearly, with skew and kurtosis */
    metric_t psr;                  /* probability that the true Sharpe is above 0 */
    metric_t sortino;              /* yearly, target = risk-free */
    metric_t calmar;               /* CAGR / largest drawdown */
    f64 best_day;
    f64 worst_day;
    u32 best_index; /* into equity: the day that ended there */
    u32 worst_index;
    f64 var95;    /* loss of the 5 % quantile of daily returns, >= 0 is a loss */
    f64 skew;     /* population moments */
    f64 kurtosis; /* 3 for a normal */
    metrics_drawdown_t drawdown;
} metrics_equity_t;

/* Daily equity (all > 0, n >= 2) with its dates ascending. ERR_ARENA_FULL (8 bytes a day). */
MUST_USE err_t metrics_equity(arena_t *scratch, const f64 *equity, const date_t *day, u32 n,
                              const metrics_terms_t *terms, metrics_equity_t *out);

/* Probabilistic Sharpe ratio: P(true SR > benchmark); both in the frequency of the T observations.
 * Bailey and Lopez de Prado, "The Sharpe ratio efficient frontier", J. of Risk 15 (2012). */
f64 metrics_psr(f64 sharpe, f64 benchmark, u32 t, f64 skew, f64 kurtosis);
/* Expected largest Sharpe of `trials` worthless tries; `var` of their Sharpes in the same frequency. */
f64 metrics_expected_max_sharpe(u64 trials, f64 var);
/* Deflated Sharpe: PSR against the expected largest of `trials`. var_trials <= 0: 1/(t - 1), what independent
 * worthless tries of this length would show. Bailey and Lopez de Prado, J. Portfolio Management 40 (2014). */
f64 metrics_dsr(const metrics_equity_t *m, u64 trials, f64 var_trials);

typedef struct {
    f64 net; /* money after all costs */
    f64 r;   /* net in R */
    i64 opened_ns;
    i64 closed_ns;
} metrics_trade_t;

typedef struct {
    u32 trades;
    u32 wins;
    u32 losses;
    u32 scratches; /* abs(net) < 1 cent: in neither */
    bool enough;   /* >= 30: ratios may be shown */
    f64 net;
    f64 gross_profit;
    f64 gross_loss;            /* >= 0 */
    metric_t win_rate;         /* wins / (wins + losses) */
    metric_t profit_factor;    /* not ok without a loser */
    f64 expectancy;            /* mean money a trade */
    metric_t expectancy_ratio; /* (1 + mean win / mean loss) x win rate - 1 (freqtrade's definition) */
    f64 mean_r;
    f64 sd_r;
    metric_t sqn;   /* sqrt(n) x mean R / sd R */
    metric_t kelly; /* p - q / (mean win / mean loss): share of equity at risk */
    f64 mean_win;
    f64 mean_loss; /* >= 0 */
    f64 best;
    f64 worst;
    f64 win_seconds; /* mean duration */
    f64 loss_seconds;
    f64 detectable_r; /* power: smallest true edge found at this count */
} metrics_trades_t;

void metrics_trades(const metrics_trade_t *trade, u32 n, metrics_trades_t *out);

typedef struct {
    f64 in_market;  /* share of days with any position */
    f64 mean_gross; /* mean of gross exposure / equity over all days */
    f64 mean_net;
} metrics_exposure_t;

/* Signed and absolute exposure as a share of equity, one a day. */
void metrics_exposure(const f64 *gross, const f64 *net, u32 n, metrics_exposure_t *out);

typedef struct {
    metric_t alpha; /* yearly, Jensen: mean excess - beta x mean benchmark excess, x year */
    metric_t beta;
    metric_t correlation;
    f64 tracking_error; /* yearly deviation of the difference */
    metric_t information_ratio;
} metrics_benchmark_t;

/* Daily returns of both on the same days, n >= 2. */
void metrics_benchmark(const f64 *ret, const f64 *bench, u32 n, const metrics_terms_t *terms,
                       metrics_benchmark_t *out);

typedef struct {
    f64 low, high;
} metrics_interval_t;
/* Wilson score interval of k hits in n, two-sided `level` (0.95). n = 0: 0..1. Wilson, JASA 22 (1927). */
metrics_interval_t metrics_wilson(u32 k, u32 n, f64 level);

/* Smallest true edge found with 80 % power at 5 % one-sided by n trades of deviation sd, n >= 1. */
f64 metrics_detectable_edge(u32 n, f64 sd);

/* Linear-interpolated quantile (0..1) of an ascending array, n >= 1. */
f64 metrics_quantile_sorted(const f64 *sorted, u32 n, f64 q);
/* In-place ascending sort of finite numbers without recursion (heap sort). */
void metrics_sort(f64 *v, u32 n);

#endif

