/* Orders, fills and what a broker can say about them.
 *
 * An intent is what we want; it gets its id before anything leaves the process, and the id is a function of
 * (incarnation, account, intent sequence). An order is what the broker holds. States and edges: the table in
 * trade/execution; terminal states never leave (a late fill is booked as a correction). */
#ifndef VITRINE_MODEL_ORDER_H
#define VITRINE_MODEL_ORDER_H

#include "base/hash.h"
#include "model/instrument.h"

typedef enum {                        /* stored ids */
               ORDER_INTENT = 1,      /* durable, not sent */
               ORDER_PENDING_NEW = 2, /* handed to the door */
               ORDER_UNKNOWN = 3,     /* no proof either way: reserves risk, left only by proof */
               ORDER_NEW = 4,         /* the broker holds it */
               ORDER_PARTIAL = 5,
               ORDER_PENDING_CANCEL = 6,
               ORDER_PENDING_REPLACE = 7,
               ORDER_HELD = 8, /* waits for its parent or trigger */
               ORDER_SUSPENDED = 9, /* brokers have it, and no message of ours leads here yet: the number is
                                       kept for it, and such an order would be looked after */
               ORDER_FILLED = 10, /* terminal from here on */
               ORDER_CANCELED = 11,
               ORDER_REPLACED = 12, /* nor here: a changed order keeps its id */
               ORDER_REJECTED = 13,
               ORDER_EXPIRED = 14
} order_state_t;

typedef enum {                /* stored ids */
               ORDER_MARKET = 1,
               ORDER_LIMIT = 2,
               ORDER_STOP = 3,       /* goes on at market */
               ORDER_STOP_LIMIT = 4, /* goes on as a limit */
               ORDER_TRAIL = 5       /* a stop that follows at its first distance from `reference` */
} order_type_t;
typedef enum {                /* stored ids */
               TIF_DAY = 1,
               TIF_GTC = 2,
               TIF_OPEN = 3, /* next open */
               TIF_CLOSE = 4,
               TIF_IOC = 5, /* what the first price gives, the rest is cancelled */
               TIF_BAR = 6, /* one bar of the profile; what a fill left over may use one more */
               TIF_FOK = 7  /* all of it at the first price, or nothing */
} tif_t;
/* Explicit sides (Reg SHO): never inferred by the broker. */
typedef enum { SIDE_BUY = 1, SIDE_SELL = 2, SIDE_SELL_SHORT = 3, SIDE_BUY_TO_COVER = 4 } side_t;
typedef enum { ROLE_ENTRY = 1, ROLE_STOP = 2, ROLE_TARGET = 3, ROLE_EXIT = 4 } order_role_t;

static inline bool side_is_buy(side_t s)
{
    return s == SIDE_BUY || s == SIDE_BUY_TO_COVER;
}
static inline bool side_is_opening(side_t s)
{
    return s == SIDE_BUY || s == SIDE_SELL_SHORT;
}
static inline bool order_state_is_terminal(order_state_t s)
{
    return s >= ORDER_FILLED;
}

/* What is wanted; frozen once it has an id. Sent bytes are a function of it. */
typedef struct {
    id128_t id;
    id128_t parent; /* entry that a protective order belongs to; zero otherwise */
    u64 sequence;   /* intent sequence of the account, from 1 */
    u64 account_id;
    u64 risk_group_id;
    u64 owner_id;
    i64 t_decided;
    i64 send_before;      /* the door refuses after this moment */
    qty_t qty;            /* > 0 */
    price_t limit;        /* 0 if none */
    price_t stop;         /* 0 if none */
    price_t reference;    /* mid at the decision: price band, arrival cost */
    price_t bracket_stop; /* entry orders: protective prices placed at the first fill; 0 none */
    price_t bracket_target;
    inst_t inst;
    u8 side;      /* side_t */
    u8 type;      /* order_type_t */
    u8 tif;       /* tif_t */
    u8 role;      /* order_role_t */
    u16 strategy; /* stored strategy id */
    u32 flags;    /* INTENT_* */
} intent_t;

enum {
    INTENT_PROBE = 1 << 0,
    INTENT_REDUCING = 1 << 1,
    INTENT_OCO = 1 << 2,       /* with the sibling of one parent */
    INTENT_TRAIL_PCT = 1 << 3, /* the trail keeps its first distance as a part of the price */
    INTENT_EXTENDED = 1 << 4,  /* may also fill outside the session; limits only */
    INTENT_SLICED = 1 << 6,    /* never sent itself: its slices are, entries whose parent it is */
    INTENT_NOTIONAL = 1 << 5   /* spends quantity x reference at most: dearer means less; market day orders */
};

/* What the broker (or the door on its behalf) says: an input event. */
typedef enum { /* stored ids */
               BROKER_ACK = 1,
               BROKER_FILL = 2,
               BROKER_REJECT = 3,
               BROKER_CANCELED = 4,
               BROKER_CANCEL_REFUSED = 5,
               BROKER_EXPIRED = 6,
               BROKER_REPLACED = 7,
               BROKER_REPLACE_REFUSED = 8,
               BROKER_SILENT = 9 /* outcome unknown */,
               BROKER_LOOKUP_FOUND = 10,
               BROKER_LOOKUP_ABSENT = 11 /* two looks agree, past the visibility delay */,
               BROKER_NOT_SENT = 12 /* the door proves that no byte left */,
               BROKER_BUST = 13 /* an execution taken back */
} broker_msg_kind_t;

typedef struct {
    u8 kind;   /* broker_msg_kind_t */
    u8 reason; /* REJECT_* or 0 */
    u16 spare;
    u32 spare2;
    id128_t intent_id;
    u64 account_id;
    u64 broker_order; /* session-local number; never a key by itself */
    u64 exec_id;      /* unique per execution; 0 if not a fill */
    i64 t_event;
    qty_t qty;     /* of this fill */
    price_t price; /* of this fill */
    qty_t cum_qty; /* as the broker counts; 0 if it does not say */
    money_t fee;   /* of this fill, >= 0 */
    money_t
        spread_cost; /* paper only: parts of the fill price against the reference, for the cost waterfall */
    money_t slippage_cost;
    money_t impact_cost;
} broker_msg_t;

static inline bool order_type_has_limit(order_type_t t)
{
    return t == ORDER_LIMIT || t == ORDER_STOP_LIMIT;
}
static inline bool order_type_has_stop(order_type_t t)
{
    return t == ORDER_STOP || t == ORDER_STOP_LIMIT || t == ORDER_TRAIL;
}
/* Whether type, prices, time in force and flags belong together: what every broker here would take. Sells are
 * stopped below and buys above the reference where they trail; a stop limit's limit is not before its stop.
 */
bool intent_terms_ok(const intent_t *i);
/* Where a trailing stop stands once the best price since it was placed is `best`: at its first distance,
 * rounded away from the price to `tick`, never looser than `now`. */
price_t intent_trail(const intent_t *first, price_t now, price_t best, price_t tick);

/* An entry is void at a price at or past its own protective stop: it would be stopped out by the price that
 * filled it. Asked with the first price after the decision by whoever sees one. */
bool intent_void_at(const intent_t *i, price_t price);

const char *order_state_name(order_state_t s);
const char *side_name(side_t s);
const char *order_type_name(order_type_t t);
const char *order_role_name(order_role_t r);

#endif
