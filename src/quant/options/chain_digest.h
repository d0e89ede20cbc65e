/* An option chain in five figures, computed from prices by the project's own pricer.
 *
 * A strike's volatility is that of its leg out of the money, against the forward of its expiry: by parity at
 * the strike whose call and put are worth most nearly the same, money earning nothing. Volatility at the
 * money lies between those of the strikes next to the forward; the one of 30 days is of the variance between
 * the expiries next to 30 days, as if every day had the same. Gamma exposure is what those who are long all
 * calls and short all puts gain in delta dollars on a move of 1 %. Promises: pure; what cannot be told is 0
 * or not known, whatever the prices are. Leaves to others: which price (middles, not quotes that cross),
 * early exercise, rates, who holds what. */
#ifndef VITRINE_QUANT_OPTIONS_CHAIN_DIGEST_H
#define VITRINE_QUANT_OPTIONS_CHAIN_DIGEST_H

#include "base/units.h"

/* One contract. */
typedef struct {
    date_t expiry;
    i32 side; /* 1 a call, -1 a put */
    f64 strike;
    f64 price;               /* 0: none */
    f64 open_interest;       /* contracts; 0: none, or not known */
    f64 forward, sigma, net; /* chain_digest's own, of the strike's first leg: calls less puts, open */
} chain_leg_t;

typedef struct {
    f64 spot;        /* forward of the nearest expiry; 0: no strike has both prices, nothing is known */
    f64 iv30;        /* a year, 0.2 is 20 %; 0: not known */
    bool held;       /* somebody holds options that have a volatility: the three below may be known */
    f64 gamma;       /* dollars for a move of 1 % */
    f64 flip;        /* the price nearest to spot at which `gamma` changes its sign; 0: none within a fifth */
    f64 max_pain;    /* strike at which the nearest expiry pays its holders least; 0: nobody holds any */
    date_t pain_day; /* that expiry */
    f64 move;        /* what call and put at the money cost, over the forward; 0: not known */
    date_t move_day; /* of the first expiry behind `due` */
} chain_digest_t;

/* Order of legs: by expiry, strike, the call first. For qsort. */
int chain_leg_order(const void *a, const void *b);
/* Of one expiry's legs in order; 0: no strike has both prices. */
f64 chain_forward(const chain_leg_t *leg, u32 n);
/* Of one strike's legs; 0: none at these prices. `years` > 0. */
f64 chain_volatility(const chain_leg_t *leg, u32 n, f64 forward, f64 years);
/* Of one expiry's legs in order; 0: no strike on one side of the forward has a volatility that is believed,
 * or it lies too far from it. */
f64 chain_at_money(const chain_leg_t *leg, u32 n, f64 forward, f64 years);
/* Legs of one underlying in order, at the end of session `day`; `due`: day of its next results, 0 not known.
 * Contracts that end today or have ended count for nothing. */
void chain_digest(chain_leg_t *leg, u32 n, date_t day, date_t due, chain_digest_t *out);

#endif
