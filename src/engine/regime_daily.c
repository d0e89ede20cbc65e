/* See regime_daily.h. */
#include "engine/regime_daily.h"

#include <string.h>

#include "base/assert.h"
#include "model/calendar.h"

void regime_daily_init(regime_daily_t *r)
{
    ASSERT(r != NULL);
    memset(r, 0, sizeof *r);
    regime_init(&r->state);
}

/* Appends one close; the oldest falls off when the anchor's window is full. */
static void close_push(regime_daily_t *r, f64 close, date_t day)
{
    ASSERT(r->used <= REGIME_CLOSES_ANCHOR);
    if (r->used == REGIME_CLOSES_ANCHOR) {
        memmove(r->closes, r->closes + 1, (REGIME_CLOSES_ANCHOR - 1) * sizeof *r->closes);
        memmove(r->days, r->days + 1, (REGIME_CLOSES_ANCHOR - 1) * sizeof *r->days);
        r->used--;
    }
    r->closes[r->used] = close;
    r->days[r->used++] = day;
}

/* The last closes known now, oldest first. Engine time only grows, so what was known yesterday stays and only the
 * bars since then are read; a day's date is worked out once in a run. */
static u32 closes_from_bars(regime_daily_t *r, const regime_daily_input_t *in)
{
    ASSERT(r->bars_read <= in->bar_count);
    while (r->bars_read < in->bar_count && in->bars[r->bars_read].t_known <= in->now) {
        const bar_t *b = &in->bars[r->bars_read++];
        close_push(r, price_to_f64(b->close), calendar_date_at(CAL_NYSE, b->t_known - 1));
    }
    return r->used;
}

static u32 closes_from_market(regime_daily_t *r, const regime_daily_input_t *in)
{
    u32 have = 0;
    const series_t *d = market_daily(in->view, in->proxy, &have);
    u32 n = MIN_OF(have, (u32)REGIME_CLOSES_ANCHOR);
    for (u32 i = 0; i < n; i++) {
        r->closes[i] = d->close[have - n + i];
        r->days[i] = d->session[have - n + i];
    }
    return n;
}

void regime_daily_update(regime_daily_t *r, const regime_daily_input_t *in, regime_view_t *out)
{
    ASSERT(r != NULL && in != NULL && out != NULL);
    r->day_seen = in->session;
    u32 n = 0;
    if (in->bars != NULL) {
        n = closes_from_bars(r, in);
    } else if (in->proxy != INST_NONE) {
        n = closes_from_market(r, in);
    }
    if (n == 0 || r->days[n - 1] == r->last_close) {
        if (n == 0) {
            *out = (regime_view_t){.label = REGIME_UNKNOWN, .raw = REGIME_UNKNOWN, .why = REGIME_WHY_SHORT};
        }
        return; /* nothing new to learn today: the last view stands */
    }
    /* Sessions missed since the last close (a first call in mid-quarter, or a gap) are walked through one by one, so
     * that the state is the one a continuous run would have had. */
    u32 first = n;
    while (first > 1 && r->days[first - 2] > r->last_close && r->last_close != 0) {
        first--;
    }
    if (r->last_close == 0) {
        date_t quarter = calendar_quarter_start(CAL_NYSE, r->days[n - 1]);
        first = n;
        while (first > 1 && r->days[first - 2] >= quarter) {
            first--;
        }
    }
    for (u32 k = first; k <= n; k++) {
        u32 count = k;
        date_t day = r->days[k - 1];
        regime_input_t step = {.closes = r->closes, .count = count, .day = day, .seed = in->seed,
                               .quarter_first = calendar_quarter_start(CAL_NYSE, day) == day};
        regime_update(&r->state, &r->work, &step, out);
    }
    r->last_close = r->days[n - 1];
}
