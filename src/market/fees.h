/* What brokers, exchanges and regulators charge: dated tables, one reading of them for the simulated broker
 * and for the cost gate.
 *
 * Promises: pure functions of their arguments; a day before a schedule's first row is charged by that row.
 * Units: dollars, shares or contracts. Nothing is rounded to cents: brokers do that by the day or by the
 * trade, each in its way. Leaves to others: what a fill is, spread and impact (cost.h), interest, borrow.
 * Tables: fees_duty.def (regulators), fees_broker.def (eleven brokers); each row says where it is from and
 * whether that is second hand.
 */
#ifndef VITRINE_MARKET_FEES_H
#define VITRINE_MARKET_FEES_H

#include "model/instrument.h"

/* Values of broker.fees; stored. */
typedef enum {
    FEES_NONE = 0, /* no commission; regulatory fees of the day */
    FEES_ALPACA = 1,
    FEES_IBKR = 2,
    FEES_SCHWAB = 3,
    FEES_TRADIER = 4,
    FEES_TASTYTRADE = 5,
    FEES_TRADESTATION = 6,
    FEES_WEBULL = 7,
    FEES_OANDA = 8,
    FEES_TRADOVATE = 9,
    FEES_COINBASE = 10,
    FEES_KRAKEN = 11,
    FEES_COUNT
} fees_id_t;

typedef struct {
    fees_id_t schedule;
    asset_class_t cls;
    date_t day;
    f64 units;    /* shares or contracts, > 0 */
    f64 value;    /* units x price x multiplier, dollars */
    f64 volume30; /* dollars traded in 30 days: tiers; 0 the first one */
    bool sells;
    bool takes;  /* liquidity: market, marketable; otherwise it rested */
    bool closes; /* a position */
} fees_ask_t;

const char *fees_name(fees_id_t id);
/* False if the broker does not trade the class at all. */
bool fees_cover(fees_id_t schedule, asset_class_t cls);
/* The part of the commission that is a rate on the value of one execution (maker or taker). */
f64 fees_rate(const fees_ask_t *fill);
/* Commission of a whole order of `units` and `value`, given the sum of fees_rate over its executions: by the
 * unit, with minimum and maximum. Ask again as it grows; what was charged before is to be taken off. */
f64 fees_order(const fees_ask_t *order, f64 rated);
/* Exchange, clearing and regulatory fees of one execution. */
f64 fees_passed(const fees_ask_t *fill);
/* All of it for buying and selling `units`, both taking: what the cost gate asks. `value` of one way. */
f64 fees_round_trip(const fees_ask_t *one_way);

#endif
