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
    u32 *order; /* [cap] scratch: rows by series */
    u32 *from;  /* [series_count] scratch: where the rows of a series begin */
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

#endif
