/* What a count of so many cases says of the rate behind it. */
#ifndef VITRINE_TESTS_QUANT_STATS_SHARE_H
#define VITRINE_TESTS_QUANT_STATS_SHARE_H

#include "quant/math/qmath.h"

/* Upper bound of the rate, one-sided at 99.5 % (Wilson). */
static inline f64 share_at_most(u64 k, u64 n)
{
    f64 z = 2.576;
    f64 m = (f64)n;
    f64 p = (f64)k / m;
    return (p + z * z / (2.0 * m) + z * q_sqrt(p * (1.0 - p) / m + z * z / (4.0 * m * m))) /
           (1.0 + z * z / m);
}

static inline f64 share_at_least(u64 k, u64 n)
{
    return 1.0 - share_at_most(n - k, n);
}

#endif
