/* The way back into an interrupted run (decisions 1, 8, 15).
 *
 * The record is read from its beginning. The source is read along with it, which fills the market again; the
 * engine starts from the newest snapshot and has the facts after it applied. Then COMMAND_RESUME is taken as
 * an input.
 *
 * A real broker outlives us. The simulated one lives in our process and dies with it, so here it is made
 * again: the orders that the record proves sent meet the same slices, and what it says must be what is
 * recorded. An order whose sending no record proves may have arrived or not; a bit of its id decides, so that
 * both happen. What the broker had said and nobody recorded is told again, as a broker's session does after a
 * gap. Leaves to others: which run (app), the engine's state (engine/recovery.h). */
#ifndef VITRINE_DRIVERS_RESUME_H
#define VITRINE_DRIVERS_RESUME_H

#include "drivers/runner_inner.h"

/* ERR_CORRUPT: source, broker or facts do not follow from each other; diag names the event. */
MUST_USE err_t resume_run(runner_t *r);
/* What a record says of how to go on. */
typedef struct {
    bool stood_still; /* resumed before, and no slice since: what stopped it there may stop it again */
    bool timed;       /* where the time of its decisions went was recorded */
} resume_seen_t;
/* ERR_CORRUPT as journal_next. */
MUST_USE err_t resume_look(store_t *store, str_t id, diag_t *diag, resume_seen_t *out);
/* After a resume: once no order is unknown and positions agree with the broker's, entries are allowed again.
 */
MUST_USE err_t resume_reconcile(runner_t *r);

#endif
