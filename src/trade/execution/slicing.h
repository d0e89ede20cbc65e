/* Sliced entries: one permit for the whole, slices as orders of their own.
 *
 * Promises: the sliced order is an order of the account that no broker ever sees; it holds the reservation of
 * what was not sent yet. A slice's id is a function of that order's; filled and open of all slices together
 * never exceed it (I1), looked at when the permit is made and again before the effect. What a slice did not
 * fill is due with the next. No slice leaves under the kill switch, while the account reconciles, while the
 * position is leaving or was left, without a price (a halt), past the end, once the price went too far, or a
 * short's once its price restriction has set in.
 * Exits are never sliced. The plan and its end are facts; recovery goes on from them.
 * Leaves to others: the schedule (slice_plan.h), when to look (loops/execution/slice_scheduler.c). */
#ifndef VITRINE_TRADE_EXECUTION_SLICING_H
#define VITRINE_TRADE_EXECUTION_SLICING_H

#include "trade/execution/execution.h"

typedef enum { /* stored ids: why no more slices of an order came */
    SLICE_END_FILLED = 1, SLICE_END_TIME = 2, SLICE_END_MOVED = 3, SLICE_END_STOPPED = 4
} slice_end_t;

/* What the market shows at this look. */
typedef struct {
    price_t mid;    /* of the instrument now; 0: no price, nothing is sent */
    price_t last;   /* its last price, for what stayed unfilled; 0: none is known */
    price_t market; /* volume-weighted price since the decision; 0 unknown */
    f64 cancel_r;   /* the rest is not sent once the price went this far in direction, in R; 0: no limit */
    u8 asked, failed; /* rules of slice_rule_t that were looked at, and that say no */
    bool no_short;  /* Rule 201 binds the instrument: its slices would take the bid, which no short may */
} slice_market_t;

/* Takes the permit of an order with INTENT_SLICED, appends INTENT, PERMIT and SLICE_PLAN facts and sends the
 * first slice if one is due. Errors as of exec_submit; ERR_POOL_FULL also without room for a plan,
 * ERR_PARAM_RANGE for a schedule that does not add up to the order. */
MUST_USE err_t exec_submit_sliced(account_t *a, const risk_permit_t *permit, const slice_schedule_t *schedule,
                                  i64 now, outbox_t *out);
/* When the next slice of any plan is due or a plan ends; 0: one has ended; I64_MAX: there is none. */
i64 exec_slice_next(const account_t *a);
/* Looks at one plan (index below ACCOUNT_PLANS; a free place does nothing): sends what is due, ends what is
 * over. True if anything was written. */
bool exec_slice_step(account_t *a, u32 plan, const slice_market_t *market, i64 now, outbox_t *out);

const char *slice_end_name(slice_end_t e);
const char *slicing_name(slicing_t s);

/* The schedule as the SLICE_PLAN fact keeps it. ERR_CORRUPT. */
MUST_USE err_t slicing_schedule(const ev_SLICE_PLAN_t *e, slice_schedule_t *out);
/* Recovery's side of both facts. ERR_CORRUPT, ERR_POOL_FULL. */
MUST_USE err_t slicing_recover_plan(account_t *a, const ev_SLICE_PLAN_t *e);
MUST_USE err_t slicing_recover_end(account_t *a, const ev_SLICE_END_t *e);

#endif
