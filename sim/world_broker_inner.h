/* What the files of the simulated broker share: world_broker.c (orders, fills, the port) and
 * world_broker_outside.c (what others do in the account). */
#ifndef VITRINE_SIM_WORLD_BROKER_INNER_H
#define VITRINE_SIM_WORLD_BROKER_INNER_H

#include "sim/world_broker.h"

/* An order ends; `kind` is told of it, 0: nothing is. */
void wb_end(world_broker_t *b, wb_order_t *o, wb_state_t state, u8 kind);
void wb_wire_put(world_broker_t *b, const ev_BROKER_t *m, i64 due);
i64 wb_latency(world_broker_t *b);
/* Children of an entry that have nothing left to do end. */
void wb_family_settle(world_broker_t *b, id128_t entry);
/* How much of a closing order the account still holds to be closed; for others all that is left. A broker
 * that knows a sale from a short sale turns no position over. */
i64 wb_closable(const world_broker_t *b, const wb_order_t *o);
/* The same for one that is about to be taken: what other closing orders hold is not free. */
i64 wb_free(const world_broker_t *b, const intent_t *i);

#endif
