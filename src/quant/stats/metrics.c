/* See metrics.h. Trades, exposure and small tools are in metrics_trades.c. */
#include "quant/stats/metrics.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

#define EULER_GAMMA 0.57721566490153286
#define TINY 1e-15

static metric_t some(f64 v)
{
    return (metric_t){.value = v, .ok = true};
}

void metrics_drawdown(const f64 *equity, u32 n, metrics_drawdown_t *out)
{
    ASSERT(equity != NULL && n >= 1 && out != NULL);
    memset(out, 0, sizeof *out);
    u32 peak = 0;
    f64 squares = 0.0;
    for (u32 i = 0; i < n; i++) {
        ASSERT(equity[i] > 0.0);
        peak = equity[i] > equity[peak] ? i : peak;
        f64 down = equity[peak] - equity[i];
        f64 fraction = down / equity[peak];
        squares += 1e4 * fraction * fraction;
        out->absolute = q_max(out->absolute, down);
        if (fraction > out->fraction) {
            out->fraction = fraction;
            out->peak = peak;
            out->trough = i;
        }
    }
    out->ulcer = q_sqrt(squares / (f64)n);
    out->recovered = out->trough;
    while (out->recovered < n && equity[out->recovered] < equity[out->peak]) {
        out->recovered++;
    }
    ASSERT(out->fraction >= 0.0 && out->fraction < 1.0);
}

/* Central moments 2..4 (population). */
static void moments(const f64 *v, u32 n, f64 mean, f64 m[3])
{
    m[0] = m[1] = m[2] = 0.0;
    for (u32 i = 0; i < n; i++) {
        f64 z = v[i] - mean;
        m[0] += z * z;
        m[1] += z * z * z;
        m[2] += z * z * z * z;
    }
    for (u32 i = 0; i < 3; i++) {
        m[i] /= (f64)n;
    }
}

static void fill_days(const f64 *equity, f64 *ret, u32 n, metrics_equity_t *out)
{
    f64 sum = 0.0;
    for (u32 i = 1; i < n; i++) {
        ret[i - 1] = equity[i] / equity[i - 1] - 1.0;
        sum += ret[i - 1];
        if (i == 1 || ret[i - 1] > out->best_day) {
            out->best_day = ret[i - 1];
            out->best_index = i;
        }
        if (i == 1 || ret[i - 1] < out->worst_day) {
            out->worst_day = ret[i - 1];
            out->worst_index = i;
        }
    }
    out->days = n - 1;
    out->mean = sum / (f64)out->days;
    f64 m[3];
    moments(ret, out->days, out->mean, m);
    out->deviation = out->days > 1 ? q_sqrt(m[0] * (f64)out->days / (f64)(out->days - 1)) : 0.0;
    out->volatility = out->deviation * q_sqrt(out->year);
    bool moves = m[0] > TINY * TINY;
    out->skew = moves ? m[1] / (m[0] * q_sqrt(m[0])) : 0.0;
    out->kurtosis = moves ? m[2] / (m[0] * m[0]) : 3.0;
}

/* Variance factor of a Sharpe estimate: 1 - skew SR + (kurtosis - 1)/4 SR^2 (Mertens 2002), kept positive. */
static f64 sharpe_spread(f64 sr, f64 skew, f64 kurtosis)
{
    return q_max(1.0 - skew * sr + 0.25 * (kurtosis - 1.0) * sr * sr, TINY);
}

static void fill_ratios(const f64 *ret, f64 rf_year, metrics_equity_t *out)
{
    f64 rf = rf_year / out->year;
    f64 excess = out->mean - rf;
    f64 year = q_sqrt(out->year);
    f64 below = 0.0;
    for (u32 i = 0; i < out->days; i++) {
        f64 z = q_min(ret[i] - rf, 0.0);
        below += z * z;
    }
    f64 downside = q_sqrt(below / (f64)out->days);
    if (downside > TINY) {
        out->sortino = some(excess / downside * year);
    }
    if (out->days < 2 || out->deviation <= TINY) {
        return;
    }
    f64 sr = excess / out->deviation;
    out->sharpe = some(sr * year);
    out->sharpe_error = some(year * q_sqrt((1.0 + 0.5 * sr * sr) / (f64)out->days));
    out->sharpe_error_moments =
        some(year * q_sqrt(sharpe_spread(sr, out->skew, out->kurtosis) / (f64)out->days));
    out->psr = some(metrics_psr(sr, 0.0, out->days, out->skew, out->kurtosis));
}

err_t metrics_equity(arena_t *scratch, const f64 *equity, const date_t *day, u32 n,
                     const metrics_terms_t *terms, metrics_equity_t *out)
{
    ASSERT(equity != NULL && day != NULL && out != NULL);
    ASSERT(n >= 2 && day[n - 1] > day[0] && terms->year >= 1.0);
    f64 *ret = arena_array(scratch, f64, n);
    if (ret == NULL) {
        return ERR_ARENA_FULL;
    }
    metrics_equity_t m = {.year = terms->year};
    metrics_drawdown(equity, n, &m.drawdown);
    fill_days(equity, ret, n, &m);
    fill_ratios(ret, terms->rf, &m);
    m.total_return = equity[n - 1] / equity[0] - 1.0;
    m.cagr = some(q_pow(equity[n - 1] / equity[0], 365.25 / (f64)(day[n - 1] - day[0])) - 1.0);
    if (m.drawdown.fraction > TINY) {
        m.calmar = some(m.cagr.value / m.drawdown.fraction);
    }
    metrics_sort(ret, m.days);
    m.var95 = -metrics_quantile_sorted(ret, m.days, 0.05);
    *out = m;
    return ERR_OK;
}

f64 metrics_psr(f64 sharpe, f64 benchmark, u32 t, f64 skew, f64 kurtosis)
{
    ASSERT(t >= 2);
    ASSERT(kurtosis >= 1.0 - 1e-9);
    return q_norm_cdf((sharpe - benchmark) * q_sqrt((f64)(t - 1)) /
                      q_sqrt(sharpe_spread(sharpe, skew, kurtosis)));
}

f64 metrics_expected_max_sharpe(u64 trials, f64 var)
{
    ASSERT(trials >= 1 && var >= 0.0);
    if (trials == 1) {
        return 0.0; /* one try is not a choice */
    }
    f64 n = (f64)trials;
    f64 e = 2.71828182845904523536;
    return q_sqrt(var) *
           ((1.0 - EULER_GAMMA) * q_norm_inv(1.0 - 1.0 / n) + EULER_GAMMA * q_norm_inv(1.0 - 1.0 / (n * e)));
}

f64 metrics_dsr(const metrics_equity_t *m, u64 trials, f64 var_trials)
{
    ASSERT(m != NULL && trials >= 1);
    if (!m->sharpe.ok) {
        return 0.0;
    }
    f64 var = var_trials > 0.0 ? var_trials : 1.0 / (f64)(m->days - 1);
    f64 sr = m->sharpe.value / q_sqrt(m->year);
    return metrics_psr(sr, metrics_expected_max_sharpe(trials, var), m->days, m->skew, m->kurtosis);
}

void metrics_benchmark(const f64 *ret, const f64 *bench, u32 n, const metrics_terms_t *terms,
                       metrics_benchmark_t *out)
{
    ASSERT(ret != NULL && bench != NULL && n >= 2);
    ASSERT(terms->year >= 1.0 && out != NULL);
    memset(out, 0, sizeof *out);
    f64 mean_r = 0.0;
    f64 mean_b = 0.0;
    for (u32 i = 0; i < n; i++) {
        mean_r += ret[i] / (f64)n;
        mean_b += bench[i] / (f64)n;
    }
    f64 rr = 0.0;
    f64 bb = 0.0;
    f64 rb = 0.0;
    f64 dd = 0.0;
    for (u32 i = 0; i < n; i++) {
        f64 r = ret[i] - mean_r;
        f64 b = bench[i] - mean_b;
        rr += r * r;
        bb += b * b;
        rb += r * b;
        dd += (r - b) * (r - b);
    }
    f64 year = q_sqrt(terms->year);
    f64 rf = terms->rf / terms->year;
    f64 apart = q_sqrt(dd / (f64)(n - 1));
    out->tracking_error = apart * year;
    if (apart > TINY) {
        out->information_ratio = some((mean_r - mean_b) / apart * year);
    }
    if (bb > TINY * TINY) {
        out->beta = some(rb / bb);
        out->alpha = some((mean_r - rf - out->beta.value * (mean_b - rf)) * terms->year);
    }
    if (bb > TINY * TINY && rr > TINY * TINY) {
        out->correlation = some(rb / q_sqrt(rr * bb));
    }
}

