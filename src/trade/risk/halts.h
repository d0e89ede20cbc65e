/* What the law says about halts: limit up-limit down bands and pauses, market-wide circuit breakers.
 *
 * Promises: pure functions of a day and of prices, in integers; every figure comes from the rule book by date
 * (rulebook.def, with its source). Days on which the rule was not in force have no band, no pause and no
 * level. What bars allow is said where it is less than the law asks: a reference price is the mean of closes
 * of the last five minutes, not of trades. Leaves to others: who tells the engine that a halt stands
 * (model/halt.h), what an account does then (trade/execution), news halts, which follow no figure. */
#ifndef VITRINE_TRADE_RISK_HALTS_H
#define VITRINE_TRADE_RISK_HALTS_H

#include "model/bar.h"
#include "trade/risk/rulebook.h"

typedef enum { LULD_TIER_1 = 1, LULD_TIER_2 = 2 } luld_tier_t;

typedef struct {
    price_t lower, upper;
} luld_band_t;

typedef struct {
    date_t day;
    i64 t, open, close; /* the moment, and the session it lies in */
    luld_tier_t tier;
    i32 leverage;           /* of a leveraged product of tier 2; 0 counts as 1 */
    price_t close_previous; /* decides the day's class: above $3.00, from $0.75, below */
    price_t reference;
} luld_ask_t;

/* The prices between which trading is allowed at that moment, to the cent ($0.0001 below $1). False: there is
 * no band. Both prices asked for > 0. */
bool luld_band(const luld_ask_t *ask, luld_band_t *out);

/* The reference price, followed bar by bar. All zero: none yet. */
enum { LULD_BARS = 8 };
typedef struct {
    price_t price; /* in force, 0: none */
    i64 since;
    i64 t_known[LULD_BARS]; /* of the closes below, oldest first */
    i64 close[LULD_BARS];
    u32 count;
} luld_reference_t;

/* The opening print, or the one of a reopening: from now on it is the reference. */
void luld_reference_begin(luld_reference_t *r, price_t print, i64 t);
/* A bar more: one of a minute. The mean of the window's closes takes over once it is far enough away and the
 * old one has held long enough. */
void luld_reference_bar(luld_reference_t *r, const bar_t *b, date_t day);

/* The earliest end of a pause declared at t; 0: it does not end before the close. */
i64 luld_resumes(date_t day, i64 t, i64 close);
/* Nanoseconds of limit state that lead to a pause. */
i64 luld_limit_ns(date_t day);
/* Prices at which a paused stock may reopen, after so many extensions: `direction` tells which side of the
 * band `at` was met, -1 the lower. Each extension lasts as long as a pause. Days before the collars reopen at
 * any price. */
luld_band_t luld_collar(date_t day, const luld_band_t *at, i32 direction, u32 extensions);

/* The level that a fall of the index has reached: 1 to 3, 0 none. Both prices > 0, on one scale. */
u32 market_decline(date_t day, price_t close_previous, price_t index);

typedef struct {
    bool halts;
    i64 resumes; /* earliest; 0: not before the next session */
} market_halt_t;
/* What reaching `level` at t means in a session that ends at `close`, when `before` (0 to 3) is the highest
 * level that has halted it already. */
market_halt_t market_halt(date_t day, u32 level, u32 before, i64 t, i64 close);

#endif
