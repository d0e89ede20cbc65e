/* The rows of a set of option chains in order: of one underlying and moment after the other, each by expiry,
 * strike, the call first. Leaves to others: what is made of them (chain_build, bulletins_chains). */
#ifndef VITRINE_DRIVERS_CHAIN_ROWS_H
#define VITRINE_DRIVERS_CHAIN_ROWS_H

#include "quant/options/chain_digest.h"
#include "store/records.h"

typedef struct {
    i64 underlying; /* its cell */
    i64 t_event;
    u32 row; /* of the table */
} chain_row_t;

typedef struct {
    chain_row_t *own_row;
    chain_leg_t *own_leg; /* beside own_row[i]: its price is the middle of bid and ask, else the last one */
    u32 count;
} chain_rows_t;

/* Rows of kind option_quote; those without a contract (the underlying's own) are left out. ERR_NO_MEMORY. */
MUST_USE err_t chain_rows_open(const record_kind_desc_t *kind, const record_table_t *t, chain_rows_t *out);
void chain_rows_close(chain_rows_t *r);
/* Where the chain that begins at `from` ends. */
u32 chain_rows_end(const chain_rows_t *r, u32 from);

#endif
