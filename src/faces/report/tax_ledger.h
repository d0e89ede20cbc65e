/* Tax lots of a run, booked from its journal event by event (trade/portfolio/lots.h does the law).
 *
 * Promises: every fill and split of every account is booked, so that wash sales are seen across the accounts
 * of one owner; a booking that does not fit (an execution that turned a position over, a record that lost
 * some) ends the ledger with a reason, and nothing more is said of taxes. Leaves to others: reading journals,
 * pages. */
#ifndef VITRINE_FACES_REPORT_TAX_LEDGER_H
#define VITRINE_FACES_REPORT_TAX_LEDGER_H

#include "faces/report/report_users.h"
#include "model/event.h"
#include "model/instrument.h"
#include "trade/portfolio/lots.h"

enum { TAX_WHY = 96 };

typedef struct {
    id128_t id, parent;
} tax_slice_t;

typedef struct {
    lots_t lots, spare;     /* arrays of their own */
    tax_slice_t *own_slice; /* orders that are part of a sliced one */
    u32 slice_count, slice_room;
    u32 open_room[2], closed_room[2];
    lots_booking_t *own_booking; /* all so far */
    u32 bookings, booking_room;
    bool broken;
    char why[TAX_WHY]; /* if broken */
} tax_ledger_t;

/* An instrument of the run. */
typedef struct {
    char symbol[LIMIT_SYMBOL];
    u8 cls;
    u8 sector;
    i32 exponent; /* 0 to -8 */
    i64 multiplier;
} report_inst_t;

/* Whose an account is: its owner, or, where the record has no rows, the account itself. */
u64 tax_owner(const report_users_t *users, u64 account);
typedef struct {
    const report_users_t *users;
    const report_inst_t *insts; /* NULL before the run's start was read */
    u32 count;
} tax_run_t;
/* Any event of the run, in order. ERR_NO_MEMORY. */
MUST_USE err_t tax_ledger_take(tax_ledger_t *t, const event_t *e, const tax_run_t *run);
/* What selling (or covering) all that account `account` holds of `inst`, or `qty` of it, at `mark` on the day
 * of `t` would come to. False if it holds nothing or less, or nothing is known. */
typedef struct {
    u64 account;
    inst_t inst;
    price_t mark;
    i64 t;
    const report_inst_t *unit; /* how its quantity is meant */
    i64 qty;                   /* 0: all */
} tax_ask_t;
bool tax_ledger_ask(tax_ledger_t *l, const tax_ask_t *ask, const lots_rates_t *rates, lots_sale_t *out,
                    i64 *qty);
/* Books everything once more, closings taking their lots by `method`. ERR_NO_MEMORY. */
MUST_USE err_t tax_ledger_again(tax_ledger_t *t, lots_method_t method);
void tax_ledger_free(tax_ledger_t *t);

/* "SHORT,LONG" in percent, each 0 to 100. ERR_SYNTAX. */
MUST_USE err_t tax_rates_parse(const char *text, lots_rates_t *out);

#endif
