/* See reference.h. */
#include "sim/reference.h"

#include <string.h>

#include "base/assert.h"

static bool same(ref_id_t a, ref_id_t b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

void ref_open(reference_t *r, i64 cash, u32 ledgers)
{
    ASSERT(r != NULL && ledgers > 0 && ledgers <= REF_LEDGERS);
    memset(r, 0, sizeof *r);
    r->cash = cash * (i64)ledgers;
    r->ledgers = ledgers;
    for (u32 k = 0; k < ledgers; k++) {
        r->ledger[k].cash = cash;
    }
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

void ref_durable(reference_t *r, ref_id_t id, u64 payload, u32 ledger)
{
    ASSERT(payload != 0 && ledger < r->ledgers);
    ref_order_t *o = claim(r, id);
    o->durable = payload;
    o->ledger = ledger;
}

void ref_bunched(reference_t *r, ref_id_t id, ref_id_t bunch)
{
    claim(r, id)->bunch = bunch;
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
    o->ledger = t->ledger;
    o->several = t->several;
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

/* True if the ledger's position grew or went to the other side: nothing that closes may do that. */
static bool ledger_book(reference_t *r, const ref_order_t *o, i64 qty, i64 paid)
{
    ref_ledger_t *l = &r->ledger[o->ledger];
    i64 before = l->position[o->name];
    i64 after = before + qty;
    l->position[o->name] = after;
    l->cash -= paid;
    bool crossed = (before > 0 && after < 0) || (before < 0 && after > 0);
    return crossed || size_of(after) > size_of(before);
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
    bool turned = false;
    if (o->several) {
        r->house -= o->sign * value + fee;
    } else {
        turned = ledger_book(r, o, o->sign * qty, o->sign * value + fee);
    }
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
    if (!o->opens && (crossed || turned || size_of(after) > size_of(before))) {
        return "I6: an exit turned a position over";
    }
    return NULL;
}

const char *ref_part(reference_t *r, ref_id_t id, const ref_part_t *p)
{
    ASSERT(p != NULL && p->qty > 0 && p->qty <= p->of && p->price > 0 && p->fee >= 0);
    ref_order_t *o = claim(r, id);
    ASSERT(o->taken && o->working && !o->several);
    i64 value = value_of(p->qty, p->price);
    i64 paid = o->sign * value + p->fee * p->qty / p->of;
    o->filled += p->qty;
    o->value += value;
    o->fills++;
    r->house += paid;
    bool turned = ledger_book(r, o, o->sign * p->qty, paid);
    if (o->filled > o->qty) {
        return "I16: a sub-ledger got more than it ordered";
    }
    return !o->opens && turned ? "I6: an exit turned a sub-ledger's position over" : NULL;
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

/* An order of several is what its parts are. */
static void several_follow(const reference_t *r, ref_order_t *o)
{
    o->qty = 0;
    o->filled = 0;
    for (u32 i = 0; i < r->count; i++) {
        const ref_order_t *part = &r->orders[i];
        bool of_it = part->taken && same(part->bunch, o->id);
        o->qty += of_it ? part->qty : 0;
        o->filled += of_it ? part->filled : 0;
    }
}

/* An order's limit by the ratio, between two steps of its venue on the side where less is paid and more
 * taken: cents, and hundredths of one below a dollar. Prices are in 1e-9. */
static i64 limit_of(const ref_order_t *o, i64 num, i64 den)
{
    i64 dollar = 1000000000;
    i64 to = (o->limit * den + num / 2) / num;
    i64 step = to < dollar ? dollar / 10000 : dollar / 100;
    i64 steps = o->sign > 0 ? to / step : (to + step - 1) / step;
    return steps > 0 ? steps * step : step;
}

void ref_split(reference_t *r, u32 name, i64 num, i64 den, i64 price)
{
    ASSERT(r != NULL && name < REF_NAMES && num > 0 && den > 0 && price > 0);
    ASSERT(r->outside[name] == 0);
    r->position[name] = 0;
    for (u32 k = 0; k < r->ledgers; k++) {
        ref_ledger_t *l = &r->ledger[k];
        i64 exact = l->position[name] * num;
        i64 paid = value_of(exact % den, price);
        paid = (paid + (paid < 0 ? -den / 2 : den / 2)) / den;
        l->position[name] = exact / den;
        l->cash += paid;
        r->position[name] += l->position[name];
        r->cash += paid;
    }
    for (u32 i = 0; i < r->count; i++) {
        ref_order_t *o = &r->orders[i];
        if (o->working && o->name == name) {
            o->qty = MAX_OF(o->qty * num / den, 1);
            o->filled = o->filled * num / den;
            o->limit = o->limit > 0 ? limit_of(o, num, den) : 0;
        }
    }
    for (u32 i = 0; i < r->count; i++) {
        if (r->orders[i].several && r->orders[i].working && r->orders[i].name == name) {
            several_follow(r, &r->orders[i]);
        }
    }
}

void ref_payout(reference_t *r, u32 name, i64 price)
{
    ASSERT(r != NULL && name < REF_NAMES && price >= 0);
    ASSERT(r->outside[name] == 0);
    for (u32 k = 0; k < r->ledgers; k++) {
        i64 paid = value_of(r->ledger[k].position[name], price);
        r->ledger[k].position[name] = 0;
        r->ledger[k].cash += paid;
        r->cash += paid;
    }
    r->position[name] = 0;
}

void ref_ended(reference_t *r, ref_id_t id)
{
    claim(r, id)->working = false;
}

u32 ref_names(const reference_t *r, u32 ledger)
{
    ASSERT(r != NULL && ledger < r->ledgers);
    u32 names = 0;
    for (u32 n = 0; n < REF_NAMES; n++) {
        bool used = ref_own(r, ledger, n) != 0;
        for (u32 i = 0; !used && i < r->count; i++) {
            const ref_order_t *o = &r->orders[i];
            used = o->working && o->opens && o->name == n && o->ledger == ledger && !o->several;
        }
        names += used ? 1 : 0;
    }
    return names;
}
