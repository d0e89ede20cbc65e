/* One bar of each indicator on one vector: written once, used by the single kernels and by the fused set alike, so
 * that both give the same bits. `n` counts the bars of the step's own input from 0; the warm-up branches depend on n
 * alone and vanish where the compiler knows it to be large (`warm`). */
#ifndef VITRINE_QUANT_INDICATORS_STEPS_H
#define VITRINE_QUANT_INDICATORS_STEPS_H

#include "quant/indicators/lane.h"

#define STEP static inline __attribute__((always_inline))

/* Mean of the first `p` values, from then on s += a (x - s): the exponential average (a = 2 / (p + 1)) and Wilder's
 * (a = 1 / p) as TA-Lib seeds them. Holds a value from n = p - 1. */
STEP v_t step_smooth(v_t s, v_t x, u32 n, u32 p, f64 a, bool warm)
{
    if (warm || n >= p) {
        return s + v_all(a) * (x - s);
    }
    s = n == 0 ? x : s + x;
    return n + 1 == p ? s * v_all(1.0 / (f64)p) : s;
}

/* Rolling sum: `old` is the value that leaves, zero during the first p bars. */
STEP v_t step_roll(v_t sum, v_t x, v_t old) { return sum + (x - old); }

STEP v_t step_rsi(v_t up, v_t down)
{
    v_t sum = up + down;
    v_t safe = v_pick(sum, v_zero(), sum, v_all(1.0));
    return v_pick(sum, v_zero(), v_all(100.0) * up / safe, v_all(50.0)); /* no movement: neither side */
}

STEP v_t step_true_range(v_t high, v_t low, v_t close_before)
{
    return v_max(high, close_before) - v_min(low, close_before);
}

/* Half the distance between the bands, from sums of (x - origin) and its squares. Population variance; rounding may
 * leave a tiny negative, which is no movement. */
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

/* Wilder's running sum: plain for the first p - 1 moves (m = 1 .. p - 1), then s - s / p + x. */
STEP v_t step_wilder_sum(v_t s, v_t x, u32 m, u32 p, bool warm)
{
    if (warm || m >= p) {
        return s - s * v_all(1.0 / (f64)p) + x;
    }
    return m == 1 ? x : s + x;
}

/* Averages DX over the bars from m = p on. A bar without any directional movement keeps the average (TA-Lib), and
 * counts as 0 within the first p. */
STEP v_t step_adx(v_t adx, v_t plus, v_t minus, u32 m, u32 p, bool warm)
{
    v_t sum = plus + minus;
    v_t safe = v_pick(sum, v_zero(), sum, v_all(1.0));
    v_t dx = v_all(100.0) * v_abs(plus - minus) / safe;
    v_t next = step_smooth(adx, dx, m - p, p, 1.0 / (f64)p, warm);
    return warm || m - p >= p ? v_pick(sum, v_zero(), next, adx) : next;
}

STEP v_t step_typical(v_t high, v_t low, v_t close) { return (high + low + close) * v_all(1.0 / 3.0); }

/* a / b, or `otherwise` where b is not positive. */
STEP v_t step_ratio(v_t a, v_t b, v_t otherwise)
{
    return v_pick(b, v_zero(), a / v_pick(b, v_zero(), b, v_all(1.0)), otherwise);
}

STEP v_t step_obv(v_t obv, v_t change, v_t volume)
{
    v_t up = v_pick(change, v_zero(), volume, v_zero());
    v_t down = v_pick(v_zero(), change, volume, v_zero());
    return obv + (up - down);
}

STEP v_t step_fast_k(v_t close, v_t high, v_t low)
{
    v_t width = high - low;
    return step_ratio(v_all(100.0) * (close - low), width, v_zero());
}

#endif
