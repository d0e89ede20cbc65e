/* Reservations: what open and unknown orders may still do, at full notional, added to what is held.
 *
 * Promises: every opening order that is not proven dead counts with all of its unfilled quantity, at the
 * worst price it may fill (limit, else reference), exactly like a position (I3). Pure sums over one
 * account. */
#ifndef VITRINE_TRADE_RISK_RESERVE_H
#define VITRINE_TRADE_RISK_RESERVE_H

#include "model/sector.h"
#include "trade/portfolio/account.h"
#include "trade/risk/rulebook.h"

typedef struct {
    money_t equity;
    money_t cash;
    money_t settled;
    money_t long_value;     /* held, at marks */
    money_t short_value;    /* held, >= 0 */
    money_t long_reserved;  /* unfilled opening buys */
    money_t short_reserved; /* unfilled opening short sales */
    money_t heat;           /* sum of max(distance to stop, 1 ATRd) x quantity, held and reserved */
    money_t open_risk;      /* what is lost from now if every stop is hit, >= 0: for the day's loss */
    money_t inst_value;     /* held and reserved in the asked instrument */
    money_t sector_value;   /* held and reserved in the asked sector */
    u32 positions;          /* held plus working entries of instruments not held */
    u32 sector_positions;
    u32 high_beta_long;
    u32 high_beta_short;
    u32 unknown_same_side;  /* orders of unknown outcome on the asked instrument and side */
    u32 opened_today;       /* positions opened today and working entries: day trades to come */
    u32 sent_last_minute;
    bool duplicate;         /* an equal order works or was decided within 60 s */
} risk_summary_t;

/* Summary seen by one draft: its instrument, side and sector select the last part. */
void reserve_summary(const account_t *a, const intent_t *draft, u16 sector, i64 now, risk_summary_t *out);
/* What reserve_summary calls sector_value, of all sectors at once; what has no sector or one of its own is
 * under 0. Returns false, and writes nothing, where nothing is held and nothing works. */
bool reserve_sectors(const account_t *a, money_t out[SECTOR_COUNT]);
/* Notional of a draft at the worst price it may fill; saturates at I64_MAX. */
money_t reserve_notional(const intent_t *draft, i32 exponent, i64 multiplier);
/* max(|price - stop|, atr_d) x quantity. */
money_t reserve_heat(const intent_t *draft, price_t atr_d, i32 exponent, i64 multiplier);
/* Maintenance margin that a quantity asks for at a price (FINRA 4210(c)); of a leveraged fund, whose factor
 * is not known, all of its value. `qty` counts absolutely. Saturates at I64_MAX. */
typedef struct {
    price_t price;
    i64 qty;
    i32 exponent;
    i64 multiplier;
    bool is_long;
    bool leveraged;
} margin_ask_t;
money_t reserve_margin(const margin_ask_t *ask, const rules_t *rules);
/* The account's margin as it stands: equity, positions at their marks, working entries at the worst price
 * they may fill. */
void reserve_margin_book(const account_t *a, const rules_t *rules, margin_book_t *out);
/* True if an order of `other`, alive or of unknown outcome, could be what the draft trades with: on the other
 * side of the market in the same instrument, at market or with limits that meet. A stop that the market (the
 * draft's reference) has not met and a child whose entry brought nothing rest beside it; a stop that woke is
 * a market order, with a limit an order at that limit. */
bool reserve_crosses(const account_t *other, const intent_t *draft);
/* True if `other` holds the other side of the draft's instrument, or has an order, alive or of unknown
 * outcome, that opens it. */
bool reserve_opposes(const account_t *other, const intent_t *draft);

#endif
