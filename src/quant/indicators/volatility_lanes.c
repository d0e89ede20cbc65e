/* Kernels of realised volatility and of the Hurst exponent. Prices must be positive; the terms of each bar
 * stand in rings and are summed afresh, oldest first. */
#include "quant/indicators/call.h"
#include "quant/math/lane_math.h"

#define TWO_LN2_LESS_1 0.38629436111989061883
#define QUARTER_OVER_LN2 0.36067376022224085209

typedef struct {
    v_t open, high, low, close;
} prices_t;

STEP prices_t prices_at(const indicator_cols_t *in, u32 i, u32 g)
{
    return (prices_t){IN(in->open, i, g), IN(in->high, i, g), IN(in->low, i, g), IN(in->close, i, g)};
}

STEP v_t term_parkinson(prices_t b)
{
    v_t x = v_log(b.high / b.low);
    return v_all(QUARTER_OVER_LN2) * (x * x);
}

STEP v_t term_garman_klass(prices_t b)
{
    v_t x = v_log(b.high / b.low), y = v_log(b.close / b.open);
    return v_all(0.5) * (x * x) - v_all(TWO_LN2_LESS_1) * (y * y);
}

STEP v_t term_rogers_satchell(prices_t b)
{
    return v_log(b.high / b.close) * v_log(b.high / b.open) + v_log(b.low / b.close) * v_log(b.low / b.open);
}

/* Sum of squares about the mean. */
STEP v_t window_squares(window_t w)
{
    v_t mean = window_sum(w, v_zero()) * v_all(1.0 / (f64)w.p), sum = v_zero();
    for (u32 j = 0; j < w.p; j++) {
        v_t d = window_at(w, j) - mean;
        sum = sum + d * d;
    }
    return sum;
}

/* v[0..] ring of p terms: the root of their mean, by the year. */
STEP void run_terms(const call_t *c, const f64 *params, v_t (*term)(prices_t))
{
    u32 p = whole_period(params[0]);
    v_t scale = v_all(params[1] / (f64)p);
    FOR_VECTORS(g)
    {
        window_t w = {STATE(*c, 0, g), 0, p};
        for (u32 i = 0, n = c->first; i < c->in->count; i++, n++) {
            window_push(&w, n, term(prices_at(c->in, i, g)));
            OUT(*c, 0, i, g, v_sqrt(v_max(window_sum(w, v_zero()) * scale, v_zero())), p - 1);
        }
    }
    call_end(c);
}

KERNEL(vol_parkinson)
{
    call_t c = call_begin(state, in, out);
    run_terms(&c, params, term_parkinson);
}

KERNEL(vol_garman_klass)
{
    call_t c = call_begin(state, in, out);
    run_terms(&c, params, term_garman_klass);
}

KERNEL(vol_rogers_satchell)
{
    call_t c = call_begin(state, in, out);
    run_terms(&c, params, term_rogers_satchell);
}

/* v[0] close before, v[1..] ring of p log returns. */
KERNEL(vol_close)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    ASSERT(p >= 2);
    v_t scale = v_all(params[1] / (f64)(p - 1));
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 1, g), 0, p};
        v_t before = v_load(STATE(c, 0, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g);
            if (n > 0) {
                window_push(&w, n - 1, v_log(x / before));
            }
            before = x;
            OUT(c, 0, i, g, v_sqrt(window_squares(w) * scale), p);
        }
        v_store(STATE(c, 0, g), before);
    }
    call_end(&c);
}

/* v[0] close before, then rings of p: over night, open to close, Rogers-Satchell. */
KERNEL(vol_yang_zhang)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    ASSERT(p >= 2);
    f64 k = 0.34 / (1.34 + (f64)(p + 1) / (f64)(p - 1));
    v_t sample = v_all(1.0 / (f64)(p - 1)), share = v_all(k), rest = v_all((1.0 - k) / (f64)p);
    FOR_VECTORS(g)
    {
        window_t night = {STATE(c, 1, g), 0, p}, day = {STATE(c, 1 + p, g), 0, p};
        window_t inside = {STATE(c, 1 + 2 * p, g), 0, p};
        v_t before = v_load(STATE(c, 0, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            prices_t b = prices_at(in, i, g);
            if (n > 0) {
                window_push(&night, n - 1, v_log(b.open / before));
                window_push(&day, n - 1, v_log(b.close / b.open));
                window_push(&inside, n - 1, term_rogers_satchell(b));
            }
            before = b.close;
            v_t variance = window_squares(night) * sample + share * (window_squares(day) * sample) +
                           rest * window_sum(inside, v_zero());
            OUT(c, 0, i, g, v_sqrt(v_max(variance, v_zero()) * v_all(params[1])), p);
        }
        v_store(STATE(c, 0, g), before);
    }
    call_end(&c);
}

enum { HURST_MOST = 512, HURST_SIZES = 8, BOX_LEAST = 4 };

/* Sum of squares left of `size` values when their straight line is taken out. */
STEP v_t box_rest(const v_t *y, u32 size)
{
    v_t sum = v_zero(), slope = v_zero(), squares = v_zero();
    f64 centre = 0.5 * (f64)(size - 1), times = 0;
    for (u32 j = 0; j < size; j++) {
        v_t d = y[j] - y[0];
        f64 t = (f64)j - centre;
        sum = sum + d;
        slope = slope + v_all(t) * d;
        squares = squares + d * d;
        times += t * t;
    }
    v_t rest = squares - sum * sum * v_all(1.0 / (f64)size) - slope * slope * v_all(1.0 / times);
    return v_max(rest, v_zero());
}

/* Mean square left in boxes of that size, over what independent returns leave there beside size / 15. */
STEP v_t box_level(const v_t *y, u32 p, u32 size)
{
    v_t sum = v_zero();
    u32 boxes = p / size;
    for (u32 b = 0; b < boxes; b++) {
        sum = sum + box_rest(y + (size_t)b * size, size);
    }
    return sum * v_all(1.0 / ((f64)(boxes * size) * (1.0 - 4.0 / ((f64)size * (f64)size))));
}

/* Slope of log fluctuation on log size. */
STEP v_t hurst_of(window_t w)
{
    v_t y[HURST_MOST], level[HURST_SIZES], sum = v_zero(), least = v_all(1.0);
    v_t mean = window_sum(w, v_zero()) * v_all(1.0 / (f64)w.p);
    u32 sizes = 0;
    for (u32 j = 0; j < w.p; j++) {
        sum = sum + (window_at(w, j) - mean);
        y[j] = sum;
    }
    for (u32 size = BOX_LEAST; size <= w.p / 4; size *= 2) {
        v_t f = box_level(y, w.p, size);
        least = v_min(f, least);
        level[sizes++] = v_all(0.5) * v_log(f);
    }
    /* Sizes double, so the abscissae are 0, 1, 2 ... in units of ln 2. */
    f64 centre = 0.5 * (f64)(sizes - 1), times = 0;
    v_t slope = v_zero();
    for (u32 k = 0; k < sizes; k++) {
        f64 t = (f64)k - centre;
        slope = slope + v_all(t) * level[k];
        times += t * t;
    }
    return v_pick(least, v_all(0x1p-1000), slope * v_all(1.0 / (times * Q_LN2_HI)), v_all(0.5));
}

/* v[0] close before, v[1..] ring of p log returns. */
KERNEL(hurst)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    ASSERT(p >= 32 && p <= HURST_MOST);
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 1, g), 0, p};
        v_t before = v_load(STATE(c, 0, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g);
            if (n > 0) {
                window_push(&w, n - 1, v_log(x / before));
            }
            before = x;
            OUT(c, 0, i, g, n >= p ? hurst_of(w) : v_zero(), p);
        }
        v_store(STATE(c, 0, g), before);
    }
    call_end(&c);
}
