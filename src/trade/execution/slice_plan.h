/* Cuts an order into slices by time (TWAP) or by the usual volume of the hours to come (VWAP).
 *
 * Promises: a pure function without chance; slices add up to the order exactly; each is whole lots but for
 * what the order itself has of a broken lot (it goes with the last one), none is under the least quantity and
 * none lies at or after the session's end. The number of slices is the one at which each stays within the
 * given part of the volume to be expected, between SLICES_MIN and SLICES_MAX (trading.md 11.3). An order that
 * cannot be cut stays whole: count 1.
 * Leaves to others: which orders are sliced (scan/slicing.h), sending (slicing.h). */
#ifndef VITRINE_TRADE_EXECUTION_SLICE_PLAN_H
#define VITRINE_TRADE_EXECUTION_SLICE_PLAN_H

#include "base/err.h"
#include "model/slicing.h"

typedef struct {
    slicing_t algo;       /* SLICING_TWAP or SLICING_VWAP */
    i64 qty, lot, least;  /* of the order, smallest step, smallest slice; all > 0 */
    i64 now, step_ns;     /* the first slice is at now, one more with every step */
    i64 open, close;      /* of the session; now lies inside */
    const f64 *curve;     /* usual volume of each bar of the session, in units of qty; NULL unknown */
    u32 bars;             /* of the curve */
    i64 bar_ns;           /* one bar's length, > 0 */
    f64 participation;    /* part of the volume that a slice may be, (0, 1] */
} slice_ask_t;

/* Usual volume in [from, to) by the curve; 0 where it is unknown. A bar counts by the part inside. */
f64 slice_volume(const slice_ask_t *a, i64 from, i64 to);
/* ERR_PARAM_RANGE: a figure outside what is written above. VWAP without a curve becomes TWAP, and says so.
 */
MUST_USE err_t slice_plan(const slice_ask_t *a, slice_schedule_t *out);

#endif
