/* Bars of a block on their way into their series.
 *
 * Bars come slice by slice, all symbols at a moment; series lie symbol by symbol. Written as they come, each
 * bar would touch eleven columns that nobody has touched since the slice before, so they wait here, and enter
 * their series symbol by symbol. The order within a series is the order of arrival. */
#ifndef VITRINE_MARKET_PENDING_H
#define VITRINE_MARKET_PENDING_H

#include "market/series.h"

typedef struct {
    series_t *series; /* [series_count] that rows go to; the caller's */
    series_row_t *row;
    u32 *to;    /* [cap] index into series */
    u32 *order; /* [cap] rows by series, once they are sorted */
    u32 *end;   /* [series_count] where the rows of a series end in it; those of the next begin there */
    u32 series_count;
    u32 count, cap;
} pending_t;

size_t pending_bytes(u32 series_count, u32 cap);
/* Room for `cap` rows, from the arena. ERR_ARENA_FULL. */
MUST_USE err_t pending_init(pending_t *p, arena_t *arena, series_t *series, u32 series_count, u32 cap);
/* One more row of series[to]; a full store flushes first. */
void pending_add(pending_t *p, u32 to, const series_row_t *row);
/* All rows into their series; nothing waits any more. */
void pending_flush(pending_t *p);
/* The same in steps, of which the second may be taken by several threads, each for series of its own: first
 * the order, then the rows of the series [from, to), then the end. */
void pending_sort(pending_t *p);
void pending_enter(const pending_t *p, u32 from, u32 to);
void pending_clear(pending_t *p);

#endif
