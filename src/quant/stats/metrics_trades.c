/* Figures of a list of trades, exposure, intervals, quantiles. See metrics.h. */
#include "quant/stats/metrics.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

static metric_t some(f64 v)
{
    return (metric_t){.value = v, .ok = true};
}

/* Ratios of wins and losses; none exists without at least one decided trade. */
static void fill_wins(metrics_trades_t *m)
{
    u32 decided = m->wins + m->losses;
    if (decided == 0) {
        return;
    }
    f64 p = (f64)m->wins / (f64)decided;
    m->win_rate = some(p);
    if (m->losses == 0 || !(m->mean_loss > 0.0)) {
        return;
    }
    m->profit_factor = some(m->gross_profit / m->gross_loss);
    f64 b = m->mean_win / m->mean_loss;
    m->expectancy_ratio = some((1.0 + b) * p - 1.0);
    if (b > 0.0) {
        m->kelly = some(p - (1.0 - p) / b);
    }
}

static void fill_r(const metrics_trade_t *trade, u32 n, metrics_trades_t *m)
{
    f64 sum = 0.0;
    f64 squares = 0.0;
    for (u32 i = 0; i < n; i++) {
        sum += trade[i].r;
    }
    m->mean_r = sum / (f64)n;
    for (u32 i = 0; i < n; i++) {
        f64 z = trade[i].r - m->mean_r;
        squares += z * z;
    }
    m->sd_r = n > 1 ? q_sqrt(squares / (f64)(n - 1)) : 0.0;
    if (m->sd_r > 1e-15) {
        m->sqn = some(q_sqrt((f64)n) * m->mean_r / m->sd_r);
    }
}

void metrics_trades(const metrics_trade_t *trade, u32 n, metrics_trades_t *out)
{
    ASSERT(out != NULL && (n == 0 || trade != NULL));
    memset(out, 0, sizeof *out);
    if (n == 0) {
        return;
    }
    metrics_trades_t m = {
        .trades = n, .enough = n >= METRICS_MIN_TRADES, .best = trade[0].net, .worst = trade[0].net};
    for (u32 i = 0; i < n; i++) {
        const metrics_trade_t *t = &trade[i];
        ASSERT(t->closed_ns >= t->opened_ns);
        f64 seconds = (f64)(t->closed_ns - t->opened_ns) / (f64)NS_PER_SEC;
        m.net += t->net;
        m.best = q_max(m.best, t->net);
        m.worst = q_min(m.worst, t->net);
        if (q_abs(t->net) < METRICS_SCRATCH) {
            m.scratches++;
        } else if (t->net > 0.0) {
            m.wins++;
            m.gross_profit += t->net;
            m.win_seconds += seconds;
        } else {
            m.losses++;
            m.gross_loss -= t->net;
            m.loss_seconds += seconds;
        }
    }
    m.expectancy = m.net / (f64)n;
    if (m.wins > 0) {
        m.mean_win = m.gross_profit / (f64)m.wins;
        m.win_seconds /= (f64)m.wins;
    }
    if (m.losses > 0) {
        m.mean_loss = m.gross_loss / (f64)m.losses;
        m.loss_seconds /= (f64)m.losses;
    }
    fill_wins(&m);
    fill_r(trade, n, &m);
    m.detectable_r = metrics_detectable_edge(n, METRICS_TRADE_SD);
    ASSERT(m.wins + m.losses + m.scratches == n);
    *out = m;
}

void metrics_exposure(const f64 *gross, const f64 *net, u32 n, metrics_exposure_t *out)
{
    ASSERT(out != NULL && (n == 0 || (gross != NULL && net != NULL)));
    memset(out, 0, sizeof *out);
    for (u32 i = 0; i < n; i++) {
        ASSERT(gross[i] >= 0.0);
        out->in_market += gross[i] > 0.0 ? 1.0 : 0.0;
        out->mean_gross += gross[i];
        out->mean_net += net[i];
    }
    if (n > 0) {
        out->in_market /= (f64)n;
        out->mean_gross /= (f64)n;
        out->mean_net /= (f64)n;
    }
}

metrics_interval_t metrics_wilson(u32 k, u32 n, f64 level)
{
    ASSERT(k <= n);
    ASSERT(level > 0.0 && level < 1.0);
    if (n == 0) {
        return (metrics_interval_t){.low = 0.0, .high = 1.0};
    }
    f64 z = q_norm_inv(0.5 + 0.5 * level);
    f64 m = (f64)n;
    f64 p = (f64)k / m;
    f64 scale = 1.0 / (1.0 + z * z / m);
    f64 middle = (p + 0.5 * z * z / m) * scale;
    f64 half = z * scale * q_sqrt(p * (1.0 - p) / m + 0.25 * z * z / (m * m));
    return (metrics_interval_t){.low = q_max(0.0, middle - half), .high = q_min(1.0, middle + half)};
}

f64 metrics_detectable_edge(u32 n, f64 sd)
{
    ASSERT(n >= 1);
    ASSERT(sd > 0.0);
    return (q_norm_inv(0.95) + q_norm_inv(0.80)) * sd / q_sqrt((f64)n);
}

f64 metrics_quantile_sorted(const f64 *sorted, u32 n, f64 q)
{
    ASSERT(sorted != NULL && n >= 1);
    ASSERT(q >= 0.0 && q <= 1.0);
    f64 place = q * (f64)(n - 1);
    u32 low = (u32)place;
    u32 high = MIN_OF(low + 1, n - 1);
    return sorted[low] + (place - (f64)low) * (sorted[high] - sorted[low]);
}

static void sift(f64 *v, u32 root, u32 n)
{
    for (;;) {
        u32 child = 2 * root + 1;
        if (child >= n) {
            return;
        }
        if (child + 1 < n && v[child + 1] > v[child]) {
            child++;
        }
        if (v[root] >= v[child]) {
            return;
        }
        f64 t = v[root];
        v[root] = v[child];
        v[child] = t;
        root = child;
    }
}

void metrics_sort(f64 *v, u32 n)
{
    ASSERT(v != NULL || n == 0);
    ASSERT(n < UINT32_MAX / 2);
    for (u32 i = n / 2; i > 0; i--) {
        sift(v, i - 1, n);
    }
    for (u32 end = n; end > 1; end--) {
        f64 t = v[0];
        v[0] = v[end - 1];
        v[end - 1] = t;
        sift(v, 0, end - 1);
    }
}

