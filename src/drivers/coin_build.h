/* Bars of coins in the bar store, out of stored records of kind trade_bar.
 *
 * Names as vendors write them (BTCUSD, BTC-USDT, BTC/USDC) become pairs against dollars; what is quoted in
 * anything else, and a derivative, stays a record. Bars keep their times: start, length and the moment they
 * were known, a corrected row and its correction each; days are those of UTC, and finer bars bring their days
 * along as they were first told, marked as built. Volume is in 1e-8 of the coin. Rows that a rule has marked
 * are left out. Leaves to others: whether a venue's volume means anything. */
#ifndef VITRINE_DRIVERS_COIN_BUILD_H
#define VITRINE_DRIVERS_COIN_BUILD_H

#include "store/bars.h"
#include "store/records.h"

typedef struct {
    const char *home;
    const char *source; /* of the records, and of the bars */
    i64 now_ns;         /* when corrections became known */
    const record_kind_desc_t *kind;
    const record_table_t *t; /* by series and time, all versions */
    bool no_volume;          /* the source says that its volumes mean nothing: they are unknown */
} coin_build_spec_t;

typedef struct {
    u64 used;  /* rows that are bars of coins now */
    u64 days;  /* daily bars made of finer ones */
    u64 other; /* rows of no coin in dollars, of a length that no bar has, marked by a rule, or unsound */
} coin_build_t;

typedef enum { COIN_NONE, COIN_NAMED, COIN_UNCLEAR } coin_name_t;
/* The pair that a vendor's name means, "BTCUSD" is BTC/USD. COIN_NONE: none against dollars; COIN_UNCLEAR:
 * one or none, as one reads it (SHIBUSD: SHIB in dollars, SHI in BUSD). */
coin_name_t coin_named(str_t name, char out[LIMIT_SYMBOL]);
/* Whether any series of the table is a coin. */
bool coin_build_fits(const record_table_t *t);
/* ERR_NO_MEMORY, and what the store returns. */
MUST_USE err_t coin_build(const coin_build_spec_t *spec, diag_t *diag, coin_build_t *out);

#endif
