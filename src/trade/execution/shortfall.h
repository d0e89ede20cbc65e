/* Implementation shortfall of a sliced order: what it cost against having all of it at the price of the
 * decision (A. F. Perold, The Implementation Shortfall, Journal of Portfolio Management 14, 1988).
 *
 * Promises: sums of whole numbers, from facts alone; delay + spread + impact + opportunity + fees is the
 * total to the last digit, for every slice (which has no opportunity) and for the order. A cost is positive.
 * Leaves to others: gathering the facts (faces/report/report_slices.h). */
#ifndef VITRINE_TRADE_EXECUTION_SHORTFALL_H
#define VITRINE_TRADE_EXECUTION_SHORTFALL_H

#include "model/event.h"
#include "model/order.h"
#include "model/slicing.h"

/* Money in 1e-6 of the base currency. */
typedef struct {
    i64 delay;       /* from the decision to the price when the slice was sent */
    i64 spread;      /* as far as the broker tells it apart; else part of impact */
    i64 impact;      /* from the price when the slice was sent to its fill, without spread */
    i64 opportunity; /* of what was never filled: from the decision to the price at the end */
    i64 fees;
    i64 total;
} shortfall_t;

typedef struct {
    id128_t id;
    u32 number; /* from 1 */
    i64 t;      /* sent */
    i64 qty, filled;
    i64 mid;    /* price when it was sent */
    i64 value;  /* of its fills */
    i64 arrival_value; /* of what it filled, at the price of the decision */
    shortfall_t cost;
} shortfall_slice_t;

typedef struct {
    id128_t id;
    u64 account;
    inst_t inst;
    u8 side, algo, reason; /* reason: slice_end_t, 0 while it works */
    i32 exponent;
    i64 multiplier;
    i64 t, t_end;   /* decision; end of the plan */
    u32 slices;
    i64 qty, filled;
    i64 arrival;    /* price at the decision */
    i64 end;        /* price at the end, 0 unknown or while it works */
    i64 market;     /* volume-weighted price of the market meanwhile, 0 unknown */
    i64 value;      /* of its fills */
    i64 arrival_value; /* of the whole order at the price of the decision */
    shortfall_t cost;
} shortfall_order_t;

/* ERR_OVERFLOW: the order's value cannot be held. */
MUST_USE err_t shortfall_order(const ev_INTENT_t *e, i32 exponent, i64 multiplier, shortfall_order_t *out);
/* The next slice of the order. */
void shortfall_slice(shortfall_order_t *o, const ev_INTENT_t *e, shortfall_slice_t *out);
/* One execution of a slice; `spread` is what the broker's message says of it, 0 if nothing. One that is told
 * after the end takes its part from what was priced as unfilled. ERR_OVERFLOW. */
MUST_USE err_t shortfall_fill(shortfall_order_t *o, shortfall_slice_t *s, const ev_FILL_t *e, i64 spread);
/* The end: what stayed unfilled is priced. ERR_OVERFLOW. */
MUST_USE err_t shortfall_end(shortfall_order_t *o, const ev_SLICE_END_t *e);
void shortfall_add(shortfall_t *sum, const shortfall_t *more);
/* A part of a value in basis points; 0 of nothing. */
f64 shortfall_bps(i64 part, i64 value);
/* Average fill against the market's volume-weighted price meanwhile, in bps, a cost positive. False if either
 * is unknown. */
bool shortfall_vs_market(const shortfall_order_t *o, f64 *bps);

#endif
