/* Kernels of the single indicators, compiled once per processor level.
 *
 * Each runs vector by vector through the eight lanes and, for each, bar by bar through the block. Windows
 * live in rings inside the state. The layout of each state stands at its kernel; lane l of vector i is
 * v[i][l]. */
#include "quant/indicators/kernels.h"

#include "base/assert.h"
#include "quant/indicators/call.h"
#include "quant/indicators/w1.h"

/* v[0] first close, v[1] sum of (close - first), v[2..] ring of p closes. */
static void run_sma(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    v_t inv = v_all(1.0 / (f64)p);
    FOR_VECTORS(g)
    {
        v_t origin = v_load(STATE(c, 0, g)), sum = v_load(STATE(c, 1, g));
        u32 slot = c.first % p;
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g);
            origin = n == 0 ? x : origin;
            v_t old = n >= p ? v_load(STATE(c, 2 + slot, g)) : origin;
            sum = step_roll(sum, x, old);
            v_store(STATE(c, 2 + slot, g), x);
            slot = slot + 1 == p ? 0 : slot + 1;
            OUT(c, 0, i, g, sum * inv + origin, p - 1);
        }
        v_store(STATE(c, 0, g), origin);
        v_store(STATE(c, 1, g), sum);
    }
    call_end(&c);
}

/* v[0] average. */
static void run_ema(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    f64 a = 2.0 / (f64)(p + 1);
    FOR_VECTORS(g)
    {
        v_t e = v_load(STATE(c, 0, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            e = step_smooth(e, IN(in->close, i, g), (phase_t){n, false}, p, a);
            OUT(c, 0, i, g, e, p - 1);
        }
        v_store(STATE(c, 0, g), e);
    }
    call_end(&c);
}

/* v[0] close before, v[1] Wilder sum of gains, v[2] of losses (negative). */
static void run_rsi(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        v_t before = v_load(STATE(c, 0, g)), up = v_load(STATE(c, 1, g)), down = v_load(STATE(c, 2, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g);
            if (n > 0) {
                v_t d = x - before;
                up = step_wilder(up, v_max(d, v_zero()), (phase_t){n - 1, false}, p, p);
                down = step_wilder(down, v_min(d, v_zero()), (phase_t){n - 1, false}, p, p);
            }
            before = x;
            OUT(c, 0, i, g, step_rsi(up, down), p);
        }
        v_store(STATE(c, 0, g), before);
        v_store(STATE(c, 1, g), up);
        v_store(STATE(c, 2, g), down);
    }
    call_end(&c);
}

/* v[0] close before, v[1] Wilder sum. */
static void run_atr(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        v_t before = v_load(STATE(c, 0, g)), atr = v_load(STATE(c, 1, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            if (n > 0) {
                v_t range = step_true_range(IN(in->high, i, g), IN(in->low, i, g), before);
                atr = step_wilder(atr, range, (phase_t){n - 1, false}, p, p);
            }
            before = IN(in->close, i, g);
            OUT(c, 0, i, g, atr * v_all(1.0 / (f64)p), p);
        }
        v_store(STATE(c, 0, g), before);
        v_store(STATE(c, 1, g), atr);
    }
    call_end(&c);
}

/* v[0] fast, v[1] slow, v[2] signal. The fast average is seeded where the slow one is, as in TA-Lib. */
static void run_macd(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 a = whole_period(params[0]), b = whole_period(params[1]), p = whole_period(params[2]);
    u32 fast_p = MIN_OF(a, b), slow_p = MAX_OF(a, b), from = slow_p + p - 2;
    FOR_VECTORS(g)
    {
        v_t fast = v_load(STATE(c, 0, g)), slow = v_load(STATE(c, 1, g)), signal = v_load(STATE(c, 2, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g);
            slow = step_smooth(slow, x, (phase_t){n, false}, slow_p, 2.0 / (f64)(slow_p + 1));
            if (n >= slow_p - fast_p) {
                fast = step_smooth(fast, x, (phase_t){n - (slow_p - fast_p), false}, fast_p,
                                   2.0 / (f64)(fast_p + 1));
            }
            v_t line = fast - slow;
            if (n + 1 >= slow_p) {
                signal = step_smooth(signal, line, (phase_t){n + 1 - slow_p, false}, p, 2.0 / (f64)(p + 1));
            }
            OUT(c, 0, i, g, line, from);
            OUT(c, 1, i, g, signal, from);
            OUT(c, 2, i, g, line - signal, from);
        }
        v_store(STATE(c, 0, g), fast);
        v_store(STATE(c, 1, g), slow);
        v_store(STATE(c, 2, g), signal);
    }
    call_end(&c);
}

/* v[0] first close, v[1] sum, v[2] sum of squares (both of close - first), v[3..] ring of p closes. */
static void run_bollinger(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    f64 inv = 1.0 / (f64)p;
    FOR_VECTORS(g)
    {
        v_t origin = v_load(STATE(c, 0, g)), sum = v_load(STATE(c, 1, g)), squares = v_load(STATE(c, 2, g));
        u32 slot = c.first % p;
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g);
            origin = n == 0 ? x : origin;
            v_t old = n >= p ? v_load(STATE(c, 3 + slot, g)) : origin;
            sum = step_roll(sum, x, old);
            squares = step_roll_squares(squares, x, old, origin + origin);
            v_store(STATE(c, 3 + slot, g), x);
            slot = slot + 1 == p ? 0 : slot + 1;
            v_t middle = sum * v_all(inv) + origin, half = step_band(sum, squares, inv, params[1]);
            OUT(c, 0, i, g, middle + half, p - 1);
            OUT(c, 1, i, g, middle, p - 1);
            OUT(c, 2, i, g, middle - half, p - 1);
        }
        v_store(STATE(c, 0, g), origin);
        v_store(STATE(c, 1, g), sum);
        v_store(STATE(c, 2, g), squares);
    }
    call_end(&c);
}

/* v[0] high before, v[1] low before, v[2] plus, v[3] minus, v[4] Wilder sum of DX / 100. */
static void run_adx(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        v_t high = v_load(STATE(c, 0, g)), low = v_load(STATE(c, 1, g));
        v_t plus = v_load(STATE(c, 2, g)), minus = v_load(STATE(c, 3, g)), adx = v_load(STATE(c, 4, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t h = IN(in->high, i, g), l = IN(in->low, i, g), up, down;
            if (n > 0) {
                step_moves(h - high, low - l, &up, &down);
                plus = step_wilder(plus, up, (phase_t){n - 1, false}, p - 1, p);
                minus = step_wilder(minus, down, (phase_t){n - 1, false}, p - 1, p);
            }
            if (n >= p) {
                adx = step_adx(adx, plus, minus, (phase_t){n - p, false}, p);
            }
            high = h;
            low = l;
            OUT(c, 0, i, g, adx * v_all(100.0 / (f64)p), 2 * p - 1);
        }
        v_store(STATE(c, 0, g), high);
        v_store(STATE(c, 1, g), low);
        v_store(STATE(c, 2, g), plus);
        v_store(STATE(c, 3, g), minus);
        v_store(STATE(c, 4, g), adx);
    }
    call_end(&c);
}

/* v[0] sum of three typical prices x volume, v[1] sum of volume. */
static void run_vwap(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    (void)params;
    call_t c = call_begin(state, in, out);
    FOR_VECTORS(g)
    {
        v_t traded = v_load(STATE(c, 0, g)), volume = v_load(STATE(c, 1, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t begins = IN(in->session, i, g), v = IN(in->volume, i, g);
            v_t price3 = step_typical3(IN(in->high, i, g), IN(in->low, i, g), IN(in->close, i, g));
            traded = v_pick(begins, v_zero(), v_zero(), traded) + price3 * v;
            volume = v_pick(begins, v_zero(), v_zero(), volume) + v;
            OUT(c, 0, i, g, step_vwap(traded, volume, price3), 0);
        }
        v_store(STATE(c, 0, g), traded);
        v_store(STATE(c, 1, g), volume);
    }
    call_end(&c);
}

/* v[0] close before, v[1] balance. */
static void run_obv(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    (void)params;
    call_t c = call_begin(state, in, out);
    FOR_VECTORS(g)
    {
        v_t before = v_load(STATE(c, 0, g)), obv = v_load(STATE(c, 1, g));
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t x = IN(in->close, i, g), v = IN(in->volume, i, g);
            obv = n == 0 ? v : obv + v_signed(v, x - before);
            before = x;
            OUT(c, 0, i, g, obv, 0);
        }
        v_store(STATE(c, 0, g), before);
        v_store(STATE(c, 1, g), obv);
    }
    call_end(&c);
}

/* v[0] maximum of the block so far, v[1..] ring of w. `sign` -1 turns the maximum into a minimum, exactly. */
STEP void run_extreme(const call_t *c, const f64 *column, u32 w, f64 sign)
{
    v_t s = v_all(sign);
    FOR_VECTORS(g)
    {
        v_t head = v_load(STATE(*c, 0, g));
        u32 slot = c->first % w;
        for (u32 i = 0, n = c->first; i < c->in->count; i++, n++) {
            v_t top = extreme_push(STATE(*c, 1, g), slot, w, s * IN(column, i, g), &head);
            slot = slot + 1 == w ? 0 : slot + 1;
            OUT(*c, 0, i, g, s * top, w - 1);
        }
        v_store(STATE(*c, 0, g), head);
    }
    call_end(c);
}

static void run_highest(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    run_extreme(&c, in->high, whole_period(params[0]), 1.0);
}

static void run_lowest(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    run_extreme(&c, in->low, whole_period(params[0]), -1.0);
}

/* v[0] and v[1] block extremes, then rings: w highs, w negated lows, p values of fast %K, q of slow %K. */
static void run_stochastic(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 w = whole_period(params[0]), p = whole_period(params[1]), q = whole_period(params[2]);
    u32 from = w + p + q - 3;
    FOR_VECTORS(g)
    {
        v_t top = v_load(STATE(c, 0, g)), bottom = v_load(STATE(c, 1, g));
        f64 *fast = STATE(c, 2 + 2 * w, g), *slow = STATE(c, 2 + 2 * w + p, g);
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t high = extreme_push(STATE(c, 2, g), n % w, w, IN(in->high, i, g), &top);
            v_t low = extreme_push(STATE(c, 2 + w, g), n % w, w, v_zero() - IN(in->low, i, g), &bottom);
            v_store(fast + (size_t)(n % p) * INDICATOR_LANES,
                    step_fast_k(IN(in->close, i, g), high, v_zero() - low));
            v_t k = ring_mean(fast, n % p, p);
            v_store(slow + (size_t)(n % q) * INDICATOR_LANES, k);
            OUT(c, 0, i, g, k, from);
            OUT(c, 1, i, g, ring_mean(slow, n % q, q), from);
        }
        v_store(STATE(c, 0, g), top);
        v_store(STATE(c, 1, g), bottom);
    }
    call_end(&c);
}

/* v[0] sum of the last p volumes, v[1..] ring of p volumes. */
static void run_rvol(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]);
    FOR_VECTORS(g)
    {
        v_t sum = v_load(STATE(c, 0, g));
        u32 slot = c.first % p;
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            v_t v = IN(in->volume, i, g), old = n >= p ? v_load(STATE(c, 1 + slot, g)) : v_zero();
            OUT(c, 0, i, g, step_ratio(v_all((f64)p) * v, sum, v_zero()), p);
            sum = step_roll(sum, v, old);
            v_store(STATE(c, 1 + slot, g), v);
            slot = slot + 1 == p ? 0 : slot + 1;
        }
        v_store(STATE(c, 0, g), sum);
    }
    call_end(&c);
}

extern const indicator_kernels_t LANE_NAME(indicator_kernels);
const indicator_kernels_t LANE_NAME(indicator_kernels) = {
    .sma = run_sma,
    .ema = run_ema,
    .rsi = run_rsi,
    .atr = run_atr,
    .macd = run_macd,
    .bollinger = run_bollinger,
    .adx = run_adx,
    .vwap = run_vwap,
    .obv = run_obv,
    .stochastic = run_stochastic,
    .highest = run_highest,
    .lowest = run_lowest,
    .rvol = run_rvol,
#define X(name) .name = LANE_PASTE(run_##name, LANE_LEVEL),
    INDICATOR_MORE(X)
#undef X
        .w1_run = LANE_NAME(w1_run),
    .w1_last = LANE_NAME(w1_last),
};
