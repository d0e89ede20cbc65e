/* How features of one group are written: lines of eight symbols, those that have the bar of a slice at the
 * same place of their runs together. Internal to the two feature makers. */
#ifndef VITRINE_MARKET_COMPUTE_EMIT_H
#define VITRINE_MARKET_COMPUTE_EMIT_H

#include <string.h>

#include "market/market_internal.h"

/* The tile of a group in a row. */
static inline f64 *emit_tile(f64 *row, u32 group)
{
    return row + (size_t)group * FEATURE_TILE;
}

/* Eight symbols of one slice: whole lines are written instead of eight cells in eight lines. */
static inline void emit_put8(f64 *tile, feature_t f, const f64 *v)
{
    memcpy(tile + (size_t)f * FEATURE_LANES, v, COMPUTE_LANES * sizeof *v);
}

static inline const f64 *emit_at8(const f64 *column, u32 k)
{
    return column + (size_t)k * COMPUTE_LANES;
}

/* For the bars that lines of this block look at: from EMIT_SHORT before the first new one on. */
void emit_windows(const market_t *m, const compute_group_t *g, const emit_windows_t *out);
/* What is emitted of them at bar k. */
void emit_windows_put(f64 *tile, const emit_windows_t *w, u32 k);

/* Bars before this one belong to slices of earlier blocks in every lane. */
u32 emit_first(const market_t *m, const compute_group_t *g);
/* Place of each slot's bar within the run of each lane; -1: the lane has none. */
typedef struct {
    i16 k[MARKET_BLOCK][COMPUTE_LANES];
} emit_map_t;
void emit_map(const market_t *m, const compute_group_t *g, emit_map_t *out);
/* A place within the runs, and the lanes whose bar of a slice lies there. */
typedef struct {
    u32 k, lanes;
} emit_step_t;
/* Makes the line of the bars at.k into a tile, every feature but those of emit_slots. Cells of lanes that are
 * not in at.lanes get numbers without meaning. `group` is the maker's own. */
typedef void (*emit_line_t)(const void *group, emit_step_t at, u32 slot, f64 *tile);
/* A slot's tile of a group: each lane that has a bar in it from its line, the others 0. */
void emit_lines(const emit_map_t *map, u32 slot, emit_line_t line, const void *group, f64 *tile);
/* The bars at.k themselves: present, raw price, factor, open, high, low, close. */
void emit_own(const compute_group_t *g, emit_step_t at, f64 *tile);
/* One lane of the features [from, to] out of a line. */
void emit_lane(f64 *tile, const f64 *line, feature_t from, feature_t to, u32 lane);
/* What a slice says of all eight alike, whether they traded in it or not. */
void emit_slots(market_t *m, u32 group);

#endif
