/* See compute_emit.h. */
#include "market/compute_emit.h"

#include "base/assert.h"

bool emit_in_step(const compute_group_t *g, u32 k, u32 behind, i32 *slot)
{
    if (k < behind || g->series[COMPUTE_LANES - 1] == NULL) {
        return false;
    }
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if (k >= g->len[lane]) {
            return false;
        }
        i32 mine = g->series[lane]->slot[g->start[lane] + k];
        if (lane > 0 && mine != *slot) {
            return false;
        }
        *slot = mine;
    }
    return true;
}

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

void emit_clear(market_t *m, u32 group, const compute_group_t *g, u32 behind)
{
    bool whole[MARKET_BLOCK] = {false};
    for (u32 k = emit_first(m, g); k < g->len_max; k++) {
        i32 slot = -1;
        if (emit_in_step(g, k, behind, &slot) && slot >= 0) {
            whole[slot] = true;
        }
    }
    for (u32 slot = 0; slot < m->block_count; slot++) {
        f64 *row = m->features + (size_t)slot * FEATURE_COUNT * m->padded + (size_t)group * COMPUTE_LANES;
        for (u32 f = 0; f < FEATURE_COUNT && !whole[slot]; f++) {
            memset(row + (size_t)f * m->padded, 0, COMPUTE_LANES * sizeof *row);
        }
    }
}

void emit_slots(market_t *m, u32 group)
{
    ASSERT(m != NULL && group < m->padded / COMPUTE_LANES);
    for (u32 slot = 0; slot < m->block_count; slot++) {
        size_t at = (size_t)group * COMPUTE_LANES;
        f64 *row = m->features + (size_t)slot * FEATURE_COUNT * m->padded + at;
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            row[(size_t)FEATURE_WEEK_LAST * m->padded + lane] = m->block_week_last[slot] ? 1.0 : 0.0;
            row[(size_t)FEATURE_ACTION_UNCLEAR * m->padded + lane] =
                (f64)m->unclear[(size_t)slot * m->padded + at + lane];
        }
    }
}
