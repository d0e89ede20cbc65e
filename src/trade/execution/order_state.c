/* See order_state.h. */
#include "trade/execution/order_state.h"

#include "base/assert.h"

enum { STATES = ORDER_EXPIRED + 1, MESSAGES = BROKER_BUST + 1 };

/* What every order that may be alive shares: ends, executions, take-backs. */
#define ALIVE                                                                                                \
    [BROKER_FILL] = {ORDER_PARTIAL, EDGE_FILL}, [BROKER_REJECT] = {ORDER_REJECTED, 0},                       \
    [BROKER_CANCELED] = {ORDER_CANCELED, 0}, [BROKER_EXPIRED] = {ORDER_EXPIRED, 0},                          \
    [BROKER_BUST] = {0, EDGE_BUST}
/* Before the broker has spoken: silence makes it unknown, the door may prove that nothing left. */
#define UNBORN                                                                                               \
    ALIVE, [BROKER_ACK] = {ORDER_NEW, 0}, [BROKER_LOOKUP_FOUND] = {ORDER_NEW, 0},                            \
           [BROKER_SILENT] = {ORDER_UNKNOWN, EDGE_LOOKUP}, [BROKER_NOT_SENT] = {ORDER_REJECTED, 0}
/* It counts as being there, and a look does not find it: unknown until a second look agrees. */
#define MISSED [BROKER_LOOKUP_ABSENT] = {ORDER_UNKNOWN, EDGE_LOOKUP}
/* Nothing leaves a terminal state; an execution there is booked as a correction. */
#define ENDED [BROKER_FILL] = {0, EDGE_FILL | EDGE_CORRECTION}, [BROKER_BUST] = {0, EDGE_BUST}

static const edge_t table[STATES][MESSAGES] = {
    [ORDER_INTENT] = {UNBORN},
    [ORDER_PENDING_NEW] = {UNBORN, MISSED},
    /* NOT_SENT is no proof here: it may speak of a later effect on the same order. */
    [ORDER_UNKNOWN] = {[BROKER_ACK] = {ORDER_NEW, EDGE_PROOF},
                       [BROKER_FILL] = {ORDER_PARTIAL, EDGE_FILL | EDGE_PROOF},
                       [BROKER_REJECT] = {ORDER_REJECTED, EDGE_PROOF},
                       [BROKER_CANCELED] = {ORDER_CANCELED, EDGE_PROOF},
                       [BROKER_EXPIRED] = {ORDER_EXPIRED, EDGE_PROOF},
                       [BROKER_CANCEL_REFUSED] = {0, EDGE_LOOKUP},
                       [BROKER_REPLACED] = {ORDER_NEW, EDGE_PROOF},
                       [BROKER_REPLACE_REFUSED] = {0, EDGE_LOOKUP},
                       [BROKER_SILENT] = {0, EDGE_LOOKUP},
                       [BROKER_LOOKUP_FOUND] = {ORDER_NEW, EDGE_PROOF},
                       [BROKER_LOOKUP_ABSENT] = {ORDER_CANCELED, EDGE_PROOF | EDGE_DELAY},
                       [BROKER_BUST] = {0, EDGE_BUST}},
    /* Late acknowledgements and refusals of earlier requests say nothing new; that a replace of unknown
     * outcome was done after all is true whenever it is heard. */
    [ORDER_NEW] = {ALIVE, MISSED, [BROKER_REPLACED] = {0, EDGE_REVISE}},
    [ORDER_PARTIAL] = {ALIVE, MISSED, [BROKER_REPLACED] = {0, EDGE_REVISE}},
    /* Found alive after the request: that one, or its answer, was lost. A refusal may mean that the order is
     * no more, so it is asked about. */
    [ORDER_PENDING_CANCEL] = {[BROKER_FILL] = {ORDER_PENDING_CANCEL, EDGE_FILL},
                              [BROKER_REPLACED] = {0, EDGE_REVISE},
                              [BROKER_REJECT] = {ORDER_REJECTED, 0},
                              [BROKER_CANCELED] = {ORDER_CANCELED, 0},
                              [BROKER_EXPIRED] = {ORDER_EXPIRED, 0},
                              [BROKER_CANCEL_REFUSED] = {0, EDGE_RESTORE | EDGE_LOOKUP},
                              [BROKER_NOT_SENT] = {0, EDGE_RESTORE},
                              [BROKER_SILENT] = {ORDER_UNKNOWN, EDGE_LOOKUP},
                              [BROKER_LOOKUP_FOUND] = {0, EDGE_RESTORE},
                              MISSED,
                              [BROKER_BUST] = {0, EDGE_BUST}},
    [ORDER_PENDING_REPLACE] = {[BROKER_FILL] = {ORDER_PENDING_REPLACE, EDGE_FILL},
                               [BROKER_REJECT] = {ORDER_REJECTED, 0},
                               [BROKER_CANCELED] = {ORDER_CANCELED, 0},
                               [BROKER_EXPIRED] = {ORDER_EXPIRED, 0},
                               [BROKER_REPLACED] = {0, EDGE_RESTORE},
                               [BROKER_REPLACE_REFUSED] = {0, EDGE_RESTORE | EDGE_LOOKUP},
                               [BROKER_NOT_SENT] = {0, EDGE_RESTORE},
                               [BROKER_SILENT] = {ORDER_UNKNOWN, EDGE_LOOKUP},
                               [BROKER_LOOKUP_FOUND] = {0, EDGE_RESTORE},
                               MISSED,
                               [BROKER_BUST] = {0, EDGE_BUST}},
    [ORDER_HELD] = {ALIVE, MISSED, [BROKER_ACK] = {ORDER_NEW, 0}, [BROKER_LOOKUP_FOUND] = {ORDER_NEW, 0},
                    [BROKER_SILENT] = {ORDER_UNKNOWN, EDGE_LOOKUP}},
    [ORDER_SUSPENDED] = {ALIVE, [BROKER_ACK] = {ORDER_NEW, 0}, [BROKER_LOOKUP_FOUND] = {ORDER_NEW, 0},
                         [BROKER_SILENT] = {ORDER_UNKNOWN, EDGE_LOOKUP}},
    [ORDER_FILLED] = {ENDED},
    [ORDER_CANCELED] = {ENDED},
    [ORDER_REPLACED] = {ENDED},
    [ORDER_REJECTED] = {ENDED},
    [ORDER_EXPIRED] = {ENDED},
};

edge_t order_edge(order_state_t state, broker_msg_kind_t message)
{
    ASSERT(state >= ORDER_INTENT && state <= ORDER_EXPIRED);
    if (message < BROKER_ACK || message > BROKER_BUST) {
        return (edge_t){0, EDGE_IGNORE};
    }
    edge_t e = table[state][message];
    if (e.next == 0 && e.flags == 0) {
        e.flags = EDGE_IGNORE;
    }
    ASSERT(!order_state_is_terminal(state) || e.next == 0);
    return e;
}

bool order_edge_legal(order_state_t from, order_state_t to)
{
    ASSERT(from >= ORDER_INTENT && from <= ORDER_EXPIRED);
    ASSERT(to >= ORDER_INTENT && to <= ORDER_EXPIRED);
    if (order_state_is_terminal(from)) {
        return false;
    }
    /* Our own requests, completion of the quantity, and the end of a child whose parent never filled. */
    bool working =
        from == ORDER_NEW || from == ORDER_PARTIAL || from == ORDER_HELD || from == ORDER_SUSPENDED;
    if ((to == ORDER_PENDING_CANCEL || to == ORDER_PENDING_REPLACE) && working) {
        return true;
    }
    if (to == ORDER_FILLED || (to == ORDER_CANCELED && from == ORDER_HELD) ||
        (from == ORDER_INTENT && to == ORDER_PENDING_NEW)) {
        return true;
    }
    for (u32 m = BROKER_ACK; m <= BROKER_BUST; m++) {
        edge_t e = table[from][m];
        bool restores =
            (e.flags & EDGE_RESTORE) != 0 && (to == ORDER_NEW || to == ORDER_PARTIAL || to == ORDER_HELD);
        bool counted = e.next == ORDER_NEW && to == ORDER_PARTIAL;
        if (e.next == to || restores || counted) {
            return true;
        }
    }
    return false;
}
