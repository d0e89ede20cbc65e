/* See daily_returns.h. */
#include "scan/daily_returns.h"

#include "base/assert.h"

void daily_returns(const market_view_t *v, inst_t inst, daily_returns_t *out)
{
    ASSERT(v != NULL && out != NULL);
    u32 n = 0;
    const series_t *d = market_daily(v, inst, &n);
    u32 from = n > DAILY_RETURNS ? n - DAILY_RETURNS : (n > 0 ? 1 : 0);
    out->count = 0;
    for (u32 i = MAX_OF(from, 1U); i < n; i++) {
        out->day[out->count] = d->session[i];
        out->ret[out->count++] = d->close[i] / d->close[i - 1] - 1.0;
    }
}

bool daily_returns_alike(const daily_returns_t *a, const daily_returns_t *b, i32 sides, u32 days, f64 *out)
{
    ASSERT(a != NULL && b != NULL && out != NULL && (sides == 1 || sides == -1));
    correlation_t r;
    correlation_daily_of(&(correlation_side_t){a->day, a->ret, a->count},
                         &(correlation_side_t){b->day, b->ret, b->count}, days, &r);
    if (r.known) {
        *out = r.shrunk * (f64)sides;
    }
    return r.known;
}
