/* See quotes.h. */
#include "quant/stats/quotes.h"

#include <stdlib.h>

#include "base/assert.h"
#include "quant/math/qmath.h"
#include "quant/stats/correlation.h"

/* The session's edges: 15 minutes are the opening and the close, 60 to 300 the middle; what is measured
 * "without the edges" is measured between 30 and 375. */
enum { EDGE = 15, MIDDLE_FROM = 60, MIDDLE_TO = 300, STEADY_FROM = 30, STEADY_TO = QUOTE_MINUTES - EDGE };
static const f64 CENT = 0.01;
static const f64 ROUNDING = 1e-6; /* of prices that were cents before they were doubles */

typedef struct {
    f64 spread[QUOTE_MINUTES]; /* 0: not two-sided, or crossed */
    f64 bps[QUOTE_MINUTES];
    f64 log_spread[QUOTE_MINUTES];
    f64 log_bid[QUOTE_MINUTES], log_ask[QUOTE_MINUTES];
} work_t;

static int by_value(const void *pa, const void *pb)
{
    f64 a = *(const f64 *)pa;
    f64 b = *(const f64 *)pb;
    return a < b ? -1 : a > b ? 1 : 0;
}

static f64 median_of(f64 *v, u32 n)
{
    ASSERT(n > 0);
    qsort(v, n, sizeof *v, by_value);
    return n % 2 == 1 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

static f64 mean_bps(const work_t *w, u32 from, u32 to)
{
    f64 sum = 0.0;
    u32 n = 0;
    for (u32 i = from; i < to; i++) {
        sum += w->spread[i] > 0 ? w->bps[i] : 0.0;
        n += w->spread[i] > 0 ? 1 : 0;
    }
    return n > 0 ? sum / n : 0.0;
}

/* Of v[i] with x[i + lag] where both quotes are there, in [from, to). */
static f64 correlation_of(const work_t *w, const f64 *v, const f64 *x, u32 lag, const u32 range[2])
{
    f64 a[QUOTE_MINUTES];
    f64 b[QUOTE_MINUTES];
    u32 n = 0;
    for (u32 i = range[0]; i + lag < range[1]; i++) {
        if (w->spread[i] > 0 && w->spread[i + lag] > 0) {
            a[n] = v[i];
            b[n++] = x[i + lag];
        }
    }
    f64 r = 0.0;
    return correlation_pearson(a, b, n, &r) ? r : 0.0;
}

static f64 deviation_of(const work_t *w, const f64 *v, u32 from, u32 to)
{
    f64 sum = 0.0;
    f64 squares = 0.0;
    u32 n = 0;
    for (u32 i = from; i < to; i++) {
        if (w->spread[i] > 0) {
            sum += v[i];
            squares += v[i] * v[i];
            n++;
        }
    }
    return n > 1 ? q_sqrt(q_max(squares / n - (sum / n) * (sum / n), 0.0)) : 0.0;
}

static u32 prepare(const quote_day_t *d, work_t *w)
{
    u32 both = 0;
    for (u32 i = 0; i < QUOTE_MINUTES; i++) {
        bool there = d->bid[i] > 0 && d->ask[i] > d->bid[i];
        w->spread[i] = there ? d->ask[i] - d->bid[i] : 0.0;
        w->bps[i] = there ? 2e4 * w->spread[i] / (d->ask[i] + d->bid[i]) : 0.0;
        w->log_spread[i] = there ? q_log(w->spread[i]) : 0.0;
        w->log_bid[i] = q_log(q_max(d->bid_size[i], QUOTE_LOT));
        w->log_ask[i] = q_log(q_max(d->ask_size[i], QUOTE_LOT));
        both += there ? 1 : 0;
    }
    return both;
}

static void measure_levels(const quote_day_t *d, const work_t *w, quote_measure_t *out)
{
    f64 middle[QUOTE_MINUTES];
    f64 spread[QUOTE_MINUTES];
    f64 size[QUOTE_MINUTES];
    u32 n = 0;
    u32 tick = 0;
    u32 traded = 0;
    u32 inside = 0;
    for (u32 i = 0; i < QUOTE_MINUTES; i++) {
        out->dollars += d->last[i] * d->volume[i];
        if (!(w->spread[i] > 0)) {
            continue;
        }
        middle[n] = 0.5 * (d->bid[i] + d->ask[i]);
        size[n] = d->bid_size[i] / QUOTE_LOT;
        spread[n++] = w->spread[i];
        tick += w->spread[i] < CENT + ROUNDING ? 1 : 0;
        traded += d->last[i] > 0 ? 1 : 0;
        inside += d->last[i] > 0 && d->last[i] > d->bid[i] - ROUNDING && d->last[i] < d->ask[i] + ROUNDING;
    }
    out->tick_share = (f64)tick / n;
    out->inside = traded > 0 ? (f64)inside / traded : 0.0;
    out->price = median_of(middle, n);
    out->median = median_of(spread, n);
    out->lots = median_of(size, n);
}

bool quotes_measure(const quote_day_t *d, quote_measure_t *out)
{
    ASSERT(d != NULL && out != NULL);
    static const u32 steady[2] = {STEADY_FROM, STEADY_TO};
    static const u32 whole[2] = {0, QUOTE_MINUTES};
    work_t w;
    f64 range[QUOTE_MINUTES];
    if (prepare(d, &w) < QUOTE_MINUTES / 2) {
        return false;
    }
    *out = (quote_measure_t){0};
    measure_levels(d, &w, out);
    f64 middle = mean_bps(&w, MIDDLE_FROM, MIDDLE_TO);
    if (!(out->dollars > 0) || !(middle > 0)) {
        return false;
    }
    for (u32 i = 0; i < QUOTE_MINUTES; i++) {
        range[i] = d->last[i] > 0 ? (d->high[i] - d->low[i]) / d->last[i] : 0.0;
    }
    out->bps = mean_bps(&w, 0, QUOTE_MINUTES);
    out->first = mean_bps(&w, 0, EDGE) / middle;
    out->last = mean_bps(&w, QUOTE_MINUTES - EDGE, QUOTE_MINUTES) / middle;
    out->cluster = correlation_of(&w, w.log_spread, w.log_spread, 1, steady);
    out->by_range = correlation_of(&w, w.log_spread, range, 0, steady);
    out->deviation = deviation_of(&w, w.log_spread, STEADY_FROM, STEADY_TO);
    out->size_sd = deviation_of(&w, w.log_bid, 0, QUOTE_MINUTES);
    out->size_cluster = correlation_of(&w, w.log_bid, w.log_bid, 1, whole);
    out->size_cross = correlation_of(&w, w.log_bid, w.log_ask, 0, whole);
    return true;
}
