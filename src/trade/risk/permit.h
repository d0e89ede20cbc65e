/* Permits: the only way to an order (I2). This file alone makes a risk_permit_t.
 *
 * Promises: a permit names one frozen payload by digest, one account, one epoch, and is used once. An
 * opening permit exists only with gates that were all evaluated and none failed; a reducing permit only
 * for a quantity that shrinks an open position, and that one also under the kill switch. The permit gives
 * the intent its sequence and id.
 * Leaves to others: evaluating gates (gates.h), sending (execution/). */
#ifndef VITRINE_TRADE_RISK_PERMIT_H
#define VITRINE_TRADE_RISK_PERMIT_H

#include "model/gate.h"
#include "trade/portfolio/account.h"

typedef struct {
    intent_t intent;
    trade_tag_t tag;
    digest_t payload; /* over the canonical intent */
    u64 epoch;
    u64 serial;
    u64 account_id;
    i64 multiplier;
    i8 exponent;
} risk_permit_t;

typedef struct {
    intent_t draft;    /* id, sequence and account fields are overwritten */
    trade_tag_t tag;
    i64 multiplier;    /* of the instrument */
    i32 exponent;
} permit_request_t;

/* An opening order. ERR_KILLED, ERR_HALTED, ERR_RISK_LIMIT (a gate failed, or no gate was evaluated),
 * ERR_PERMIT (the account reconciles, or a closing order outlived its position in the name), ERR_PARAM_RANGE
 * (side does not open, quantity or prices not usable). */
MUST_USE err_t permit_open(account_t *a, const permit_request_t *request, const gates_t *gates,
                           risk_permit_t *out);
/* A reducing order for at most the open quantity. ERR_PERMIT if it would not reduce. */
MUST_USE err_t permit_reduce(account_t *a, const permit_request_t *request, risk_permit_t *out);
/* Rules of stage 12 that a slice is asked again: the whole was permitted at another moment and price. */
typedef enum {
    SLICE_ENTRIES_STAND = 1, /* the account's circuit breaker is open, or the clock has stepped */
    SLICE_OUT_OF_BAND = 2,   /* its limit is too far from the market now */
    SLICE_CROSSES_OWN = 4,   /* it would meet an order of the same owner */
    SLICE_RULES = 7
} slice_rule_t;
/* One slice of a sliced order that was permitted as a whole: `qty` of what is left of it, at `mid`, under the
 * id of (parent, number), protected by `stop`. ERR_KILLED, ERR_HALTED, ERR_RISK_LIMIT (a rule failed, or one
 * was not asked), ERR_PERMIT (the account reconciles, a closing order outlived its position in the name, or
 * the parent has not that much left), ERR_PARAM_RANGE (the price lies at or beyond the protective stop or
 * target). */
typedef struct {
    const order_t *parent;
    u32 number; /* from 1 */
    qty_t qty;
    price_t mid, stop;
    u8 asked, failed; /* of slice_rule_t */
} slice_request_t;
MUST_USE err_t permit_slice(account_t *a, const slice_request_t *request, i64 now, risk_permit_t *out);
/* Checks digest, account, epoch and single use, and uses it up. ERR_PERMIT, ERR_KILLED. */
MUST_USE err_t permit_take(account_t *a, const risk_permit_t *permit);

/* 128 bits of (incarnation, account, sequence); role 0 is the intent itself, ROLE_STOP and ROLE_TARGET its
 * children. */
id128_t intent_id_make(id128_t incarnation, u64 account_id, u64 sequence);
id128_t intent_child_id(id128_t entry, order_role_t role);
id128_t intent_slice_id(id128_t parent, u32 number);
/* The protective order that an entry brings along: closing side, no quantity yet (it grows with the
 * entry's fills), good till cancelled, OCO with its sibling. `role` is ROLE_STOP or ROLE_TARGET and its
 * bracket price must be set. */
void intent_child(const intent_t *entry, order_role_t role, intent_t *out);
/* Digest over every field of the intent, canonical little-endian. */
digest_t intent_digest(const intent_t *intent);

#endif
