/* See compute_emit.h. */
#include "market/compute_emit.h"

#include "base/assert.h"
#include "quant/indicators/indicators.h"

/* A session has bars without a slot between those of the block. */
u32 emit_first(const market_t *m, const compute_group_t *g)
{
    u32 most = m->profile == PROFILE_DAY ? MAX_OF((u32)MARKET_BLOCK, m->clocks) : m->block_count;
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

/* The place that most of these lanes share; the first of equals. */
static emit_step_t most_of(const i16 k[COMPUTE_LANES], u32 lanes)
{
    emit_step_t best = {0};
    for (u32 rest = lanes; rest != 0;) {
        u32 first = (u32)__builtin_ctz(rest);
        emit_step_t at = {.k = (u32)k[first]};
        for (u32 lane = first; lane < COMPUTE_LANES; lane++) {
            at.lanes |= k[lane] == k[first] ? 1U << lane : 0;
        }
        best = __builtin_popcount(at.lanes) > __builtin_popcount(best.lanes) ? at : best;
        rest &= ~at.lanes;
    }
    return best;
}

void emit_lane(f64 *tile, const f64 *line, feature_t from, feature_t to, u32 lane)
{
    ASSERT(tile != NULL && line != NULL);
    ASSERT(from <= to && to < FEATURE_COUNT && lane < COMPUTE_LANES);
    for (u32 f = from; f <= (u32)to; f++) {
        tile[f * FEATURE_LANES + lane] = line[f * FEATURE_LANES + lane];
    }
}

void emit_own(const compute_group_t *g, emit_step_t at, f64 *tile)
{
    ASSERT(g != NULL && tile != NULL);
    f64 one[COMPUTE_LANES] = {0};
    f64 raw[COMPUTE_LANES] = {0};
    f64 factor[COMPUTE_LANES] = {0};
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if ((at.lanes >> lane & 1) != 0) {
            u32 i = g->start[lane] + at.k;
            one[lane] = 1.0;
            raw[lane] = (f64)g->series[lane]->raw_close[i] / (f64)PRICE_SCALE;
            factor[lane] = g->series[lane]->factor[i];
        }
    }
    emit_put8(tile, FEATURE_PRESENT, one);
    emit_put8(tile, FEATURE_RAW, raw);
    emit_put8(tile, FEATURE_FACTOR, factor);
    emit_put8(tile, FEATURE_OPEN, emit_at8(g->open, at.k));
    emit_put8(tile, FEATURE_HIGH, emit_at8(g->high, at.k));
    emit_put8(tile, FEATURE_LOW, emit_at8(g->low, at.k));
    emit_put8(tile, FEATURE_CLOSE, emit_at8(g->close, at.k));
}

static void zero_lanes(f64 *tile, u32 lanes)
{
    u64 kept[COMPUTE_LANES];
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        kept[lane] = (lanes >> lane & 1) != 0 ? 0 : UINT64_MAX;
    }
    for (u32 f = 0; lanes != 0 && f < FEATURE_COUNT; f++, tile += FEATURE_LANES) {
        u64 bits[COMPUTE_LANES]; /* no branch a lane, and no sum with numbers without meaning */
        memcpy(bits, tile, sizeof bits);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            bits[lane] &= kept[lane];
        }
        memcpy(tile, bits, sizeof bits);
    }
}

/* Most lanes go straight to where they belong; the others are picked out of lines of their own. */
void emit_lines(const emit_map_t *map, u32 slot, emit_line_t line, const void *group, f64 *tile)
{
    ASSERT(map != NULL && slot < MARKET_BLOCK);
    ASSERT(line != NULL && tile != NULL);
    u32 rest = 0;
    f64 other[FEATURE_TILE];
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        rest |= map->k[slot][lane] >= 0 ? 1U << lane : 0;
    }
    emit_step_t at = most_of(map->k[slot], rest);
    if (at.lanes != 0) {
        line(group, at, slot, tile);
    }
    rest &= ~at.lanes;
    zero_lanes(tile, (1U << COMPUTE_LANES) - 1 - at.lanes - rest);
    while (rest != 0) {
        at = most_of(map->k[slot], rest);
        line(group, at, slot, other);
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            if ((at.lanes >> lane & 1) != 0) {
                emit_lane(tile, other, 0, FEATURE_COUNT - 1, lane);
            }
        }
        rest &= ~at.lanes;
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

static void window_run(const market_t *m, const indicator_desc_t *desc, u32 period,
                       const indicator_cols_t *in, f64 *out)
{
    u64 state[512];
    f64 params[INDICATOR_PARAMS_MAX] = {period};
    ASSERT(desc->state_size(params) <= sizeof state);
    desc->reset(state, params);
    desc->run(state, params, in, (f64 *const[INDICATOR_OUTPUTS_MAX]){out}, m->kernel_level);
}

void emit_windows(const market_t *m, const compute_group_t *g, const emit_windows_t *out)
{
    ASSERT(m != NULL && g != NULL && out != NULL);
    u32 first = emit_first(m, g);
    u32 behind = EMIT_WINDOW - 1 + EMIT_SHORT;
    u32 from = first > behind ? first - behind : 0;
    if (g->len_max == from) {
        return; /* no bars, and perhaps no columns */
    }
    size_t past = (size_t)from * COMPUTE_LANES;
    indicator_cols_t in = compute_span(g, from, g->len_max);
    window_run(m, &indicator_highest, EMIT_WINDOW, &in, out->high + past);
    window_run(m, &indicator_lowest, EMIT_WINDOW, &in, out->low + past);
    window_run(m, &indicator_highest, EMIT_SHORT, &in, out->high_short + past);
    window_run(m, &indicator_lowest, EMIT_SHORT, &in, out->low_short + past);
}

void emit_windows_put(f64 *tile, const emit_windows_t *w, u32 k)
{
    ASSERT(tile != NULL && w != NULL);
    ASSERT(k >= EMIT_WINDOW + 1);
    emit_put8(tile, FEATURE_HIGH20, emit_at8(w->high, k - 1));
    emit_put8(tile, FEATURE_LOW20, emit_at8(w->low, k - 1));
    emit_put8(tile, FEATURE_HIGH20_BEFORE, emit_at8(w->high, k - 2));
    emit_put8(tile, FEATURE_LOW20_BEFORE, emit_at8(w->low, k - 2));
    emit_put8(tile, FEATURE_HIGH3, emit_at8(w->high_short, k));
    emit_put8(tile, FEATURE_LOW3, emit_at8(w->low_short, k));
    emit_put8(tile, FEATURE_HIGH3_BEFORE, emit_at8(w->high_short, k - EMIT_SHORT));
    emit_put8(tile, FEATURE_LOW3_BEFORE, emit_at8(w->low_short, k - EMIT_SHORT));
}
