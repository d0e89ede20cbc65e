/* See reference.h. */
#include "sim/reference.h"

#include <string.h>

#include "base/assert.h"

static bool same(ref_id_t a, ref_id_t b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

void ref_open(reference_t *r, i64 cash)
{
    ASSERT(r != NULL);
    memset(r, 0, sizeof *r);
    r->cash = cash;
}

const ref_order_t *ref_find(const reference_t *r, ref_id_t id)
{
    ASSERT(r != NULL && r->count <= REF_ORDERS);
    for (u32 i = r->count; i > 0; i--) { /* newest first: most questions are about them */
        if (same(r->orders[i - 1].id, id)) {
            return &r->orders[i - 1];
        }
    }
    return NULL;
}

static ref_order_t *claim(reference_t *r, ref_id_t id)
{
    const ref_order_t *found = ref_find(r, id);
    if (found != NULL) {
        return &r->orders[found - r->orders];
    }
    ASSERT(r->count < REF_ORDERS);
    ref_order_t *o = &r->orders[r->count++];
    o->id = id;
    return o;
}

void ref_durable(reference_t *r, ref_id_t id, u64 payload)
{
    ASSERT(payload != 0);
    claim(r, id)->durable = payload;
}

const char *ref_sent(reference_t *r, ref_id_t id, u64 payload)
{
    ASSERT(payload != 0);
    ref_order_t *o = claim(r, id);
    u64 first = o->sent;
    o->sends++;
    o->sent = payload;
    if (first != 0 && first != payload) {
        return "I12: one client order id was sent with two payloads";
    }
    if (first != 0) {
        return "I1: an order was sent twice";
    }
    if (o->durable != payload) {
        return "I17: an order was sent that the journal does not hold";
    }
    return NULL;
}

const char *ref_taken(reference_t *r, const ref_taken_t *t)
{
    ASSERT(t != NULL && t->name < REF_NAMES && t->qty > 0);
    ref_order_t *o = claim(r, t->id);
    if (o->taken) {
        return "I1: the broker holds two orders of one intent";
    }
    o->taken = true;
    o->working = true;
    o->parent = t->parent;
    o->name = t->name;
    o->sign = t->sign;
    o->opens = t->opens;
    o->whole = t->whole;
    o->limit = t->limit;
    o->qty = t->qty;
    return NULL;
}

/* Quantity x price (1e-9) as money (1e-6), half away from zero. */
static i64 value_of(i64 qty, i64 price)
{
    i128 exact = (i128)qty * price;
    return (i64)((exact + (exact < 0 ? -500 : 500)) / 1000);
}

static i64 size_of(i64 v)
{
    return v < 0 ? -v : v;
}

const char *ref_fill(reference_t *r, ref_id_t id, i64 qty, i64 price, i64 fee)
{
    ASSERT(qty > 0 && price > 0 && fee >= 0);
    ref_order_t *o = claim(r, id);
    ASSERT(o->taken && o->working);
    i64 before = r->position[o->name];
    i64 after = before + o->sign * qty;
    i64 value = value_of(qty, price);
    r->position[o->name] = after;
    r->cash -= o->sign * value + fee;
    r->fills++;
    o->filled += qty;
    o->value += value;
    o->fills++;
    if (o->filled > o->qty) {
        return "I1: more was filled than was ordered";
    }
    if (o->limit > 0 && o->sign * (price - o->limit) > 0) {
        return "I13: a fill beyond the stated limit";
    }
    if (o->whole && qty != o->qty) {
        return "I13: a part was filled of an order that is all or nothing";
    }
    bool crossed = (before > 0 && after < 0) || (before < 0 && after > 0);
    if (!o->opens && (crossed || size_of(after) > size_of(before))) {
        return "I6: an exit turned a position over";
    }
    return NULL;
}

void ref_outside(reference_t *r, u32 name, i64 qty, i64 price, i64 fee)
{
    ASSERT(r != NULL && name < REF_NAMES && qty != 0 && price > 0 && fee >= 0);
    i64 paid = value_of(qty, price) + fee;
    r->position[name] += qty;
    r->outside[name] += qty;
    r->cash -= paid;
    r->outside_cash -= paid;
    r->outside_trades++;
}

void ref_split(reference_t *r, u32 name, i64 num, i64 den, i64 price)
{
    ASSERT(r != NULL && name < REF_NAMES && num > 0 && den > 0 && price > 0);
    i64 exact = r->position[name] * num;
    i64 paid = value_of(exact % den, price);
    r->position[name] = exact / den;
    r->cash += (paid + (paid < 0 ? -den / 2 : den / 2)) / den;
    for (u32 i = 0; i < r->count; i++) {
        ref_order_t *o = &r->orders[i];
        if (o->working && o->name == name) {
            o->qty = MAX_OF(o->qty * num / den, 1);
            o->filled = o->filled * num / den;
            o->limit = (o->limit * den + num / 2) / num;
        }
    }
}

void ref_payout(reference_t *r, u32 name, i64 price)
{
    ASSERT(r != NULL && name < REF_NAMES && price >= 0);
    r->cash += value_of(r->position[name], price);
    r->position[name] = 0;
}

void ref_ended(reference_t *r, ref_id_t id)
{
    claim(r, id)->working = false;
}

u32 ref_names(const reference_t *r)
{
    ASSERT(r != NULL);
    u32 names = 0;
    for (u32 n = 0; n < REF_NAMES; n++) {
        bool used = ref_own(r, n) != 0;
        for (u32 i = 0; !used && i < r->count; i++) {
            used = r->orders[i].working && r->orders[i].opens && r->orders[i].name == n;
        }
        names += used ? 1 : 0;
    }
    return names;
}
