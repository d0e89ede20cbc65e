/* See correlation.h. */
#include "quant/stats/correlation.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

#define SHRINK 0.2
#define SHRINK_TO 0.3
#define FREE_UP_TO 0.7
#define FLOOR_AT_ONE 0.25

bool correlation_pearson(const f64 *a, const f64 *b, u32 n, f64 *out)
{
    ASSERT(out != NULL && (n == 0 || (a != NULL && b != NULL)));
    if (n < 2) {
        return false;
    }
    f64 mean_a = 0.0;
    f64 mean_b = 0.0;
    for (u32 i = 0; i < n; i++) {
        mean_a += a[i] / (f64)n;
        mean_b += b[i] / (f64)n;
    }
    f64 aa = 0.0;
    f64 bb = 0.0;
    f64 ab = 0.0;
    for (u32 i = 0; i < n; i++) {
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
        ab += (a[i] - mean_a) * (b[i] - mean_b);
    }
    if (!(aa > 1e-24) || !(bb > 1e-24)) {
        return false;
    }
    *out = q_clamp(ab / q_sqrt(aa * bb), -1.0, 1.0);
    return true;
}

void correlation_daily(const correlation_side_t *a, const correlation_side_t *b, correlation_t *out)
{
    correlation_daily_of(a, b, CORRELATION_DAYS, out);
}

void correlation_daily_of(const correlation_side_t *a, const correlation_side_t *b, u32 days,
                          correlation_t *out)
{
    ASSERT(a != NULL && b != NULL && out != NULL);
    ASSERT(days >= CORRELATION_MIN && days <= CORRELATION_DAYS_MAX);
    memset(out, 0, sizeof *out);
    f64 x[CORRELATION_DAYS_MAX];
    f64 y[CORRELATION_DAYS_MAX];
    u32 i = a->count;
    u32 j = b->count;
    u32 n = 0;
    while (i > 0 && j > 0 && n < days) { /* from the newest day back */
        ASSERT(i < 2 || a->day[i - 1] > a->day[i - 2]);
        ASSERT(j < 2 || b->day[j - 1] > b->day[j - 2]);
        if (a->day[i - 1] > b->day[j - 1]) {
            i--;
        } else if (a->day[i - 1] < b->day[j - 1]) {
            j--;
        } else {
            x[n] = a->ret[--i];
            y[n] = b->ret[--j];
            n++;
        }
    }
    out->common = n;
    out->known = n >= CORRELATION_MIN && correlation_pearson(x, y, n, &out->pearson);
    if (out->known) {
        out->shrunk = (1.0 - SHRINK) * out->pearson + SHRINK * SHRINK_TO;
    }
}

f64 correlation_size_factor(f64 signed_rho)
{
    return correlation_size_factor_at(signed_rho, FREE_UP_TO, FLOOR_AT_ONE);
}

f64 correlation_size_factor_at(f64 signed_rho, f64 free_up_to, f64 floor_at_one)
{
    ASSERT(signed_rho >= -1.0 - 1e-9 && signed_rho <= 1.0 + 1e-9);
    ASSERT(floor_at_one >= 0.0 && floor_at_one <= 1.0);
    if (signed_rho <= free_up_to || free_up_to >= 1.0) {
        return 1.0;
    }
    f64 over = (q_min(signed_rho, 1.0) - free_up_to) / (1.0 - free_up_to);
    return 1.0 - over * (1.0 - floor_at_one);
}
