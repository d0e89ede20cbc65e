/* I16: several sub-ledgers share one account at a broker. What they and their house booked is what the broker
 * did: per order of several after every event, per name and in cash whenever nothing is left to be heard. */
#include <string.h>

#include "base/assert.h"
#include "sim/checkers.h"

static const order_t *order_of(const check_shared_t *s, const bunch_member_t *m)
{
    for (u32 k = 0; k < s->count; k++) {
        if (s->ledger[k]->account_id == m->account) {
            return account_order_const(s->ledger[k], m->intent);
        }
    }
    return NULL;
}

/* A part is a part: within one unit of what the members' sizes say. */
static bool is_near(const bunch_t *b, const bunch_member_t *m)
{
    i64 all = bunch_qty(b);
    i64 off = m->filled * all - m->qty * b->filled;
    return off < all && off > -all;
}

static const char *bunch_check(const check_shared_t *s, const bunch_t *b)
{
    const ref_order_t *truth = ref_find(s->reference, wb_ref_id(b->id));
    if (truth == NULL) {
        return "I17: an order of several whose members are not durable";
    }
    i64 sum = 0;
    for (u32 i = 0; i < b->count; i++) {
        const bunch_member_t *m = &b->member[i];
        const order_t *o = order_of(s, m);
        sum += m->filled;
        bool old = s->split[b->inst] && o != NULL && order_state_is_terminal((order_state_t)o->state);
        if (o == NULL || (o->filled.v != m->filled && !old)) {
            return "I16: a sub-ledger booked another quantity than its part";
        }
        if (!s->split[b->inst] && !is_near(b, m)) {
            return "I16: a part is a unit and more from what its size says";
        }
    }
    bool old = s->split[b->inst] && !truth->working; /* ended before: its counts are of the old shares */
    i64 most = truth->taken ? truth->filled : 0;
    if (sum != b->filled || (b->filled > most && !old)) {
        return "I16: sub-ledgers booked more than the broker filled for them";
    }
    return NULL;
}

/* Executions of the broker by name less those that were booked: 0, all were heard. Parts that are nothing are
 * no execution of that member. */
static void unheard(const check_shared_t *s, i64 out[REF_NAMES])
{
    memset(out, 0, REF_NAMES * sizeof out[0]);
    for (u32 i = 0; i < s->reference->count; i++) {
        const ref_order_t *o = &s->reference->orders[i];
        out[o->name] += o->taken && !o->several ? (i64)o->fills : 0;
    }
    for (u32 k = 0; k < s->count; k++) {
        const account_t *a = s->ledger[k];
        for (u32 i = 0; i < a->orders_used; i++) {
            out[a->orders[i].intent.inst] -= a->orders[i].exec_count;
        }
    }
}

const char *check_shared(check_shared_t *s)
{
    ASSERT(s != NULL && s->count > 1 && s->count == s->reference->ledgers);
    for (u32 i = 0; i < s->bunches->count; i++) {
        const char *broken = bunch_check(s, &s->bunches->row[i]);
        if (broken != NULL) {
            return broken;
        }
    }
    i64 missing[REF_NAMES];
    bool all = true;
    check_books_t books = {.cash = s->house};
    for (u32 k = 0; k < s->count; k++) {
        check_books_add(&books, s->ledger[k]);
    }
    unheard(s, missing);
    const reference_t *r = s->reference;
    for (u32 n = 0; n < REF_NAMES; n++) {
        all = all && missing[n] == 0;
        if (missing[n] == 0 && books.position[n] != r->position[n] - r->outside[n]) {
            return "I16: the sub-ledgers of a name hold together what their orders did not bring";
        }
    }
    s->whole += all ? 1 : 0;
    if (all && s->house != r->house) {
        return "I16: what does not divide is not what the house has";
    }
    return all && books.cash != r->cash - r->outside_cash
               ? "I16: cash of sub-ledgers and house is not the account's"
               : NULL;
}
