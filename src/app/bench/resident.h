/* A source held in memory: every slice of another source, read once and then played as often as wanted, so
 * that a bench measures the machine and not the disk or the simulator that made the bars (the design measures
 * with columns resident). */
#ifndef VITRINE_APP_BENCH_RESIDENT_H
#define VITRINE_APP_BENCH_RESIDENT_H

#include "base/arena.h"
#include "drivers/source.h"

typedef struct {
    arena_t arena;
    slice_t *slice;
    u32 count, cap, at;
} resident_t;

/* Reads `from` to its end. ERR_NO_MEMORY, and what reading fails with. */
MUST_USE err_t resident_open(const source_t *from, diag_t *diag, resident_t *out);
void resident_close(resident_t *r);
/* `like` with its slices out of memory, from the first one on; `like` is asked for no more. */
source_t resident_source(resident_t *r, const source_t *like);

#endif
