/* Stage 12's gates: every rule 1201 to 1230, all evaluated, from one plain input.
 *
 * Promises: a limit that is zero, unset or not finite refuses (never "unlimited"); configured limits are
 * cut to hard ceilings written here with their reasons, whatever preset or user says; the kill switch
 * survives a snapshot and lets reducing orders through. Reducing orders are not gated here: permit_reduce
 * bounds them.
 * Leaves to others: confidence, pacing, market data, the day's rules: they come as numbers. */
#ifndef VITRINE_TRADE_RISK_GATES_H
#define VITRINE_TRADE_RISK_GATES_H

#include "model/config.h"
#include "model/gate.h"
#include "trade/risk/reserve.h"

/* What the law sees of an account at the broker. Of one that several share it is what all of its sub-ledgers
 * come to: the broker counts by account and knows no other. */
typedef struct {
    money_t equity, equity_day_start;
    money_t cash, settled;
    money_t reserved;     /* unfilled opening orders, both sides */
    margin_book_t margin;
    u32 day_trades;       /* in the rule book's window */
    u32 opened_today;     /* day trades to come */
    u32 good_faith;       /* cash account: violations that count today */
    u32 unsettled;        /* positions and working entries that unsettled money pays for */
    i32 frozen_days;      /* calendar days left of a freeze */
    bool uncounted;       /* became a cash account within this session: its books count from the next one */
    bool cash_beside;     /* another counts as a cash account: then the account is one, and lends nothing */
} law_books_t;

typedef struct {
    risk_summary_t held;          /* reserve_summary of this draft */
    const config_t *config;
    rules_t rules;        /* of the day, for this account */
    margin_book_t margin; /* reserve_margin_book */
    law_books_t law;      /* of the account at the broker: this one, and those beside it */
    bool leveraged;       /* the draft's instrument */
    intent_t draft;
    price_t atr_d;
    i64 multiplier;
    i32 exponent;
    bool killed;
    bool micro;                   /* micro account: its caps apply */
    bool high_beta;               /* beta over 1.5 */
    bool own_sector;              /* index or sector fund: sector limits do not apply */
    bool easy_to_borrow;          /* shorts only */
    bool short_price_ok;          /* Rule 201; shorts only */
    bool probe;                   /* quarter-size probe: confidence is recorded, not asked */
    bool crosses;                 /* another account of this owner has an order to trade with */
    bool shadow_only;             /* the strategy was degraded for too long: it trades as a shadow */
    f64 confidence;
    f64 min_confidence;           /* preset, shifted by the adaptive gate */
    money_t equity_day_start;
    price_t mid;                  /* the market now: price band */
    u32 entries_today;
    u32 pace_allowed;             /* entries allowed by this time of day; LIMIT_ORDERS if pacing is off */
    u32 entries_cycle;
} risk_input_t;

/* Fills draft-dependent parts from an account: summary, killed, day's counters. The rest is the caller's. */
void risk_input_account(risk_input_t *in, const account_t *a, u16 sector, i64 now);
/* After it: adds another sub-ledger of the same account at the broker to in->law. */
void risk_input_beside(risk_input_t *in, const account_t *beside);
/* What the law sees of one account; and with another one beside it. */
law_books_t risk_law_books(const account_t *a, const rules_t *rules);
void risk_law_add(law_books_t *all, const law_books_t *beside);
/* True if what is bought today is sold before the night in any case. */
bool risk_sold_today(const config_t *c);
/* How far the price of a draft is from the market, bps; more than any band where one of them is unknown. */
f64 risk_band_bps(const intent_t *draft, price_t mid);
/* Evaluates every rule of stage 12; out->failed == 0 means permitted. */
void risk_gates(const risk_input_t *in, gates_t *out);

/* The limit that counts: configured, cut to the hard ceiling; 0 if unset, negative or not finite. */
typedef enum {
    CEILING_RISK_PCT, CEILING_POSITION_PCT, CEILING_POSITION_USD, CEILING_POSITIONS, CEILING_TRADES_DAY,
    CEILING_LOSS_DAY_PCT, CEILING_SECTOR_PCT, CEILING_SECTOR_COUNT, CEILING_HEAT_PCT, CEILING_PRICE_BAND_BPS,
    CEILING_FAT_FINGER_USD, CEILING_GROSS_PCT, CEILING_RATE, CEILING_BETA_SIDE, CEILING_PER_CYCLE,
    CEILING_COUNT
} ceiling_t;
f64 risk_limit(ceiling_t which, f64 configured);
f64 risk_ceiling(ceiling_t which);
const char *risk_ceiling_reason(ceiling_t which);

/* Kill switch: the flag is set and the epoch goes up, so that no opening effect of the old epoch passes
 * the door. Cancelling the working entries is execution's part: exec_kill does both. Idempotent except for
 * the epoch. */
void risk_kill(account_t *a);
/* Taken back by a person: epoch up again; nothing old becomes valid. */
void risk_release(account_t *a);

#endif
