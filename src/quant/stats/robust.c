/* See robust.h. */
#include "quant/stats/robust.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

static f64 median_of(f64 *v, u32 n)
{
    for (u32 i = 1; i < n; i++) {
        f64 x = v[i];
        u32 k = i;
        for (; k > 0 && v[k - 1] > x; k--) {
            v[k] = v[k - 1];
        }
        v[k] = x;
    }
    return n % 2 == 1 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

void robust_spread(const f64 *v, u32 n, f64 *middle, f64 *spread)
{
    ASSERT(v != NULL && middle != NULL && spread != NULL);
    ASSERT(n > 0 && n <= ROBUST_MAX);
    f64 sorted[ROBUST_MAX];
    for (u32 i = 0; i < n; i++) {
        sorted[i] = v[i];
    }
    f64 m = median_of(sorted, n);
    for (u32 i = 0; i < n; i++) {
        sorted[i] = q_abs(v[i] - m);
    }
    *middle = m;
    *spread = 1.4826 * median_of(sorted, n);
    ASSERT(*spread >= 0);
}
