/* See watch.h. */
#include "quant/stats/watch.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

/* log M. Far above zero the tail of the normal is below what a double holds: then there is no evidence. */
static f64 log_evidence(f64 sum, f64 squares, f64 r)
{
    f64 v = squares + r;
    f64 tail = q_norm_cdf(-sum / q_sqrt(v));
    return tail > 0 ? q_log(2.0) + 0.5 * q_log(r / v) + sum * sum / (2.0 * v) + q_log(tail) : -700.0;
}

watch_t watch_over(const f64 *diff, u32 days, f64 noise)
{
    ASSERT(diff != NULL || days == 0);
    ASSERT(noise > 0);
    watch_t w = {.day = days, .evidence = 1.0};
    f64 r = (f64)WATCH_DAYS * noise * noise;
    f64 sum = 0;
    f64 squares = 0;
    for (u32 i = 0; i < days; i++) {
        sum += diff[i];
        squares += diff[i] * diff[i];
        if (w.alarm) {
            continue;
        }
        f64 at = log_evidence(sum, squares, r);
        w.evidence = q_exp(q_min(at, 700.0));
        if (at >= -q_log(WATCH_ALPHA)) {
            w.alarm = true;
            w.day = i + 1;
        }
    }
    w.mean = days > 0 ? sum / days : 0.0;
    ASSERT(w.alarm == (w.evidence >= 1.0 / WATCH_ALPHA * (1.0 - 1e-9)));
    return w;
}
