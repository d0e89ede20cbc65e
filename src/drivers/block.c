/* See block.h. */
#include "drivers/block.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/grow.h"

err_t block_open(block_t *out, u32 instruments, bool lookahead)
{
    ASSERT(out != NULL && instruments > 0);
    block_t b = {.lookahead = lookahead};
    u32 slices = lookahead ? BLOCK_SLICES : 2;
    b.v = calloc(BLOCK_SLICES, sizeof *b.v);
    b.slot = calloc(BLOCK_SLICES, sizeof *b.slot);
    err_t err = arena_open(
        &b.memory,
        (size_t)slices * ((size_t)instruments * (sizeof(bar_t) + sizeof(halt_t) + 2) + 512) + (1U << 20));
    if (b.v == NULL || b.slot == NULL || err != ERR_OK) {
        block_close(&b);
        return ERR_NO_MEMORY;
    }
    *out = b;
    return ERR_OK;
}

void block_close(block_t *b)
{
    ASSERT(b != NULL);
    free(b->v);
    free(b->slot);
    free(b->own_bulletin);
    arena_close(&b->memory);
    *b = (block_t){0};
}

/* They may come by the thousand at once, so they have a list of their own; slices know theirs when the block
 * is whole and the list moves no more. */
static err_t bulletins_keep(block_t *b, const slice_t *s)
{
    size_t count = (size_t)b->bulletin_count + s->bulletin_count;
    TRY(list_room(&b->own_bulletin, &b->bulletin_room, count, sizeof *b->own_bulletin));
    for (u32 i = 0; i < s->bulletin_count; i++) {
        b->own_bulletin[b->bulletin_count++] = s->bulletin[i];
    }
    return ERR_OK;
}

static void bulletins_hand_out(block_t *b)
{
    u32 at = 0;
    for (u32 i = 0; i < b->count; i++) {
        b->v[i].bulletin = b->v[i].bulletin_count > 0 ? b->own_bulletin + at : NULL;
        at += b->v[i].bulletin_count;
    }
}

static err_t block_keep(block_t *b, const slice_t *s, i32 slot)
{
    slice_t copy = *s;
    inst_t *inst = arena_copy(&b->memory, s->inst, s->count * sizeof *inst);
    bar_t *bar = arena_copy(&b->memory, s->bar, s->count * sizeof *bar);
    action_t *action = arena_copy(&b->memory, s->action, s->action_count * sizeof *action);
    halt_t *halt = arena_copy(&b->memory, s->halt, s->halt_count * sizeof *halt);
    if (inst == NULL || bar == NULL || action == NULL || halt == NULL) {
        return ERR_ARENA_FULL;
    }
    copy.inst = inst;
    copy.bar = bar;
    copy.action = action;
    copy.halt = halt;
    TRY(bulletins_keep(b, s));
    b->v[b->count] = copy;
    b->slot[b->count++] = slot;
    return ERR_OK;
}

static err_t block_next(block_t *b, const source_t *source, diag_t *diag, slice_t *out)
{
    if (b->has_held) { /* valid until the source is asked again */
        b->has_held = false;
        *out = b->held;
        return ERR_OK;
    }
    probe_mark_t mark = probe_begin(b->probe);
    err_t err = source->next(source->ctx, out, diag);
    probe_end(b->probe, PROBE_SOURCE, mark);
    return err;
}

/* An intraday session has a block of its own; days do not come between its minutes. */
static bool begins_block(const block_t *b, const slice_t *s)
{
    if (b->count == 0) {
        return false;
    }
    const slice_t *last = &b->v[b->count - 1];
    bool daily = s->timeframe == TF_1D;
    return daily != (last->timeframe == TF_1D) || (!daily && s->session != last->session);
}

err_t block_fill(block_t *b, const source_t *source, market_t *market, const config_t *config, diag_t *diag,
                 bool *end)
{
    ASSERT(b != NULL && source != NULL && market != NULL && end != NULL);
    bool full = false;
    b->count = 0;
    b->bulletin_count = 0;
    b->memory.used = 0;
    market_block_begin(market);
    while (!full && b->count < BLOCK_SLICES) {
        slice_t s;
        i32 slot = -1;
        err_t err = block_next(b, source, diag, &s);
        if (err == ERR_EMPTY) {
            *end = true;
            break;
        }
        TRY(err);
        if (begins_block(b, &s)) {
            b->held = s;
            b->has_held = true;
            break;
        }
        probe_mark_t mark = probe_begin(b->probe);
        market_append(market, &s, &slot, &full);
        TRY(block_keep(b, &s, slot));
        probe_end(b->probe, PROBE_APPEND, mark);
        full = full || !b->lookahead;
    }
    bulletins_hand_out(b);
    probe_mark_t mark = probe_begin(b->probe);
    market_block_compute(market, config);
    probe_end(b->probe, PROBE_COMPUTE, mark);
    return ERR_OK;
}

bool block_is_history(const block_t *b, profile_t profile, date_t trade_from, u32 index)
{
    ASSERT(b != NULL && index < b->count);
    const slice_t *s = &b->v[index];
    return (profile == PROFILE_DAY && s->timeframe == TF_1D) || s->session < trade_from;
}
