/* See market.h: the volatility index as daily bars. The market is walked through once more for them, because
 * who reads a source ahead of the engine must not write what the engine reads. */
#include <stdlib.h>

#include "base/assert.h"
#include "sim/market_internal.h"

static price_t points_of(f64 vix)
{
    return (price_t){(i64)(vix * 100.0 + 0.5) * (PRICE_SCALE / 100)};
}

/* One value more of the session's bar, or the first of a new one. */
static void value_add(bar_t *b, bool first, price_t v)
{
    b->open = first ? v : b->open;
    b->high = first || v.v > b->high.v ? v : b->high;
    b->low = first || v.v < b->low.v ? v : b->low;
    b->close = v;
}

static void walk(sim_market_t *m, bar_t *bars, u32 capacity, u32 *count)
{
    source_t source = sim_market_source(m);
    slice_t s;
    date_t day = 0;
    u32 n = 0;
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        bool first = n == 0 || s.session != day;
        if (first) {
            ASSERT(n < capacity);
            bars[n++] = (bar_t){.t_event = m->session.open,
                                .t_known = m->session.close + SIM_VIX_LATE_MIN * NS_PER_MIN};
            day = s.session;
        }
        value_add(&bars[n - 1], first, points_of(sim_market_vix(m)));
    }
    *count = n;
}

err_t sim_market_vix_bars(const sim_market_spec_t *spec, diag_t *diag, bar_t **own, u32 *count)
{
    ASSERT(spec != NULL && own != NULL && count != NULL);
    sim_market_t *m = NULL;
    TRY(sim_market_open(spec, diag, &m));
    u32 capacity = spec->history_sessions + spec->warmup_sessions + spec->sessions;
    bar_t *bars = calloc(MAX_OF(capacity, 1U), sizeof *bars);
    if (bars == NULL) {
        sim_market_close(m);
        return diag_fail(diag, ERR_NO_MEMORY, "simulated market: no memory for its volatility index");
    }
    walk(m, bars, capacity, count);
    sim_market_close(m);
    *own = bars;
    return ERR_OK;
}
