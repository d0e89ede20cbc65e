/* Prices of the simulated broker: spread, slippage, impact, rounding. Pure numbers, used by paper.c alone
 * and tested by themselves. */
#ifndef VITRINE_DRIVERS_PAPER_PRICE_H
#define VITRINE_DRIVERS_PAPER_PRICE_H

#include "drivers/paper.h"

/* Parts of one fill's distance from its base price, per unit, each >= 0, in price units. */
typedef struct {
    price_t price;
    price_t spread;
    price_t slippage;
    price_t impact;
} paper_fill_price_t;

typedef struct {
    i32 direction;     /* +1 buy, -1 sell */
    price_t base;      /* price before costs */
    price_t depth;     /* stops: added per unit, counted as slippage */
    price_t cap;       /* stated limit, never passed; 0 none */
    f64 flat_bps;      /* auction: the only cost; 0: spread + slippage + impact */
    f64 notional;      /* of the whole order: impact */
    f64 minute;        /* after the open, negative unknown */
    f64 tick;
    f64 spread_factor; /* after a halt: 3; 0 counts as 1 */
} paper_ask_t;

/* Base + direction x costs, rounded against us to 1e-4 (1e-6 below one), never beyond the cap. */
paper_fill_price_t paper_price(const config_t *c, const paper_context_t *x, const paper_ask_t *ask);

#endif
