/* A block of slices read ahead: copied out of the source, appended to the market, features computed once.
 *
 * With look-ahead a block reaches to the market's next anchor, without it is one slice; features are the same
 * bits. */
#ifndef VITRINE_DRIVERS_BLOCK_H
#define VITRINE_DRIVERS_BLOCK_H

#include "base/probe.h"
#include "drivers/source.h"
#include "market/market.h"

enum { BLOCK_SLICES = 512 };

typedef struct {
    slice_t *v; /* BLOCK_SLICES */
    i32 *slot;  /* decision slot in the market's block, -1 none */
    u32 count;
    bool lookahead;
    slice_t held;  /* the first slice of another session or frame: it waits for the next block */
    bool has_held;
    bulletin_t *own_bulletin; /* of all slices, in order */
    u32 bulletin_count, bulletin_room;
    probe_t *probe; /* NULL: nobody counts cycles */
    arena_t memory;
} block_t;

MUST_USE err_t block_open(block_t *out, u32 instruments, bool lookahead);
void block_close(block_t *b);
/* *end turns true when the source has no more. Errors of the source. */
MUST_USE err_t block_fill(block_t *b, const source_t *source, market_t *market, const config_t *config,
                          diag_t *diag, bool *end);
/* History slices (daily bars in the day profile, sessions before trading begins) fill the market only. */
bool block_is_history(const block_t *b, profile_t profile, date_t trade_from, u32 index);

#endif
