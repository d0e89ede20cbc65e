/* Option chains of the simulated market, priced from its own variance by the project's own pricer.
 *
 * Promises: at the end of a session any listed instrument has a chain: the next four Fridays and the third
 * ones of the next three months, strikes around the price. A value is the mean of two log-normal worlds, one
 * of them with a fall that grows likelier with the variance of the term; so there is a skew, and yet no
 * arbitrage: calls fall and bend up with the strike, rise with the term, calls and puts have parity, and the
 * whole distribution has the priced variance of market.h. bid <= value <= ask. Volatility is what
 * quant/options gives back for the value, and the sensitivities are those of Black and Scholes at it. A pure
 * function of the specification and the session. Leaves to others: early exercise (options are European:
 * without interest it is worth nothing, but before dividends), adjustments of old contracts (each session's
 * chain is new), trades. */
#ifndef VITRINE_SIM_CHAIN_H
#define VITRINE_SIM_CHAIN_H

#include "quant/options/chain_digest.h"
#include "quant/options/options.h"
#include "sim/market.h"

enum {
    SIM_CHAIN_EXPIRIES = 7,
    SIM_CHAIN_STRIKES = 60,
    SIM_CHAIN_MAX = SIM_CHAIN_EXPIRIES * SIM_CHAIN_STRIKES * 2
};

typedef struct {
    date_t expiry;
    u32 sessions;      /* to it, itself counted */
    option_t contract; /* spot, strike, years, rate, yield, side; sigma: implied by the value */
    f64 variance;      /* priced, of the whole term: minus twice the mean logarithm of price over forward */
    option_greeks_t greeks; /* value: the model's */
    price_t bid, ask;       /* bid 0: none */
    i64 open;               /* contracts that are open: made up, see docs/simulated-market.md */
} sim_option_t;

/* The chain of one instrument at the end of the session of the last slice, by expiry and strike, the call
 * first. `out` holds SIM_CHAIN_MAX. Returns how many; 0 within a session, before the first, and for what is
 * not listed. */
u32 sim_chain(const sim_market_t *m, inst_t inst, sim_option_t *out);
/* What the middles of those quotes come to, name by name (out holds all instruments): as chain_digest says of
 * whole chains, at a hundredth of the cost; a history's day has chains too. Without `whole` iv30 alone. */
void sim_chain_digests(const sim_market_t *m, bool whole, chain_digest_t *out);

#endif
