/* Stationary bootstrap over days: how far chance alone moves a mean or a Sharpe.
 *
 * Promises: a pure function of the series, the seed and the entity (RNG_BOOTSTRAP). Days are drawn, not
 * trades: trades of one day are not independent (trading.md 12).
 * Source: D. Politis and J. Romano, "The stationary bootstrap", JASA 89 (1994). */
#ifndef VITRINE_QUANT_STATS_BOOTSTRAP_H
#define VITRINE_QUANT_STATS_BOOTSTRAP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/types.h"

enum { BOOTSTRAP_DRAWS = 2000, BOOTSTRAP_BLOCK = 5 };

typedef struct {
    u64 seed;
    u32 entity;
    u32 draws;      /* 0: 2,000 */
    f64 mean_block; /* 0: 5 days */
    f64 level;      /* 0: 0.95 */
    f64 year;       /* sessions a year, >= 1; of a Sharpe alone */
} bootstrap_spec_t;

typedef struct {
    f64 point; /* of the series as it is */
    f64 low;
    f64 high;
    f64 error; /* standard deviation of the draws */
    u32 draws;
} bootstrap_t;

/* Percentile intervals; n >= 2 days. Scratch (8 bytes a draw) from `scratch`: ERR_ARENA_FULL. */
MUST_USE err_t bootstrap_mean(arena_t *scratch, const bootstrap_spec_t *spec, const f64 *day, u32 n,
                              bootstrap_t *out);
/* Annualised by sqrt(year) on excess returns (risk-free already taken off). */
MUST_USE err_t bootstrap_sharpe(arena_t *scratch, const bootstrap_spec_t *spec, const f64 *day, u32 n,
                                bootstrap_t *out);
/* sum(num) / sum(den) over days: mean net R of a trade from each day's sum of R and number of trades. A draw
 * without any trade counts as 0. */
MUST_USE err_t bootstrap_ratio(arena_t *scratch, const bootstrap_spec_t *spec, const f64 *const num_den[2],
                               u32 n, bootstrap_t *out);

#endif

