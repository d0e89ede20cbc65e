/* Recovery: the engine's state from a snapshot and the events after it, without deciding anything
 * (decisions 1, 8).
 *
 * Promises: facts are applied as they stand; slices are only looked at (marks, shadows, regime, freshness
 * of signals); a trade that closed is reflected upon as it was then; the same events give the same state,
 * so that a replay that meets a resume comes to the same bits. The end is an input of its own
 * (COMMAND_RESUME): orders without an outcome become UNKNOWN and are looked up, scans that ran are
 * recorded as stopped, nothing opens before the account agrees with the broker. What only a lost process
 * knew is gone: counters of cancels and of protection, an exit that still waited for its cancels (its
 * reason fires again at the next bar), that such an exit was given up; an exit order that failed is
 * counted and cools down. Values of a candidate come from its record and are on the record's grid. Leaves
 * to others: reading journal and source (drivers), the broker. */
#ifndef VITRINE_ENGINE_RECOVERY_H
#define VITRINE_ENGINE_RECOVERY_H

#include "engine/engine.h"

typedef struct recovery recovery_t;

/* The engine is as engine_open left it, or as a snapshot did. ERR_NO_MEMORY. */
MUST_USE err_t recovery_open(engine_t *e, recovery_t **out);
void recovery_close(recovery_t *r);
/* The next event of the record. Slice and slot as in engine_take, for SLICE events only. ERR_CORRUPT (a fact
 * that does not follow from the state, a gap in seq), and the errors of recover_apply and
 * record_cycle_decode. */
MUST_USE err_t recovery_observe(recovery_t *r, const event_t *event, const slice_t *slice, i32 slot);

#endif
