/* The rule book: what law and broker demand on a given day, as dated data with citations.
 *
 * Promises: backtests meet the law of the day (rulebook.def holds the dates); a broker's house rules can
 * only be stricter; everything here is a pure function of its arguments, in integers, rounded against the
 * trader. Leaves to others: counting day trades, adding up positions, asking whether an order reduces risk.
 */
#ifndef VITRINE_TRADE_RISK_RULEBOOK_H
#define VITRINE_TRADE_RISK_RULEBOOK_H

#include "base/fixed.h"
#include "base/units.h"

typedef enum {
    LAW_PDT_DAY_TRADES,        /* most day trades in the window that do not yet make a pattern */
    LAW_PDT_WINDOW_DAYS,       /* business days */
    LAW_PDT_EQUITY,            /* dollars */
    LAW_PDT_LAST_DAY,          /* last day on which a broker may still apply the old rules, YYYYMMDD */
    LAW_INTRADAY_MARGIN,       /* 1 = in force */
    LAW_INITIAL_BPS,           /* of the purchase */
    LAW_MAINTENANCE_LONG_BPS,  /* of market value */
    LAW_MAINTENANCE_SHORT_BPS, /* of market value, from $5 a share */
    LAW_MARGIN_EQUITY,         /* dollars */
    LAW_SETTLEMENT_DAYS,       /* business days after the trade */
    LAW_SHORT_TRIGGER_BPS,     /* fall from the prior close */
    LAW_FREEZE_DAYS,           /* calendar days */
    LAW_GOOD_FAITH_MAX,        /* violations that are still without consequence */
    LAW_GOOD_FAITH_MONTHS,     /* for which a violation counts */
    /* halts: read by halts.h */
    LAW_LULD_TIER1,            /* 1 = in force */
    LAW_LULD_TIER2,            /* 1 = in force */
    LAW_LULD_FROM_MIN,         /* minutes after the open without bands */
    LAW_LULD_UNTIL_MIN,        /* minutes before the close without bands */
    LAW_LULD_TIER1_BPS,        /* of the reference price */
    LAW_LULD_TIER2_BPS,
    LAW_LULD_MID_BPS,
    LAW_LULD_LOW_BPS,
    LAW_LULD_LOW_CENTS,        /* at most */
    LAW_LULD_HIGH_CENTS,       /* a prior close above it is of the first class */
    LAW_LULD_LOW_FROM_CENTS,   /* below it of the last */
    LAW_LULD_OPEN_MIN,         /* doubled for so long after the open */
    LAW_LULD_CLOSE_MIN,        /* doubled for so long before the close */
    LAW_LULD_CLOSE_TIER2_MIN,  /* the same for tier 2 of the first class */
    LAW_LULD_WINDOW_MIN,       /* of the reference price */
    LAW_LULD_UPDATE_BPS,       /* a new one is at least so far away */
    LAW_LULD_UPDATE_S,         /* and holds so long */
    LAW_LULD_LIMIT_S,          /* limit state before a pause */
    LAW_LULD_PAUSE_MIN,
    LAW_LULD_LAST_MIN,         /* before the close: a pause then has no reopening */
    LAW_REOPEN_BPS,            /* how far beyond the band that was met it may reopen */
    LAW_MARKET_1_BPS,          /* fall of the index from its prior close */
    LAW_MARKET_2_BPS,
    LAW_MARKET_3_BPS,
    LAW_MARKET_HALT_MIN,       /* levels 1 and 2 */
    LAW_MARKET_LAST_MIN,       /* before the close: the last moment at which they halt */
    LAW_COUNT
} law_t;

/* What one broker does differently. All zero: a margin account with the law alone. */
typedef struct {
    bool cash_account;         /* no borrowing, no shorts, no day-trade count */
    bool pdt_legacy;           /* still counts day trades after 2026-06-03 */
    date_t pdt_legacy_last;    /* its own last day of doing so; 0 = the last day the law allows */
    i32 maintenance_long_bps;  /* house rates: 0 = none; used only where stricter */
    i32 maintenance_short_bps;
    money_t margin_equity;
    i32 good_faith_max;        /* violations that are still without consequence; 0 = the strictest */
    const char *citation;      /* of the house rules; NULL = none */
} broker_overlay_t;

typedef struct {
    date_t day;
    bool cash_account;
    bool pdt;                  /* the legacy count binds below pdt_equity */
    i32 pdt_day_trades;        /* 3 */
    i32 pdt_window_days;       /* 5 */
    money_t pdt_equity;
    i32 initial_bps;           /* 10000 in a cash account */
    i32 maintenance_long_bps;
    i32 maintenance_short_bps;
    money_t margin_equity;     /* below it nothing is lent */
    i32 good_faith_max;        /* cash account: violations without consequence */
    i32 good_faith_months;     /* for which one counts */
    i32 freeze_days;
    const char *citation[LAW_COUNT]; /* NULL where the law is silent that day */
} rules_t;

/* The rules of `day` at a broker (NULL: the law alone). Days from 1990 on. */
#define RULEBOOK_FIRST date_from_ymd(1990, 1, 1) /* of an earlier day no rule is known (ASSERT) */
rules_t rulebook_for(date_t day, const broker_overlay_t *broker);
/* The number of one law on a day, 0 where it is silent. */
i64 rulebook_number(law_t law, date_t day);
/* And where it stands written, NULL where it is silent. */
const char *rulebook_citation(law_t law, date_t day);
/* Business days between trade and settlement of a stock trade of `day`: 5, 3, 2 or 1. */
i32 rulebook_settlement_days(date_t day);
/* The day on which a stock trade of `day` settles. Days on which the banks rest but the exchange trades
 * (Columbus Day, Veterans Day) do not count. `day` must be a session. Sessions as announced at `as_of`: a
 * sale just before a closure that nobody foresaw is promised the day that was then expected. */
date_t rulebook_settles_on(date_t day, i64 as_of);

/* Does the count of day trades bind, at this equity as of the prior close? Then the account may make
 * `pdt_day_trades` in `pdt_window_days` business days; one more would make it a pattern day trader below the
 * minimum equity. */
bool pdt_binds(money_t equity, const rules_t *rules);
/* The first day whose good-faith violations still count on the rules' day: twelve months back, the same day
 * of that month excluded. */
date_t good_faith_from(const rules_t *rules);

/* Maintenance requirement of a long position. `leverage` is the fund's factor (1 for plain shares, 3 for a
 * threefold fund: FINRA Regulatory Notice 09-53 multiplies the rate), at most the full value.
 * ERR_PARAM_RANGE, ERR_OVERFLOW. */
MUST_USE err_t margin_long_required(money_t value, i32 leverage, const rules_t *rules, money_t *out);
/* Maintenance requirement of a short position, per share rules of 4210(c)(2) and (3). shares > 0, price > 0.
 */
MUST_USE err_t margin_short_required(price_t price, i64 shares, const rules_t *rules, money_t *out);

typedef struct {
    money_t equity;            /* now: cash plus longs minus shorts */
    money_t required;          /* sum over positions */
    money_t orders_required;   /* sum over open orders that could add to it, as if all were filled */
} margin_book_t;

/* What is left of the margin when an order more adds `change` to the requirement; negative: a deficit. The
 * exception for small deficits is the law's patience, not our plan. ERR_OVERFLOW. */
MUST_USE err_t intraday_margin_after(const margin_book_t *book, money_t change, money_t *excess);

/* Rule 201 (17 CFR 242.201(b)(1)): did the low of `day` meet the trigger, a fall from the close before by the
 * rule book's figure or more? Then short sales are restricted for the rest of that day and on the next one.
 * False on days on which the rule was not in force. Both prices > 0, on one scale. */
bool short_price_triggered(price_t close_previous, price_t low, date_t day);
/* May a short sale be offered at `limit` (0: a market order, which has none) while the national best bid is
 * `bid`? Under restriction only above the bid. */
bool short_price_allowed(price_t limit, price_t bid, bool restricted);

#endif
