/* Tax lots: what was bought when and for how much, what a sale realised, and which losses wash sales defer
 * (United States, individuals: 26 USC 1012, 1091, 1222, 1223; IRS Publication 550).
 *
 * Promises: a pure function of the bookings handed in, in integers; nothing is lost: over any run of bookings
 * the gains of closed lots, the basis of open ones and the losses carried into them add up to the money that
 * went in and out; a share replaces one sold share at most. Lots belong to an account, wash sales look over
 * all accounts of one owner.
 * Leaves to others: which accounts belong to whom, what is substantially identical beyond one instrument,
 * retirement accounts (there a deferred loss is lost), sections 1256 and 1259, state taxes. */
#ifndef VITRINE_TRADE_PORTFOLIO_LOTS_H
#define VITRINE_TRADE_PORTFOLIO_LOTS_H

#include "base/fixed.h"
#include "base/units.h"

enum { LOTS_WASH_DAYS = 30 }; /* 26 USC 1091(a): before and after the sale, both ends included */

typedef enum { LOTS_BUY = 1, LOTS_SELL = 2, LOTS_SHORT = 3, LOTS_COVER = 4, LOTS_SPLIT = 5 } lots_kind_t;
/* Which lots a sale takes where it names none: the oldest (Treasury Reg. 1.1012-1(c)(1)), or by a standing
 * order the dearest, which is specific identification ((c)(2), (c)(8)). */
typedef enum { LOTS_FIFO = 0, LOTS_DEAREST = 1 } lots_method_t;

/* One lot that a sale names, by the number its purchase had: its index among the bookings. */
typedef struct {
    u32 booking;
    i64 qty;
} lots_pick_t;

/* One booking. Quantities in the instrument's exponent. */
typedef struct {
    u64 owner, account;
    u64 purchase; /* of an opening: fills of one order are one purchase (Rev. Rul. 56-602) */
    u32 inst;
    u8 kind;    /* lots_kind_t */
    bool coin;  /* property, not stock or securities (IRS Notice 2014-21): section 1091 does not reach it */
    date_t date;
    i64 qty;       /* > 0; of a split: before it */
    i64 qty_after; /* of a split */
    money_t value; /* price x quantity; of a split: cash for the fraction. >= 0 */
    money_t fee;
    const lots_pick_t *pick; /* of a closing: specific identification; NULL: by the method */
    u32 picks;
} lots_booking_t;

/* What is held. `basis` of a short is what it brought. */
typedef struct {
    u64 owner, account, purchase;
    u32 inst;
    u32 booking;
    bool is_short;
    bool replacement; /* it took over a loss */
    date_t acquired;
    date_t held_from; /* acquired, less the time that the replaced shares were held */
    i64 qty;
    money_t basis;   /* with commission, and with `carried` (a short's without it) */
    money_t carried; /* losses taken over */
} lot_open_t;

/* What was closed, lot by lot. gain = proceeds - basis. */
typedef struct {
    u64 owner, account, purchase;
    u32 inst;
    u32 opened_by, closed_by; /* bookings */
    bool is_short;
    bool long_term;
    date_t acquired, held_from, closed;
    i64 qty;
    money_t basis, proceeds;
    money_t carried;    /* inside of the basis */
    money_t disallowed; /* of the loss, >= 0: deferred into other lots */
    i64 loose;          /* shares of a loss that no purchase has replaced yet */
    money_t loose_loss; /* their part of it, >= 0 */
} lot_closed_t;

/* Memory is the caller's. */
typedef struct {
    lot_open_t *open; /* in order of acquisition */
    u32 open_count, open_cap;
    lot_closed_t *closed; /* in order of closing */
    u32 closed_count, closed_cap;
    lots_method_t method;
} lots_t;

/* Books one more; bookings come in order of time, `number` is its index. After an error *l is of no use.
 * ERR_PARAM_RANGE (a quantity that is not positive, dates that go back, a sale of more than is held, picks
 * that do not add up), ERR_BUFFER_FULL, ERR_OVERFLOW. */
MUST_USE err_t lots_book(lots_t *l, const lots_booking_t *b, u32 number);

/* More than a year (26 USC 1222): the year begins on the day after the purchase, so that what was bought on
 * 5 February is long-term from 6 February of the next year on. */
bool lots_is_long_term(date_t held_from, date_t closed);
/* The first day on which a sale is long-term. */
date_t lots_long_from(date_t held_from);

/* What a closing would come to before it is made. Rates in percent; a deductible loss is taken to save as
 * much as a gain of its kind costs. */
typedef struct {
    f64 short_pct, long_pct;
} lots_rates_t;
typedef struct {
    money_t proceeds;              /* less commission; of a cover what is left of what the short brought */
    money_t gain_short, gain_long; /* gains less losses, the deferred part left out */
    money_t disallowed;            /* losses that purchases of the last 30 days defer at once */
    money_t at_risk;               /* further losses, deferred if it is bought back until `wash_until` */
    date_t wash_until;
    date_t
        long_from; /* when the youngest lot that it takes turns long-term; 0: all of it is, or it is short */
    money_t tax;   /* negative: saved */
    money_t after_tax;
} lots_sale_t;
/* `spare` has memory like l's, and is overwritten. Errors of lots_book. */
MUST_USE err_t lots_preview(const lots_t *l, const lots_booking_t *sale, const lots_rates_t *rates,
                            lots_t *spare, lots_sale_t *out);

#endif
