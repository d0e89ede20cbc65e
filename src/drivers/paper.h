/* The simulated broker of backtest, paper and demo: fills against bars by the rules of the fill model.
 *
 * Promises: nothing fills against a bar that was known when the order was sent: an order handed over after
 * slice k meets slice k + 1 first. Prices end in fixed point, rounded against us to 1e-4 of the currency
 * (1e-6 below one). When stop and target lie in one bar the stop wins. Every message is a function of
 * (orders, slices, contexts): no clock, no chance.
 * Leaves to others: faults (sim/), which instruments may be traded, the clock. One paper_t serves many
 * accounts. */
#ifndef VITRINE_DRIVERS_PAPER_H
#define VITRINE_DRIVERS_PAPER_H

#include "drivers/order_door.h"
#include "model/bar.h"
#include "model/config.h"
#include "trade/execution/bunch.h"

/* Per instrument, kept up to date by the driver from the engine's columns; index = inst_t. */
typedef struct {
    f64 sigma_d_bps;   /* daily standard deviation, bps */
    f64 dollar_vol20;  /* 20-day mean dollar volume */
    f64 half_spread_bps; /* quoted half spread; 0: the model of the spread */
    bool no_locate;      /* nobody lends it: short sales are refused */
} paper_context_t;

typedef struct {
    const instrument_t *instruments; /* tick, exponent, multiplier */
    paper_context_t *context;        /* same length, borrowed, changed by the driver */
    u32 instrument_count;
    bool halts_told;                 /* halts are told by paper_on_halt and not guessed from missing bars */
    u32 accounts;                    /* whose orders it holds; 0 counts as a few */
    const config_t *config;          /* broker.fees, cost.*, fill.*; borrowed */
} paper_setup_t;

/* At least, and room for all that an account may have alive. */
enum { PAPER_ORDERS = 4096 };

/* Why the simulated broker ended or refused something, in BROKER.reason. */
enum {
    PAPER_MOVED = 1,      /* the price stayed beyond the limit for as long as the order was good */
    PAPER_PAST_STOP = 2,  /* the open was already past the protective stop */
    PAPER_TWO_BARS = 3,   /* an entry takes at most two bars */
    PAPER_OCO = 4,        /* the sibling or its trigger ended it */
    PAPER_NO_QTY = 5,     /* nothing was left after a split */
    PAPER_NOT_ALIVE = 6,  /* cancel or replace of an order that has ended or was never here */
    PAPER_ONE_BAR = 7,    /* the bar gave nothing */
    PAPER_AT_ONCE = 8,    /* the first price did not give (all of) what had to be had at once */
    PAPER_AMOUNT = 9,     /* the amount of a notional order is spent */
    PAPER_GONE = 10,      /* the instrument has ceased to be */
    /* A price that does not stand on the tick (model/tick.h), which one: the message's `price` is that price
     * and its `qty` the step there, both in 1e-9. */
    PAPER_TICK_LIMIT = 11,
    PAPER_TICK_STOP = 12,
    PAPER_TICK_BRACKET_STOP = 13, /* of the protective orders that go with an entry */
    PAPER_TICK_BRACKET_TARGET = 14
};

typedef struct {
    intent_t intent;
    u64 number;         /* order of arrival, from 1 */
    u64 bunch;          /* number of the bunched entry that it is, or whose protective order; 0 none */
    qty_t live;         /* may fill in all */
    qty_t filled;
    price_t trail;      /* trailing stops: where it stands */
    money_t spent;      /* value of the fills */
    f64 rated;          /* part of the commission that is a rate on value, dollars */
    money_t commission; /* charged so far: the minimum counts once an order */
    date_t session;     /* session of the last slice before it came */
    u32 bars;           /* bars met since it could fill */
    u32 fill_bars;      /* bars since its first fill, that one included */
    u8 triggered;       /* continues at market: a stop that fired, an auction order with a rest */
    u8 held;            /* waits for its entry */
    u8 fresh;           /* activated inside the present bar, not at its open */
    u8 dead;
    u8 fired;           /* triggered in the present bar */
    i64 dark;           /* time without a bar of the instrument while it rested, in one session */
} paper_order_t;

/* A halt as the exchange knows it. */
typedef struct {
    i64 since;   /* 0: trades */
    u8 kind;     /* halt_kind_t that stands */
    u8 reopened; /* the next bar is the first one after it: an auction */
} paper_halt_t;

typedef struct {
    paper_setup_t setup;
    paper_halt_t *halts; /* [instrument_count] */
    paper_halt_t market; /* of the whole market */
    u32 halts_stand;     /* halts and auctions to come, the market's counted in */
    paper_order_t *orders; /* [cap], ascending number */
    u32 count, cap;
    bunch_t *bunches; /* [bunch_cap], of entries that live */
    u32 bunch_count, bunch_cap;
    u64 next_number;
    u64 next_exec;
    i64 session_open;      /* of the session of the present slice */
    i64 session_close;
    date_t session;        /* session_of the last slice seen */
} paper_t;

/* Process-lifetime memory. ERR_NO_MEMORY. */
MUST_USE err_t paper_open(paper_t *p, const paper_setup_t *setup);
void paper_close(paper_t *p);
/* The port to give to the order door. */
broker_port_t paper_port(paper_t *p);
/* Tells the times of the session whose slices come next (spread by the clock, first and last bar). */
void paper_session(paper_t *p, i64 open, i64 close);

/* Taken orders are acknowledged at once. ERR_BROKER_REFUSED for a payload that cannot be held; a price off
 * the tick is told as a REJECT with its reason (a new one as a REPLACE_REFUSED), and the call succeeds. */
MUST_USE err_t paper_submit(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out);
/* An order of several sub-ledgers, each with protective orders of its own. The same errors, ERR_NO_MEMORY. */
MUST_USE err_t paper_submit_bunch(paper_t *p, const effect_t *e, i64 now, broker_msgs_t *out);
MUST_USE err_t paper_cancel(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out);
MUST_USE err_t paper_replace(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out);
MUST_USE err_t paper_lookup(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out);

/* Trading stops or goes on: orders rest meanwhile, and the first bar after it is an auction. A message about
 * nothing known changes nothing. */
void paper_on_halt(paper_t *p, const halt_t *h);
/* True if a bar of the instrument disproves its own halt: it began at or after it, and nobody told of an end.
 */
bool paper_halt_is_over(const paper_t *p, inst_t inst, const bar_t *b);
/* The same of the whole market's halt. An index is reckoned on while nothing trades: its bar proves nothing.
 */
bool paper_market_is_open(const paper_t *p, inst_t inst, const bar_t *b);

/* Splits change resting orders first (split_order_price), then every order meets the bar of its instrument.
 * Call before the engine steps on the slice. Slices must be of the timeframe that fills are taken from. */
void paper_on_slice(paper_t *p, const slice_t *slice, broker_msgs_t *out);

#endif
