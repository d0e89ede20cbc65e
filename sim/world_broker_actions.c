/* What splits and delistings do at the simulated broker (F43). See world_broker.h. */
#include "base/assert.h"
#include "sim/world_broker_inner.h"

bool wb_is_settled(const world_broker_t *b, inst_t name)
{
    ASSERT(b != NULL && name < WB_NAMES);
    for (u32 i = 0; i < b->wire_count; i++) {
        const wb_order_t *o = wb_find(b, b->wire[i].m.intent);
        if (o == NULL || o->intent.inst == name) {
            return false;
        }
    }
    return !b->outside[name] && !b->gone[name] && wb_is_up(b);
}

static i64 price_split(i64 price, i64 num, i64 den)
{
    return (price * den + num / 2) / num;
}

i64 wb_step_at(const world_broker_t *b, i64 price)
{
    return price < PRICE_SCALE ? PRICE_SCALE / 10000 : b->tick;
}

/* A buyer pays no more than what the ratio gives and a seller takes no less, by less than a step. */
static i64 order_price(const world_broker_t *b, i64 price, i64 num, i64 den, bool buy)
{
    if (price == 0) {
        return 0;
    }
    i64 to = price_split(price, num, den);
    i64 step = wb_step_at(b, to);
    i64 over = to % step;
    return MAX_OF(over == 0 ? to : buy ? to - over : to - over + step, step);
}

static void order_split(const world_broker_t *b, wb_order_t *o, i64 num, i64 den)
{
    i64 left = (o->live - o->filled) * num / den;
    o->filled = o->filled * num / den;
    o->live = o->filled + left;
    intent_t *i = &o->intent;
    i->qty.v = i->qty.v * num / den;
    bool buy = side_is_buy((side_t)i->side);
    i->limit.v = order_price(b, i->limit.v, num, den, buy);
    i->stop.v = order_price(b, i->stop.v, num, den, buy);
    o->trail = order_price(b, o->trail, num, den, buy);
    i->bracket_stop.v = order_price(b, i->bracket_stop.v, num, den, !buy);
    i->bracket_target.v = order_price(b, i->bracket_target.v, num, den, !buy);
    i->reference.v = price_split(i->reference.v, num, den);
}

/* A reverse split can leave less than a share to fill: the broker ends the order. */
static void nothing_left(world_broker_t *b, wb_order_t *o)
{
    if (o->live <= o->filled && (o->intent.role == ROLE_ENTRY || o->intent.role == ROLE_EXIT)) {
        wb_end(b, o, WB_CANCELED, BROKER_CANCELED);
        wb_entry_settle(b, o);
    }
}

void wb_split(world_broker_t *b, inst_t name, i64 num, i64 den)
{
    ASSERT(b != NULL && name < WB_NAMES && num > 0 && den > 0);
    i64 price = price_split(b->price[name], num, den);
    ref_split(b->reference, name, num, den, price);
    b->price[name] = MAX_OF(price - price % b->tick, b->tick);
    for (u32 k = 0; k < b->fill_count; k++) {
        ev_BROKER_t *m = &b->fills[k].told;
        const wb_order_t *o = &b->orders[b->fills[k].order];
        if (o->intent.inst == name && o->state <= WB_WORKING) {
            m->qty = MAX_OF(m->qty * num / den, 1);
            m->cum_qty = m->cum_qty * num / den;
            m->price = price_split(m->price, num, den);
        }
    }
    for (u32 i = 0; i < b->order_count; i++) {
        wb_order_t *o = &b->orders[i];
        if (o->intent.inst == name && o->state <= WB_WORKING) {
            order_split(b, o, num, den);
            wb_bunch_split(b, o, num, den);
            nothing_left(b, o);
        }
    }
    b->told_count = 0; /* what was said before the night is not said again */
}

void wb_payout(world_broker_t *b, inst_t name)
{
    ASSERT(b != NULL && name < WB_NAMES);
    for (u32 i = 0; i < b->order_count; i++) {
        wb_order_t *o = &b->orders[i];
        if (o->intent.inst == name && o->state <= WB_WORKING) {
            wb_end(b, o, WB_CANCELED, BROKER_CANCELED);
        }
    }
    ref_payout(b->reference, name, b->price[name]);
    b->gone[name] = true;
}
