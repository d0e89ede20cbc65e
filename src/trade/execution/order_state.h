/* The order state machine as one table: state x message -> next state and what it does.
 *
 * Promises: terminal states never leave (a fill there is a correction), UNKNOWN is left by proof only, and
 * a message that the table does not know for a state is ignored, with the reason why it is harmless
 * written beside it.
 * Leaves to others: quantities (whether a fill completes the order), money, what to do next (execution.c). */
#ifndef VITRINE_TRADE_EXECUTION_ORDER_STATE_H
#define VITRINE_TRADE_EXECUTION_ORDER_STATE_H

#include "model/order.h"

enum {
    EDGE_FILL = 1 << 0,       /* book the execution; PARTIAL becomes FILLED when nothing is left */
    EDGE_CORRECTION = 1 << 1, /* late fill on a terminal order: book, keep the state, alarm */
    EDGE_PROOF = 1 << 2,      /* leaves UNKNOWN: the message is the proof */
    EDGE_LOOKUP = 1 << 3,     /* ask the broker by our id */
    EDGE_RESTORE = 1 << 4,    /* back to the state before the cancel or replace */
    EDGE_DELAY = 1 << 5,      /* holds only past send_before + visibility delay */
    EDGE_BUST = 1 << 6,       /* an execution was taken back: stop and reconcile */
    EDGE_IGNORE = 1 << 7,
    EDGE_REVISE = 1 << 8      /* takes the price of a replace whose outcome was open; stays */
};

typedef struct {
    u8 next;   /* order_state_t; 0 = stay */
    u16 flags; /* EDGE_* */
} edge_t;

/* Never fails: unknown messages give {0, EDGE_IGNORE}. */
edge_t order_edge(order_state_t state, broker_msg_kind_t message);
/* True if any message can lead from one state to the other: the checker's question (I10). */
bool order_edge_legal(order_state_t from, order_state_t to);

#endif
