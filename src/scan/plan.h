/* What if: how one planned entry would stand against the limits.
 *
 * Promises: asked of the very functions that stages 11 and 12 ask, on the account and the market as they are;
 * nothing is changed, nothing is sent. Rules that are a strategy's (confidence, pacing, the cycle's entries,
 * its health) are not asked. Leaves to others: making it an order. */
#ifndef VITRINE_SCAN_PLAN_H
#define VITRINE_SCAN_PLAN_H

#include "scan/scan.h"

typedef struct {
    inst_t inst;
    i8 d;      /* +1 buy, -1 sell short */
    f64 units; /* shares, > 0 */
    f64 price; /* 0: the last close */
    f64 stop;  /* 0: none, so that everything is at risk */
} plan_t;

/* Shares of equity in percent, as they are and with the plan filled. */
typedef struct {
    f64 now, after;
} plan_pair_t;

typedef struct {
    i64 t;
    f64 price, notional, equity;
    plan_pair_t gross, net, heat, sector;
    f64 correlation;      /* stage 11's factor on the size, for the worst holding; 1: none */
    bool same_underlying; /* as a holding: stage 11 refuses it */
    gates_t gates;        /* of stage 12, without a strategy's own */
    bool passes;
} plan_answer_t;

/* `spare` is memory for a scan, overwritten. ERR_PARAM_RANGE (a quantity or prices that no order can have),
 * ERR_EMPTY (no bar of the instrument yet). */
MUST_USE err_t plan_ask(const user_t *user, const scan_shared_t *shared, const plan_t *plan, scan_t *spare,
                        plan_answer_t *out);

#endif
