/* The sixteen indicators of W1 in one pass, compiled once per processor level.
 *
 * One loop carries all recurrences: five divisions and a root a bar keep the divider busy most of the time,
 * and only a single loop lets everything else run beside it (three separate loops measured 10 % slower).
 * Windows look back into the input columns, so nothing is copied but the tails of the extreme blocks. */
#include "quant/indicators/w1.h"

#include "base/assert.h"
#include "quant/indicators/steps.h"

enum { STOCH_WINDOW = 14, BARS_MAX = 1 << 30 };
/* From these bars on no warm-up branch of the loop can be taken. */
enum { AVERAGES_WARM = 200, MOVES_WARM = 28, WINDOWS_WARM = W1_WINDOW };

/* The recurrences of each group, in the order of their places in the state. */
#define AVERAGES(X)                                                                                          \
    X(0, origin)                                                                                             \
    X(1, sum20) X(2, squares20) X(3, sum50) X(4, sum200) X(5, ema12) X(6, ema26) X(7, fast) X(8, signal)
#define MOVES(X)                                                                                             \
    X(9, up)                                                                                                 \
    X(10, down)                                                                                              \
    X(11, atr) X(12, plus) X(13, minus) X(14, adx) X(15, traded) X(16, volume) X(17, obv) X(18, volume20)
#define WINDOWS(X) X(19, high) X(20, low) X(21, high14) X(22, low14) X(23, k1) X(24, k2) X(25, d1) X(26, d2)
_Static_assert(26 < W1_SCALARS, "the state has a place for every vector");

#define FIELD(i, name) v_t name;
typedef struct {
    AVERAGES(FIELD)
} averages_t;
typedef struct {
    MOVES(FIELD)
} moves_t;
typedef struct {
    WINDOWS(FIELD)
} windows_t;

/* Field by field, so that the compiler sees separate vectors and not a piece of memory. */
#define LOAD(i, name) r->name = v_load(&s->v[i][g]);
#define STORE(i, name) v_store(&s->v[i][g], r->name);

/* The columns as one vector sees them. */
typedef struct {
    const f64 *high, *low, *close, *volume, *session;
} view_t;

static view_t view_at(const indicator_cols_t *in, u32 g)
{
    ASSERT(in->high != NULL && in->low != NULL && in->close != NULL);
    ASSERT(in->volume != NULL && in->session != NULL);
    return (view_t){in->high + g, in->low + g, in->close + g, in->volume + g, in->session + g};
}

/* One stretch of bars [n, to) of the lanes from g on; row is where bar n goes. */
typedef struct {
    w1_state_t *state;
    const view_t *in;
    u32 g, n, to;
    f64 *row;
} span_t;

#define AT(column, n) v_load((column) + (size_t)(n)*INDICATOR_LANES)
#define FROM(first) (warm || bar_ready(n, first))
#define PUT(column, from, value) v_store(row + (column)*INDICATOR_LANES, FROM(from) ? (value) : v_zero())
#define NEXT_ROW (row += (size_t)W1_COLUMNS * INDICATOR_LANES)

STEP v_t lagged(const f64 *column, u32 n, u32 p, v_t origin, bool warm)
{
    return FROM(p) ? AT(column, n - p) : origin;
}

STEP averages_t averages_bar(averages_t r, const view_t *in, u32 n, bool warm)
{
    v_t c = AT(in->close, n);
    if (!warm && n == 0) {
        r.origin = c;
    }
    v_t old = lagged(in->close, n, 20, r.origin, warm);
    r.sum20 = step_roll(r.sum20, c, old);
    r.squares20 = step_roll_squares(r.squares20, c, old, r.origin + r.origin);
    r.sum50 = step_roll(r.sum50, c, lagged(in->close, n, 50, r.origin, warm));
    r.sum200 = step_roll(r.sum200, c, lagged(in->close, n, 200, r.origin, warm));
    r.ema12 = step_smooth(r.ema12, c, (phase_t){n, warm}, 12, 2.0 / 13.0);
    r.ema26 = step_smooth(r.ema26, c, (phase_t){n, warm}, 26, 2.0 / 27.0);
    if (FROM(14)) {
        r.fast = step_smooth(r.fast, c, (phase_t){n - 14, warm}, 12, 2.0 / 13.0);
    }
    if (FROM(25)) {
        r.signal = step_smooth(r.signal, r.fast - r.ema26, (phase_t){n - 25, warm}, 9, 2.0 / 10.0);
    }
    return r;
}

STEP void averages_emit(averages_t r, u32 n, bool warm, f64 *row)
{
    v_t mean20 = r.sum20 * v_all(1.0 / 20.0) + r.origin, macd = r.fast - r.ema26;
    v_t half = step_band(r.sum20, r.squares20, 1.0 / 20.0, 2.0);
    PUT(W1_SMA20, 19, mean20);
    PUT(W1_SMA50, 49, r.sum50 * v_all(1.0 / 50.0) + r.origin);
    PUT(W1_SMA200, 199, r.sum200 * v_all(1.0 / 200.0) + r.origin);
    PUT(W1_EMA12, 11, r.ema12);
    PUT(W1_EMA26, 25, r.ema26);
    PUT(W1_MACD, 33, macd);
    PUT(W1_MACD_SIGNAL, 33, r.signal);
    PUT(W1_MACD_HIST, 33, macd - r.signal);
    PUT(W1_BB_UPPER, 19, mean20 + half);
    PUT(W1_BB_LOWER, 19, mean20 - half);
}

STEP moves_t moves_bar(moves_t r, const view_t *in, u32 n, bool warm)
{
    v_t h = AT(in->high, n), l = AT(in->low, n), c = AT(in->close, n), v = AT(in->volume, n);
    if (FROM(1)) {
        v_t before = AT(in->close, n - 1), d = c - before, up, down;
        r.up = step_wilder(r.up, v_max(d, v_zero()), (phase_t){n - 1, warm}, 14, 14);
        r.down = step_wilder(r.down, v_min(d, v_zero()), (phase_t){n - 1, warm}, 14, 14);
        r.atr = step_wilder(r.atr, step_true_range(h, l, before), (phase_t){n - 1, warm}, 14, 14);
        step_moves(h - AT(in->high, n - 1), AT(in->low, n - 1) - l, &up, &down);
        r.plus = step_wilder(r.plus, up, (phase_t){n - 1, warm}, 13, 14);
        r.minus = step_wilder(r.minus, down, (phase_t){n - 1, warm}, 13, 14);
        r.obv = r.obv + v_signed(v, d);
        v_t old = FROM(21) ? AT(in->volume, n - 21) : v_zero();
        r.volume20 = step_roll(r.volume20, AT(in->volume, n - 1), old);
    } else {
        r.obv = v;
    }
    if (FROM(14)) {
        r.adx = step_adx(r.adx, r.plus, r.minus, (phase_t){n - 14, warm}, 14);
    }
    v_t begins = AT(in->session, n);
    r.traded = v_pick(begins, v_zero(), v_zero(), r.traded) + step_typical3(h, l, c) * v;
    r.volume = v_pick(begins, v_zero(), v_zero(), r.volume) + v;
    return r;
}

STEP void moves_emit(moves_t r, const view_t *in, u32 n, bool warm, f64 *row)
{
    v_t price3 = step_typical3(AT(in->high, n), AT(in->low, n), AT(in->close, n));
    PUT(W1_RSI14, 14, step_rsi(r.up, r.down));
    PUT(W1_ATR14, 14, r.atr * v_all(1.0 / 14.0));
    PUT(W1_ADX14, 27, r.adx * v_all(100.0 / 14.0));
    PUT(W1_VWAP, 0, step_vwap(r.traded, r.volume, price3));
    PUT(W1_OBV, 0, r.obv);
    PUT(W1_RVOL20, 20, step_ratio(v_all(20.0) * AT(in->volume, n), r.volume20, v_zero()));
}

/* Tail extremes of the block [n - w, n): place j covers bars n - w + j .. n - 1. See run_extreme for the
 * method. Both sides go through one loop, since each alone would wait for its own comparisons. */
STEP void block_tails(const view_t *in, u32 n, u32 w, f64 *tail_high, f64 *tail_low)
{
    const f64 *high = in->high + (size_t)(n - w) * INDICATOR_LANES;
    const f64 *low = in->low + (size_t)(n - w) * INDICATOR_LANES;
    v_t top = AT(high, w - 1), bottom = AT(low, w - 1);
    for (u32 j = w; j-- > 0;) {
        top = v_max(AT(high, j), top);
        bottom = v_min(AT(low, j), bottom);
        v_store(tail_high + (size_t)j * INDICATOR_LANES, top);
        v_store(tail_low + (size_t)j * INDICATOR_LANES, bottom);
    }
}

/* Extreme of the last w bars; `slot` = n mod w. */
STEP v_t window_high(v_t *head, const f64 *tail, u32 slot, u32 w, v_t x)
{
    *head = slot == 0 ? x : v_max(*head, x);
    return slot + 1 < w ? v_max(v_load(tail + (size_t)(slot + 1) * INDICATOR_LANES), *head) : *head;
}

STEP v_t window_low(v_t *head, const f64 *tail, u32 slot, u32 w, v_t x)
{
    *head = slot == 0 ? x : v_min(*head, x);
    return slot + 1 < w ? v_min(v_load(tail + (size_t)(slot + 1) * INDICATOR_LANES), *head) : *head;
}

/* Places of bar n within the two windows' blocks. */
typedef struct {
    u32 year, stoch;
} slots_t;

/* The bar at.n, written to at.row. */
STEP windows_t windows_bar(windows_t r, span_t at, slots_t slot, bool warm)
{
    w1_state_t *s = at.state;
    u32 g = at.g, n = at.n;
    f64 *row = at.row;
    v_t h = AT(at.in->high, n), l = AT(at.in->low, n), c = AT(at.in->close, n);
    v_t top = window_high(&r.high, &s->high[0][g], slot.year, W1_WINDOW, h);
    v_t bottom = window_low(&r.low, &s->low[0][g], slot.year, W1_WINDOW, l);
    v_t high = window_high(&r.high14, &s->stoch_high[0][g], slot.stoch, STOCH_WINDOW, h);
    v_t low = window_low(&r.low14, &s->stoch_low[0][g], slot.stoch, STOCH_WINDOW, l);
    v_t fast = step_fast_k(c, high, low);
    v_t k = (r.k2 + r.k1 + fast) * v_all(1.0 / 3.0), d = (r.d2 + r.d1 + k) * v_all(1.0 / 3.0);
    r.k2 = r.k1;
    r.k1 = fast;
    r.d2 = r.d1;
    r.d1 = k;
    PUT(W1_STOCH_K, 17, k);
    PUT(W1_STOCH_D, 17, d);
    PUT(W1_HIGH252, W1_WINDOW - 1, top);
    PUT(W1_LOW252, W1_WINDOW - 1, bottom);
    return r;
}

/* Starts new blocks where bar n begins one. */
STEP void windows_turn(span_t at, u32 n, slots_t slot)
{
    w1_state_t *s = at.state;
    u32 g = at.g;
    if (__builtin_expect(slot.year == 0 && n > 0, 0)) {
        block_tails(at.in, n, W1_WINDOW, &s->high[0][g], &s->low[0][g]);
    }
    if (__builtin_expect(slot.stoch == 0 && n > 0, 0)) {
        block_tails(at.in, n, STOCH_WINDOW, &s->stoch_high[0][g], &s->stoch_low[0][g]);
    }
}

STEP slots_t slots_next(slots_t slot)
{
    slot.year = slot.year + 1 == W1_WINDOW ? 0 : slot.year + 1;
    slot.stoch = slot.stoch + 1 == STOCH_WINDOW ? 0 : slot.stoch + 1;
    return slot;
}

// clang-format off
STEP void averages_load(averages_t *r, const w1_state_t *s, u32 g) {AVERAGES(LOAD)}
STEP void averages_store(const averages_t *r, w1_state_t *s, u32 g) {AVERAGES(STORE)}
STEP void moves_load(moves_t *r, const w1_state_t *s, u32 g) {MOVES(LOAD)}
STEP void moves_store(const moves_t *r, w1_state_t *s, u32 g) {MOVES(STORE)}
STEP void windows_load(windows_t *r, const w1_state_t *s, u32 g) {WINDOWS(LOAD)}
STEP void windows_store(const windows_t *r, w1_state_t *s, u32 g) {WINDOWS(STORE)}

// clang-format on

STEP void run_span(span_t at, bool warm)
{
    slots_t slot = {.year = at.n % W1_WINDOW, .stoch = at.n % STOCH_WINDOW};
    averages_t a;
    moves_t m;
    windows_t w;
    averages_load(&a, at.state, at.g);
    moves_load(&m, at.state, at.g);
    windows_load(&w, at.state, at.g);
    f64 *row = at.row;
    for (u32 n = at.n; n < at.to; n++, NEXT_ROW, slot = slots_next(slot)) {
        a = averages_bar(a, at.in, n, warm);
        averages_emit(a, n, warm, row);
        m = moves_bar(m, at.in, n, warm);
        moves_emit(m, at.in, n, warm, row);
        windows_turn(at, n, slot);
        span_t bar = {.state = at.state, .in = at.in, .g = at.g, .row = row, .n = n};
        w = windows_bar(w, bar, slot, warm);
    }
    averages_store(&a, at.state, at.g);
    moves_store(&m, at.state, at.g);
    windows_store(&w, at.state, at.g);
}

void LANE_NAME(w1_run)(w1_state_t *state, const indicator_cols_t *in, u32 to, f64 *out)
{
    ASSERT(state != NULL && in != NULL && out != NULL);
    ASSERT(state->head.n <= to && to <= in->count && to <= BARS_MAX);
    for (u32 g = 0; g < INDICATOR_LANES; g += LANES) {
        view_t view = view_at(in, g);
        span_t at = {.state = state, .in = &view, .g = g, .row = out + g};
        at.n = (u32)state->head.n;
        at.to = MAX_OF(at.n, MIN_OF(to, (u32)WINDOWS_WARM));
        run_span(at, false);
        at.row += (size_t)(at.to - at.n) * W1_COLUMNS * INDICATOR_LANES;
        at.n = at.to;
        at.to = to;
        run_span(at, true);
    }
    state->head.n = to;
}

/* Fast %K of one bar from the columns alone; bars before the first count as absent. */
static v_t fast_k_at(const view_t *in, u32 n)
{
    u32 from = n + 1 >= STOCH_WINDOW ? n + 1 - STOCH_WINDOW : 0;
    v_t high = AT(in->high, from), low = AT(in->low, from);
    for (u32 i = from + 1; i <= n; i++) {
        high = v_max(high, AT(in->high, i));
        low = v_min(low, AT(in->low, i));
    }
    return step_fast_k(AT(in->close, n), high, low);
}

/* The window columns of the last bar, which depend on nothing older than the window. */
static void last_windows(const view_t *in, u32 n, f64 *row)
{
    const bool warm = false;
    v_t top = AT(in->high, n), bottom = AT(in->low, n);
    for (u32 i = n >= W1_WINDOW ? n + 1 - W1_WINDOW : 0; i < n; i++) {
        top = v_max(top, AT(in->high, i));
        bottom = v_min(bottom, AT(in->low, i));
    }
    PUT(W1_HIGH252, W1_WINDOW - 1, top);
    PUT(W1_LOW252, W1_WINDOW - 1, bottom);
    v_t fast[5], k[3]; /* newest first */
    for (u32 i = 0; i < 5; i++) {
        fast[i] = fast_k_at(in, n >= i ? n - i : 0);
    }
    for (u32 i = 0; i < 3; i++) {
        k[i] = (fast[i + 2] + fast[i + 1] + fast[i]) * v_all(1.0 / 3.0);
    }
    PUT(W1_STOCH_K, 17, k[0]);
    PUT(W1_STOCH_D, 17, (k[2] + k[1] + k[0]) * v_all(1.0 / 3.0));
}

#define ZERO(i, name) r.name = v_zero();

static void last_averages(const view_t *in, u32 count, f64 *row)
{
    ASSERT(count >= 1);
    averages_t r;
    AVERAGES(ZERO)
    u32 n = 0;
    for (; n < count && n < AVERAGES_WARM; n++) {
        r = averages_bar(r, in, n, false);
    }
    for (; n < count; n++) {
        r = averages_bar(r, in, n, true);
    }
    averages_emit(r, count - 1, false, row);
}

static void last_moves(const view_t *in, u32 count, f64 *row)
{
    ASSERT(count >= 1);
    moves_t r;
    MOVES(ZERO)
    u32 n = 0;
    for (; n < count && n < MOVES_WARM; n++) {
        r = moves_bar(r, in, n, false);
    }
    for (; n < count; n++) {
        r = moves_bar(r, in, n, true);
    }
    moves_emit(r, in, count - 1, false, row);
}

void LANE_NAME(w1_last)(const indicator_cols_t *in, f64 *out)
{
    ASSERT(in != NULL && out != NULL);
    ASSERT(in->count >= 1 && in->count <= BARS_MAX);
    for (u32 g = 0; g < INDICATOR_LANES; g += LANES) {
        view_t view = view_at(in, g);
        last_averages(&view, in->count, out + g);
        last_moves(&view, in->count, out + g);
        last_windows(&view, in->count - 1, out + g);
    }
}
