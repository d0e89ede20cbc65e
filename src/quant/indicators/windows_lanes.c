/* Kernels whose value is a function of the last bars alone (and Keltner's, an average between two bands).
 *
 * Windows are summed afresh at each bar, oldest first, relative to their oldest value: no rounding is carried
 * along and a flat window gives exact zeros. */
#include "quant/indicators/call.h"

/* v[0..] ring of p closes. */
KERNEL(wma)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    v_t inv = v_all(2.0 / ((f64)p * (f64)(p + 1)));
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 0, g), 0, p};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            window_push(&w, n, IN(in->close, i, g));
            v_t origin = window_at(w, 0), sum = v_zero();
            for (u32 j = 1; j < p; j++) {
                sum = sum + v_all((f64)(j + 1)) * (window_at(w, j) - origin);
            }
            OUT(c, 0, i, g, origin + sum * inv, p - 1);
        }
    }
    call_end(&c);
}

/* v[0..] ring of p closes. */
KERNEL(roc)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 0, g), 0, p};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g), old = window_leaving(w, n);
            window_push(&w, n, x);
            OUT(c, 0, i, g, v_pick(old, v_zero(), (x / old - v_all(1.0)) * v_all(100.0), v_zero()), p);
        }
    }
    call_end(&c);
}

/* v[0..] ring of p closes. */
KERNEL(zscore)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    v_t inv = v_all(1.0 / (f64)p);
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 0, g), 0, p};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g), squares = v_zero();
            window_push(&w, n, x);
            v_t origin = window_at(w, 0), mean = window_sum(w, origin) * inv;
            for (u32 j = 0; j < p; j++) {
                v_t d = (window_at(w, j) - origin) - mean;
                squares = squares + d * d;
            }
            OUT(c, 0, i, g, step_ratio((x - origin) - mean, v_sqrt(squares * inv), v_zero()), p - 1);
        }
    }
    call_end(&c);
}

/* v[0..] ring of p + 1 closes. */
KERNEL(efficiency)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 0, g), 0, p + 1};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            window_push(&w, n, IN(in->close, i, g));
            v_t before = window_at(w, 0), path = v_zero(), first = before;
            for (u32 j = 1; j <= p; j++) {
                v_t x = window_at(w, j);
                path = path + v_abs(x - before);
                before = x;
            }
            OUT(c, 0, i, g, v_min(step_ratio(v_abs(before - first), path, v_zero()), v_all(1.0)), p);
        }
    }
    call_end(&c);
}

/* A rolling highest high and lowest low: two heads at v[at], two rings of w from v[ring]. */
typedef struct {
    f64 *heads, *ring;
    u32 w;
    v_t high, low;
} span_t;

STEP span_t span_open(f64 *heads, f64 *ring, u32 w)
{
    return (span_t){heads, ring, w, v_load(heads), v_load(heads + INDICATOR_LANES)};
}

STEP void span_push(span_t *s, u32 n, v_t h, v_t l)
{
    v_t top = v_load(s->heads), bottom = v_load(s->heads + INDICATOR_LANES);
    s->high = extreme_push(s->ring, n % s->w, s->w, h, &top);
    s->low = v_zero() -
             extreme_push(s->ring + (size_t)s->w * INDICATOR_LANES, n % s->w, s->w, v_zero() - l, &bottom);
    v_store(s->heads, top);
    v_store(s->heads + INDICATOR_LANES, bottom);
}

STEP v_t span_middle(const span_t *s)
{
    return (s->high + s->low) * v_all(0.5);
}

/* v[0], v[1] heads, v[2..] rings of w highs and w lows. */
KERNEL(williams)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        span_t s = span_open(STATE(c, 0, g), STATE(c, 2, g), p);
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            span_push(&s, n, IN(in->high, i, g), IN(in->low, i, g));
            v_t below = v_all(-100.0) * (s.high - IN(in->close, i, g));
            OUT(c, 0, i, g, step_ratio(below, s.high - s.low, v_zero()), p - 1);
        }
    }
    call_end(&c);
}

/* As williams. */
KERNEL(donchian)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        span_t s = span_open(STATE(c, 0, g), STATE(c, 2, g), p);
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            span_push(&s, n, IN(in->high, i, g), IN(in->low, i, g));
            OUT(c, 0, i, g, s.high, p - 1);
            OUT(c, 1, i, g, span_middle(&s), p - 1);
            OUT(c, 2, i, g, s.low, p - 1);
        }
    }
    call_end(&c);
}

/* v[0..] ring of p typical prices. */
KERNEL(cci)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    v_t inv = v_all(1.0 / (f64)p);
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 0, g), 0, p};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = step_typical3(IN(in->high, i, g), IN(in->low, i, g), IN(in->close, i, g)) / v_all(3.0);
            window_push(&w, n, x);
            v_t origin = window_at(w, 0), mean = window_sum(w, origin) * inv, away = v_zero();
            for (u32 j = 0; j < p; j++) {
                away = away + v_abs((window_at(w, j) - origin) - mean);
            }
            v_t value = step_ratio((x - origin) - mean, v_all(0.015) * (away * inv), v_zero());
            OUT(c, 0, i, g, value, p - 1);
        }
    }
    call_end(&c);
}

/* v[0] typical price before, v[1..] ring of p flows, those of falling bars negative. */
KERNEL(mfi)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        window_t w = {STATE(c, 1, g), 0, p};
        v_t before = v_load(STATE(c, 0, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = step_typical3(IN(in->high, i, g), IN(in->low, i, g), IN(in->close, i, g)) / v_all(3.0);
            v_t up = v_zero(), down = v_zero();
            window_push(&w, n, n == 0 ? v_zero() : v_signed(x * IN(in->volume, i, g), x - before));
            before = x;
            for (u32 j = 0; j < p; j++) {
                v_t flow = window_at(w, j);
                up = up + v_max(flow, v_zero());
                down = down + v_min(flow, v_zero());
            }
            OUT(c, 0, i, g, step_rsi(up, down), p);
        }
        v_store(STATE(c, 0, g), before);
    }
    call_end(&c);
}

/* Sums of squares and products of two windows about their means. */
typedef struct {
    v_t xx, xy, yy;
} moments_t;

STEP moments_t window_moments(window_t x, window_t y)
{
    v_t inv = v_all(1.0 / (f64)x.p);
    v_t mean_x = window_sum(x, v_zero()) * inv, mean_y = window_sum(y, v_zero()) * inv;
    moments_t m = {v_zero(), v_zero(), v_zero()};
    for (u32 j = 0; j < x.p; j++) {
        v_t dx = window_at(x, j) - mean_x, dy = window_at(y, j) - mean_y;
        m.xx = m.xx + dx * dx;
        m.xy = m.xy + dx * dy;
        m.yy = m.yy + dy * dy;
    }
    return m;
}

STEP v_t correlation_of(moments_t m)
{
    v_t r = step_ratio(m.xy, v_sqrt(m.xx) * v_sqrt(m.yy), v_zero());
    return v_max(v_min(r, v_all(1.0)), v_all(-1.0));
}

STEP v_t beta_of(moments_t m)
{
    return step_ratio(m.xy, m.xx, v_zero());
}

/* v[0] close before, v[1] reference before, then rings of p returns of the reference and of the close. */
STEP void run_pair(const call_t *c, u32 p, v_t (*value)(moments_t))
{
    const indicator_cols_t *in = c->in;
    ASSERT(in->reference != NULL || in->count == 0);
    FOR_VECTORS(g)
    {
        window_t x = {STATE(*c, 2, g), 0, p}, y = {STATE(*c, 2 + p, g), 0, p};
        v_t close = v_load(STATE(*c, 0, g)), reference = v_load(STATE(*c, 1, g)), one = v_all(1.0);
        for (u32 i = 0, n = c->first; i < in->count; i++, n++) {
            v_t a = IN(in->close, i, g), b = IN(in->reference, i, g);
            if (n > 0) {
                window_push(&x, n - 1, b / reference - one);
                window_push(&y, n - 1, a / close - one);
            }
            close = a;
            reference = b;
            OUT(*c, 0, i, g, value(window_moments(x, y)), p);
        }
        v_store(STATE(*c, 0, g), close);
        v_store(STATE(*c, 1, g), reference);
    }
    call_end(c);
}

KERNEL(correlation)
{
    call_t c = call_begin(state, in, out);
    run_pair(&c, whole_period(params[0]), correlation_of);
}

KERNEL(beta)
{
    call_t c = call_begin(state, in, out);
    run_pair(&c, whole_period(params[0]), beta_of);
}

/* v[0] average of the close, v[1] close before, v[2] Wilder sum of true ranges. */
KERNEL(keltner)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]), q = whole_period(params[1]), from = MAX_OF(p - 1, q);
    FOR_VECTORS(g)
    {
        v_t middle = v_load(STATE(c, 0, g)), before = v_load(STATE(c, 1, g)), atr = v_load(STATE(c, 2, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g);
            middle = step_smooth(middle, x, (phase_t){n, false}, p, 2.0 / (f64)(p + 1));
            if (n > 0) {
                v_t range = step_true_range(IN(in->high, i, g), IN(in->low, i, g), before);
                atr = step_wilder(atr, range, (phase_t){n - 1, false}, q, q);
            }
            before = x;
            v_t half = v_all(params[2]) * (atr * v_all(1.0 / (f64)q));
            OUT(c, 0, i, g, middle + half, from);
            OUT(c, 1, i, g, middle, from);
            OUT(c, 2, i, g, middle - half, from);
        }
        v_store(STATE(c, 0, g), middle);
        v_store(STATE(c, 1, g), before);
        v_store(STATE(c, 2, g), atr);
    }
    call_end(&c);
}

/* The three spans of Ichimoku and what is shown `shift` bars later. */
typedef struct {
    span_t fast, base, slow;
    window_t lead_a, lead_b, close;
} cloud_t;

STEP cloud_t cloud_open(f64 *v, u32 a, u32 b, u32 d)
{
    enum { W = INDICATOR_LANES };
    f64 *ring = v + 6 * W, *late = ring + (size_t)2 * (a + b + d) * W;
    return (cloud_t){.fast = span_open(v, ring, a),
                     .base = span_open(v + 2 * W, ring + (size_t)2 * a * W, b),
                     .slow = span_open(v + 4 * W, ring + (size_t)2 * (a + b) * W, d),
                     .lead_a = {late, 0, b},
                     .lead_b = {late + (size_t)b * W, 0, b},
                     .close = {late + (size_t)2 * b * W, 0, b}};
}

/* v[0..5] heads, then rings: highs and lows of the three spans, b values of each lead and of the close. */
KERNEL(ichimoku)
{
    call_t c = call_begin(state, in, out);
    u32 a = whole_period(params[0]), b = whole_period(params[1]), d = whole_period(params[2]);
    u32 from = MAX_OF(MAX_OF(a, b), d) - 1 + b;
    FOR_VECTORS(g)
    {
        cloud_t k = cloud_open(STATE(c, 0, g), a, b, d);
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t h = IN(in->high, i, g), l = IN(in->low, i, g);
            span_push(&k.fast, n, h, l);
            span_push(&k.base, n, h, l);
            span_push(&k.slow, n, h, l);
            v_t fast = span_middle(&k.fast), base = span_middle(&k.base);
            OUT(c, 0, i, g, fast, from);
            OUT(c, 1, i, g, base, from);
            OUT(c, 2, i, g, window_leaving(k.lead_a, n), from);
            OUT(c, 3, i, g, window_leaving(k.lead_b, n), from);
            OUT(c, 4, i, g, window_leaving(k.close, n), from);
            window_push(&k.lead_a, n, (fast + base) * v_all(0.5));
            window_push(&k.lead_b, n, span_middle(&k.slow));
            window_push(&k.close, n, IN(in->close, i, g));
        }
    }
    call_end(&c);
}
