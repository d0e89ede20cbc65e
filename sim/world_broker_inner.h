/* What the files of the simulated broker share: world_broker.c (orders, fills, the market),
 * world_broker_port.c (what it is asked), world_broker_bunch.c (orders of several ledgers) and
 * world_broker_outside.c (what others do in the account). */
#ifndef VITRINE_SIM_WORLD_BROKER_INNER_H
#define VITRINE_SIM_WORLD_BROKER_INNER_H

#include "sim/world_broker.h"

/* An order ends; `kind` is told of it, 0: nothing is. */
void wb_end(world_broker_t *b, wb_order_t *o, wb_state_t state, u8 kind);
u64 wb_below(world_broker_t *b, u64 bound);
wb_order_t *wb_order(world_broker_t *b, id128_t id);
/* A word about an order, put on the wire; an answer to a request may be lost. */
ev_BROKER_t wb_message(const world_broker_t *b, const wb_order_t *o, broker_msg_kind_t kind);
void wb_say(world_broker_t *b, const wb_order_t *o, broker_msg_kind_t kind);
void wb_answer(world_broker_t *b, const wb_order_t *o, broker_msg_kind_t kind);
/* An execution, with everything that follows from it. */
void wb_fill(world_broker_t *b, wb_order_t *o, i64 qty, i64 price);
void wb_wire_put(world_broker_t *b, const ev_BROKER_t *m, i64 due);
i64 wb_latency(world_broker_t *b);
/* An order is taken: it works, or it is held until its entry fills. */
void wb_take(world_broker_t *b, const intent_t *i, bool held);
/* Children of an entry that have nothing left to do end; of every member where it is one of several. */
void wb_family_settle(world_broker_t *b, id128_t entry);
void wb_entry_settle(world_broker_t *b, const wb_order_t *entry);
/* The entry's children may close so many more. */
void wb_family_grow(world_broker_t *b, id128_t entry, i64 qty);
/* The order just taken is one of several: so many members, each with its own. */
void wb_bunch_take(world_broker_t *b, const effect_t *e);
/* Deals an execution of it out, before it is counted on the order itself. */
void wb_bunch_fill(world_broker_t *b, const wb_order_t *o, const ref_part_t *whole);
/* The step of prices at one: a hundredth of a cent below a dollar. */
i64 wb_step_at(const world_broker_t *b, i64 price);
/* It ended, or its shares became others. */
void wb_bunch_end(world_broker_t *b, const wb_order_t *o);
void wb_bunch_split(world_broker_t *b, wb_order_t *o, i64 num, i64 den);
/* The invariant that the reference saw broken, if it is the first. */
void wb_note(world_broker_t *b, const char *broken);
/* How much of a closing order the account still holds to be closed; for others all that is left. A broker
 * that knows a sale from a short sale turns no position over. */
i64 wb_closable(const world_broker_t *b, const wb_order_t *o);
/* The same for one that is about to be taken: what other closing orders hold is not free. */
i64 wb_free(const world_broker_t *b, const intent_t *i);

#endif
