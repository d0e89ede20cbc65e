/* See compute_emit.h. */
#include "market/compute_emit.h"

#include "base/assert.h"

/* A session has bars without a slot between those of the block. */
u32 emit_first(const market_t *m, const compute_group_t *g)
{
    u32 most = m->profile == PROFILE_DAY ? (u32)MARKET_BLOCK : m->block_count;
    u32 from = g->len_max;
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        u32 len = g->len[lane];
        from = len > 0 ? MIN_OF(from, len > most ? len - most : 0) : from;
    }
    return from;
}

void emit_map(const market_t *m, const compute_group_t *g, emit_map_t *out)
{
    ASSERT(m != NULL && g != NULL && out != NULL);
    u32 from = emit_first(m, g);
    memset(out->k, 0xff, m->block_count * sizeof out->k[0]);
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        for (u32 k = from; k < g->len[lane]; k++) {
            i32 slot = g->series[lane]->slot[g->start[lane] + k];
            if (slot >= 0) {
                out->k[slot][lane] = (i16)k;
            }
        }
    }
}

emit_step_t emit_step(const emit_map_t *map, u32 slot, u32 behind)
{
    ASSERT(map != NULL && slot < MARKET_BLOCK);
    emit_step_t best = {0};
    u32 most = 0;
    u32 seen = 0;
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        i16 k = map->k[slot][lane];
        if ((seen >> lane & 1) != 0 || k < (i16)behind) {
            continue;
        }
        u32 lanes = 0;
        for (u32 other = lane; other < COMPUTE_LANES; other++) {
            lanes |= map->k[slot][other] == k ? 1U << other : 0;
        }
        seen |= lanes;
        u32 n = (u32)__builtin_popcount(lanes);
        if (n > most) {
            most = n;
            best = (emit_step_t){.k = (u32)k, .lanes = lanes};
        }
    }
    return best;
}

void emit_zero(f64 *tile, u32 kept)
{
    ASSERT(tile != NULL);
    ASSERT(kept < 1U << COMPUTE_LANES);
    if (kept == (1U << COMPUTE_LANES) - 1) {
        return;
    }
    for (u32 f = 0; f < FEATURE_COUNT; f++, tile += FEATURE_LANES) {
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            tile[lane] = (kept >> lane & 1) != 0 ? tile[lane] : 0.0;
        }
    }
}

void emit_slots(market_t *m, u32 group)
{
    ASSERT(m != NULL && group < m->padded / COMPUTE_LANES);
    for (u32 slot = 0; slot < m->block_count; slot++) {
        size_t at = (size_t)group * COMPUTE_LANES;
        f64 *tile = emit_tile(market_row(m, slot), group);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            tile[FEATURE_WEEK_LAST * FEATURE_LANES + lane] = m->block_week_last[slot] ? 1.0 : 0.0;
            tile[FEATURE_ACTION_UNCLEAR * FEATURE_LANES + lane] =
                (f64)m->unclear[(size_t)slot * m->padded + at + lane];
        }
    }
}
