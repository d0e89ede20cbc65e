/* Shared by the files of the simulated broker; nothing else includes it. */
#ifndef VITRINE_DRIVERS_PAPER_ORDERS_H
#define VITRINE_DRIVERS_PAPER_ORDERS_H

#include "drivers/paper.h"

ev_BROKER_t *paper_say(broker_msgs_t *out, broker_msg_kind_t kind, const paper_order_t *o, u8 reason, i64 t);
/* Ends an order with a message; its slot is taken back later. */
void paper_end(paper_order_t *o, broker_msg_kind_t kind, u8 reason, i64 t, broker_msgs_t *out);
void paper_compact(paper_t *p);
/* Whether it takes an order now, with room for so many, its protective ones included. */
bool paper_takes(paper_t *p, const intent_t *intent, i64 now, u32 slots);
/* True, and `kind` is told with the reason, if a price of the order is not on the tick. */
bool paper_off_tick(const paper_t *p, const intent_t *i, broker_msg_kind_t kind, i64 now, broker_msgs_t *out);
/* A new order; `bunch` is the number of the bunched entry that it is or belongs to, 0 none. */
void paper_add(paper_t *p, const intent_t *intent, bool held, u64 bunch);
/* The protective orders of an entry. */
void paper_legs(paper_t *p, const intent_t *entry, u64 bunch);

/* ---- bunched orders (paper_bunch.c) ---- */

/* Of an entry that is one; NULL of any other order. */
bunch_t *paper_bunch_of(paper_t *p, const paper_order_t *o);
/* What of a fill that was dealt out so wakes this protective order. */
i64 paper_entry_part(const bunch_t *b, const i64 *part, const paper_order_t *child);
/* A split of shares, after the order's own; nothing for an order that is no bunched entry. */
void paper_bunch_split(paper_t *p, paper_order_t *o, const action_t *action);
/* Forgets those whose entry has ended. */
void paper_bunches_compact(paper_t *p);
/* A halt becomes another, or none; counted. */
void paper_halt_set(paper_t *p, paper_halt_t *x, paper_halt_t to);
/* A split changes every resting order of the instrument, a payout ends them. */
void paper_action(paper_t *p, const action_t *action, i64 t, broker_msgs_t *out);

#endif
