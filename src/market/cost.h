/* What trading costs before it is done: spread, impact, and the sum the cost gate asks for
 * (trading.md 9.3, 11.1).
 *
 * Pure functions of price, dollar volume, daily sigma and the clock; the paper broker fills by the same ones.
 */
#ifndef VITRINE_MARKET_COST_H
#define VITRINE_MARKET_COST_H

#include "base/types.h"

/* The widest spread the model gives, and what it says of a name whose volume is not known: that nobody saw it
 * trade is no reason to think it cheaper than the thinnest name that was seen. */
#define COST_SPREAD_MAX_BPS 150.0
/* What an order is measured against where the volume is not known: a very thin name. */
#define COST_UNKNOWN_DOLLAR_VOLUME 1e6

/* Modelled spread in bps: max(one tick, 2.0 (dollar volume / 1e9)^-0.4) x clock factor, 0.2 to 150. `minute`
 * counts from the open; negative means unknown (factor 1). tick 0: none. Unknown volume (0): the widest.
 * Measured on quotes of ten names, good to a factor of two. The one home of the spread: the cost gate and the
 * simulated broker both ask here, so that nothing is let in at one price and filled at another. */
f64 cost_spread_bps(f64 price, f64 tick, f64 dollar_vol20, f64 minute);
/* The same for `count` symbols; price <= 0 is one that does not trade: the widest. */
enum { COST_COLUMN = 64 };
typedef struct {
    f64 price[COST_COLUMN], tick[COST_COLUMN], dollar_vol20[COST_COLUMN];
} cost_column_t;
void cost_spreads(const cost_column_t *in, u32 count, f64 minute, f64 *out);
/* Clock factor alone: 3.0 in the first minute falling to 0.9 at the end. */
f64 cost_clock_factor(f64 minute);
/* Square-root law: y x sigma_d (bps) x sqrt(order / dollar volume), the latter 1e6 if unknown. */
f64 cost_impact_bps(f64 y, f64 sigma_d_bps, f64 order_usd, f64 dollar_vol20);

#endif
