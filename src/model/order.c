/* See order.h. */
#include "model/order.h"

#include "base/assert.h"

static bool prices_ok(const intent_t *i)
{
    order_type_t type = (order_type_t)i->type;
    i64 sign = side_is_buy((side_t)i->side) ? 1 : -1;
    bool there =
        (!order_type_has_limit(type) || i->limit.v > 0) && (!order_type_has_stop(type) || i->stop.v > 0);
    bool trail = type != ORDER_TRAIL || (i->reference.v > 0 && sign * (i->stop.v - i->reference.v) > 0);
    bool order = type != ORDER_STOP_LIMIT || sign * (i->limit.v - i->stop.v) >= 0;
    return there && trail && order;
}

bool intent_terms_ok(const intent_t *i)
{
    ASSERT(i != NULL);
    if (i->type < ORDER_MARKET || i->type > ORDER_TRAIL || i->tif < TIF_DAY || i->tif > TIF_FOK ||
        !prices_ok(i)) {
        return false;
    }
    bool stops = order_type_has_stop((order_type_t)i->type);
    bool day = i->tif == TIF_DAY;
    bool rests = day || i->tif == TIF_GTC;
    bool extended = (i->flags & INTENT_EXTENDED) == 0 || (i->type == ORDER_LIMIT && rests);
    bool notional =
        (i->flags & INTENT_NOTIONAL) == 0 || (i->type == ORDER_MARKET && day && i->reference.v > 0);
    bool percent = (i->flags & INTENT_TRAIL_PCT) == 0 || i->type == ORDER_TRAIL;
    return (!stops || rests) && extended && notional && percent;
}

price_t intent_trail(const intent_t *first, price_t now, price_t best, price_t tick)
{
    ASSERT(first != NULL && first->type == ORDER_TRAIL && now.v > 0 && best.v > 0 && tick.v >= 0);
    i64 sign = side_is_buy((side_t)first->side) ? 1 : -1;
    i64 distance = sign * (first->stop.v - first->reference.v);
    if ((first->flags & INTENT_TRAIL_PCT) != 0 &&
        fixed_mul_div(best.v, distance, first->reference.v, ROUND_NEAREST, &distance) != ERR_OK) {
        return now;
    }
    i64 step = MAX_OF(tick.v, 1);
    i64 to = best.v + sign * distance;
    to = sign > 0 ? (to + step - 1) / step * step : to / step * step;
    return to > 0 && sign * (to - now.v) < 0 ? (price_t){to} : now;
}

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
    static const char *const names[] = {"?", "market", "limit", "stop", "stop_limit", "trailing_stop"};
    ASSERT((u32)t < COUNT_OF(names));
    return names[t];
}

const char *order_role_name(order_role_t r)
{
    static const char *const names[] = {"?", "entry", "stop", "target", "exit"};
    ASSERT((u32)r < COUNT_OF(names));
    return names[r];
}
