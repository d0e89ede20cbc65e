/* Daily features: the W1 set by lane kernels, the rest by short loops. See market.h and feature.h. */
#include <string.h>

#include "base/assert.h"
#include "market/compute_emit.h"
#include "quant/math/qmath.h"

enum { ATR_AGO_DAYS = 10, DAYS_BEHIND = 21, VWAP_DAYS = 20, DOLLAR_DAYS = 20 };
_Static_assert((u32)DAYS_BEHIND >= (u32)EMIT_WINDOW + 1, "windows of the bar before end two bars back");
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
    while (first > 0 && s->session[first - 1] >= week) { /* the Monday: sessions only grow */
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

static const f64 *w1_at8(const day_group_t *d, u32 k, w1_column_t column)
{
    return d->rows + (size_t)k * W1_ROW + (size_t)column * COMPUTE_LANES;
}

/* Days since the close stood beyond the band with RSI stretched (within three days), 99 if not; the nearest
 * day wins, so it is asked last. */
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

/* Mean of the last twenty days, or of as many as there are: eight sums that do not wait for one another. */
static void mean_dollar8(const day_group_t *d, emit_step_t at, f64 *out)
{
    static const f64 idle[DOLLAR_DAYS] = {0};
    const f64 *dollar[COMPUTE_LANES];
    u32 days = MIN_OF(at.k + 1, (u32)DOLLAR_DAYS); /* a run that begins behind its series is longer */
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        bool asked = (at.lanes >> lane & 1) != 0;
        dollar[lane] = asked ? d->g.series[lane]->dollar + d->g.start[lane] + at.k + 1 - days : idle;
    }
    f64 sum[COMPUTE_LANES] = {0};
    for (u32 n = 0; n < days; n++) {
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            sum[lane] += dollar[lane][n];
        }
    }
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        out[lane] = sum[lane] / (f64)days;
    }
}

/* What both profiles read from the last completed day: the bars k of those lanes. Cells of the others get
 * numbers without meaning. */
static void day_line(const day_group_t *d, emit_step_t at, f64 *tile)
{
    u32 k = at.k;
    const f64 *atr = w1_at8(d, k, W1_ATR14);
    const f64 *sma = w1_at8(d, k, W1_SMA200);
    const f64 *close = emit_at8(d->g.close, k);
    f64 days[COMPUTE_LANES];
    f64 atr_pct[COMPUTE_LANES];
    f64 sma200[COMPUTE_LANES];
    f64 dollar[COMPUTE_LANES];
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        u32 count = d->g.start[lane] + k + 1;
        days[lane] = (f64)MIN_OF(count, 252U);
        atr_pct[lane] = (at.lanes >> lane & 1) != 0 ? 100.0 * atr[lane] / close[lane] : 0.0;
        sma200[lane] = count >= 200 ? sma[lane] : 0.0;
    }
    mean_dollar8(d, at, dollar);
    emit_put8(tile, FEATURE_DAYS, days);
    emit_put8(tile, FEATURE_ATRD, atr);
    emit_put8(tile, FEATURE_ATR_PCT, atr_pct);
    emit_put8(tile, FEATURE_RSI_DAY, w1_at8(d, k, W1_RSI14));
    emit_put8(tile, FEATURE_HIGH252, w1_at8(d, k, W1_HIGH252));
    emit_put8(tile, FEATURE_LOW252, w1_at8(d, k, W1_LOW252));
    emit_put8(tile, FEATURE_DOLLAR20, dollar);
    emit_put8(tile, FEATURE_SMA20, w1_at8(d, k, W1_SMA20));
    emit_put8(tile, FEATURE_SMA50, w1_at8(d, k, W1_SMA50));
    emit_put8(tile, FEATURE_SMA200, sma200);
}

/* What has to be asked lane by lane: the week and the closes beyond the rolling price. */
static void walked_line(const day_group_t *d, emit_step_t at, f64 *tile)
{
    f64 band_sd[COMPUTE_LANES] = {0};
    f64 run[COMPUTE_LANES] = {0};
    f64 week[4][COMPUTE_LANES] = {{0}};
    const f64 *mid = w1_at8(d, at.k, W1_SMA20);
    const f64 *lower = w1_at8(d, at.k, W1_BB_LOWER);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if ((at.lanes >> lane & 1) != 0) {
            week_t w = week_of(d->g.series[lane], d->g.start[lane] + at.k);
            week[0][lane] = w.high;
            week[1][lane] = w.low;
            week[2][lane] = w.above;
            week[3][lane] = w.below;
            run[lane] = rolling_run(d, lane, at.k);
            band_sd[lane] = (mid[lane] - lower[lane]) / 2.0;
        }
    }
    emit_put8(tile, FEATURE_BAND_SD, band_sd);
    emit_put8(tile, FEATURE_RANGE_HIGH, week[0]);
    emit_put8(tile, FEATURE_RANGE_LOW, week[1]);
    emit_put8(tile, FEATURE_RANGE_ABOVE, week[2]);
    emit_put8(tile, FEATURE_RANGE_BELOW, week[3]);
    emit_put8(tile, FEATURE_VWAP_RUN, run);
}

/* All of the swing profile. Bars with less history behind them get their own figures only: stage 6 refuses
 * them before anything else is read. */
static void swing_line(const void *group, emit_step_t at, u32 slot, f64 *tile)
{
    static const f64 none[COMPUTE_LANES] = {0};
    const day_group_t *d = group;
    const compute_group_t *g = &d->g;
    u32 k = at.k;
    f64 setup_long[COMPUTE_LANES];
    f64 setup_short[COMPUTE_LANES];
    (void)slot;
    if (k < DAYS_BEHIND) {
        memset(tile, 0, FEATURE_TILE * sizeof *tile);
        day_line(d, at, tile);
        emit_own(g, at, tile);
        return;
    }
    day_line(d, at, tile);
    emit_own(g, at, tile);
    walked_line(d, at, tile);
    setup_ages8(d, k, setup_long, setup_short);
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
    emit_put8(tile, FEATURE_VWAP, emit_at8(d->vwap, k));
    emit_windows_put(tile, &d->windows, k);
    emit_put8(tile, FEATURE_SETUP_LONG, setup_long);
    emit_put8(tile, FEATURE_SETUP_SHORT, setup_short);
    emit_put8(tile, FEATURE_A, w1_at8(d, k, W1_ATR14));
    emit_put8(tile, FEATURE_DAY_HIGH, emit_at8(g->high, k));
    emit_put8(tile, FEATURE_DAY_LOW, emit_at8(g->low, k));
    emit_put8(tile, FEATURE_SESSION_BARS, tile + FEATURE_PRESENT * FEATURE_LANES);
    emit_put8(tile, FEATURE_TREND15, none); /* the day profile's */
    emit_put8(tile, FEATURE_TREND15_KNOWN, none);
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
        emit_lines(&map, slot, swing_line, &d, emit_tile(market_row(m, slot), group));
    }
    emit_slots(m, group);
}

void market_compute_daily(market_t *m, const config_t *c)
{
    ASSERT(m != NULL && c != NULL);
    ASSERT(m->profile == PROFILE_SWING);
    compute_groups(m, c, daily_group);
}

/* The last day of each lane, wherever it lies. */
static void session_group(market_t *m, const config_t *c, u32 group, f64 *scratch)
{
    day_group_t d;
    f64 line[FEATURE_TILE] = {0};
    f64 *tile = emit_tile(m->day_features, group);
    (void)c;
    compute_day_group(m, group, scratch, &d);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if (d.g.len[lane] == 0) {
            continue;
        }
        emit_step_t at = {.k = d.g.len[lane] - 1, .lanes = 1U << lane};
        day_line(&d, at, line);
        emit_put8(line, FEATURE_DAY_CLOSE, emit_at8(d.g.close, at.k));
        emit_lane(tile, line, FEATURE_DAYS, FEATURE_SMA200, lane);
    }
}

void market_compute_session(market_t *m)
{
    ASSERT(m != NULL);
    ASSERT(m->profile == PROFILE_DAY);
    memset(m->day_features, 0, (size_t)FEATURE_COUNT * m->padded * sizeof *m->day_features);
    compute_groups(m, NULL, session_group);
}
