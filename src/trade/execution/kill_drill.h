/* The kill switch tried on a copy: what it would stop if it were pulled now.
 *
 * Promises: the account handed in is not changed and nothing of the trial reaches a broker; a trial that was
 * passed has shown that an order decided before the kill is refused, that none can be decided after it, that
 * every opening order at the broker is cancelled, and that a position can still be left. Leaves to others:
 * the door's half (drivers/door_drill), when it is tried (loops). */
#ifndef VITRINE_TRADE_EXECUTION_KILL_DRILL_H
#define VITRINE_TRADE_EXECUTION_KILL_DRILL_H

#include "trade/execution/execution.h"

typedef struct {
    u32 entries_tried;   /* orders that would open, each by another way */
    u32 entries_stopped;
    u32 working;         /* opening orders alive when the switch was pulled, the trial's own included */
    u32 cancelled;       /* of them those whose cancel left, or waits for their first word */
    u32 exits_tried;
    u32 exits_left;      /* reducing orders that the switch let pass */
} kill_drill_t;

/* `scratch` and `out` are memory for the trial; what stands in them afterwards is thrown away. */
void exec_kill_drill(const account_t *a, i64 now, account_t *scratch, outbox_t *out, kill_drill_t *result);
bool kill_drill_passed(const kill_drill_t *k);

#endif
