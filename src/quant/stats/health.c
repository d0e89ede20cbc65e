/* See health.h. */
#include "quant/stats/health.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

enum { SHARES_YEAR = 252 };

void health_init(health_t *h)
{
    ASSERT(h != NULL);
    memset(h, 0, sizeof *h);
}

f64 health_sharpe(const f64 *pnl, u32 days, f64 year)
{
    ASSERT(pnl != NULL || days == 0);
    if (days < 2) {
        return 0.0;
    }
    f64 mean = 0.0;
    f64 squares = 0.0;
    for (u32 i = 0; i < days; i++) {
        mean += pnl[i];
    }
    mean /= (f64)days;
    for (u32 i = 0; i < days; i++) {
        squares += (pnl[i] - mean) * (pnl[i] - mean);
    }
    f64 deviation = q_sqrt(squares / (f64)(days - 1));
    return deviation > 1e-12 * (1.0 + q_abs(mean)) ? mean / deviation * q_sqrt(year) : 0.0;
}

/* Degraded stays so up to 0.5: a strategy at the border does not flicker. */
static health_status_t judge(health_status_t before, const health_view_t *v, const health_bounds_t *b)
{
    if (v->results < b->min_results) {
        return HEALTH_UNPROVEN;
    }
    f64 bar = before == HEALTH_DEGRADED ? b->recovered_above : b->degraded_below;
    bool bad = before == HEALTH_DEGRADED ? v->shrunk <= bar : v->shrunk < bar;
    return bad ? HEALTH_DEGRADED : HEALTH_GOOD;
}

void health_update(health_t *h, f64 pnl, u32 results, health_view_t *out)
{
    health_bounds_t b = {.degraded_below = HEALTH_DEGRADED_BELOW,
                         .recovered_above = HEALTH_RECOVERED_ABOVE,
                         .min_results = HEALTH_MIN_RESULTS,
                         .year = SHARES_YEAR};
    health_update_at(h, pnl, results, &b, out);
}

void health_update_at(health_t *h, f64 pnl, u32 results, const health_bounds_t *bounds, health_view_t *out)
{
    ASSERT(h != NULL && bounds != NULL && out != NULL);
    ASSERT(q_is_finite(pnl) && h->status <= HEALTH_DEGRADED && bounds->window <= HEALTH_WINDOW);
    ASSERT(bounds->year >= 1.0);
    h->pnl[h->days % HEALTH_WINDOW] = pnl;
    h->results[h->days % HEALTH_WINDOW] = results;
    h->days++;
    u32 window = bounds->window > 0 ? bounds->window : HEALTH_WINDOW;
    health_view_t v = {.days = MIN_OF(h->days, window)};
    f64 ordered[HEALTH_WINDOW] = {
        0}; /* oldest first, so that the sum does not depend on where the ring stands */
    for (u32 i = 0; i < v.days; i++) {
        u32 at = (h->days - v.days + i) % HEALTH_WINDOW;
        ordered[i] = h->pnl[at];
        v.results += h->results[at];
    }
    v.sharpe = health_sharpe(ordered, v.days, bounds->year);
    v.shrunk = v.sharpe * (f64)v.results / ((f64)v.results + HEALTH_SHRINK);
    v.status = judge((health_status_t)h->status, &v, bounds);
    h->status = (u8)v.status;
    h->degraded_days = v.status == HEALTH_DEGRADED ? h->degraded_days + 1 : 0;
    v.shadow_only = h->degraded_days >= HEALTH_SHADOW_DAYS;
    *out = v;
}
