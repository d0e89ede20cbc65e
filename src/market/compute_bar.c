/* Intraday features: five-minute frame by lane kernels, 15-minute frame, volume curves and session extremes
 * by short loops. Recursions start MARKET_WARM bars before the session (decision 21). */
#include <string.h>

#include "base/assert.h"
#include "market/compute_emit.h"
#include "market/curve.h"
#include "quant/indicators/indicators.h"
#include "quant/math/qmath.h"

/* Columns of a group: kernels, then what the walk and the windows leave for each bar. */
enum {
    COL_EMA9,
    COL_EMA21,
    COL_RSI,
    COL_ATR,
    COL_UPPER,
    COL_MID,
    COL_LOWER,
    COL_VWAP,
    COL_A,
    COL_TREND15,
    COL_DAY_OPEN,
    COL_DAY_HIGH,
    COL_DAY_LOW,
    COL_TREND15_KNOWN,
    COL_SESSION_BARS,
    COL_RANGE_HIGH,
    COL_RANGE_LOW,
    COL_RANGE_ABOVE,
    COL_RANGE_BELOW,
    COL_VWAP_RUN,
    COL_HIGH20, /* windows, this bar counted */
    COL_LOW20,
    COL_HIGH3,
    COL_LOW3,
    BAR_COLUMNS
};
enum { ATR_AGO_BARS = 6, BARS_BEHIND = 26, FRAME15_SLOW = 21 };

/* The 15-minute frame of one symbol while its bars are walked. */
typedef struct {
    i64 bucket; /* t / 15 min of the bar in progress, -1 none */
    date_t session;
    f64 high, low, close;
    bool first;     /* of its session: the overnight gap is left out of the true range */
    f64 close_prev; /* of the last completed bar */
    u32 count;      /* completed */
    f64 atr, tr_sum;
    f64 ema9, ema21, sum9, sum21;
} frame15_t;

static f64 ema_next(f64 ema, f64 *sum, u32 count, u32 period, f64 close)
{
    if (count < period) {
        *sum += close;
        return count + 1 == period ? *sum / (f64)period : 0.0;
    }
    return ema + (2.0 / ((f64)period + 1.0)) * (close - ema);
}

static void frame15_complete(frame15_t *f)
{
    if (f->bucket < 0) {
        return;
    }
    f64 tr = f->high - f->low;
    if (!f->first && f->count > 0) {
        tr = q_max(tr, q_max(q_abs(f->high - f->close_prev), q_abs(f->low - f->close_prev)));
    }
    if (f->count < 14) {
        f->tr_sum += tr;
        f->atr = f->count == 13 ? f->tr_sum / 14.0 : 0.0;
    } else {
        f->atr += (tr - f->atr) / 14.0;
    }
    f->ema9 = ema_next(f->ema9, &f->sum9, f->count, 9, f->close);
    f->ema21 = ema_next(f->ema21, &f->sum21, f->count, 21, f->close);
    f->close_prev = f->close;
    f->count++;
    f->bucket = -1;
}

static void frame15_add(frame15_t *f, const series_t *s, u32 i)
{
    i64 start = s->t_known[i] - 5 * NS_PER_MIN;
    i64 bucket = start / (15 * NS_PER_MIN);
    if (f->bucket >= 0 && f->bucket != bucket) {
        frame15_complete(f); /* its last five minutes did not trade */
    }
    if (f->bucket < 0) {
        f->bucket = bucket;
        f->first = s->session[i] != f->session;
        f->session = s->session[i];
        f->high = s->high[i];
        f->low = s->low[i];
    }
    f->high = q_max(f->high, s->high[i]);
    f->low = q_min(f->low, s->low[i]);
    f->close = s->close[i];
    if (s->t_known[i] % (15 * NS_PER_MIN) == 0) {
        frame15_complete(f);
    }
}

static f64 sign_of(f64 x)
{
    return x > 0 ? 1.0 : (x < 0 ? -1.0 : 0.0);
}

static f64 frame15_trend(const frame15_t *f)
{
    return f->count < FRAME15_SLOW ? 0.0 : sign_of(f->close_prev - f->ema21) + sign_of(f->ema9 - f->ema21);
}

static void window_extremes(const series_t *s, u32 from, u32 to, f64 *hi, f64 *lo)
{
    *hi = s->high[from];
    *lo = s->low[from];
    for (u32 k = from + 1; k < to; k++) {
        *hi = q_max(*hi, s->high[k]);
        *lo = q_min(*lo, s->low[k]);
    }
}

typedef struct {
    compute_group_t g;
    f64 *column[BAR_COLUMNS];
    emit_windows_t windows;
    curve_t *curve;
} bar_group_t;

static f64 *col8(const bar_group_t *b, u32 which, u32 k)
{
    return b->column[which] + (size_t)k * COMPUTE_LANES;
}

static f64 col(const bar_group_t *b, u32 which, u32 k, u32 lane)
{
    return col8(b, which, k)[lane];
}

static f64 setup_age(const bar_group_t *b, u32 lane, u32 k, f64 d)
{
    const series_t *s = b->g.series[lane];
    for (u32 back = 0; back < 3 && back <= k; back++) {
        u32 at = k - back;
        f64 c = s->close[b->g.start[lane] + at];
        f64 band = d > 0 ? col(b, COL_LOWER, at, lane) : col(b, COL_UPPER, at, lane);
        f64 rsi = col(b, COL_RSI, at, lane);
        bool hit = d > 0 ? c <= band && rsi < 30.0 : c >= band && rsi > 70.0;
        if (hit) {
            return (f64)back;
        }
    }
    return 99.0;
}

/* setup_age() of all lanes and both sides; the nearest bar wins, so it is asked last. */
static void setup_ages8(const bar_group_t *b, u32 k, f64 *on_long, f64 *on_short)
{
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        on_long[lane] = 99.0;
        on_short[lane] = 99.0;
    }
    for (u32 back = 3; back-- > 0;) {
        const f64 *upper = col8(b, COL_UPPER, k - back);
        const f64 *lower = col8(b, COL_LOWER, k - back);
        const f64 *rsi = col8(b, COL_RSI, k - back);
        const f64 *close = emit_at8(b->g.close, k - back);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            bool low = (close[lane] <= lower[lane]) & (rsi[lane] < 30.0);
            bool high = (close[lane] >= upper[lane]) & (rsi[lane] > 70.0);
            on_long[lane] = low ? (f64)back : on_long[lane];
            on_short[lane] = high ? (f64)back : on_short[lane];
        }
    }
}

static void emit_frame(const bar_group_t *b, u32 lane, u32 k, const emit_place_t *to)
{
    const series_t *s = b->g.series[lane];
    u32 i = b->g.start[lane] + k;
    f64 hi = 0;
    f64 lo = 0;
    emit_set(to, FEATURE_EMA9, col(b, COL_EMA9, k, lane));
    emit_set(to, FEATURE_EMA21, col(b, COL_EMA21, k, lane));
    emit_set(to, FEATURE_RSI, col(b, COL_RSI, k, lane));
    emit_set(to, FEATURE_ATR, col(b, COL_ATR, k, lane));
    emit_set(to, FEATURE_ATR_AGO, col(b, COL_ATR, k - ATR_AGO_BARS, lane));
    emit_set(to, FEATURE_BAND_MID, col(b, COL_MID, k, lane));
    emit_set(to, FEATURE_BAND_SD, (col(b, COL_UPPER, k, lane) - col(b, COL_MID, k, lane)) / 2.0);
    emit_set(to, FEATURE_VWAP, col(b, COL_VWAP, k, lane));
    emit_set(to, FEATURE_CLOSE_PREV, s->close[i - 1]);
    emit_set(to, FEATURE_HIGH_PREV, s->high[i - 1]);
    emit_set(to, FEATURE_LOW_PREV, s->low[i - 1]);
    window_extremes(s, i - 20, i, &hi, &lo);
    emit_set(to, FEATURE_HIGH20, hi);
    emit_set(to, FEATURE_LOW20, lo);
    window_extremes(s, i - 21, i - 1, &hi, &lo);
    emit_set(to, FEATURE_HIGH20_BEFORE, hi);
    emit_set(to, FEATURE_LOW20_BEFORE, lo);
    window_extremes(s, i - 2, i + 1, &hi, &lo);
    emit_set(to, FEATURE_HIGH3, hi);
    emit_set(to, FEATURE_LOW3, lo);
    window_extremes(s, i - 5, i - 2, &hi, &lo);
    emit_set(to, FEATURE_HIGH3_BEFORE, hi);
    emit_set(to, FEATURE_LOW3_BEFORE, lo);
    emit_set(to, FEATURE_SETUP_LONG, setup_age(b, lane, k, 1.0));
    emit_set(to, FEATURE_SETUP_SHORT, setup_age(b, lane, k, -1.0));
}

static f64 of_median(f64 volume, f64 median)
{
    return median > 0 ? volume / median : 0.0;
}

/* What the walk leaves for each bar, and where it goes. */
static const struct {
    u16 feature, column;
} WALKED[] = {
    {FEATURE_A, COL_A},
    {FEATURE_TREND15, COL_TREND15},
    {FEATURE_DAY_OPEN, COL_DAY_OPEN},
    {FEATURE_DAY_HIGH, COL_DAY_HIGH},
    {FEATURE_DAY_LOW, COL_DAY_LOW},
    {FEATURE_TREND15_KNOWN, COL_TREND15_KNOWN},
    {FEATURE_SESSION_BARS, COL_SESSION_BARS},
    {FEATURE_RANGE_HIGH, COL_RANGE_HIGH},
    {FEATURE_RANGE_LOW, COL_RANGE_LOW},
    {FEATURE_RANGE_ABOVE, COL_RANGE_ABOVE},
    {FEATURE_RANGE_BELOW, COL_RANGE_BELOW},
    {FEATURE_VWAP_RUN, COL_VWAP_RUN},
};

static void emit_bar(const market_t *m, const bar_group_t *b, u32 lane, u32 k, const emit_place_t *to)
{
    const series_t *s = b->g.series[lane];
    u32 i = b->g.start[lane] + k;
    u32 slot = (u32)s->slot[i];
    u32 inst = (u32)(s - m->bar);
    for (u32 f = FEATURE_DAYS; f <= FEATURE_SMA200; f++) {
        emit_set(to, (feature_t)f, m->day_features[feature_at((feature_t)f, inst)]);
    }
    emit_set(to, FEATURE_PRESENT, 1.0);
    emit_set(to, FEATURE_RAW, (f64)s->raw_close[i] / (f64)PRICE_SCALE);
    emit_set(to, FEATURE_FACTOR, s->factor[i]);
    emit_set(to, FEATURE_OPEN, s->open[i]);
    emit_set(to, FEATURE_HIGH, s->high[i]);
    emit_set(to, FEATURE_LOW, s->low[i]);
    emit_set(to, FEATURE_CLOSE, s->close[i]);
    emit_set(to, FEATURE_RVOL, b->curve->relative[slot][lane]);
    emit_set(to, FEATURE_BAR_VOLUME, of_median(s->volume[i], b->curve->median[slot][lane]));
    if (i >= 21 && k >= BARS_BEHIND) {
        emit_frame(b, lane, k, to);
    }
    for (u32 n = 0; n < COUNT_OF(WALKED); n++) {
        emit_set(to, (feature_t)WALKED[n].feature, col(b, WALKED[n].column, k, lane));
    }
}

/* What is made lane by lane: figures that the lanes' kernels do not hold. */
typedef struct {
    f64 one[COMPUTE_LANES], raw[COMPUTE_LANES], factor[COMPUTE_LANES], band_sd[COMPUTE_LANES];
    f64 bar_volume[COMPUTE_LANES], setup_long[COMPUTE_LANES], setup_short[COMPUTE_LANES];
} lane_values_t;

static void lane_values(const bar_group_t *b, emit_step_t at, u32 slot, lane_values_t *v)
{
    u32 k = at.k;
    const f64 *upper = col8(b, COL_UPPER, k);
    const f64 *mid = col8(b, COL_MID, k);
    const f64 *volume = emit_at8(b->g.volume, k);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        const series_t *s = b->g.series[lane];
        u32 i = b->g.start[lane] + k;
        if ((at.lanes >> lane & 1) == 0) {
            v->one[lane] = 0; /* no meaning, but a number */
            v->raw[lane] = 0;
            v->factor[lane] = 0;
            v->band_sd[lane] = 0;
            v->bar_volume[lane] = 0;
            continue;
        }
        v->one[lane] = 1.0;
        v->raw[lane] = (f64)s->raw_close[i] / (f64)PRICE_SCALE;
        v->factor[lane] = s->factor[i];
        v->band_sd[lane] = (upper[lane] - mid[lane]) / 2.0;
        v->bar_volume[lane] = of_median(volume[lane], b->curve->median[slot][lane]);
    }
    setup_ages8(b, k, v->setup_long, v->setup_short);
}

/* The columns that stand ready for a bar of all eight lanes, and where they go. */
static void emit_columns8(const bar_group_t *b, u32 k, f64 *tile)
{
    static const struct {
        u16 feature, column, back;
    } FROM[] = {
        {FEATURE_EMA9, COL_EMA9, 0},
        {FEATURE_EMA21, COL_EMA21, 0},
        {FEATURE_RSI, COL_RSI, 0},
        {FEATURE_ATR, COL_ATR, 0},
        {FEATURE_ATR_AGO, COL_ATR, ATR_AGO_BARS},
        {FEATURE_BAND_MID, COL_MID, 0},
        {FEATURE_VWAP, COL_VWAP, 0},
    };
    for (u32 n = 0; n < COUNT_OF(FROM); n++) {
        emit_put8(tile, (feature_t)FROM[n].feature, col8(b, FROM[n].column, k - FROM[n].back));
    }
    for (u32 n = 0; n < COUNT_OF(WALKED); n++) {
        emit_put8(tile, (feature_t)WALKED[n].feature, col8(b, WALKED[n].column, k));
    }
}

/* emit_bar for the lanes whose bars k belong to this slice; `day` is the group's tile of daily figures. Cells
 * of the other lanes get numbers without meaning. */
static void emit_bar8(const bar_group_t *b, emit_step_t at, u32 slot, f64 *tile, const f64 *day)
{
    const compute_group_t *g = &b->g;
    u32 k = at.k;
    lane_values_t v;
    lane_values(b, at, slot, &v);
    for (u32 f = FEATURE_DAYS; f <= FEATURE_SMA200; f++) {
        emit_put8(tile, (feature_t)f, day + (size_t)f * FEATURE_LANES);
    }
    emit_put8(tile, FEATURE_PRESENT, v.one);
    emit_put8(tile, FEATURE_RAW, v.raw);
    emit_put8(tile, FEATURE_FACTOR, v.factor);
    emit_put8(tile, FEATURE_OPEN, emit_at8(g->open, k));
    emit_put8(tile, FEATURE_HIGH, emit_at8(g->high, k));
    emit_put8(tile, FEATURE_LOW, emit_at8(g->low, k));
    emit_put8(tile, FEATURE_CLOSE, emit_at8(g->close, k));
    emit_put8(tile, FEATURE_CLOSE_PREV, emit_at8(g->close, k - 1));
    emit_put8(tile, FEATURE_HIGH_PREV, emit_at8(g->high, k - 1));
    emit_put8(tile, FEATURE_LOW_PREV, emit_at8(g->low, k - 1));
    emit_put8(tile, FEATURE_RVOL, b->curve->relative[slot]);
    emit_put8(tile, FEATURE_BAR_VOLUME, v.bar_volume);
    emit_put8(tile, FEATURE_BAND_SD, v.band_sd);
    emit_put8(tile, FEATURE_SETUP_LONG, v.setup_long);
    emit_put8(tile, FEATURE_SETUP_SHORT, v.setup_short);
    emit_columns8(b, k, tile);
    emit_windows_put(tile, &b->windows, k);
}

enum { VWAP_FROM_CLOCK = 3 }; /* the first three bars are too few for an average price */

/* What one session has shown so far to a lane that is walked. */
typedef struct {
    f64 bars, open, high, low;
    f64 range_high, range_low;    /* of the first minutes */
    f64 range_above, range_below; /* closes beyond them since, up to the bar before */
    f64 run;                      /* beyond VWAP, up to the bar before */
    i32 range_bars;               /* clock bars of the opening range */
} day_walk_t;

static i32 walk_clock(const market_t *m, const series_t *s, u32 i)
{
    return (i32)((s->t_known[i] - m->session_start) / (5 * NS_PER_MIN)) - 1;
}

/* Before the bar is emitted: what holds with it. */
static void walk_enter(day_walk_t *w, const series_t *s, u32 i, i32 clock)
{
    w->open = w->bars == 0 ? s->open[i] : w->open;
    w->high = w->bars == 0 ? s->high[i] : q_max(w->high, s->high[i]);
    w->low = w->bars == 0 ? s->low[i] : q_min(w->low, s->low[i]);
    w->bars += 1.0;
    if (clock < w->range_bars) {
        w->range_high = w->high;
        w->range_low = w->low;
    }
}

/* After it: what the next bar finds behind it. */
static void walk_leave(day_walk_t *w, f64 close, f64 vwap, i32 clock)
{
    if (clock >= w->range_bars && w->range_high > 0) {
        w->range_above += close > w->range_high ? 1.0 : 0.0;
        w->range_below += close < w->range_low ? 1.0 : 0.0;
    }
    w->run = clock >= VWAP_FROM_CLOCK ? vwap_run_next(w->run, close, vwap) : 0.0;
}

static void walk_columns(const bar_group_t *b, u32 lane, u32 k, const day_walk_t *w, i32 clock)
{
    bool over = clock >= w->range_bars;
    col8(b, COL_DAY_OPEN, k)[lane] = w->open;
    col8(b, COL_DAY_HIGH, k)[lane] = w->high;
    col8(b, COL_DAY_LOW, k)[lane] = w->low;
    col8(b, COL_SESSION_BARS, k)[lane] = w->bars;
    col8(b, COL_RANGE_HIGH, k)[lane] = over ? w->range_high : 0.0;
    col8(b, COL_RANGE_LOW, k)[lane] = over ? w->range_low : 0.0;
    col8(b, COL_RANGE_ABOVE, k)[lane] = w->range_above;
    col8(b, COL_RANGE_BELOW, k)[lane] = w->range_below;
    col8(b, COL_VWAP_RUN, k)[lane] = w->run;
}

/* Session extremes, opening range, the 15-minute frame and unit A, walking a lane's bars once in order. */
static void walk_lane(const market_t *m, const config_t *c, const bar_group_t *b, u32 lane)
{
    const series_t *s = b->g.series[lane];
    u32 inst = (u32)(s - m->bar);
    frame15_t frame = {.bucket = -1};
    f64 atrd = m->day_features[feature_at(FEATURE_ATRD, inst)];
    day_walk_t walk = {.range_bars = c->orb_range_minutes / 5};
    for (u32 k = 0; k < b->g.len[lane]; k++) {
        u32 i = b->g.start[lane] + k;
        bool today = s->session[i] == m->session;
        i32 clock = walk_clock(m, s, i);
        frame15_add(&frame, s, i);
        if (today) {
            walk_enter(&walk, s, i, clock);
        }
        if (s->slot[i] >= 0) {
            f64 a = q_clamp(frame.atr, c->atr_clamp_lo * atrd, c->atr_clamp_hi * atrd);
            col8(b, COL_A, k)[lane] = frame.count >= 14 ? a : 0.0;
            col8(b, COL_TREND15, k)[lane] = frame15_trend(&frame);
            col8(b, COL_TREND15_KNOWN, k)[lane] = frame.count >= FRAME15_SLOW ? 1.0 : 0.0;
            walk_columns(b, lane, k, &walk, clock);
        }
        if (today) {
            walk_leave(&walk, s->close[i], col(b, COL_VWAP, k, lane), clock);
        }
    }
}

/* What the kernels of one group share. */
typedef struct {
    const market_t *m;
    const indicator_cols_t *in;
    f64 *state; /* KERNEL_STATE */
} kernels_t;

enum { KERNEL_STATE = 32768 };

static void run_kernel(const kernels_t *k, const indicator_desc_t *desc, const f64 *params, f64 *const *out)
{
    ASSERT(desc->state_size(params) <= KERNEL_STATE * sizeof(f64));
    desc->reset(k->state, params);
    desc->run(k->state, params, k->in, out, k->m->kernel_level);
}

static void bar_group(const market_t *m, u32 group, bar_group_t *b)
{
    size_t used = compute_gather(m, m->bar, group, m->session, &b->g);
    f64 **column = b->column;
    for (u32 i = 0; i < BAR_COLUMNS; i++) {
        column[i] = b->g.scratch + used + (size_t)i * COMPUTE_LEN * COMPUTE_LANES;
    }
    if (b->g.len_max == 0) {
        return;
    }
    indicator_cols_t in = {.open = b->g.open,
                           .high = b->g.high,
                           .low = b->g.low,
                           .close = b->g.close,
                           .volume = b->g.volume,
                           .session = b->g.session,
                           .count = b->g.len_max};
    kernels_t k = {.m = m, .in = &in, .state = b->g.scratch + m->scratch_count - KERNEL_STATE};
    run_kernel(&k, &indicator_ema, (const f64[4]){9}, (f64 *const[3]){column[COL_EMA9]});
    run_kernel(&k, &indicator_ema, (const f64[4]){21}, (f64 *const[3]){column[COL_EMA21]});
    run_kernel(&k, &indicator_rsi, (const f64[4]){14}, (f64 *const[3]){column[COL_RSI]});
    run_kernel(&k, &indicator_atr, (const f64[4]){14}, (f64 *const[3]){column[COL_ATR]});
    run_kernel(&k, &indicator_bollinger, (const f64[4]){20, 2},
               (f64 *const[3]){column[COL_UPPER], column[COL_MID], column[COL_LOWER]});
    run_kernel(&k, &indicator_vwap, (const f64[4]){0}, (f64 *const[3]){column[COL_VWAP]});
}

static void intraday_group(market_t *m, const config_t *c, u32 group, f64 *scratch)
{
    curve_t curve;
    bar_group_t b = {.g = {.scratch = scratch}, .curve = &curve};
    emit_map_t map;
    bar_group(m, group, &b);
    curve_group(m, group, &curve);
    emit_map(m, &b.g, &map);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if (b.g.len[lane] > 0) {
            walk_lane(m, c, &b, lane);
        }
    }
    b.windows = (emit_windows_t){b.column[COL_HIGH20], b.column[COL_LOW20], b.column[COL_HIGH3],
                                 b.column[COL_LOW3]};
    emit_windows(m, &b.g, &b.windows);
    for (u32 slot = 0; slot < m->block_count; slot++) {
        emit_step_t step = emit_step(&map, slot, BARS_BEHIND);
        f64 *tile = emit_tile(market_row(m, slot), group);
        if (step.lanes != 0) {
            emit_bar8(&b, step, slot, tile, emit_tile(m->day_features, group));
        }
        emit_zero(tile, step.lanes);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            i16 k = map.k[slot][lane];
            if (k >= 0 && (step.lanes >> lane & 1) == 0) {
                emit_bar(m, &b, lane, (u32)k, &(emit_place_t){tile, lane});
            }
        }
    }
    emit_slots(m, group);
}

void market_compute_bars(market_t *m, const config_t *c)
{
    ASSERT(m != NULL && c != NULL);
    ASSERT(m->profile == PROFILE_DAY);
    compute_groups(m, c, intraday_group);
}
