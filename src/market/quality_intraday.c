/* Rules over an intraday series (see quality.h). */
#include "base/assert.h"
#include "market/quality.h"
#include "model/calendar.h"

/* The session at hand. */
typedef struct {
    session_t session;
    u32 bars;
    bool partial;
    f64 volume;
    f64 volume_before; /* of the last session on the old venue, if this is the first on the new one; else 0 */
} session_state_t;

static void report(const quality_sink_t *sink, quality_rule_t rule, date_t date, f64 a, f64 b)
{
    quality_fault_t f = {.rule = rule, .date = date, .a = a, .b = b};
    sink->fault(sink->ctx, &f);
}

static void session_end(const quality_series_t *s, const quality_sink_t *sink, const session_state_t *x)
{
    if (x->bars == 0) {
        return;
    }
    i64 expected = (x->session.close - x->session.open) / timeframe_ns(s->timeframe);
    ASSERT(expected > 0);
    if (x->bars < expected) {
        report(sink, RULE_MISSING_BARS, x->session.date, (f64)expected, (f64)x->bars);
    }
    if (x->volume_before > 0) {
        report(sink, RULE_VOLUME_REGIME, x->session.date, x->volume_before, x->volume);
    }
}

static void session_change(const quality_series_t *s, const quality_sink_t *sink, const session_state_t *a,
                           const session_t *b)
{
    i32 missing = calendar_count(s->calendar, a->session.date, b->date) - 1;
    if (missing > 0) {
        session_t first = calendar_next(s->calendar, a->session.date, I64_MAX);
        report(sink, RULE_MISSING_SESSION, first.date, missing, 0);
    }
}

void quality_intraday(const quality_series_t *s, const quality_sink_t *sink)
{
    ASSERT(s != NULL && (s->bar != NULL || s->count == 0));
    ASSERT(sink != NULL && sink->fault != NULL);
    session_state_t x = {0};
    for (u32 i = 0; i < s->count; i++) {
        const bar_t *b = &s->bar[i];
        ASSERT(i == 0 || s->bar[i - 1].t_event < b->t_event);
        if (x.bars == 0 || b->t_event >= x.session.close) {
            session_t now = {0};
            date_t day = calendar_date_at(s->calendar, b->t_event);
            if (!calendar_session(s->calendar, day, I64_MAX, &now)) {
                report(sink, RULE_HOLIDAY_DATE, day, 0, 0);
                continue;
            }
            session_end(s, sink, &x);
            f64 before = x.bars > 0 && x.partial ? x.volume : 0;
            if (x.bars > 0) {
                session_change(s, sink, &x, &now);
            }
            x = (session_state_t){.session = now, .partial = (b->flags & BAR_PARTIAL_VENUE) != 0};
            x.volume_before = x.partial ? 0 : before;
        }
        x.bars++;
        x.volume += (f64)b->volume;
    }
    session_end(s, sink, &x);
}
