/* A series: the bars of one instrument and one frame, oldest first, on the forward scale.
 *
 * Columns are adjusted = raw x factor(t) (market/forward.h) and never change once appended. The store keeps
 * the last `cap` bars; older ones fall off in halves, so memory is flat and indexes move only between blocks.
 */
#ifndef VITRINE_MARKET_SERIES_H
#define VITRINE_MARKET_SERIES_H

#include "base/arena.h"
#include "market/forward.h"
#include "model/bar.h"

typedef struct {
    f64 *open, *high, *low, *close; /* adjusted */
    f64 *volume;                    /* in units, split-adjusted */
    f64 *dollar;                    /* raw close x units traded */
    f64 *factor;                    /* price factor of the bar */
    i64 *raw_close;                 /* price_t units */
    i64 *t_known;
    date_t *session;
    i32 *slot; /* block slice that brought the bar, -1 once the block is over */
    u32 count;
    u32 cap;
} series_t;

/* One bar of it: what each column gets. */
typedef struct {
    f64 open, high, low, close, volume, dollar, factor;
    i64 raw_close, t_known;
    date_t session;
    i32 slot;
} series_row_t;

/* Columns from the arena. ERR_ARENA_FULL. */
MUST_USE err_t series_init(series_t *s, arena_t *arena, u32 cap);
/* Drops the oldest half when less than `room` bars fit. Called between blocks only. */
void series_make_room(series_t *s, u32 room);
/* A bar as its series will hold it. */
series_row_t series_row(const bar_t *bar, const forward_t *f, date_t session, i32 slot);
void series_append(series_t *s, const series_row_t *row);
/* Index of the first bar whose session is >= d; count if none. */
u32 series_session_index(const series_t *s, date_t d);

#endif
