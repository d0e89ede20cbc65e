/* See shortfall.h. */
#include "trade/execution/shortfall.h"

#include "base/assert.h"

static i64 direction_of(const shortfall_order_t *o)
{
    return side_is_buy((side_t)o->side) ? 1 : -1;
}

static err_t value_of(const shortfall_order_t *o, i64 price, i64 qty, i64 *out)
{
    money_t m;
    TRY(money_of((price_t){price}, (qty_t){qty}, o->exponent, o->multiplier, ROUND_NEAREST, &m));
    *out = m.v;
    return ERR_OK;
}

err_t shortfall_order(const ev_INTENT_t *e, i32 exponent, i64 multiplier, shortfall_order_t *out)
{
    ASSERT(e != NULL && out != NULL);
    ASSERT(multiplier > 0 && exponent <= 0 && exponent >= QTY_EXPONENT_MIN);
    shortfall_order_t o = {.id = e->id, .account = e->account, .inst = e->inst, .side = e->side,
                           .exponent = exponent, .multiplier = multiplier, .t = e->t_decided, .qty = e->qty,
                           .arrival = e->reference};
    TRY(value_of(&o, o.arrival, o.qty, &o.arrival_value));
    *out = o;
    return ERR_OK;
}

void shortfall_slice(shortfall_order_t *o, const ev_INTENT_t *e, shortfall_slice_t *out)
{
    ASSERT(o != NULL && e != NULL && out != NULL);
    ASSERT(id128_eq(e->parent, o->id));
    *out = (shortfall_slice_t){.id = e->id, .number = ++o->slices, .t = e->t_decided, .qty = e->qty,
                               .mid = e->reference};
}

void shortfall_add(shortfall_t *sum, const shortfall_t *more)
{
    ASSERT(sum != NULL && more != NULL);
    sum->delay += more->delay;
    sum->spread += more->spread;
    sum->impact += more->impact;
    sum->opportunity += more->opportunity;
    sum->fees += more->fees;
    sum->total += more->total;
    ASSERT(sum->total == sum->delay + sum->spread + sum->impact + sum->opportunity + sum->fees);
}

/* What stays unfilled, at the price of the end. It changes when a fill is told after the end. */
static err_t price_rest(shortfall_order_t *o)
{
    i64 left = o->qty > o->filled ? o->qty - o->filled : 0;
    i64 end = o->end > 0 ? o->end : o->arrival; /* nothing is known of it: no opportunity is claimed */
    i64 now = 0;
    i64 then = 0;
    TRY(value_of(o, end, left, &now));
    TRY(value_of(o, o->arrival, left, &then));
    shortfall_t c = {.opportunity = direction_of(o) * (now - then) - o->cost.opportunity};
    c.total = c.opportunity;
    shortfall_add(&o->cost, &c);
    return ERR_OK;
}

err_t shortfall_fill(shortfall_order_t *o, shortfall_slice_t *s, const ev_FILL_t *e, i64 spread)
{
    ASSERT(o != NULL && s != NULL && e != NULL);
    ASSERT(id128_eq(s->id, e->intent));
    i64 d = direction_of(o);
    i64 paid = 0;
    i64 then = 0;
    i64 sent = 0;
    TRY(value_of(o, e->price, e->qty, &paid));
    TRY(value_of(o, o->arrival, e->qty, &then));
    TRY(value_of(o, s->mid, e->qty, &sent));
    shortfall_t c = {.delay = d * (sent - then), .spread = spread, .impact = d * (paid - sent) - spread,
                     .fees = e->fee, .total = d * (paid - then) + e->fee};
    s->filled += e->qty;
    s->value += paid;
    s->arrival_value += then;
    o->filled += e->qty;
    o->value += paid;
    shortfall_add(&s->cost, &c);
    shortfall_add(&o->cost, &c);
    return o->reason != 0 ? price_rest(o) : ERR_OK;
}

err_t shortfall_end(shortfall_order_t *o, const ev_SLICE_END_t *e)
{
    ASSERT(o != NULL && e != NULL);
    ASSERT(id128_eq(o->id, e->parent));
    o->reason = e->reason;
    o->end = e->price;
    o->market = e->market;
    return price_rest(o);
}

f64 shortfall_bps(i64 part, i64 value)
{
    return value > 0 ? 1e4 * (f64)part / (f64)value : 0.0;
}

bool shortfall_vs_market(const shortfall_order_t *o, f64 *bps)
{
    ASSERT(o != NULL && bps != NULL);
    i64 market = 0;
    bool known = o->market > 0 && o->filled > 0 && value_of(o, o->market, o->filled, &market) == ERR_OK;
    if (!known || market <= 0) {
        return false;
    }
    *bps = shortfall_bps(direction_of(o) * (o->value - market), market);
    return true;
}
