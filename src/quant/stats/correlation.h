/* Correlation of daily returns between two names, and what it does to size (trading.md 9.2).
 *
 * Promises: dates are matched, never positions; too little common history is said, not guessed. */
#ifndef VITRINE_QUANT_STATS_CORRELATION_H
#define VITRINE_QUANT_STATS_CORRELATION_H

#include "base/units.h"

enum { CORRELATION_DAYS = 60, CORRELATION_DAYS_MAX = 120, CORRELATION_MIN = 40 };

typedef struct {
    const date_t *day; /* strictly ascending */
    const f64 *ret;
    u32 count;
} correlation_side_t;

typedef struct {
    f64 pearson; /* -1..1 */
    f64 shrunk;  /* 0.8 pearson + 0.2 x 0.3 */
    u32 common;
    bool known; /* at least 40 common days and both move; else pearson and shrunk are 0 */
} correlation_t;

/* The last 60 common days are used; or `days` of them, from CORRELATION_MIN to CORRELATION_DAYS_MAX. */
void correlation_daily(const correlation_side_t *a, const correlation_side_t *b, correlation_t *out);
void correlation_daily_of(const correlation_side_t *a, const correlation_side_t *b, u32 days,
                          correlation_t *out);
/* Plain Pearson of two arrays; false if either does not move or n < 2. */
bool correlation_pearson(const f64 *a, const f64 *b, u32 n, f64 *out);
/* Size factor of the signed correlation rho x d1 x d2: 1 up to 0.7, then straight down to 0.25 at 1. */
f64 correlation_size_factor(f64 signed_rho);
/* The same with the bounds of a configuration. */
f64 correlation_size_factor_at(f64 signed_rho, f64 free_up_to, f64 floor_at_one);

#endif
