/* See series.h. */
#include "market/series.h"

#include <string.h>

#include "base/assert.h"

/* Columns lie a cache line more than a power of two apart. Bars are appended symbol by symbol: without that
 * line the same places of all columns of all symbols would share a handful of cache sets, and an append would
 * miss eleven times. */
enum { LINE = 64 };

err_t series_init(series_t *s, arena_t *arena, u32 cap)
{
    ASSERT(s != NULL && arena != NULL);
    ASSERT(cap >= 2);
    size_t wide = cap + LINE / sizeof(f64);
    size_t narrow = cap + LINE / sizeof(i32);
    f64 *f = arena_array(arena, f64, wide * 7);
    i64 *l = arena_array(arena, i64, wide * 2);
    i32 *d = arena_array(arena, i32, narrow * 2);
    if (f == NULL || l == NULL || d == NULL) {
        return ERR_ARENA_FULL;
    }
    *s = (series_t){.open = f,
                    .high = f + wide,
                    .low = f + 2 * wide,
                    .close = f + 3 * wide,
                    .volume = f + 4 * wide,
                    .dollar = f + 5 * wide,
                    .factor = f + 6 * wide,
                    .raw_close = l,
                    .t_known = l + wide,
                    .session = d,
                    .slot = d + narrow,
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

series_row_t series_row(const bar_t *bar, const forward_t *f, date_t session, i32 slot)
{
    ASSERT(bar != NULL && f != NULL);
    return (series_row_t){.open = forward_price(f, bar->open),
                          .high = forward_price(f, bar->high),
                          .low = forward_price(f, bar->low),
                          .close = forward_price(f, bar->close),
                          .volume = forward_volume(f, bar->volume),
                          .dollar = price_to_f64(bar->close) * ((f64)bar->volume / f->lots),
                          .factor = f->price,
                          .raw_close = bar->close.v,
                          .t_known = bar->t_known,
                          .session = session,
                          .slot = slot};
}

void series_append(series_t *s, const series_row_t *row)
{
    ASSERT(s != NULL && row != NULL);
    ASSERT(s->count < s->cap);
    u32 i = s->count++;
    s->open[i] = row->open;
    s->high[i] = row->high;
    s->low[i] = row->low;
    s->close[i] = row->close;
    s->volume[i] = row->volume;
    s->dollar[i] = row->dollar;
    s->factor[i] = row->factor;
    s->raw_close[i] = row->raw_close;
    s->t_known[i] = row->t_known;
    s->session[i] = row->session;
    s->slot[i] = row->slot;
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
