/* One bar of each indicator on one vector: written once, used by the single kernels and by the fused set
 * alike, so that both give the same bits. `n` counts the bars of the step's own input from 0; the warm-up
 * branches depend on n alone and vanish where the compiler knows it to be large (`warm`). */
#ifndef VITRINE_QUANT_INDICATORS_STEPS_H
#define VITRINE_QUANT_INDICATORS_STEPS_H

#include "quant/math/lane.h"

#define STEP static inline __attribute__((always_inline))

/* Where a step stands: its bar, and whether the warm-up is known to be past. */
typedef struct {
    u32 n;
    bool warm;
} phase_t;

/* Mean of the first `p` values, from then on s += a (x - s): the exponential average as TA-Lib seeds it. This
 * form keeps a constant series exactly constant. Holds a value from n = p - 1. */
STEP v_t step_smooth(v_t s, v_t x, phase_t at, u32 p, f64 a)
{
    if (at.warm || at.n >= p) {
        return s + v_all(a) * (x - s);
    }
    s = at.n == 0 ? x : s + x;
    return at.n + 1 == p ? s * v_all(1.0 / (f64)p) : s;
}

/* Wilder's running sum: plain over the first `seed` values, from then on s - s / p + x; p times his average.
 */
STEP v_t step_wilder(v_t s, v_t x, phase_t at, u32 seed, u32 p)
{
    if (at.warm || at.n >= seed) {
        return s * v_all(1.0 - 1.0 / (f64)p) + x;
    }
    return at.n == 0 ? x : s + x;
}

/* Rolling sum: `old` is the value that leaves (the origin while the window fills, so that the sum counts from
 * it). */
STEP v_t step_roll(v_t sum, v_t x, v_t old)
{
    return sum + (x - old);
}

/* Rolling sum of squares of (x - origin): x^2 - old^2 as one product, twice_origin = 2 x origin. */
STEP v_t step_roll_squares(v_t sum, v_t x, v_t old, v_t twice_origin)
{
    return sum + (x - old) * ((x + old) - twice_origin);
}

/* From the sum of gains and the sum of (negative) losses. */
STEP v_t step_rsi(v_t up, v_t down)
{
    v_t sum = up - down;
    return v_pick(sum, v_zero(), v_all(100.0) * up / sum, v_all(50.0)); /* no movement: neither side */
}

STEP v_t step_true_range(v_t high, v_t low, v_t close_before)
{
    return v_max(high, close_before) - v_min(low, close_before);
}

/* Half the distance between the bands, from sums of (x - origin) and its squares. Population variance;
 * rounding may leave a tiny negative, which is no movement. */
STEP v_t step_band(v_t sum, v_t squares, f64 inv_p, f64 k)
{
    v_t mean = sum * v_all(inv_p);
    return v_all(k) * v_sqrt(v_max(squares * v_all(inv_p) - mean * mean, v_zero()));
}

/* Directional movement of one bar: the larger of the two outward moves counts, a tie counts for none. */
STEP void step_moves(v_t up, v_t down, v_t *plus, v_t *minus)
{
    *plus = v_pick(up, down, v_max(up, v_zero()), v_zero());
    *minus = v_pick(down, up, v_max(down, v_zero()), v_zero());
}

/* Wilder's sum of DX / 100, n counting from the first DX. A bar without any directional movement keeps the
 * average (TA-Lib), and counts as 0 within the first p. */
STEP v_t step_adx(v_t adx, v_t plus, v_t minus, phase_t at, u32 p)
{
    v_t sum = plus + minus, dx = v_abs(plus - minus) / sum;
    if (at.warm || at.n >= p) {
        return v_pick(sum, v_zero(), step_wilder(adx, dx, at, p, p), adx);
    }
    return step_wilder(adx, v_pick(sum, v_zero(), dx, v_zero()), (phase_t){at.n, false}, p, p);
}

/* Three times the typical price; the division by three waits until a value is asked. */
STEP v_t step_typical3(v_t high, v_t low, v_t close)
{
    return high + low + close;
}

/* a / b, or `otherwise` where b is not positive; what the division made of a zero there is dropped. */
STEP v_t step_ratio(v_t a, v_t b, v_t otherwise)
{
    return v_pick(b, v_zero(), a / b, otherwise);
}

STEP v_t step_vwap(v_t traded3, v_t volume, v_t typical3)
{
    return step_ratio(traded3, volume, typical3) * v_all(1.0 / 3.0);
}

STEP v_t step_fast_k(v_t close, v_t high, v_t low)
{
    return step_ratio(v_all(100.0) * (close - low), high - low, v_zero());
}

#endif
