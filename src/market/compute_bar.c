/* Intraday features: five-minute frame by lane kernels, 15-minute frame, volume curves and session extremes
 * by short loops. Recursions start MARKET_WARM bars before the session (decision 21). */
#include <string.h>

#include "base/assert.h"
#include "market/market_internal.h"
#include "quant/indicators/indicators.h"
#include "quant/math/qmath.h"

enum { BAR_COLUMNS = 8, ATR_AGO_BARS = 6 };
enum { COL_EMA9, COL_EMA21, COL_RSI, COL_ATR, COL_UPPER, COL_MID, COL_LOWER, COL_VWAP };

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
    return f->count < 21 ? 0.0 : sign_of(f->close_prev - f->ema21) + sign_of(f->ema9 - f->ema21);
}

/* Median of the clock bar over the days recorded: insertion sort of at most 20. */
static f64 median(const f64 *v, u32 n)
{
    f64 sorted[MARKET_CURVE_DAYS];
    for (u32 i = 0; i < n; i++) {
        u32 k = i;
        while (k > 0 && sorted[k - 1] > v[i]) {
            sorted[k] = sorted[k - 1];
            k--;
        }
        sorted[k] = v[i];
    }
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0;
}

static void emit_volume(market_t *m, u32 inst, u32 slot, f64 volume)
{
    i32 clock = m->block_clock[slot];
    u32 days = MIN_OF(m->curve_days[inst], (u32)MARKET_CURVE_DAYS);
    if (clock < 0 || clock >= MARKET_CLOCK || days < MARKET_CURVE_MIN || m->half_day) {
        return; /* unknown: 0 points */
    }
    const f64 *ring = m->curve_volume + (size_t)inst * MARKET_CURVE_DAYS * MARKET_CLOCK;
    const f64 *today = m->today_volume + (size_t)inst * MARKET_CLOCK;
    f64 same[MARKET_CURVE_DAYS];
    f64 usual = 0;
    for (u32 d = 0; d < days; d++) {
        const f64 *day = ring + (size_t)d * MARKET_CLOCK;
        for (i32 c = 0; c <= clock; c++) {
            usual += day[c];
        }
        same[d] = day[clock];
    }
    f64 sofar = 0;
    for (i32 c = 0; c <= clock; c++) {
        sofar += today[c];
    }
    f64 mid = median(same, days);
    *market_cell(m, slot, FEATURE_RVOL, inst) = usual > 0 ? sofar * (f64)days / usual : 0.0;
    *market_cell(m, slot, FEATURE_BAR_VOLUME, inst) = mid > 0 ? volume / mid : 0.0;
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
    const f64 *column[BAR_COLUMNS];
} bar_group_t;

static f64 col(const bar_group_t *b, u32 which, u32 k, u32 lane)
{
    return b->column[which][(size_t)k * COMPUTE_LANES + lane];
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

static void emit_frame(market_t *m, const bar_group_t *b, u32 lane, u32 k, u32 slot)
{
    const series_t *s = b->g.series[lane];
    u32 inst = (u32)(s - m->bar);
    u32 i = b->g.start[lane] + k;
    f64 hi = 0;
    f64 lo = 0;
    *market_cell(m, slot, FEATURE_EMA9, inst) = col(b, COL_EMA9, k, lane);
    *market_cell(m, slot, FEATURE_EMA21, inst) = col(b, COL_EMA21, k, lane);
    *market_cell(m, slot, FEATURE_RSI, inst) = col(b, COL_RSI, k, lane);
    *market_cell(m, slot, FEATURE_ATR, inst) = col(b, COL_ATR, k, lane);
    *market_cell(m, slot, FEATURE_ATR_AGO, inst) = col(b, COL_ATR, k - ATR_AGO_BARS, lane);
    *market_cell(m, slot, FEATURE_BAND_MID, inst) = col(b, COL_MID, k, lane);
    *market_cell(m, slot, FEATURE_BAND_SD, inst) =
        (col(b, COL_UPPER, k, lane) - col(b, COL_MID, k, lane)) / 2.0;
    *market_cell(m, slot, FEATURE_VWAP, inst) = col(b, COL_VWAP, k, lane);
    *market_cell(m, slot, FEATURE_CLOSE_PREV, inst) = s->close[i - 1];
    *market_cell(m, slot, FEATURE_HIGH_PREV, inst) = s->high[i - 1];
    *market_cell(m, slot, FEATURE_LOW_PREV, inst) = s->low[i - 1];
    window_extremes(s, i - 20, i, &hi, &lo);
    *market_cell(m, slot, FEATURE_HIGH20, inst) = hi;
    *market_cell(m, slot, FEATURE_LOW20, inst) = lo;
    window_extremes(s, i - 21, i - 1, &hi, &lo);
    *market_cell(m, slot, FEATURE_HIGH20_BEFORE, inst) = hi;
    *market_cell(m, slot, FEATURE_LOW20_BEFORE, inst) = lo;
    window_extremes(s, i - 2, i + 1, &hi, &lo);
    *market_cell(m, slot, FEATURE_HIGH3, inst) = hi;
    *market_cell(m, slot, FEATURE_LOW3, inst) = lo;
    window_extremes(s, i - 5, i - 2, &hi, &lo);
    *market_cell(m, slot, FEATURE_HIGH3_BEFORE, inst) = hi;
    *market_cell(m, slot, FEATURE_LOW3_BEFORE, inst) = lo;
    *market_cell(m, slot, FEATURE_SETUP_LONG, inst) = setup_age(b, lane, k, 1.0);
    *market_cell(m, slot, FEATURE_SETUP_SHORT, inst) = setup_age(b, lane, k, -1.0);
}

static void emit_bar(market_t *m, const config_t *c, const bar_group_t *b, u32 lane, u32 k)
{
    const series_t *s = b->g.series[lane];
    u32 inst = (u32)(s - m->bar);
    u32 i = b->g.start[lane] + k;
    u32 slot = (u32)s->slot[i];
    for (u32 f = FEATURE_DAYS; f <= FEATURE_SMA200; f++) {
        *market_cell(m, slot, (feature_t)f, inst) = m->day_features[(size_t)f * m->padded + inst];
    }
    *market_cell(m, slot, FEATURE_PRESENT, inst) = 1.0;
    *market_cell(m, slot, FEATURE_RAW, inst) = (f64)s->raw_close[i] / (f64)PRICE_SCALE;
    *market_cell(m, slot, FEATURE_FACTOR, inst) = s->factor[i];
    *market_cell(m, slot, FEATURE_OPEN, inst) = s->open[i];
    *market_cell(m, slot, FEATURE_HIGH, inst) = s->high[i];
    *market_cell(m, slot, FEATURE_LOW, inst) = s->low[i];
    *market_cell(m, slot, FEATURE_CLOSE, inst) = s->close[i];
    emit_volume(m, inst, slot, s->volume[i]);
    if (i >= 21 && k >= 26) {
        emit_frame(m, b, lane, k, slot);
    }
    (void)c;
}

/* Session extremes, opening price, the 15-minute frame and unit A, walking a lane's bars once in order. */
static void walk_lane(market_t *m, const config_t *c, const bar_group_t *b, u32 lane)
{
    const series_t *s = b->g.series[lane];
    u32 inst = (u32)(s - m->bar);
    frame15_t frame = {.bucket = -1};
    f64 atrd = m->day_features[(size_t)FEATURE_ATRD * m->padded + inst];
    f64 open = 0;
    f64 high = 0;
    f64 low = 0;
    for (u32 k = 0; k < b->g.len[lane]; k++) {
        u32 i = b->g.start[lane] + k;
        frame15_add(&frame, s, i);
        if (s->session[i] == m->session) {
            open = open == 0 ? s->open[i] : open;
            high = high == 0 ? s->high[i] : q_max(high, s->high[i]);
            low = low == 0 ? s->low[i] : q_min(low, s->low[i]);
        }
        if (s->slot[i] < 0) {
            continue;
        }
        u32 slot = (u32)s->slot[i];
        emit_bar(m, c, b, lane, k);
        f64 a = q_clamp(frame.atr, c->atr_clamp_lo * atrd, c->atr_clamp_hi * atrd);
        *market_cell(m, slot, FEATURE_A, inst) = frame.count >= 14 ? a : 0.0;
        *market_cell(m, slot, FEATURE_TREND15, inst) = frame15_trend(&frame);
        *market_cell(m, slot, FEATURE_DAY_OPEN, inst) = open;
        *market_cell(m, slot, FEATURE_DAY_HIGH, inst) = high;
        *market_cell(m, slot, FEATURE_DAY_LOW, inst) = low;
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
    f64 *column[BAR_COLUMNS];
    for (u32 i = 0; i < BAR_COLUMNS; i++) {
        column[i] = b->g.scratch + used + (size_t)i * COMPUTE_LEN * COMPUTE_LANES;
        b->column[i] = column[i];
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
    bar_group_t b = {.g = {.scratch = scratch}};
    bar_group(m, group, &b);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if (b.g.len[lane] > 0) {
            walk_lane(m, c, &b, lane);
        }
    }
}

void market_compute_bars(market_t *m, const config_t *c)
{
    ASSERT(m != NULL && c != NULL);
    ASSERT(m->profile == PROFILE_DAY);
    compute_groups(m, c, intraday_group);
}
