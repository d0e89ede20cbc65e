/* See daily_build.h. */
#include "market/daily_build.h"

#include "base/assert.h"

bool daily_build_add(daily_build_t *d, const bar_t *b, i64 session_open, i64 known, bar_t *out)
{
    ASSERT(d != NULL && b != NULL && out != NULL);
    ASSERT(bar_is_sane(b) && b->t_event >= session_open);
    bool ended = d->open && d->bar.t_event != session_open;
    if (ended) {
        *out = d->bar;
        d->open = false;
    }
    if (!d->open) {
        d->bar = *b;
        d->bar.t_event = session_open;
        d->bar.t_known = known;
        d->open = true;
        return ended;
    }
    d->bar.high.v = MAX_OF(d->bar.high.v, b->high.v);
    d->bar.low.v = MIN_OF(d->bar.low.v, b->low.v);
    d->bar.close = b->close;
    d->bar.volume = b->volume > I64_MAX - d->bar.volume ? I64_MAX : d->bar.volume + b->volume;
    d->bar.flags |= b->flags;
    ASSERT(bar_is_sane(&d->bar));
    return ended;
}

bool daily_build_end(daily_build_t *d, bar_t *out)
{
    ASSERT(d != NULL);
    ASSERT(out != NULL);
    if (!d->open) {
        return false;
    }
    *out = d->bar;
    d->open = false;
    return true;
}
