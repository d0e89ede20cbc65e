/* The stylised facts of a market's returns as plain numbers, so that a simulated market can be held to a real
 * one (the list after R. Cont, "Empirical properties of asset returns", Quantitative Finance 1, 2001).
 *
 * Promises: pure functions of arrays; a number that does not exist (too short, nothing moves) is said by
 * `false`, never by an infinity. Moments are of the population (division by n). Scratch only from the arena.
 * Leaves to others: which returns are measured, and what values are like those of a real market. */
#ifndef VITRINE_QUANT_STATS_STYLISED_H
#define VITRINE_QUANT_STATS_STYLISED_H

#include "base/arena.h"
#include "base/types.h"

/* Fourth central moment over the square of the second: 3 for a normal, 1.8 for a uniform. False if n < 4 or x
 * does not move. */
bool stylised_kurtosis(const f64 *x, u32 n, f64 *out);

/* Tail index of abs(x) from its k largest values: k / sum of log(x(i) / x(k+1)) (B. Hill, Annals of
 * Statistics 3, 1975). About 3 for stocks; the fatter the tail, the smaller. 1 <= k < n.
 * ERR_EMPTY if fewer than k + 1 values differ from zero or the largest are all equal, ERR_ARENA_FULL
 * (8 (k + 1) bytes). */
MUST_USE err_t stylised_hill(arena_t *scratch, const f64 *x, u32 n, u32 k, f64 *out);

/* Correlation of x[t] with x[t + lag], and of abs(x[t]) with abs(x[t + lag]): Pearson of the two overlapping
 * parts, each with its own mean. False if n < lag + 2 or one part does not move. lag >= 1. */
bool stylised_autocorrelation(const f64 *x, u32 n, u32 lag, f64 *out);
bool stylised_clustering(const f64 *x, u32 n, u32 lag, f64 *out);

/* Correlation of x[t] with abs(x[t + lag]): below 0 if falls are followed by wilder times (the leverage
 * effect; F. Black, 1976). Conditions as above. */
bool stylised_leverage(const f64 *x, u32 n, u32 lag, f64 *out);

/* Share of a day's volume in its first and last `edge` bars; volume[n] is the sum by time of day over as many
 * days as wanted, all >= 0. False if the sum is 0 or 2 edge > n. A flat day has edge / n in both. */
typedef struct {
    f64 first;
    f64 last;
} stylised_edges_t;
bool stylised_volume_edges(const f64 *volume, u32 n, u32 edge, stylised_edges_t *out);

/* A set of series over the same moments: series r has its n values at x[r * n]. */
typedef struct {
    const f64 *x;
    u32 rows;
    u32 n;
} stylised_set_t;

/* Mean Pearson correlation over all pairs of series, in rows x n steps: the squares of the sum of
 * standardised series hold every pair twice. Series that do not move are left out.
 * ERR_EMPTY if fewer than two move or n < 2, ERR_ARENA_FULL (8 n bytes). */
MUST_USE err_t stylised_cross_correlation(arena_t *scratch, const stylised_set_t *set, f64 *out);

/* What is said of a whole set: the median over its series of each fact, where it exists. */
enum { STYLISED_LAGS = 3 };
typedef struct {
    f64 kurtosis;
    f64 hill;                      /* of the largest twentieth */
    f64 clustering[STYLISED_LAGS]; /* at lags 1, 5, 20 */
    f64 linear;                    /* autocorrelation at lag 1 */
    f64 leverage;                  /* mean of lags 1 to 5 */
    f64 cross;                     /* mean over pairs */
    u32 rows;                      /* series that had every fact */
} stylised_t;

/* ERR_EMPTY if n < 100 or fewer than two series have every fact; ERR_ARENA_FULL
 * (about 8 (8 rows + 2 n) bytes). */
MUST_USE err_t stylised_measure(arena_t *scratch, const stylised_set_t *set, stylised_t *out);

#endif
