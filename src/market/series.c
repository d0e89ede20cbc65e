/* See series.h. */
#include "market/series.h"

#include <string.h>

#include "base/assert.h"

err_t series_init(series_t *s, arena_t *arena, u32 cap)
{
    ASSERT(s != NULL && arena != NULL);
    ASSERT(cap >= 2);
    f64 *f = arena_array(arena, f64, (size_t)cap * 7);
    i64 *l = arena_array(arena, i64, (size_t)cap * 2);
    i32 *d = arena_array(arena, i32, (size_t)cap * 2);
    if (f == NULL || l == NULL || d == NULL) {
        return ERR_ARENA_FULL;
    }
    *s = (series_t){.open = f,
                    .high = f + cap,
                    .low = f + 2 * (size_t)cap,
                    .close = f + 3 * (size_t)cap,
                    .volume = f + 4 * (size_t)cap,
                    .dollar = f + 5 * (size_t)cap,
                    .factor = f + 6 * (size_t)cap,
                    .raw_close = l,
                    .t_known = l + cap,
                    .session = d,
                    .slot = d + cap,
                    .cap = cap};
    return ERR_OK;
}

#define SHIFT(column) memmove(s->column, s->column + drop, keep * sizeof *s->column)

void series_make_room(series_t *s, u32 room)
{
    ASSERT(s != NULL);
    ASSERT(room <= s->cap / 2);
    if (s->count + room > s->cap) {
        u32 keep = s->cap / 2;
        u32 drop = s->count - keep;
        SHIFT(open);
        SHIFT(high);
        SHIFT(low);
        SHIFT(close);
        SHIFT(volume);
        SHIFT(dollar);
        SHIFT(factor);
        SHIFT(raw_close);
        SHIFT(t_known);
        SHIFT(session);
        SHIFT(slot);
        s->count = keep;
    }
}

void series_append(series_t *s, const bar_t *bar, const forward_t *f, date_t session, i32 slot)
{
    ASSERT(s != NULL && bar != NULL && f != NULL);
    ASSERT(s->count < s->cap);
    u32 i = s->count++;
    s->open[i] = forward_price(f, bar->open);
    s->high[i] = forward_price(f, bar->high);
    s->low[i] = forward_price(f, bar->low);
    s->close[i] = forward_price(f, bar->close);
    s->volume[i] = forward_volume(f, bar->volume);
    s->dollar[i] = price_to_f64(bar->close) * (f64)bar->volume;
    s->factor[i] = f->price;
    s->raw_close[i] = bar->close.v;
    s->t_known[i] = bar->t_known;
    s->session[i] = session;
    s->slot[i] = slot;
}

u32 series_session_index(const series_t *s, date_t d)
{
    ASSERT(s != NULL);
    u32 lo = 0;
    u32 hi = s->count;
    while (lo < hi) {
        u32 mid = (lo + hi) / 2;
        if (s->session[mid] < d) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}
