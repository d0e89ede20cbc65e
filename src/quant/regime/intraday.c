/* Trend or chop within the day. See regime.h. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "quant/regime/regime.h"

enum { INTRADAY_EQUAL_BARS = 2 };
#define Z_TRENDING 1.5
#define Z_CHOPPY 0.6

f64 intraday_efficiency_z(const f64 *open, const f64 *close, const bool *session_first, u32 n)
{
    ASSERT(n == 0 || (open != NULL && close != NULL && session_first != NULL));
    if (n < REGIME_INTRADAY_MIN) {
        return 0.0;
    }
    u32 from = n > REGIME_INTRADAY_BARS ? n - REGIME_INTRADAY_BARS : 0;
    f64 net = 0.0;
    f64 path = 0.0;
    for (u32 i = from; i < n; i++) {
        f64 base = i == from || session_first[i] ? open[i] : close[i - 1];
        net += close[i] - base;
        path += q_abs(close[i] - base);
    }
    return path > 0.0 ? q_abs(net) / path * q_sqrt((f64)(n - from)) : 0.0;
}

intraday_regime_t intraday_regime_update(intraday_state_t *s, f64 z, u32 n)
{
    return intraday_regime_step(s, z, n, &(intraday_bounds_t){.trending = Z_TRENDING, .choppy = Z_CHOPPY});
}

intraday_regime_t intraday_regime_step(intraday_state_t *s, f64 z, u32 n, const intraday_bounds_t *bounds)
{
    ASSERT(bounds != NULL);
    ASSERT(s != NULL);
    ASSERT(s->held <= INTRADAY_CHOPPY && s->candidate <= INTRADAY_CHOPPY);
    if (n < REGIME_INTRADAY_MIN) {
        *s = (intraday_state_t){0};
        return INTRADAY_NEUTRAL;
    }
    u8 now = INTRADAY_NEUTRAL;
    if (z >= bounds->trending) {
        now = INTRADAY_TRENDING;
    } else if (z <= bounds->choppy) {
        now = INTRADAY_CHOPPY;
    }
    s->streak = now == s->candidate && s->streak > 0 ? INTRADAY_EQUAL_BARS : 1;
    s->candidate = now;
    if (s->streak >= INTRADAY_EQUAL_BARS) {
        s->held = now;
    }
    return (intraday_regime_t)s->held;
}
