/* Where the cycles of a run go: counters that the outermost caller lends, off (NULL) unless a bench asks.
 *
 * Promises: nothing that a probe counts is read by what decides, recorded, or part of a hash; without one a
 * place costs a comparison. Counts exclude what other places inside them count. One thread only: the
 * engine's. Leaves to others: the counter itself (this layer knows no clock) and what its own reading costs
 * (bench). */
#ifndef VITRINE_BASE_PROBE_H
#define VITRINE_BASE_PROBE_H

#include <stddef.h>

#include "base/types.h"

/* Stages are 1 to 13. */
typedef enum {
    PROBE_SOURCE = 14, /* bars out of their source */
    PROBE_APPEND,      /* into the market's series */
    PROBE_COMPUTE,     /* features of a block */
    PROBE_REGIME,      /* fit and filter of the daily regime */
    PROBE_SIGNALS,     /* freshness of set-ups */
    PROBE_SPREADS,     /* cost of each symbol */
    PROBE_RECORD,      /* the decision record of a cycle */
    PROBE_JOURNAL,     /* events into the journal's blocks */
    PROBE_ENGINE,      /* the rest of the engine's steps */
    PROBE_BROKER,      /* the door and the simulated broker */
    PROBE_DRIVER,      /* the rest of the driver, where it counts */
    PROBE_PLACES
} probe_place_t;

typedef struct {
    u64 (*now)(void);
    u64 cycles[PROBE_PLACES];
    u64 calls[PROBE_PLACES];
    u64 inside; /* cycles of places within the one that is open */
} probe_t;

typedef struct {
    u64 start, inside;
} probe_mark_t;

static inline probe_mark_t probe_begin(probe_t *p)
{
    probe_mark_t m = {0};
    if (p != NULL) {
        m = (probe_mark_t){.start = p->now(), .inside = p->inside};
        p->inside = 0;
    }
    return m;
}

static inline void probe_end(probe_t *p, u32 place, probe_mark_t m)
{
    if (p != NULL) {
        u64 spent = p->now() - m.start;
        p->cycles[place] += spent - p->inside;
        p->calls[place]++;
        p->inside = m.inside + spent;
    }
}

#endif
