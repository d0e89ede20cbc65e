/* The series behind the pictures. See html_parts.h. */
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "faces/report/html_parts.h"
#include "quant/math/qmath.h"

static const f64 fan_quantile[FAN_LINES] = {0.05, 0.25, 0.50, 0.75, 0.95};

/* Yearly Sharpe and beta of the ROLLING_DAYS that end at each day. */
static void rolling(curves_t *s, const f64 *bench, f64 year)
{
    for (u32 i = ROLLING_DAYS - 1; i < s->n; i++) {
        f64 sum = 0;
        f64 squares = 0;
        f64 b_sum = 0;
        f64 b_squares = 0;
        f64 cross = 0;
        for (u32 j = i + 1 - ROLLING_DAYS; j <= i; j++) {
            f64 b = bench == NULL || j == 0 ? 0.0 : bench[j - 1];
            sum += s->ret[j];
            squares += s->ret[j] * s->ret[j];
            b_sum += b;
            b_squares += b * b;
            cross += b * s->ret[j];
        }
        f64 mean = sum / ROLLING_DAYS;
        f64 var = (squares - sum * mean) / (ROLLING_DAYS - 1);
        f64 b_var = (b_squares - b_sum * b_sum / ROLLING_DAYS) / (ROLLING_DAYS - 1);
        s->sharpe[i] = var > 1e-18 ? mean / q_sqrt(var) * q_sqrt(year) : 0.0;
        if (s->beta != NULL) {
            s->beta[i] =
                b_var > 1e-18 ? (cross - sum * b_sum / ROLLING_DAYS) / (ROLLING_DAYS - 1) / b_var : 0.0;
        }
    }
}

/* One resampled path: days drawn in blocks of 5 on average (trading.md 12), noted at FAN_POINTS places. */
static void fan_path(const curves_t *s, u64 seed, u32 path, f64 *at)
{
    rng_key_t key = {.seed = seed, .purpose = RNG_BOOTSTRAP, .entity = 90, .cycle = path};
    f64 growth = 1.0;
    u64 draw = 0;
    u32 day = (u32)rng_below(key, draw++, s->n);
    u32 point = 0;
    for (u32 i = 0; i < s->n; i++) {
        growth *= 1.0 + s->ret[day];
        day = rng_unit(key, draw++) < 1.0 / BOOTSTRAP_BLOCK ? (u32)rng_below(key, draw++, s->n)
                                                            : (day + 1) % s->n;
        while (point < FAN_POINTS && (u64)(point + 1) * s->n <= (u64)(i + 1) * FAN_POINTS) {
            at[point++] = growth - 1.0;
        }
    }
    ASSERT(point == FAN_POINTS);
}

static err_t fan(const report_t *r, arena_t *a, curves_t *s)
{
    f64 *path = arena_array(a, f64, (size_t)FAN_PATHS * FAN_POINTS);
    f64 *column = arena_array(a, f64, FAN_PATHS);
    if (path == NULL || column == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 k = 0; k < FAN_LINES; k++) {
        s->fan[k] = arena_array(a, f64, FAN_POINTS);
        if (s->fan[k] == NULL) {
            return ERR_ARENA_FULL;
        }
    }
    for (u32 i = 0; i < FAN_PATHS; i++) {
        fan_path(s, r->facts.run.seed, i, path + (size_t)i * FAN_POINTS);
    }
    for (u32 p = 0; p < FAN_POINTS; p++) {
        for (u32 i = 0; i < FAN_PATHS; i++) {
            column[i] = path[(size_t)i * FAN_POINTS + p];
        }
        metrics_sort(column, FAN_PATHS);
        for (u32 k = 0; k < FAN_LINES; k++) {
            s->fan[k][p] = metrics_quantile_sorted(column, FAN_PATHS, fan_quantile[k]);
        }
    }
    s->fan_known = true;
    return ERR_OK;
}

static err_t room(const report_t *r, arena_t *a, curves_t *s)
{
    u32 n = MAX_OF(s->n, 1U);
    s->day = arena_array(a, date_t, n);
    f64 **column[] = {&s->equity, &s->growth, &s->ret, &s->under, &s->sharpe, &s->proxy, &s->beta};
    bool held = r->bench.own_proxy != NULL;
    for (u32 i = 0; i < COUNT_OF(column); i++) {
        if (i >= 5 && !held) {
            continue;
        }
        *column[i] = arena_array(a, f64, n);
        if (*column[i] == NULL) {
            return ERR_ARENA_FULL;
        }
        memset(*column[i], 0, n * sizeof(f64));
    }
    return s->day != NULL ? ERR_OK : ERR_ARENA_FULL;
}

err_t html_curves(const report_t *r, arena_t *a, curves_t *out)
{
    ASSERT(r != NULL && a != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    out->n = r->facts.day_count;
    TRY(room(r, a, out));
    f64 start = money_to_f64(r->facts.start);
    f64 before = start;
    f64 peak = start;
    f64 held = 1.0;
    for (u32 i = 0; i < out->n; i++) {
        const report_day_t *d = &r->facts.own_days[i];
        out->day[i] = d->session;
        out->equity[i] = money_to_f64((money_t){d->equity});
        out->growth[i] = start > 0 ? out->equity[i] / start - 1.0 : 0.0;
        out->ret[i] = before > 0 ? out->equity[i] / before - 1.0 : 0.0;
        peak = q_max(peak, out->equity[i]);
        out->under[i] = peak > 0 ? out->equity[i] / peak - 1.0 : 0.0;
        before = out->equity[i];
        if (out->proxy != NULL) {
            held *= i > 0 ? 1.0 + r->bench.own_proxy[i - 1] : 1.0;
            out->proxy[i] = held - 1.0;
        }
    }
    rolling(out, r->bench.own_proxy, report_year(&r->facts));
    return out->n >= ROLLING_DAYS ? fan(r, a, out) : ERR_OK;
}
