/* The reference account: what really happened at the broker, in plain integers.
 *
 * Promises: no code of the engine is used here, so that one mistake cannot stand on both sides. It is fed
 * with the broker's side of everything (orders taken, executions, ends) and with what the journal made
 * durable; it answers what cash and positions are, and names what must never happen: an order sent twice
 * (I1), sent before it was durable (I17), an id with two payloads (I12), an exit that turns a position over
 * (I6), a fill beyond the stated limit or a part of an order that was all or nothing (I13). One account at
 * the broker may be that of several sub-ledgers: what the orders of each made is kept apart, and what does
 * not divide of an order of several is the house's.
 * Units: quantity in whole units, prices 1e-9, money 1e-6; an id is two halves. */
#ifndef VITRINE_SIM_REFERENCE_H
#define VITRINE_SIM_REFERENCE_H

#include "base/types.h"

enum { REF_ORDERS = 4096, REF_NAMES = 30, REF_LEDGERS = 5 };

typedef struct {
    u64 hi, lo;
} ref_id_t;

typedef struct {
    ref_id_t id;
    ref_id_t parent; /* zero: none */
    ref_id_t bunch;  /* the order of several that it went into; zero: it went alone */
    u32 ledger;      /* whose it is */
    bool several;    /* an order of several: executions are the account's, their parts the ledgers' */
    u64 durable;     /* payload that the journal holds; 0: none yet */
    u64 sent;        /* payload of the first send; 0: never sent */
    u32 sends;
    u32 name;
    i64 sign; /* +1 buys, -1 sells */
    bool opens;
    bool taken;   /* the broker holds or held it */
    bool working; /* it may still fill */
    bool whole;   /* all at once or nothing */
    i64 limit;    /* worst price that was allowed; 0: any */
    i64 qty;      /* as ordered */
    i64 filled;
    i64 value; /* sum of quantity x price, money */
    u32 fills;
} ref_order_t;

/* What the orders of one sub-ledger made. */
typedef struct {
    i64 cash;
    i64 position[REF_NAMES];
} ref_ledger_t;

typedef struct {
    i64 cash;
    i64 position[REF_NAMES];
    u32 ledgers;
    ref_ledger_t ledger[REF_LEDGERS];
    i64 house; /* of executions of several: what the ledgers paid less than the account, negative */
    i64 outside[REF_NAMES]; /* part of position that no order of ours made: the user's, or the broker's own */
    i64 outside_cash;       /* what that brought or cost */
    u32 outside_trades;
    i64 fills;
    u32 count;
    ref_order_t orders[REF_ORDERS];
} reference_t;

/* `cash` for each of so many sub-ledgers; one: the account is its own. */
void ref_open(reference_t *r, i64 cash, u32 ledgers);
/* NULL if it was never spoken of. */
const ref_order_t *ref_find(const reference_t *r, ref_id_t id);
/* The journal holds this payload (never 0) for the id; a revision of a replace is one more call. */
void ref_durable(reference_t *r, ref_id_t id, u64 payload, u32 ledger);
/* The journal says that the order goes as a part of one of several. */
void ref_bunched(reference_t *r, ref_id_t id, ref_id_t bunch);

/* The following return NULL, or which invariant broke. */

/* A submit left for the broker. */
const char *ref_sent(reference_t *r, ref_id_t id, u64 payload);

typedef struct {
    ref_id_t id, parent;
    u32 ledger;
    bool several;
    u32 name;
    i64 sign;
    bool opens;
    bool whole;
    i64 limit;
    i64 qty;
} ref_taken_t;
/* The broker took an order (children: with their entry, parts: with the order of several). */
const char *ref_taken(reference_t *r, const ref_taken_t *t);
/* The broker executed. fee >= 0, money. */
const char *ref_fill(reference_t *r, ref_id_t id, i64 qty, i64 price, i64 fee);
typedef struct {
    i64 qty, of;
    i64 price, fee;
} ref_part_t;
/* What falls to a part of an execution of an order of several: qty of `of`, at its price and with its fee. */
const char *ref_part(reference_t *r, ref_id_t id, const ref_part_t *p);
/* Somebody else traded in the account. qty signed, fee >= 0. */
void ref_outside(reference_t *r, u32 name, i64 qty, i64 price, i64 fee);
/* `den` shares become `num`, and the fraction left of each ledger's position is paid at `price`; orders that
 * work follow. Nobody else traded there. */
void ref_split(reference_t *r, u32 name, i64 num, i64 den, i64 price);
/* The shares cease to be: each is paid, and owed where it was sold short. */
void ref_payout(reference_t *r, u32 name, i64 price);
/* What a ledger's own orders made of a position. */
static inline i64 ref_own(const reference_t *r, u32 ledger, u32 name)
{
    return r->ledger[ledger].position[name];
}
/* It can fill no more. */
void ref_ended(reference_t *r, ref_id_t id);
/* Names with a position of the ledger or with an opening order of it that may still fill. */
u32 ref_names(const reference_t *r, u32 ledger);

#endif
