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

_Static_assert((u32)BARS_BEHIND >= (u32)EMIT_WINDOW + 1, "windows of the bar before end two bars back");

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

typedef struct {
    compute_group_t g;
    f64 *column[BAR_COLUMNS];
    emit_windows_t windows;
    const f64 *day; /* the group's tile of daily figures */
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

/* Bars since the close stood beyond the band with RSI stretched (within three bars), 99 if not; the nearest
 * bar wins, so it is asked last. */
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

/* Its volume against the same clock bar of the days before. */
static void volume_line(const bar_group_t *b, u32 k, u32 slot, f64 *tile)
{
    const f64 *volume = emit_at8(b->g.volume, k);
    f64 bar_volume[COMPUTE_LANES];
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        bar_volume[lane] = of_median(volume[lane], b->curve->median[slot][lane]);
    }
    emit_put8(tile, FEATURE_BAR_VOLUME, bar_volume);
    emit_put8(tile, FEATURE_RVOL, b->curve->relative[slot]);
}

/* What needs bars behind it. */
static void frame_line(const bar_group_t *b, u32 k, f64 *tile)
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
    const f64 *upper = col8(b, COL_UPPER, k);
    const f64 *mid = col8(b, COL_MID, k);
    f64 band_sd[COMPUTE_LANES];
    f64 setup_long[COMPUTE_LANES];
    f64 setup_short[COMPUTE_LANES];
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        band_sd[lane] = (upper[lane] - mid[lane]) / 2.0;
    }
    setup_ages8(b, k, setup_long, setup_short);
    for (u32 n = 0; n < COUNT_OF(FROM); n++) {
        emit_put8(tile, (feature_t)FROM[n].feature, col8(b, FROM[n].column, k - FROM[n].back));
    }
    emit_put8(tile, FEATURE_CLOSE_PREV, emit_at8(b->g.close, k - 1));
    emit_put8(tile, FEATURE_HIGH_PREV, emit_at8(b->g.high, k - 1));
    emit_put8(tile, FEATURE_LOW_PREV, emit_at8(b->g.low, k - 1));
    emit_put8(tile, FEATURE_BAND_SD, band_sd);
    emit_put8(tile, FEATURE_SETUP_LONG, setup_long);
    emit_put8(tile, FEATURE_SETUP_SHORT, setup_short);
    emit_windows_put(tile, &b->windows, k);
}

static void bar_line(const void *group, emit_step_t at, u32 slot, f64 *tile)
{
    const bar_group_t *b = group;
    if (at.k < BARS_BEHIND) {
        memset(tile, 0, FEATURE_TILE * sizeof *tile);
    } else {
        frame_line(b, at.k, tile);
    }
    memcpy(tile + FEATURE_DAYS * FEATURE_LANES, b->day + FEATURE_DAYS * FEATURE_LANES,
           (FEATURE_SMA200 - FEATURE_DAYS + 1) * FEATURE_LANES * sizeof *tile);
    emit_own(&b->g, at, tile);
    volume_line(b, at.k, slot, tile);
    for (u32 n = 0; n < COUNT_OF(WALKED); n++) {
        emit_put8(tile, (feature_t)WALKED[n].feature, col8(b, WALKED[n].column, at.k));
    }
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
    indicator_cols_t in = compute_span(&b->g, 0, b->g.len_max);
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
    bar_group_t b = {.g = {.scratch = scratch}, .curve = &curve, .day = emit_tile(m->day_features, group)};
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
        emit_lines(&map, slot, bar_line, &b, emit_tile(market_row(m, slot), group));
    }
    emit_slots(m, group);
}

void market_compute_bars(market_t *m, const config_t *c)
{
    ASSERT(m != NULL && c != NULL);
    ASSERT(m->profile == PROFILE_DAY);
    compute_groups(m, c, intraday_group);
}
