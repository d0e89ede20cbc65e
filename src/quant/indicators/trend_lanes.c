/* Kernels of the stops that follow a trend. A falling trend is a rising one with all prices negated, which is
 * exact, so each is written once for the rising side. */
#include "quant/indicators/call.h"

/* What the Parabolic SAR carries: stop, extreme and step of the trend, its sign, the bar before. */
typedef struct {
    v_t stop, extreme, step, sign, high, low;
} sar_t;

STEP sar_t sar_start(sar_t s, v_t h, v_t l, f64 step)
{
    v_t up = h - s.high, down = s.low - l, one = v_all(1.0);
    v_t falls = v_pick(down, v_zero(), v_pick(down, up, one, v_zero()), v_zero());
    return (sar_t){.stop = v_pick(falls, v_zero(), s.high, s.low),
                   .extreme = v_pick(falls, v_zero(), l, h),
                   .step = v_all(step),
                   .sign = v_pick(falls, v_zero(), v_all(-1.0), one),
                   .high = h,
                   .low = l};
}

/* Moves one bar on and gives the stop that held for it. */
STEP v_t sar_step(sar_t *s, v_t h, v_t l, f64 step, f64 most)
{
    v_t m = s->sign, zero = v_zero();
    v_t low = v_pick(m, zero, l, zero - h), high = v_pick(m, zero, h, zero - l);
    v_t low1 = v_pick(m, zero, s->low, zero - s->high), high1 = v_pick(m, zero, s->high, zero - s->low);
    v_t stop = m * s->stop, top = m * s->extreme;
    /* The trend goes on. */
    v_t grown = v_min(s->step + v_all(step), v_all(most));
    v_t on_step = v_pick(high, top, grown, s->step), on_top = v_max(top, high);
    v_t on_stop = v_min(v_min(stop + on_step * (on_top - stop), low1), low);
    /* The low met the stop: the trend turns, its extreme becomes the stop. */
    v_t turned = v_max(v_max(top, high1), high);
    v_t off_stop = v_max(v_max(turned + v_all(step) * (low - turned), high1), high);
    v_t shown = m * v_pick(low, stop, stop, turned);
    s->stop = m * v_pick(low, stop, on_stop, off_stop);
    s->extreme = m * v_pick(low, stop, on_top, low);
    s->step = v_pick(low, stop, on_step, v_all(step));
    s->sign = v_pick(low, stop, m, zero - m);
    s->high = h;
    s->low = l;
    return shown;
}

/* v[0..5] as sar_t. */
KERNEL(psar)
{
    call_t c = call_begin(state, in, out);
    f64 most = params[1], step = MIN_OF(params[0], most);
    FOR_VECTORS(g)
    {
        sar_t s = {v_load(STATE(c, 0, g)), v_load(STATE(c, 1, g)), v_load(STATE(c, 2, g)),
                   v_load(STATE(c, 3, g)), v_load(STATE(c, 4, g)), v_load(STATE(c, 5, g))};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t h = IN(in->high, i, g), l = IN(in->low, i, g), shown = v_zero();
            if (n == 0) {
                s.high = h;
                s.low = l;
            } else {
                s = n == 1 ? sar_start(s, h, l, step) : s;
                shown = sar_step(&s, h, l, step, most);
            }
            OUT(c, 0, i, g, shown, 1);
            OUT(c, 1, i, g, s.sign, 1);
        }
        v_store(STATE(c, 0, g), s.stop);
        v_store(STATE(c, 1, g), s.extreme);
        v_store(STATE(c, 2, g), s.step);
        v_store(STATE(c, 3, g), s.sign);
        v_store(STATE(c, 4, g), s.high);
        v_store(STATE(c, 5, g), s.low);
    }
    call_end(&c);
}

typedef struct {
    v_t close, atr, upper, lower, sign;
} supertrend_t;

/* A band only tightens, until a close beyond it lets it go. */
STEP void supertrend_step(supertrend_t *s, v_t middle, v_t half, v_t x, bool first)
{
    v_t upper = middle + half, lower = middle - half;
    if (first) {
        s->upper = upper;
        s->lower = lower;
        s->sign = v_all(-1.0);
        return;
    }
    s->upper = v_pick(s->close, s->upper, upper, v_min(upper, s->upper));
    s->lower = v_pick(s->lower, s->close, lower, v_max(lower, s->lower));
    v_t rises = v_pick(x, s->upper, v_all(1.0), v_all(-1.0));
    v_t stays = v_pick(s->lower, x, v_all(-1.0), v_all(1.0));
    s->sign = v_pick(s->sign, v_zero(), stays, rises);
}

/* v[0..4] as supertrend_t. */
KERNEL(supertrend)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        supertrend_t s = {v_load(STATE(c, 0, g)), v_load(STATE(c, 1, g)), v_load(STATE(c, 2, g)),
                          v_load(STATE(c, 3, g)), v_load(STATE(c, 4, g))};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t h = IN(in->high, i, g), l = IN(in->low, i, g), x = IN(in->close, i, g);
            if (n > 0) {
                s.atr = step_wilder(s.atr, step_true_range(h, l, s.close), (phase_t){n - 1, false}, p, p);
            }
            if (n >= p) {
                v_t half = v_all(params[1]) * (s.atr * v_all(1.0 / (f64)p));
                supertrend_step(&s, (h + l) * v_all(0.5), half, x, n == p);
            }
            s.close = x;
            OUT(c, 0, i, g, v_pick(s.sign, v_zero(), s.lower, s.upper), p);
            OUT(c, 1, i, g, s.sign, p);
        }
        v_store(STATE(c, 0, g), s.close);
        v_store(STATE(c, 1, g), s.atr);
        v_store(STATE(c, 2, g), s.upper);
        v_store(STATE(c, 3, g), s.lower);
        v_store(STATE(c, 4, g), s.sign);
    }
    call_end(&c);
}
