/* See order.h. */
#include "model/order.h"

#include "base/assert.h"

bool intent_void_at(const intent_t *i, price_t price)
{
    ASSERT(i != NULL && price.v > 0);
    i64 beyond = price.v - i->bracket_stop.v;
    return i->role == ROLE_ENTRY && i->bracket_stop.v > 0 &&
           (side_is_buy((side_t)i->side) ? beyond <= 0 : beyond >= 0);
}

const char *order_state_name(order_state_t s)
{
    static const char *const names[] = {"?",        "intent",           "pending_new",    "unknown",
                                        "new",      "partially_filled", "pending_cancel", "pending_replace",
                                        "held",     "suspended",        "filled",         "canceled",
                                        "replaced", "rejected",         "expired"};
    ASSERT((u32)s < COUNT_OF(names));
    return names[s];
}

const char *side_name(side_t s)
{
    static const char *const names[] = {"?", "buy", "sell", "sell_short", "buy_to_cover"};
    ASSERT((u32)s < COUNT_OF(names));
    return names[s];
}

const char *order_type_name(order_type_t t)
{
    static const char *const names[] = {"?", "market", "limit", "stop"};
    ASSERT((u32)t < COUNT_OF(names));
    return names[t];
}

const char *order_role_name(order_role_t r)
{
    static const char *const names[] = {"?", "entry", "stop", "target", "exit"};
    ASSERT((u32)r < COUNT_OF(names));
    return names[r];
}

const char *broker_msg_name(broker_msg_kind_t k)
{
    static const char *const names[] = {"?",        "ack",          "fill",
                                        "reject",   "canceled",     "cancel_refused",
                                        "expired",  "replaced",     "replace_refused",
                                        "silent",   "lookup_found", "lookup_absent",
                                        "not_sent", "bust"};
    ASSERT((u32)k < COUNT_OF(names));
    return names[k];
}
