/* Thompson sampling: a weight for a strategy, drawn from what its results still leave possible.
 *
 * Promises: a pure function of the sums and the key; weights within THOMPSON_LOW..THOMPSON_HIGH, so that
 * nothing is silenced and nothing dominates; few results spread widely and go on being tried, many settle.
 * Leaves to others: whose results count and how they fade, and what the weight may do.
 * Sources: W. Thompson, "On the likelihood that one unknown probability exceeds another", Biometrika 25
 * (1933); G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000). */
#ifndef VITRINE_QUANT_STATS_THOMPSON_H
#define VITRINE_QUANT_STATS_THOMPSON_H

#include "base/rng.h"
#include "base/types.h"

#define THOMPSON_LOW 0.5
#define THOMPSON_HIGH 1.5

/* Results, possibly faded (fractions of a result are fine). */
typedef struct {
    f64 n, wins;           /* 0 <= wins <= n */
    f64 win_sum, loss_sum; /* R, both >= 0 */
} thompson_sums_t;

/* One draw of the gamma distribution with `shape` >= 1 and scale 1; *n is the first number of the key that is
 * free, and is moved on. */
f64 gamma_draw(rng_key_t key, u64 *n, f64 shape);
/* One draw of Beta(a, b), both >= 1, in [0, 1]. */
f64 beta_draw(rng_key_t key, u64 *n, f64 a, f64 b);
/* Mean net R of a result, drawn: p x mean win - (1 - p) x mean loss with p of Beta(1 + wins, 1 + losses).
 * Each mean holds one imagined result of 1 R, the stake, beside the seen ones. */
f64 thompson_mean_r(rng_key_t key, const thompson_sums_t *s);
/* 1 + that mean, kept within the bounds: 1 where the strategy breaks even. */
f64 thompson_weight(rng_key_t key, const thompson_sums_t *s);

#endif
