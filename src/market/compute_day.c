/* Daily features: the W1 set by lane kernels, the rest by short loops. See market.h and feature.h. */
#include <string.h>

#include "base/assert.h"
#include "market/compute_emit.h"
#include "quant/math/qmath.h"

enum { ATR_AGO_DAYS = 10, DAYS_BEHIND = 21, VWAP_DAYS = 20, DOLLAR_DAYS = 20 };
_Static_assert((u32)DAYS_BEHIND + 1 >= (u32)DOLLAR_DAYS, "whoever is emitted in a line has that many bars");
_Static_assert((u32)ATR_AGO_DAYS <= (u32)CARRY_TAIL, "rows that emitters look back to are kept");

size_t market_scratch_count(void)
{
    size_t columns = 6U * COMPUTE_LEN * COMPUTE_LANES;
    size_t rows = (size_t)COMPUTE_LEN * W1_ROW;
    size_t singles = 13U * COMPUTE_LEN * COMPUTE_LANES;
    return columns + rows + singles + CARRY_RUN_COUNT + 65536;
}

/* Bars [from, len_max) of one column of all lanes; a lane that ends earlier repeats its last bar. */
static void interleave(const compute_group_t *g, const f64 *const lane_of[COMPUTE_LANES], u32 from, f64 *to)
{
    u32 all = g->len_max;
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        all = MIN_OF(all, g->len[lane]);
    }
    u32 k = from;
    for (; k < all; k++) {
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            to[(size_t)k * COMPUTE_LANES + lane] = lane_of[lane][k];
        }
    }
    for (; k < g->len_max; k++) {
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            u32 len = g->len[lane];
            to[(size_t)k * COMPUTE_LANES + lane] = len == 0 ? 1.0 : lane_of[lane][MIN_OF(k, len - 1)];
        }
    }
}

#define INTERLEAVE(column)                                                                                   \
    do {                                                                                                     \
        const f64 *lane_of[COMPUTE_LANES] = {0};                                                             \
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {                                                   \
            lane_of[lane] = g->len[lane] == 0 ? NULL : g->series[lane]->column + g->start[lane];             \
        }                                                                                                    \
        interleave(g, lane_of, from, g->column);                                                             \
    } while (0)

void compute_columns(const compute_group_t *g, u32 from)
{
    ASSERT(g != NULL && from <= g->len_max);
    INTERLEAVE(open);
    INTERLEAVE(high);
    INTERLEAVE(low);
    INTERLEAVE(close);
    INTERLEAVE(volume);
}

u32 compute_start(const series_t *s, date_t anchor)
{
    u32 at = series_session_index(s, anchor);
    return at > MARKET_WARM ? at - MARKET_WARM : 0;
}

/* 1 where a lane's session begins. */
static void session_marks(const compute_group_t *g)
{
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        date_t before = 0;
        for (u32 k = 0; k < g->len_max; k++) {
            date_t own = before;
            if (k < g->len[lane]) {
                own = g->series[lane]->session[g->start[lane] + k];
            }
            g->session[(size_t)k * COMPUTE_LANES + lane] = own != before ? 1.0 : 0.0;
            before = own;
        }
    }
}

size_t compute_gather(const market_t *m, const series_t *all, u32 group, date_t anchor, compute_group_t *out)
{
    compute_group_t g = {.scratch = out->scratch};
    for (u32 lane = 0; lane < COMPUTE_LANES && group * COMPUTE_LANES + lane < m->count; lane++) {
        const series_t *s = &all[group * COMPUTE_LANES + lane];
        g.series[lane] = s;
        g.start[lane] = compute_start(s, anchor);
        g.len[lane] = s->count - g.start[lane];
        ASSERT(g.len[lane] <= COMPUTE_LEN);
        g.len_max = MAX_OF(g.len_max, g.len[lane]);
    }
    size_t column = (size_t)COMPUTE_LEN * COMPUTE_LANES;
    g.open = g.scratch;
    g.high = g.open + column;
    g.low = g.high + column;
    g.close = g.low + column;
    g.volume = g.close + column;
    g.session = g.volume + column;
    compute_columns(&g, 0);
    session_marks(&g);
    *out = g;
    return 6 * column;
}

/* Volume-weighted typical price of the last VWAP_DAYS bars, summed anew at each bar, oldest first: a function
 * of those bars alone, whatever the block. */
static void rolling_vwap(const day_group_t *d, u32 from)
{
    const compute_group_t *g = &d->g;
    u32 first = MAX_OF(from, (u32)VWAP_DAYS - 1);
    f64 *each = d->vwap - (size_t)COMPUTE_LEN * COMPUTE_LANES; /* price x volume of each bar, made once */
    for (size_t at = (size_t)(first + 1 - VWAP_DAYS) * COMPUTE_LANES;
         at < (size_t)g->len_max * COMPUTE_LANES; at++) {
        f64 price = (g->high[at] + g->low[at] + g->close[at]) / 3.0;
        each[at] = price * g->volume[at];
    }
    for (u32 k = first; k < g->len_max; k++) {
        f64 traded[COMPUTE_LANES] = {0};
        f64 volume[COMPUTE_LANES] = {0};
        for (u32 n = k + 1 - VWAP_DAYS; n <= k; n++) {
            const f64 *x = emit_at8(each, n);
            const f64 *y = emit_at8(g->volume, n);
            for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
                traded[lane] += x[lane];
                volume[lane] += y[lane];
            }
        }
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            size_t at = (size_t)k * COMPUTE_LANES + lane;
            d->vwap[at] = volume[lane] > 0 ? traded[lane] / volume[lane] : g->close[at];
        }
    }
}

/* Closes in a row beyond the rolling price, up to the bar before k: counted from there back, which ends with
 * the run. What vwap_run_next gives over the same bars. */
static f64 rolling_run(const day_group_t *d, u32 lane, u32 k)
{
    f64 run = 0;
    f64 side = 0;
    u32 from = MAX_OF(k > VWAP_RUN_MAX ? k - VWAP_RUN_MAX : 0, (u32)VWAP_DAYS - 1);
    for (u32 at = k; at > from; at--) {
        size_t cell = (size_t)(at - 1) * COMPUTE_LANES + lane;
        f64 one = vwap_run_next(0, d->g.close[cell], d->vwap[cell]);
        side = at == k ? one : side;
        if (one != side) {
            break;
        }
        run += one;
    }
    return run;
}

/* The first session of bar i's week and the closes beyond it since; zeros on that session itself. */
typedef struct {
    f64 high, low, above, below;
} week_t;

static week_t week_of(const series_t *s, u32 i)
{
    week_t w = {0};
    date_t week = market_week(s->session[i]);
    u32 first = i;
    while (first > 0 && market_week(s->session[first - 1]) == week) {
        first--;
    }
    if (first == i) {
        return w;
    }
    w.high = s->high[first];
    w.low = s->low[first];
    for (u32 k = first + 1; k < i; k++) {
        w.above += s->close[k] > w.high ? 1.0 : 0.0;
        w.below += s->close[k] < w.low ? 1.0 : 0.0;
    }
    return w;
}

static f64 w1_at(const day_group_t *d, u32 k, w1_column_t column, u32 lane)
{
    return d->rows[(size_t)k * W1_ROW + (size_t)column * COMPUTE_LANES + lane];
}

static f64 mean_dollar(const series_t *s, u32 i, u32 n)
{
    u32 from = i + 1 > n ? i + 1 - n : 0;
    f64 sum = 0;
    for (u32 k = from; k <= i; k++) {
        sum += s->dollar[k];
    }
    return sum / (f64)(i + 1 - from);
}

/* What both profiles read from the last completed day: bar i of series s, position k of the group. */
static void emit_day_part(const day_group_t *d, u32 lane, u32 k, const emit_place_t *to)
{
    const series_t *s = d->g.series[lane];
    u32 i = d->g.start[lane] + k;
    f64 atr = w1_at(d, k, W1_ATR14, lane);
    emit_set(to, FEATURE_DAYS, (f64)MIN_OF(i + 1, 252U));
    emit_set(to, FEATURE_ATRD, atr);
    emit_set(to, FEATURE_ATR_PCT, 100.0 * atr / s->close[i]);
    emit_set(to, FEATURE_RSI_DAY, w1_at(d, k, W1_RSI14, lane));
    emit_set(to, FEATURE_HIGH252, w1_at(d, k, W1_HIGH252, lane));
    emit_set(to, FEATURE_LOW252, w1_at(d, k, W1_LOW252, lane));
    emit_set(to, FEATURE_DOLLAR20, mean_dollar(s, i, DOLLAR_DAYS));
    emit_set(to, FEATURE_SMA20, w1_at(d, k, W1_SMA20, lane));
    emit_set(to, FEATURE_SMA50, w1_at(d, k, W1_SMA50, lane));
    emit_set(to, FEATURE_SMA200, i + 1 >= 200 ? w1_at(d, k, W1_SMA200, lane) : 0.0);
}

static void extremes(const series_t *s, u32 from, u32 to, f64 *hi, f64 *lo)
{
    f64 h = s->high[from];
    f64 l = s->low[from];
    for (u32 k = from + 1; k < to; k++) {
        h = s->high[k] > h ? s->high[k] : h;
        l = s->low[k] < l ? s->low[k] : l;
    }
    *hi = h;
    *lo = l;
}

/* Days since the close stood beyond the band with RSI stretched (within three days), 99 if not. */
static f64 setup_age(const day_group_t *d, u32 lane, u32 k, bool is_long)
{
    const series_t *s = d->g.series[lane];
    for (u32 back = 0; back < 3 && back <= k; back++) {
        u32 at = k - back;
        f64 mid = w1_at(d, at, W1_SMA20, lane);
        f64 lower = w1_at(d, at, W1_BB_LOWER, lane);
        f64 rsi = w1_at(d, at, W1_RSI14, lane);
        f64 c = s->close[d->g.start[lane] + at];
        bool hit = is_long ? c < lower && rsi < 35.0 : c > mid + (mid - lower) && rsi > 65.0;
        if (hit) {
            return (f64)back;
        }
    }
    return 99.0;
}

static void emit_swing(const day_group_t *d, u32 lane, u32 k, const emit_place_t *to)
{
    const series_t *s = d->g.series[lane];
    u32 i = d->g.start[lane] + k;
    f64 hi = 0;
    f64 lo = 0;
    emit_day_part(d, lane, k, to);
    emit_set(to, FEATURE_PRESENT, 1.0);
    emit_set(to, FEATURE_RAW, (f64)s->raw_close[i] / (f64)PRICE_SCALE);
    emit_set(to, FEATURE_FACTOR, s->factor[i]);
    emit_set(to, FEATURE_OPEN, s->open[i]);
    emit_set(to, FEATURE_HIGH, s->high[i]);
    emit_set(to, FEATURE_LOW, s->low[i]);
    emit_set(to, FEATURE_CLOSE, s->close[i]);
    if (i < 21 || k < ATR_AGO_DAYS) {
        return; /* under 60 bars nothing else is read: stage 6 refuses first */
    }
    emit_set(to, FEATURE_CLOSE_PREV, s->close[i - 1]);
    emit_set(to, FEATURE_HIGH_PREV, s->high[i - 1]);
    emit_set(to, FEATURE_LOW_PREV, s->low[i - 1]);
    emit_set(to, FEATURE_DAY_CLOSE, s->close[i - 1]);
    emit_set(to, FEATURE_DAY_OPEN, s->open[i]);
    emit_set(to, FEATURE_RVOL, w1_at(d, k, W1_RVOL20, lane));
    emit_set(to, FEATURE_BAR_VOLUME, w1_at(d, k, W1_RVOL20, lane));
    emit_set(to, FEATURE_EMA9, d->ema9[(size_t)k * COMPUTE_LANES + lane]);
    emit_set(to, FEATURE_EMA21, d->ema21[(size_t)k * COMPUTE_LANES + lane]);
    emit_set(to, FEATURE_RSI, w1_at(d, k, W1_RSI14, lane));
    emit_set(to, FEATURE_ATR, w1_at(d, k, W1_ATR14, lane));
    emit_set(to, FEATURE_ATR_AGO, w1_at(d, k - ATR_AGO_DAYS, W1_ATR14, lane));
    f64 mid = w1_at(d, k, W1_SMA20, lane);
    emit_set(to, FEATURE_BAND_MID, mid);
    emit_set(to, FEATURE_BAND_SD, (mid - w1_at(d, k, W1_BB_LOWER, lane)) / 2.0);
    week_t week = week_of(s, i);
    emit_set(to, FEATURE_RANGE_HIGH, week.high);
    emit_set(to, FEATURE_RANGE_LOW, week.low);
    emit_set(to, FEATURE_RANGE_ABOVE, week.above);
    emit_set(to, FEATURE_RANGE_BELOW, week.below);
    emit_set(to, FEATURE_SESSION_BARS, 1.0);
    emit_set(to, FEATURE_VWAP, d->vwap[(size_t)k * COMPUTE_LANES + lane]);
    emit_set(to, FEATURE_VWAP_RUN, rolling_run(d, lane, k));
    extremes(s, i - 20, i, &hi, &lo);
    emit_set(to, FEATURE_HIGH20, hi);
    emit_set(to, FEATURE_LOW20, lo);
    extremes(s, i - 21, i - 1, &hi, &lo);
    emit_set(to, FEATURE_HIGH20_BEFORE, hi);
    emit_set(to, FEATURE_LOW20_BEFORE, lo);
    extremes(s, i - 2, i + 1, &hi, &lo);
    emit_set(to, FEATURE_HIGH3, hi);
    emit_set(to, FEATURE_LOW3, lo);
    extremes(s, i - 5, i - 2, &hi, &lo);
    emit_set(to, FEATURE_HIGH3_BEFORE, hi);
    emit_set(to, FEATURE_LOW3_BEFORE, lo);
    emit_set(to, FEATURE_SETUP_LONG, setup_age(d, lane, k, true));
    emit_set(to, FEATURE_SETUP_SHORT, setup_age(d, lane, k, false));
    emit_set(to, FEATURE_A, w1_at(d, k, W1_ATR14, lane));
    emit_set(to, FEATURE_DAY_HIGH, s->high[i]);
    emit_set(to, FEATURE_DAY_LOW, s->low[i]);
}

static const f64 *w1_at8(const day_group_t *d, u32 k, w1_column_t column)
{
    return d->rows + (size_t)k * W1_ROW + (size_t)column * COMPUTE_LANES;
}

/* setup_age() of all lanes and both sides; the nearest day wins, so it is asked last. */
static void setup_ages8(const day_group_t *d, u32 k, f64 *on_long, f64 *on_short)
{
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        on_long[lane] = 99.0;
        on_short[lane] = 99.0;
    }
    for (u32 back = 3; back-- > 0;) {
        const f64 *mid = w1_at8(d, k - back, W1_SMA20);
        const f64 *lower = w1_at8(d, k - back, W1_BB_LOWER);
        const f64 *rsi = w1_at8(d, k - back, W1_RSI14);
        const f64 *close = emit_at8(d->g.close, k - back);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            bool low = (close[lane] < lower[lane]) & (rsi[lane] < 35.0);
            bool high = (close[lane] > mid[lane] + (mid[lane] - lower[lane])) & (rsi[lane] > 65.0);
            on_long[lane] = low ? (f64)back : on_long[lane];
            on_short[lane] = high ? (f64)back : on_short[lane];
        }
    }
}

/* What is made lane by lane: figures that the lanes' kernels do not hold. */
typedef struct {
    f64 raw[COMPUTE_LANES], factor[COMPUTE_LANES], days[COMPUTE_LANES], dollar[COMPUTE_LANES];
    f64 atr_pct[COMPUTE_LANES], sma200[COMPUTE_LANES], band_sd[COMPUTE_LANES];
    f64 setup_long[COMPUTE_LANES], setup_short[COMPUTE_LANES], one[COMPUTE_LANES];
    f64 range_high[COMPUTE_LANES], range_low[COMPUTE_LANES];
    f64 range_above[COMPUTE_LANES], range_below[COMPUTE_LANES];
    f64 vwap_run[COMPUTE_LANES];
} lane_values_t;

/* mean_dollar() over 20 bars of all lanes at once: eight sums that do not wait for one another. */
static void mean_dollar8(const day_group_t *d, emit_step_t at, f64 *out)
{
    static const f64 idle[DOLLAR_DAYS] = {0};
    const f64 *dollar[COMPUTE_LANES];
    f64 sum[COMPUTE_LANES] = {0};
    ASSERT(at.k + 1 >= DOLLAR_DAYS);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        bool asked = (at.lanes >> lane & 1) != 0;
        u32 from = d->g.start[lane] + at.k + 1 - DOLLAR_DAYS;
        dollar[lane] = asked ? d->g.series[lane]->dollar + from : idle;
    }
    for (u32 n = 0; n < DOLLAR_DAYS; n++) {
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            sum[lane] += dollar[lane][n];
        }
    }
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        out[lane] = sum[lane] / (f64)DOLLAR_DAYS;
    }
}

static void lane_values(const day_group_t *d, emit_step_t at, lane_values_t *v)
{
    u32 k = at.k;
    const f64 *atr = w1_at8(d, k, W1_ATR14);
    const f64 *mid = w1_at8(d, k, W1_SMA20);
    const f64 *lower = w1_at8(d, k, W1_BB_LOWER);
    const f64 *sma200 = w1_at8(d, k, W1_SMA200);
    const f64 *close = emit_at8(d->g.close, k);
    *v = (lane_values_t){0};
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        const series_t *s = d->g.series[lane];
        u32 i = d->g.start[lane] + k;
        if ((at.lanes >> lane & 1) == 0) {
            continue;
        }
        v->one[lane] = 1.0;
        v->raw[lane] = (f64)s->raw_close[i] / (f64)PRICE_SCALE;
        v->factor[lane] = s->factor[i];
        v->days[lane] = (f64)MIN_OF(i + 1, 252U);
        v->atr_pct[lane] = 100.0 * atr[lane] / close[lane];
        v->sma200[lane] = i + 1 >= 200 ? sma200[lane] : 0.0;
        v->band_sd[lane] = (mid[lane] - lower[lane]) / 2.0;
        week_t week = week_of(s, i);
        v->range_high[lane] = week.high;
        v->range_low[lane] = week.low;
        v->range_above[lane] = week.above;
        v->range_below[lane] = week.below;
        v->vwap_run[lane] = rolling_run(d, lane, k);
    }
    mean_dollar8(d, at, v->dollar);
    setup_ages8(d, k, v->setup_long, v->setup_short);
}

static void emit_day_part8(const day_group_t *d, u32 k, const lane_values_t *v, f64 *tile)
{
    emit_put8(tile, FEATURE_DAYS, v->days);
    emit_put8(tile, FEATURE_ATRD, w1_at8(d, k, W1_ATR14));
    emit_put8(tile, FEATURE_ATR_PCT, v->atr_pct);
    emit_put8(tile, FEATURE_RSI_DAY, w1_at8(d, k, W1_RSI14));
    emit_put8(tile, FEATURE_HIGH252, w1_at8(d, k, W1_HIGH252));
    emit_put8(tile, FEATURE_LOW252, w1_at8(d, k, W1_LOW252));
    emit_put8(tile, FEATURE_DOLLAR20, v->dollar);
    emit_put8(tile, FEATURE_SMA20, w1_at8(d, k, W1_SMA20));
    emit_put8(tile, FEATURE_SMA50, w1_at8(d, k, W1_SMA50));
    emit_put8(tile, FEATURE_SMA200, v->sma200);
}

/* emit_swing for the lanes whose bars k belong to one slice and have history behind them. Cells of the other
 * lanes get numbers without meaning. */
static void emit_swing8(const day_group_t *d, emit_step_t at, f64 *tile)
{
    const compute_group_t *g = &d->g;
    u32 k = at.k;
    lane_values_t v;
    lane_values(d, at, &v);
    emit_day_part8(d, k, &v, tile);
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
    emit_put8(tile, FEATURE_DAY_CLOSE, emit_at8(g->close, k - 1));
    emit_put8(tile, FEATURE_DAY_OPEN, emit_at8(g->open, k));
    emit_put8(tile, FEATURE_RVOL, w1_at8(d, k, W1_RVOL20));
    emit_put8(tile, FEATURE_BAR_VOLUME, w1_at8(d, k, W1_RVOL20));
    emit_put8(tile, FEATURE_EMA9, emit_at8(d->ema9, k));
    emit_put8(tile, FEATURE_EMA21, emit_at8(d->ema21, k));
    emit_put8(tile, FEATURE_RSI, w1_at8(d, k, W1_RSI14));
    emit_put8(tile, FEATURE_ATR, w1_at8(d, k, W1_ATR14));
    emit_put8(tile, FEATURE_ATR_AGO, w1_at8(d, k - ATR_AGO_DAYS, W1_ATR14));
    emit_put8(tile, FEATURE_BAND_MID, w1_at8(d, k, W1_SMA20));
    emit_put8(tile, FEATURE_BAND_SD, v.band_sd);
    emit_put8(tile, FEATURE_VWAP, emit_at8(d->vwap, k));
    emit_windows_put(tile, &d->windows, k);
    emit_put8(tile, FEATURE_SETUP_LONG, v.setup_long);
    emit_put8(tile, FEATURE_SETUP_SHORT, v.setup_short);
    emit_put8(tile, FEATURE_A, w1_at8(d, k, W1_ATR14));
    emit_put8(tile, FEATURE_DAY_HIGH, emit_at8(g->high, k));
    emit_put8(tile, FEATURE_DAY_LOW, emit_at8(g->low, k));
    emit_put8(tile, FEATURE_TREND15, (const f64[COMPUTE_LANES]){0}); /* the day profile's */
    emit_put8(tile, FEATURE_TREND15_KNOWN, (const f64[COMPUTE_LANES]){0});
    emit_put8(tile, FEATURE_SESSION_BARS, v.one);
    emit_put8(tile, FEATURE_RANGE_HIGH, v.range_high);
    emit_put8(tile, FEATURE_RANGE_LOW, v.range_low);
    emit_put8(tile, FEATURE_RANGE_ABOVE, v.range_above);
    emit_put8(tile, FEATURE_RANGE_BELOW, v.range_below);
    emit_put8(tile, FEATURE_VWAP_RUN, v.vwap_run);
}

static void daily_group(market_t *m, const config_t *c, u32 group, f64 *scratch)
{
    day_group_t d;
    emit_map_t map;
    (void)c;
    compute_day_group(m, group, scratch, &d);
    size_t column = (size_t)COMPUTE_LEN * COMPUTE_LANES;
    f64 *end = scratch + m->scratch_count;
    d.vwap = end - column;
    d.windows = (emit_windows_t){end - 3 * column, end - 4 * column, end - 5 * column, end - 6 * column};
    u32 first = emit_first(m, &d.g);
    rolling_vwap(&d, first > VWAP_RUN_MAX ? first - VWAP_RUN_MAX : 0);
    emit_windows(m, &d.g, &d.windows);
    emit_map(m, &d.g, &map);
    for (u32 slot = 0; slot < m->block_count; slot++) {
        emit_step_t step = emit_step(&map, slot, DAYS_BEHIND);
        f64 *tile = emit_tile(market_row(m, slot), group);
        if (step.lanes != 0) {
            emit_swing8(&d, step, tile);
        }
        emit_zero(tile, step.lanes);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            i16 k = map.k[slot][lane];
            if (k >= 0 && (step.lanes >> lane & 1) == 0) {
                emit_swing(&d, lane, (u32)k, &(emit_place_t){tile, lane});
            }
        }
    }
    emit_slots(m, group);
}

void market_compute_daily(market_t *m, const config_t *c)
{
    ASSERT(m != NULL && c != NULL);
    ASSERT(m->profile == PROFILE_SWING);
    compute_groups(m, c, daily_group);
}

static void session_group(market_t *m, const config_t *c, u32 group, f64 *scratch)
{
    day_group_t d;
    (void)c;
    compute_day_group(m, group, scratch, &d);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if (d.g.len[lane] > 0) {
            u32 k = d.g.len[lane] - 1;
            emit_place_t to = {emit_tile(m->day_features, group), lane};
            emit_day_part(&d, lane, k, &to);
            const series_t *s = d.g.series[lane];
            emit_set(&to, FEATURE_DAY_CLOSE, s->close[d.g.start[lane] + k]);
        }
    }
}

void market_compute_session(market_t *m)
{
    ASSERT(m != NULL);
    ASSERT(m->profile == PROFILE_DAY);
    memset(m->day_features, 0, (size_t)FEATURE_COUNT * m->padded * sizeof *m->day_features);
    compute_groups(m, NULL, session_group);
}
