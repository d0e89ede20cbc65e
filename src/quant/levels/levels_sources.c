/* See levels_sources.h. */
#include "quant/levels/levels_sources.h"

#include "base/assert.h"
#include "quant/math/qmath.h"
#include "quant/stats/metrics.h"

enum { NODE_BINS = 240, NODES_MOST = 60, ROUNDS_MOST = 80 };
#define NODE_BIN_ATR 0.25
#define NODE_OVER_MEDIAN 1.5
#define PIVOT_HALF_LIFE 40.0
#define ROUND_REACH_ATR 10.0

static void add(candidates_t *c, f64 price, f64 weight, u32 origin)
{
    ASSERT(c->count < LEVELS_CANDIDATES);
    if (price > 0.0 && weight > 0.0) {
        c->item[c->count++] = (candidate_t){.price = price, .weight = weight, .origin = origin};
    }
}

/* Monday of a date's week. */
static date_t week_of(date_t d)
{
    i32 w = date_weekday(d);
    return d - (w == 0 ? 6 : w - 1);
}

/* High and low of the last week before today's that has a session. */
static void add_week(const levels_input_t *in, candidates_t *c)
{
    date_t now = week_of(in->today);
    u32 end = in->count;
    while (end > 0 && week_of(in->day[end - 1]) == now) {
        end--;
    }
    if (end == 0) {
        return;
    }
    date_t week = week_of(in->day[end - 1]);
    f64 high = in->high[end - 1];
    f64 low = in->low[end - 1];
    for (u32 i = end - 1; i > 0 && week_of(in->day[i - 1]) == week; i--) {
        high = q_max(high, in->high[i - 1]);
        low = q_min(low, in->low[i - 1]);
    }
    add(c, high, 2.0, LEVEL_WEEK_HIGH);
    add(c, low, 2.0, LEVEL_WEEK_LOW);
}

static void add_average(const levels_input_t *in, candidates_t *c, u32 n, f64 weight, u32 origin)
{
    if (in->count < n) {
        return;
    }
    f64 sum = 0.0;
    for (u32 i = in->count - n; i < in->count; i++) {
        sum += in->close[i];
    }
    add(c, sum / (f64)n, weight, origin);
}

/* v[i] above (sign 1) or below (-1) the two bars before and the two after. */
static bool is_pivot(const f64 *v, u32 i, f64 sign)
{
    f64 x = sign * v[i];
    return x > sign * v[i - 1] && x > sign * v[i - 2] && x > sign * v[i + 1] && x > sign * v[i + 2];
}

/* Only bars with two completed bars behind them: before that nobody could have known. Age in bars since. */
static void add_pivots(const levels_input_t *in, candidates_t *c)
{
    u32 from = in->count > LEVELS_PIVOT_DAYS ? in->count - LEVELS_PIVOT_DAYS : 0;
    for (u32 i = MAX_OF(from, 2u); i + 2 < in->count; i++) {
        bool top = is_pivot(in->high, i, 1.0);
        bool bottom = is_pivot(in->low, i, -1.0);
        if (!top && !bottom) {
            continue;
        }
        f64 weight = q_exp(-Q_LN2 * (f64)(in->count - 1 - i) / PIVOT_HALF_LIFE);
        if (top) {
            add(c, in->high[i], weight, LEVEL_PIVOT_HIGH);
        }
        if (bottom) {
            add(c, in->low[i], weight, LEVEL_PIVOT_LOW);
        }
    }
}

/* Spreads a bar's volume evenly over the bins that its range covers. */
static void spread(f64 *bins, u32 used, f64 place_low, f64 place_high, f64 volume)
{
    u32 a = MIN_OF((u32)place_low, used - 1);
    u32 b = MIN_OF((u32)place_high, used - 1);
    for (u32 i = a; i <= b; i++) {
        bins[i] += volume / (f64)(b - a + 1);
    }
}

/* Local maxima over 1.5 x the median of the bins that traded: prices jumped over are not evidence of
 * anything. */
static void add_peaks(const f64 *bins, u32 used, f64 base, f64 width, candidates_t *c)
{
    f64 sorted[NODE_BINS];
    u32 traded = 0;
    for (u32 i = 0; i < used; i++) {
        if (bins[i] > 0.0) {
            sorted[traded++] = bins[i];
        }
    }
    if (traded == 0) {
        return;
    }
    metrics_sort(sorted, traded);
    f64 bar = NODE_OVER_MEDIAN * metrics_quantile_sorted(sorted, traded, 0.5);
    u32 found = 0;
    for (u32 i = 0; i < used && found < NODES_MOST; i++) {
        f64 left = i > 0 ? bins[i - 1] : 0.0;
        f64 right = i + 1 < used ? bins[i + 1] : 0.0;
        if (bins[i] > bar && bins[i] > left && bins[i] >= right) {
            add(c, base + ((f64)i + 0.5) * width, 2.0, LEVEL_NODE);
            found++;
        }
    }
}

/* Volume by price of the last 60 days. A range of more than 240 bins (60 ATRd in 60 days) gets wider bins. */
static void add_nodes(const levels_input_t *in, candidates_t *c)
{
    if (in->volume == NULL || in->count < 2) {
        return;
    }
    u32 from = in->count > LEVELS_NODE_DAYS ? in->count - LEVELS_NODE_DAYS : 0;
    f64 low = in->low[from];
    f64 high = in->high[from];
    for (u32 i = from; i < in->count; i++) {
        low = q_min(low, in->low[i]);
        high = q_max(high, in->high[i]);
    }
    f64 width = q_max(NODE_BIN_ATR * in->atr_day, (high - low) / (NODE_BINS - 1));
    f64 base = q_floor(low / width) * width;
    u32 used = MIN_OF((u32)((high - base) / width) + 1, (u32)NODE_BINS);
    f64 bins[NODE_BINS] = {0};
    for (u32 i = from; i < in->count; i++) {
        spread(bins, used, (in->low[i] - base) / width, (in->high[i] - base) / width, in->volume[i]);
    }
    add_peaks(bins, used, base, width, c);
}

/* Multiples of 10^floor(log10(price/20)) within 10 ATRd; the largest of the steps 1, 5, 10 that divides one
 * sets its weight. */
static void add_rounds(const levels_input_t *in, candidates_t *c)
{
    i32 power = (i32)q_floor(q_log10(in->price / 20.0) + 1e-12);
    f64 step = power >= 0 ? q_pow(10.0, (f64)power) : 1.0 / q_pow(10.0, (f64)-power);
    f64 reach = ROUND_REACH_ATR * in->atr_day;
    i64 middle = (i64)q_round_even(in->price / step);
    i64 first = (i64)q_ceil((in->price - reach) / step - 1e-9);
    i64 last = (i64)q_floor((in->price + reach) / step + 1e-9);
    first = MAX_OF(MAX_OF(first, middle - ROUNDS_MOST / 2 + 1), 1);
    last = MIN_OF(last, middle + ROUNDS_MOST / 2);
    for (i64 m = first; m <= last; m++) {
        f64 weight = 0.5;
        if (m % 10 == 0) {
            weight = 1.0;
        } else if (m % 5 == 0) {
            weight = 0.75;
        }
        f64 level = power >= 0 ? (f64)m * step : (f64)m / q_pow(10.0, (f64)-power);
        add(c, level, weight, LEVEL_ROUND);
    }
}

void levels_collect(const levels_input_t *in, candidates_t *out)
{
    ASSERT(in != NULL && out != NULL);
    ASSERT(out->count == 0);
    u32 last = in->count - 1;
    add(out, in->high[last], 3.0, LEVEL_DAY_HIGH);
    add(out, in->low[last], 3.0, LEVEL_DAY_LOW);
    add(out, in->close[last], 2.0, LEVEL_DAY_CLOSE);
    add_week(in, out);
    add(out, in->range_high, 2.0, LEVEL_RANGE_HIGH);
    add(out, in->range_low, 2.0, LEVEL_RANGE_LOW);
    add(out, in->vwap, 2.0, LEVEL_VWAP);
    add_average(in, out, 20, 1.0, LEVEL_SMA20);
    add_average(in, out, 50, 1.5, LEVEL_SMA50);
    add_average(in, out, 200, 2.0, LEVEL_SMA200);
    add_pivots(in, out);
    add_nodes(in, out);
    add_rounds(in, out);
    ASSERT(out->count >= 3);
}

