/* Daily features: the W1 set by lane kernels, the rest by short loops. See market.h and feature.h. */
#include <string.h>

#include "base/assert.h"
#include "market/market_internal.h"
#include "quant/math/qmath.h"

enum { ATR_AGO_DAYS = 10 };
_Static_assert((u32)ATR_AGO_DAYS <= (u32)CARRY_TAIL, "rows that emitters look back to are kept");

size_t market_scratch_count(void)
{
    size_t columns = 6U * COMPUTE_LEN * COMPUTE_LANES;
    size_t rows = (size_t)COMPUTE_LEN * W1_ROW;
    size_t singles = 12U * COMPUTE_LEN * COMPUTE_LANES;
    return columns + rows + singles + CARRY_RUN_COUNT + 65536;
}

f64 *market_cell(market_t *m, u32 slot, feature_t f, u32 inst)
{
    ASSERT(inst < m->count);
    return m->features + ((size_t)slot * FEATURE_COUNT + f) * m->padded + inst;
}

static void gather_lane(compute_group_t *g, u32 lane)
{
    const series_t *s = g->series[lane];
    date_t session = 0;
    for (u32 k = 0; k < g->len_max; k++) {
        size_t at = (size_t)k * COMPUTE_LANES + lane;
        u32 len = g->len[lane];
        u32 i = s == NULL || len == 0 ? 0 : g->start[lane] + MIN_OF(k, len - 1);
        bool empty = s == NULL || len == 0;
        g->open[at] = empty ? 1.0 : s->open[i];
        g->high[at] = empty ? 1.0 : s->high[i];
        g->low[at] = empty ? 1.0 : s->low[i];
        g->close[at] = empty ? 1.0 : s->close[i];
        g->volume[at] = empty ? 1.0 : s->volume[i];
        g->session[at] = !empty && s->session[i] != session ? 1.0 : 0.0;
        session = empty ? 0 : s->session[i];
    }
}

u32 compute_start(const series_t *s, date_t anchor)
{
    u32 at = series_session_index(s, anchor);
    return at > MARKET_WARM ? at - MARKET_WARM : 0;
}

size_t compute_gather(const market_t *m, const series_t *all, u32 group, date_t anchor, compute_group_t *out)
{
    compute_group_t g = {.scratch = out->scratch};
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        u32 i = group * COMPUTE_LANES + lane;
        if (i >= m->count) {
            continue;
        }
        const series_t *s = &all[i];
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
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        gather_lane(&g, lane);
    }
    *out = g;
    return 6 * column;
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

/* Where the figures of one symbol go: its column of a slice's row. */
typedef struct {
    f64 *row;
    u32 padded;
    u32 inst;
} place_t;

static void set(const place_t *to, feature_t f, f64 v)
{
    to->row[(size_t)f * to->padded + to->inst] = v;
}

/* What both profiles read from the last completed day: bar i of series s, position k of the group. */
static void emit_day_part(const day_group_t *d, u32 lane, u32 k, const place_t *to)
{
    const series_t *s = d->g.series[lane];
    u32 i = d->g.start[lane] + k;
    f64 atr = w1_at(d, k, W1_ATR14, lane);
    set(to, FEATURE_DAYS, (f64)MIN_OF(i + 1, 252U));
    set(to, FEATURE_ATRD, atr);
    set(to, FEATURE_ATR_PCT, 100.0 * atr / s->close[i]);
    set(to, FEATURE_RSI_DAY, w1_at(d, k, W1_RSI14, lane));
    set(to, FEATURE_HIGH252, w1_at(d, k, W1_HIGH252, lane));
    set(to, FEATURE_LOW252, w1_at(d, k, W1_LOW252, lane));
    set(to, FEATURE_DOLLAR20, mean_dollar(s, i, 20));
    set(to, FEATURE_SMA20, w1_at(d, k, W1_SMA20, lane));
    set(to, FEATURE_SMA50, w1_at(d, k, W1_SMA50, lane));
    set(to, FEATURE_SMA200, i + 1 >= 200 ? w1_at(d, k, W1_SMA200, lane) : 0.0);
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

static void emit_swing(const day_group_t *d, u32 lane, u32 k, const place_t *to)
{
    const series_t *s = d->g.series[lane];
    u32 i = d->g.start[lane] + k;
    f64 hi = 0;
    f64 lo = 0;
    emit_day_part(d, lane, k, to);
    set(to, FEATURE_PRESENT, 1.0);
    set(to, FEATURE_RAW, (f64)s->raw_close[i] / (f64)PRICE_SCALE);
    set(to, FEATURE_FACTOR, s->factor[i]);
    set(to, FEATURE_OPEN, s->open[i]);
    set(to, FEATURE_HIGH, s->high[i]);
    set(to, FEATURE_LOW, s->low[i]);
    set(to, FEATURE_CLOSE, s->close[i]);
    if (i < 21 || k < ATR_AGO_DAYS) {
        return; /* under 60 bars nothing else is read: stage 6 refuses first */
    }
    set(to, FEATURE_CLOSE_PREV, s->close[i - 1]);
    set(to, FEATURE_HIGH_PREV, s->high[i - 1]);
    set(to, FEATURE_LOW_PREV, s->low[i - 1]);
    set(to, FEATURE_DAY_CLOSE, s->close[i - 1]);
    set(to, FEATURE_DAY_OPEN, s->open[i]);
    set(to, FEATURE_RVOL, w1_at(d, k, W1_RVOL20, lane));
    set(to, FEATURE_BAR_VOLUME, w1_at(d, k, W1_RVOL20, lane));
    set(to, FEATURE_EMA9, d->ema9[(size_t)k * COMPUTE_LANES + lane]);
    set(to, FEATURE_EMA21, d->ema21[(size_t)k * COMPUTE_LANES + lane]);
    set(to, FEATURE_RSI, w1_at(d, k, W1_RSI14, lane));
    set(to, FEATURE_ATR, w1_at(d, k, W1_ATR14, lane));
    set(to, FEATURE_ATR_AGO, w1_at(d, k - ATR_AGO_DAYS, W1_ATR14, lane));
    f64 mid = w1_at(d, k, W1_SMA20, lane);
    set(to, FEATURE_BAND_MID, mid);
    set(to, FEATURE_BAND_SD, (mid - w1_at(d, k, W1_BB_LOWER, lane)) / 2.0);
    set(to, FEATURE_VWAP, w1_at(d, k, W1_VWAP, lane));
    extremes(s, i - 20, i, &hi, &lo);
    set(to, FEATURE_HIGH20, hi);
    set(to, FEATURE_LOW20, lo);
    extremes(s, i - 21, i - 1, &hi, &lo);
    set(to, FEATURE_HIGH20_BEFORE, hi);
    set(to, FEATURE_LOW20_BEFORE, lo);
    extremes(s, i - 2, i + 1, &hi, &lo);
    set(to, FEATURE_HIGH3, hi);
    set(to, FEATURE_LOW3, lo);
    extremes(s, i - 5, i - 2, &hi, &lo);
    set(to, FEATURE_HIGH3_BEFORE, hi);
    set(to, FEATURE_LOW3_BEFORE, lo);
    set(to, FEATURE_SETUP_LONG, setup_age(d, lane, k, true));
    set(to, FEATURE_SETUP_SHORT, setup_age(d, lane, k, false));
    set(to, FEATURE_A, w1_at(d, k, W1_ATR14, lane));
    set(to, FEATURE_DAY_HIGH, s->high[i]);
    set(to, FEATURE_DAY_LOW, s->low[i]);
}

/* Eight symbols of one slice: whole lines are written instead of eight cells in eight lines. */
static void put8(f64 *row, u32 padded, feature_t f, const f64 *v)
{
    memcpy(row + (size_t)f * padded, v, COMPUTE_LANES * sizeof *v);
}

static const f64 *at8(const f64 *column, u32 k)
{
    return column + (size_t)k * COMPUTE_LANES;
}

static const f64 *w1_at8(const day_group_t *d, u32 k, w1_column_t column)
{
    return d->rows + (size_t)k * W1_ROW + (size_t)column * COMPUTE_LANES;
}

/* Extremes of the bars [from, to) of all lanes. The same comparisons in the same order as extremes(). */
static void extremes8(const compute_group_t *g, u32 from, u32 to, f64 h[COMPUTE_LANES], f64 l[COMPUTE_LANES])
{
    memcpy(h, at8(g->high, from), COMPUTE_LANES * sizeof *h);
    memcpy(l, at8(g->low, from), COMPUTE_LANES * sizeof *l);
    for (u32 k = from + 1; k < to; k++) {
        const f64 *x = at8(g->high, k);
        const f64 *y = at8(g->low, k);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            h[lane] = x[lane] > h[lane] ? x[lane] : h[lane];
            l[lane] = y[lane] < l[lane] ? y[lane] : l[lane];
        }
    }
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
        const f64 *close = at8(d->g.close, k - back);
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
} lane_values_t;

static void lane_values(const day_group_t *d, u32 k, lane_values_t *v)
{
    const f64 *atr = w1_at8(d, k, W1_ATR14);
    const f64 *mid = w1_at8(d, k, W1_SMA20);
    const f64 *lower = w1_at8(d, k, W1_BB_LOWER);
    const f64 *sma200 = w1_at8(d, k, W1_SMA200);
    const f64 *close = at8(d->g.close, k);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        const series_t *s = d->g.series[lane];
        u32 i = d->g.start[lane] + k;
        v->one[lane] = 1.0;
        v->raw[lane] = (f64)s->raw_close[i] / (f64)PRICE_SCALE;
        v->factor[lane] = s->factor[i];
        v->days[lane] = (f64)MIN_OF(i + 1, 252U);
        v->dollar[lane] = mean_dollar(s, i, 20);
        v->atr_pct[lane] = 100.0 * atr[lane] / close[lane];
        v->sma200[lane] = i + 1 >= 200 ? sma200[lane] : 0.0;
        v->band_sd[lane] = (mid[lane] - lower[lane]) / 2.0;
    }
    setup_ages8(d, k, v->setup_long, v->setup_short);
}

static void emit_day_part8(const day_group_t *d, u32 k, const lane_values_t *v, f64 *row, u32 padded)
{
    put8(row, padded, FEATURE_DAYS, v->days);
    put8(row, padded, FEATURE_ATRD, w1_at8(d, k, W1_ATR14));
    put8(row, padded, FEATURE_ATR_PCT, v->atr_pct);
    put8(row, padded, FEATURE_RSI_DAY, w1_at8(d, k, W1_RSI14));
    put8(row, padded, FEATURE_HIGH252, w1_at8(d, k, W1_HIGH252));
    put8(row, padded, FEATURE_LOW252, w1_at8(d, k, W1_LOW252));
    put8(row, padded, FEATURE_DOLLAR20, v->dollar);
    put8(row, padded, FEATURE_SMA20, w1_at8(d, k, W1_SMA20));
    put8(row, padded, FEATURE_SMA50, w1_at8(d, k, W1_SMA50));
    put8(row, padded, FEATURE_SMA200, v->sma200);
}

/* emit_swing for eight lanes whose bars k all belong to one slice and have history behind them. */
static void emit_swing8(const day_group_t *d, u32 k, f64 *row, u32 padded)
{
    const compute_group_t *g = &d->g;
    lane_values_t v;
    f64 h[COMPUTE_LANES];
    f64 l[COMPUTE_LANES];
    lane_values(d, k, &v);
    emit_day_part8(d, k, &v, row, padded);
    put8(row, padded, FEATURE_PRESENT, v.one);
    put8(row, padded, FEATURE_RAW, v.raw);
    put8(row, padded, FEATURE_FACTOR, v.factor);
    put8(row, padded, FEATURE_OPEN, at8(g->open, k));
    put8(row, padded, FEATURE_HIGH, at8(g->high, k));
    put8(row, padded, FEATURE_LOW, at8(g->low, k));
    put8(row, padded, FEATURE_CLOSE, at8(g->close, k));
    put8(row, padded, FEATURE_CLOSE_PREV, at8(g->close, k - 1));
    put8(row, padded, FEATURE_HIGH_PREV, at8(g->high, k - 1));
    put8(row, padded, FEATURE_LOW_PREV, at8(g->low, k - 1));
    put8(row, padded, FEATURE_DAY_CLOSE, at8(g->close, k - 1));
    put8(row, padded, FEATURE_DAY_OPEN, at8(g->open, k));
    put8(row, padded, FEATURE_RVOL, w1_at8(d, k, W1_RVOL20));
    put8(row, padded, FEATURE_BAR_VOLUME, w1_at8(d, k, W1_RVOL20));
    put8(row, padded, FEATURE_EMA9, at8(d->ema9, k));
    put8(row, padded, FEATURE_EMA21, at8(d->ema21, k));
    put8(row, padded, FEATURE_RSI, w1_at8(d, k, W1_RSI14));
    put8(row, padded, FEATURE_ATR, w1_at8(d, k, W1_ATR14));
    put8(row, padded, FEATURE_ATR_AGO, w1_at8(d, k - ATR_AGO_DAYS, W1_ATR14));
    put8(row, padded, FEATURE_BAND_MID, w1_at8(d, k, W1_SMA20));
    put8(row, padded, FEATURE_BAND_SD, v.band_sd);
    put8(row, padded, FEATURE_VWAP, w1_at8(d, k, W1_VWAP));
    extremes8(g, k - 20, k, h, l);
    put8(row, padded, FEATURE_HIGH20, h);
    put8(row, padded, FEATURE_LOW20, l);
    extremes8(g, k - 21, k - 1, h, l);
    put8(row, padded, FEATURE_HIGH20_BEFORE, h);
    put8(row, padded, FEATURE_LOW20_BEFORE, l);
    extremes8(g, k - 2, k + 1, h, l);
    put8(row, padded, FEATURE_HIGH3, h);
    put8(row, padded, FEATURE_LOW3, l);
    extremes8(g, k - 5, k - 2, h, l);
    put8(row, padded, FEATURE_HIGH3_BEFORE, h);
    put8(row, padded, FEATURE_LOW3_BEFORE, l);
    put8(row, padded, FEATURE_SETUP_LONG, v.setup_long);
    put8(row, padded, FEATURE_SETUP_SHORT, v.setup_short);
    put8(row, padded, FEATURE_A, w1_at8(d, k, W1_ATR14));
    put8(row, padded, FEATURE_DAY_HIGH, at8(g->high, k));
    put8(row, padded, FEATURE_DAY_LOW, at8(g->low, k));
    put8(row, padded, FEATURE_TREND15, (const f64[COMPUTE_LANES]){0}); /* the day profile's */
}

/* True if bar k of all eight lanes belongs to the same slice and lies far enough behind each series' start.
 */
static bool lanes_in_step(const compute_group_t *g, u32 k, i32 *slot)
{
    if (k < 21 || g->series[COMPUTE_LANES - 1] == NULL) {
        return false;
    }
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if (k >= g->len[lane]) {
            return false;
        }
        i32 mine = g->series[lane]->slot[g->start[lane] + k];
        if (lane > 0 && mine != *slot) {
            return false;
        }
        *slot = mine;
    }
    return true;
}

/* Bars before this one belong to slices of earlier blocks in every lane. */
static u32 first_new(const compute_group_t *g, u32 block_count)
{
    u32 from = g->len_max;
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        u32 len = g->len[lane];
        from = len > 0 ? MIN_OF(from, len > block_count ? len - block_count : 0) : from;
    }
    return from;
}

/* Cells that nobody writes read 0: eight symbols of the slots that are not written whole. */
static void clear_group(market_t *m, u32 group, const compute_group_t *g)
{
    bool whole[MARKET_BLOCK] = {false};
    for (u32 k = first_new(g, m->block_count); k < g->len_max; k++) {
        i32 slot = -1;
        if (lanes_in_step(g, k, &slot) && slot >= 0) {
            whole[slot] = true;
        }
    }
    for (u32 slot = 0; slot < m->block_count; slot++) {
        f64 *row = m->features + (size_t)slot * FEATURE_COUNT * m->padded + (size_t)group * COMPUTE_LANES;
        for (u32 f = 0; f < FEATURE_COUNT && !whole[slot]; f++) {
            memset(row + (size_t)f * m->padded, 0, COMPUTE_LANES * sizeof *row);
        }
    }
}

static void daily_group(market_t *m, const config_t *c, u32 group, f64 *scratch)
{
    day_group_t d;
    (void)c;
    compute_day_group(m, group, scratch, &d);
    clear_group(m, group, &d.g);
    size_t size = (size_t)FEATURE_COUNT * m->padded;
    for (u32 k = first_new(&d.g, m->block_count); k < d.g.len_max; k++) {
        i32 slot = -1;
        if (lanes_in_step(&d.g, k, &slot)) {
            if (slot >= 0) {
                emit_swing8(&d, k, m->features + (size_t)slot * size + (size_t)group * COMPUTE_LANES,
                            m->padded);
            }
            continue;
        }
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            i32 own = k < d.g.len[lane] ? d.g.series[lane]->slot[d.g.start[lane] + k] : -1;
            if (own >= 0) {
                place_t to = {.row = m->features + (size_t)own * size,
                              .padded = m->padded,
                              .inst = group * COMPUTE_LANES + lane};
                emit_swing(&d, lane, k, &to);
            }
        }
    }
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
        u32 inst = group * COMPUTE_LANES + lane;
        if (d.g.len[lane] > 0) {
            u32 k = d.g.len[lane] - 1;
            place_t to = {.row = m->day_features, .padded = m->padded, .inst = inst};
            emit_day_part(&d, lane, k, &to);
            const series_t *s = d.g.series[lane];
            set(&to, FEATURE_DAY_CLOSE, s->close[d.g.start[lane] + k]);
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
