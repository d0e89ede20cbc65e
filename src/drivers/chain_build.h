/* Implied volatility and sensitivities of option chains, computed from their own prices.
 *
 * A contract's price is the middle of bid and ask, else the last one. The forward of an expiry comes from the
 * strike at which call and put are worth most nearly the same (parity), money earning nothing; both legs of a
 * strike have the volatility of the one that is out of the money. Vega and rho are for a point, theta for a
 * day. Where there is no pair, no time or no volatility at that price, the cells stay empty: no figure of the
 * source is copied. Leaves to others: early exercise, dividends on their days, rates. */
#ifndef VITRINE_DRIVERS_CHAIN_BUILD_H
#define VITRINE_DRIVERS_CHAIN_BUILD_H

#include "store/records.h"

typedef struct {
    u64 made;    /* contracts with a volatility */
    u64 without; /* written without one */
} chain_build_t;

/* Rows of kind option_quote in `t` into the open table `to`, with a spot of their own: the forward of their
 * expiry. ERR_NO_MEMORY. */
MUST_USE err_t chain_build(const record_kind_desc_t *kind, const record_table_t *t, record_table_t *to,
                           chain_build_t *out);

#endif
