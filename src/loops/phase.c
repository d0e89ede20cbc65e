/* The phases of a day for loops: open, extended, overnight, and days without a session. */
#include "base/assert.h"
#include "loops/loops.h"
#include "model/calendar.h"

enum { EXTENDED_FROM = 4 * 3600, EXTENDED_TO = 20 * 3600 };

static void span_add(loop_day_t *d, i64 until, loop_phase_t phase)
{
    i64 last = d->count == 0 ? d->from : d->span[d->count - 1].until;
    if (until > last) {
        ASSERT(d->count < LOOP_DAY_SPANS);
        d->span[d->count].until = until;
        d->span[d->count++].phase = phase;
    }
}

void loop_day_nyse(i64 t, loop_day_t *out)
{
    ASSERT(out != NULL);
    date_t day = 0;
    i32 seconds = 0;
    zone_from_utc(ZONE_NEW_YORK, t, &day, &seconds);
    *out = (loop_day_t){.from = zone_to_utc(ZONE_NEW_YORK, day, 0),
                        .until = zone_to_utc(ZONE_NEW_YORK, day + 1, 0)};
    session_t hours;
    if (calendar_session(CAL_NYSE, day, out->from, &hours)) {
        span_add(out, zone_to_utc(ZONE_NEW_YORK, day, EXTENDED_FROM), LOOP_OVERNIGHT);
        span_add(out, hours.open, LOOP_EXTENDED);
        span_add(out, hours.close, LOOP_OPEN);
        span_add(out, zone_to_utc(ZONE_NEW_YORK, day, EXTENDED_TO), LOOP_EXTENDED);
        span_add(out, out->until, LOOP_OVERNIGHT);
    } else {
        span_add(out, out->until, LOOP_WEEKEND);
    }
    ASSERT(out->from <= t && t < out->until);
}

void loop_day_always(i64 t, loop_day_t *out)
{
    ASSERT(out != NULL);
    session_t hours;
    bool open = calendar_session(CAL_CRYPTO, calendar_date_at(CAL_CRYPTO, t), t, &hours);
    ASSERT(open);
    *out = (loop_day_t){.from = hours.open, .until = hours.close};
    span_add(out, out->until, LOOP_OPEN);
    ASSERT(out->from <= t && t < out->until);
}
