/* What is made out of stored records: minute bars out of prints, a continuous future out of its contracts, a
 * chain's volatilities out of its prices (chain_build.h; kind option_quote, set SOURCE.own), bars of coins
 * that runs can read (coin_build.h; kind trade_bar).
 *
 * Prints (kind tick_trade) of US shares become one-minute bars of the bar store, in regular hours, marked as
 * built, under the same source; which prints count is market/tick_build.h. Daily bars of a future's contracts
 * (kind trade_bar, series ROOT, month letter, year) become a forward series (market/roll_build.h) of kind
 * number: series ROOT is the price times the factor, ROOT/FACTOR the factor, ROOT/FRONT changes with the
 * roll. The roll is on the close of the first session in which a later contract has traded more than the
 * front one: what was known then, no list of dates. Building again changes nothing. */
#ifndef VITRINE_DRIVERS_RECORDS_BUILD_H
#define VITRINE_DRIVERS_RECORDS_BUILD_H

#include "store/records.h"

typedef struct {
    const char *home;
    const char *source; /* set of records */
    i64 now_ns;         /* when corrections became known */
} records_build_spec_t;

typedef struct {
    char kind[RECORD_NAME]; /* what was read */
    char made[RECORDS_SOURCE + 16];
    u64 rows_read;
    u64 rows_used;    /* prints that moved price or volume; bars of the front contract; contracts with a
                         volatility */
    u64 rows_made;    /* bars, or numbers */
    u64 rows_outside; /* of rows_made: bars outside regular hours, not stored */
    u32 rolls;
    bool coins;     /* bars of coins were made... */
    u64 rows_other; /* ...and of so many rows none */
    bool no_volume; /* they have no volume: the source says that its own mean nothing */
} records_build_t;

/* ERR_NOT_FOUND (no such set), ERR_USAGE (nothing is built out of that kind), and what the stores return. */
MUST_USE err_t records_build(const records_build_spec_t *spec, diag_t *diag, records_build_t *out);

#endif
