/* How features of one group are written: a whole line of eight symbols for those that have the bar of a slice
 * at the same place of their runs, cell by cell for the others. Internal to the two feature makers. */
#ifndef VITRINE_MARKET_COMPUTE_EMIT_H
#define VITRINE_MARKET_COMPUTE_EMIT_H

#include <string.h>

#include "market/market_internal.h"

/* Where the figures of one symbol go: its lane of its group's tile. */
typedef struct {
    f64 *tile;
    u32 lane;
} emit_place_t;

/* The tile of a group in a row. */
static inline f64 *emit_tile(f64 *row, u32 group)
{
    return row + (size_t)group * FEATURE_TILE;
}

static inline void emit_set(const emit_place_t *to, feature_t f, f64 v)
{
    to->tile[(size_t)f * FEATURE_LANES + to->lane] = v;
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
/* The place that most lanes share, at least `behind` bars from the run's start, and which lanes; none: 0. */
typedef struct {
    u32 k, lanes;
} emit_step_t;
emit_step_t emit_step(const emit_map_t *map, u32 slot, u32 behind);
/* All cells of the lanes that are not in `kept` read 0. */
void emit_zero(f64 *tile, u32 kept);
/* What a slice says of all eight alike, whether they traded in it or not. */
void emit_slots(market_t *m, u32 group);

#endif
