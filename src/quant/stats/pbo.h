/* Probability of backtest overfitting: how often the best of many tries in one half of the days is below the
 * middle in the other half.
 *
 * Promises: combinatorially symmetric cross-validation as published, over all C(S, S/2) ways to part S blocks
 * of days; ties share their rank; a pure function of the matrix. Leaves to others: where the tries come from.
 * Source: D. Bailey, J. Borwein, M. Lopez de Prado, Q. Zhu, "The probability of backtest overfitting",
 * J. Computational Finance 20 (2017). */
#ifndef VITRINE_QUANT_STATS_PBO_H
#define VITRINE_QUANT_STATS_PBO_H

#include "base/arena.h"
#include "base/err.h"

enum { PBO_BLOCKS = 16, PBO_BLOCK_DAYS_MIN = 5, PBO_TRIALS_MIN = 4 };

typedef struct {
    f64 pbo;        /* share of partings in which the best in sample ranks below the middle out of sample */
    f64 logit_mean; /* mean logit of its relative rank; above 0: the choice carries over */
    f64 slope;      /* of out-of-sample on in-sample Sharpe of the best, over the partings */
    f64 loss;       /* share of partings in which the best in sample lost money out of sample */
    u32 combinations;
} pbo_t;

/* What a try's days come to in one of the blocks: all that the partings ask of it, so that a store can keep
 * tries without their days and judge those of several searches together. */
typedef struct {
    f64 sum, squares;
    u32 days;
} pbo_block_t;

void pbo_blocks(const f64 *ret, u32 days, pbo_block_t out[PBO_BLOCKS]);
/* `blocks` holds trials rows of PBO_BLOCKS, of the same days. Errors as below; ERR_EMPTY also if the tries
 * have not as many days as each other. */
MUST_USE err_t pbo_of_blocks(arena_t *scratch, const pbo_block_t *blocks, u32 trials, pbo_t *out);
/* `ret` holds trials rows of `days` daily returns each. Sharpe in daily frequency. ERR_EMPTY: fewer than
 * PBO_TRIALS_MIN tries or PBO_BLOCKS x PBO_BLOCK_DAYS_MIN days; ERR_ARENA_FULL (about 300 bytes a try). */
MUST_USE err_t pbo_compute(arena_t *scratch, const f64 *ret, u32 trials, u32 days, pbo_t *out);

#endif
