/* Prices on the venue's grid: what lies between two steps of it is refused, not rounded, by who receives it.
 *
 * Stocks and funds step by the instrument's tick from one dollar on, and by a hundredth of a cent below
 * (17 CFR 242.612, Rule 612 of Regulation NMS); other classes by their tick. An instrument that names no tick
 * steps by a hundredth of a cent. */
#ifndef VITRINE_MODEL_TICK_H
#define VITRINE_MODEL_TICK_H

#include "model/instrument.h"

/* The step at a price, above zero. */
price_t tick_at(const instrument_t *t, price_t p);
bool tick_fits(const instrument_t *t, price_t p);
/* The grid's price at or beyond `p`, not below zero: upwards or downwards, never below its first step. */
price_t tick_round(const instrument_t *t, price_t p, bool up);
/* The grid's price at or beyond `price` (in money a unit), upwards or downwards, never below its first step.
 * What differs from a step by less than a millionth is that step: noise of the arithmetic before. */
price_t tick_beyond(const instrument_t *t, f64 price, bool up);

#endif
