/* The simulated broker of the order simulation: one account, of one ledger or of several, honest about the
 * end, treacherous on the way.
 *
 * Promises: what it does to orders and money is told to the reference account at once; what it tells the
 * engine goes through the faults and the wire's delays. Answers to a look-up: the order's executions, then
 * its state (REPLACED if the stop is not the one asked with), nothing for an order that still waits for its
 * entry. An order of several ledgers is one here: executions are dealt out to its members to wake each one's
 * own protective orders. Leaves to others: prices (world), what must hold (reference, checkers). */
#ifndef VITRINE_SIM_WORLD_BROKER_H
#define VITRINE_SIM_WORLD_BROKER_H

#include "drivers/order_door.h"
#include "sim/faults.h"
#include "sim/reference.h"

enum {
    WB_ORDERS = REF_ORDERS,
    WB_BUNCHES = 256,
    WB_ALL = REF_LEDGERS, /* every ledger */
    WB_FILLS = 4096,
    WB_WIRE = 4096,
    WB_TOLD = 64,
    WB_BURST = 100,
    WB_NAMES = REF_NAMES
};

typedef enum { WB_HELD = 1, WB_WORKING, WB_FILLED, WB_CANCELED, WB_REJECTED } wb_state_t;

typedef struct {
    intent_t intent;
    u64 number; /* from 1 */
    i64 live;   /* may fill in all */
    i64 filled;
    i64 visible_at; /* looks before this do not find it */
    i64 reject_at;  /* 0: never */
    i64 ack_at;     /* 0: the acknowledgement waits for the first fill */
    u8 state;       /* wb_state_t */
    u8 triggered;   /* a stop that goes on at market or as a limit */
    u8 looked;      /* at a price: orders that end at once end after it */
    i64 trail;      /* where a trailing stop stands */
    i64 ends_at;    /* the one bar of an order is over; 0: never */
    u32 ledger;     /* whose it is */
    u32 bunch;      /* 1 + place of its members; 0: an order of one ledger */
} wb_order_t;

/* A ledger's part of an order of several. */
typedef struct {
    id128_t id;
    u32 ledger;
    i64 qty, filled;
} wb_member_t;

typedef struct {
    u32 order; /* index */
    u32 count;
    wb_member_t member[REF_LEDGERS]; /* ascending accounts */
} wb_bunch_t;

/* What the broker holds of an order of one ledger, or of its part of one of several. */
typedef struct {
    const wb_order_t *order; /* NULL: nothing is known of it */
    bool open;
    i64 live, filled;
} wb_seen_t;

typedef struct {
    u32 order;        /* index */
    ev_BROKER_t told; /* as the engine is told, now or at a look */
} wb_fill_t;

typedef struct {
    i64 due;
    u64 number; /* ties: in the order they were written */
    ev_BROKER_t m;
} wb_wire_t;

typedef struct {
    u64 seed;
    u64 draws;
    i64 now;
    faults_t *faults;
    reference_t *reference;
    u64 account; /* its number; that of its first ledger, whose orders name theirs */
    u64 ledger_first;
    i64 fee_each;       /* of an execution, beside what it costs by the share */
    const char *broken; /* first invariant that the reference saw broken */
    i64 price[WB_NAMES];
    bool halted[WB_NAMES + 1]; /* the whole market last: nothing fills */
    i64 tick;
    i64 visibility_ns;      /* how long an order may stay invisible */
    bool gone[WB_NAMES];    /* it ceased to be */
    bool outside[WB_NAMES]; /* somebody else traded in it: closing orders may be for more than is there */
    i64 restricted_until;   /* takes closing orders alone */
    u64 restricted;         /* opening orders refused for that */
    u64 off_tick;           /* orders and new prices refused for a price between two steps */
    i64 down_until;         /* no session: nothing goes in and no word comes out */
    u64 cut_off;            /* requests that found none */
    i64 late_ns;            /* executions are told so much later */
    u32 unheard[WB_NAMES];  /* what was done there of which nothing need be heard: trades of others, and
                               orders that ended without a word */
    u64 exec_next;
    u64 wire_next;
    u32 order_count, fill_count, wire_count, bunch_count;
    wb_bunch_t bunches[WB_BUNCHES];
    wb_order_t orders[WB_ORDERS];
    wb_fill_t fills[WB_FILLS];
    wb_wire_t wire[WB_WIRE];
    u64 told_count;
    ev_BROKER_t told[WB_TOLD]; /* the last words, oldest overwritten */
} world_broker_t;

void wb_open(world_broker_t *b, u64 seed, faults_t *faults, reference_t *reference);
broker_port_t wb_port(world_broker_t *b);
/* Orders meet the present prices; late rejections and acknowledgements fall due. */
void wb_step(world_broker_t *b, i64 now);
/* The next message due by `now`, earliest first. False if there is none. */
bool wb_next(world_broker_t *b, i64 now, ev_BROKER_t *out);
/* When the next message is due; I64_MAX: none is under way. */
i64 wb_due(const world_broker_t *b);
/* The connection broke: nothing that was on the wire arrives. */
void wb_cut(world_broker_t *b);
/* Faults have stopped: what is late arrives within `within`. */
void wb_hurry(world_broker_t *b, i64 now, i64 within);
const wb_order_t *wb_find(const world_broker_t *b, id128_t id);
/* The same, or the part that it has in an order of several. */
wb_seen_t wb_see(const world_broker_t *b, id128_t id);
/* The parts of an order of several; NULL: it is of one ledger. */
static inline const wb_bunch_t *wb_bunch(const world_broker_t *b, const wb_order_t *o)
{
    return o->bunch == 0 ? NULL : &b->bunches[o->bunch - 1];
}
/* False in a halt, its own or the market's. */
static inline bool wb_trades(const world_broker_t *b, inst_t name)
{
    return !b->halted[name] && !b->halted[WB_NAMES];
}
/* Somebody else, with the broker's own means, brings the position of a name to `to` at the present price:
 * what of our closing orders stands in the way is cancelled first. `told`: the engine hears of an execution
 * of an order that it never sent. */
void wb_trade_outside(world_broker_t *b, inst_t name, i64 to, bool told);
/* A hundred of its last words, letter by letter, within a second. */
void wb_burst(world_broker_t *b);
/* One of the orders that rest ends by the broker's own will, and nobody hears of it. `pick` chooses. */
void wb_end_unheard(world_broker_t *b, u64 pick);
/* True if no word about the name is under way and nobody else traded in it. */
bool wb_is_settled(const world_broker_t *b, inst_t name);
/* A split in the night: positions, orders that work and the records of their executions are in new shares,
 * and the orders' prices on the tick. */
void wb_split(world_broker_t *b, inst_t name, i64 num, i64 den);
/* The shares are paid out at the last price; orders end, and none is taken any more. */
void wb_payout(world_broker_t *b, inst_t name);
/* Until then the account may only close: entries that work are cancelled by the broker, new ones are refused.
 */
void wb_restrict(world_broker_t *b, i64 until);
/* False while there is no session: orders go on filling, and nobody hears of it. */
static inline bool wb_is_up(const world_broker_t *b)
{
    return b->now >= b->down_until;
}
/* Quantity that working stops and exits of a name may still close, those of one ledger or (WB_ALL) of all. */
i64 wb_covered(const world_broker_t *b, u32 ledger, inst_t name);
ref_id_t wb_ref_id(id128_t id);
u64 wb_payload(const intent_t *i);

#endif
