/* See thompson.h. */
#include "quant/stats/thompson.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

/* In (0, 1): the grid of rng_unit moved by half a step, so that no logarithm meets zero. */
static f64 open_unit(rng_key_t key, u64 *n)
{
    f64 u = rng_unit(key, (*n)++) + 0x1p-54;
    return u < 1.0 ? u : 1.0 - 0x1p-53;
}

f64 gamma_draw(rng_key_t key, u64 *n, f64 shape)
{
    /* One attempt fails with less than 5 %; 64 in a row never happen with a sound generator. */
    enum { ATTEMPTS = 64 };
    ASSERT(n != NULL);
    ASSERT(q_is_finite(shape) && shape >= 1.0);
    f64 d = shape - 1.0 / 3.0;
    f64 c = 1.0 / q_sqrt(9.0 * d);
    for (u32 i = 0; i < ATTEMPTS; i++) {
        f64 x = q_norm_inv(open_unit(key, n));
        f64 u = open_unit(key, n);
        f64 t = 1.0 + c * x;
        f64 v = t * t * t;
        if (t > 0 && q_log(u) < 0.5 * x * x + d - d * v + d * q_log(v)) {
            return d * v;
        }
    }
    return d; /* near the mode */
}

f64 beta_draw(rng_key_t key, u64 *n, f64 a, f64 b)
{
    f64 x = gamma_draw(key, n, a);
    f64 y = gamma_draw(key, n, b);
    ASSERT(x > 0 && y > 0);
    f64 p = x / (x + y);
    ASSERT(p >= 0 && p <= 1);
    return p;
}

f64 thompson_mean_r(rng_key_t key, const thompson_sums_t *s)
{
    ASSERT(s != NULL && s->wins >= 0 && s->wins <= s->n && q_is_finite(s->n));
    ASSERT(s->win_sum >= 0 && s->loss_sum >= 0);
    f64 losses = s->n - s->wins;
    u64 n = 0;
    f64 p = beta_draw(key, &n, 1.0 + s->wins, 1.0 + losses);
    f64 win = (1.0 + s->win_sum) / (1.0 + s->wins);
    f64 loss = (1.0 + s->loss_sum) / (1.0 + losses);
    return p * win - (1.0 - p) * loss;
}

f64 thompson_weight(rng_key_t key, const thompson_sums_t *s)
{
    f64 w = q_clamp(1.0 + thompson_mean_r(key, s), THOMPSON_LOW, THOMPSON_HIGH);
    ASSERT(w >= THOMPSON_LOW && w <= THOMPSON_HIGH);
    return w;
}
