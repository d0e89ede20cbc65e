/* Shared by the files of the simulated broker; nothing else includes it. */
#ifndef VITRINE_DRIVERS_PAPER_ORDERS_H
#define VITRINE_DRIVERS_PAPER_ORDERS_H

#include "drivers/paper.h"

ev_BROKER_t *paper_say(broker_msgs_t *out, broker_msg_kind_t kind, const paper_order_t *o, u8 reason, i64 t);
/* Ends an order with a message; its slot is taken back later. */
void paper_end(paper_order_t *o, broker_msg_kind_t kind, u8 reason, i64 t, broker_msgs_t *out);
void paper_compact(paper_t *p);
/* A split changes every resting order of the instrument, a payout ends them. */
void paper_action(paper_t *p, const action_t *action, i64 t, broker_msgs_t *out);

#endif
