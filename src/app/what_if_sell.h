/* `what-if sell`: what closing a position, or a part of it, would leave after tax, before it is done.
 *
 * Promises: lots and wash sales are those of the run's own fills up to the moment asked for, across all
 * accounts of one owner; nothing is changed, nothing is sent. Leaves to others: the price (the market at that
 * moment), the law (trade/portfolio/lots.h). */
#ifndef VITRINE_APP_WHAT_IF_SELL_H
#define VITRINE_APP_WHAT_IF_SELL_H

#include "faces/cli/app.h"
#include "trade/portfolio/lots.h"

typedef struct {
    const char *run; /* id */
    const char *symbol;
    u64 account;
    f64 units; /* shares, coins; 0: all that is held */
    f64 price;
    i64 t; /* events behind it are not known yet */
    lots_rates_t rates;
    bool rates_known; /* else no tax is told */
} what_if_sell_t;

/* Prints the answer. ERR_NOT_FOUND: nothing of it is held then; ERR_USAGE: less is held than is to be sold;
 * errors of reading the record. */
MUST_USE err_t what_if_sell(app_t *app, const what_if_sell_t *ask);

#endif
