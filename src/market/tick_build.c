/* See tick_build.h. */
#include "market/tick_build.h"

#include "base/assert.h"

bool tick_counts_price(const tick_t *t)
{
    ASSERT(t != NULL);
    return !t->suspicious && t->price.v > 0 && (t->condition & (TICK_ODD_LOT | TICK_OFFICIAL)) == 0;
}

bool tick_counts_volume(const tick_t *t)
{
    ASSERT(t != NULL);
    return !t->suspicious && t->size > 0 && (t->condition & TICK_OFFICIAL) == 0;
}

bool tick_build_end(tick_build_t *b, bar_t *out)
{
    ASSERT(b != NULL);
    ASSERT(out != NULL);
    bool whole = b->open && b->price;
    if (whole) {
        *out = b->bar;
        ASSERT(bar_is_sane(out));
    }
    *b = (tick_build_t){0};
    return whole;
}

static void price_add(tick_build_t *b, price_t p)
{
    bar_t *bar = &b->bar;
    if (!b->price) {
        bar->open = bar->high = bar->low = p;
        b->price = true;
    }
    bar->high.v = MAX_OF(bar->high.v, p.v);
    bar->low.v = MIN_OF(bar->low.v, p.v);
    bar->close = p;
}

bool tick_build_add(tick_build_t *b, const tick_t *t, timeframe_t tf, i64 delay_ns, bar_t *out)
{
    ASSERT(b != NULL && t != NULL && out != NULL);
    ASSERT(t->t >= 0 && delay_ns >= 0);
    i64 length = timeframe_ns(tf);
    i64 start = t->t - t->t % length;
    bool ended = b->open && b->bar.t_event != start && tick_build_end(b, out);
    if (!b->open || b->bar.t_event != start) {
        *b = (tick_build_t){.open = true, .bar = {.t_event = start, .t_known = start + length + delay_ns}};
    }
    if (tick_counts_price(t)) {
        price_add(b, t->price);
    }
    if (tick_counts_volume(t) && __builtin_add_overflow(b->bar.volume, t->size, &b->bar.volume)) {
        b->bar.volume = I64_MAX;
    }
    return ended;
}
