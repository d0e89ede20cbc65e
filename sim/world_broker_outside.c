/* What others do in the account: the user in the broker's app (F36), the broker by itself (F39,
 * F40). See world_broker.h. */
#include "base/assert.h"
#include "sim/world_broker_inner.h"

static i64 size_of(i64 v)
{
    return v < 0 ? -v : v;
}

static bool closes(const intent_t *i)
{
    return !side_is_opening((side_t)i->side);
}

/* What a side could close of the position: nothing of the other direction. */
static i64 held_for(const world_broker_t *b, const intent_t *i)
{
    i64 held = b->reference->position[i->inst];
    return side_is_buy((side_t)i->side) ? MAX_OF(-held, 0) : MAX_OF(held, 0);
}

i64 wb_closable(const world_broker_t *b, const wb_order_t *o)
{
    i64 left = o->live - o->filled;
    bool free_ = !b->outside[o->intent.inst] || !closes(&o->intent);
    return free_ ? left : MIN_OF(left, held_for(b, &o->intent));
}

i64 wb_free(const world_broker_t *b, const intent_t *i)
{
    if (!b->outside[i->inst] || !closes(i)) {
        return i->qty.v;
    }
    return MAX_OF(held_for(b, i) - wb_covered(b, WB_ALL, i->inst), 0);
}

/* The app lets nobody sell what an open order holds: those are cancelled first. */
static void orders_clear(world_broker_t *b, inst_t name)
{
    for (u32 i = 0; i < b->order_count; i++) {
        wb_order_t *o = &b->orders[i];
        if (o->intent.inst == name && closes(&o->intent) && o->state == WB_WORKING) {
            wb_end(b, o, WB_CANCELED, BROKER_CANCELED);
        }
    }
}

/* An execution of an order that is not ours, as a stream of all of the account's executions tells it. */
static void stranger_tell(world_broker_t *b, inst_t name, i64 qty)
{
    if (b->order_count == 0) {
        return; /* no order of ours ever came here, so there is nobody to tell */
    }
    ev_BROKER_t m = {.kind = BROKER_FILL,
                     .account = b->account,
                     .exec_id = b->exec_next++,
                     .qty = size_of(qty),
                     .price = b->price[name],
                     .t_event = b->now};
    m.intent.b[0] = 0xEE; /* no id that we make: those are hashes */
    m.intent.b[1] = (u8)m.exec_id;
    wb_wire_put(b, &m, b->now + wb_latency(b));
}

void wb_trade_outside(world_broker_t *b, inst_t name, i64 to, bool told)
{
    ASSERT(b != NULL && name < WB_NAMES);
    i64 from = b->reference->position[name];
    i64 qty = to - from;
    if (qty == 0 || !wb_trades(b, name)) {
        return;
    }
    if (size_of(to) < size_of(from)) {
        orders_clear(b, name);
    }
    b->outside[name] = true;
    b->unheard[name]++;
    ref_outside(b->reference, name, qty, b->price[name], size_of(qty) * MONEY_SCALE / 200);
    if (told) {
        stranger_tell(b, name, qty);
    }
}

void wb_restrict(world_broker_t *b, i64 until)
{
    ASSERT(b != NULL && until > b->now);
    b->restricted_until = until;
    for (u32 i = 0; i < b->order_count; i++) {
        wb_order_t *o = &b->orders[i];
        if (o->state == WB_WORKING && o->intent.role == ROLE_ENTRY) {
            wb_end(b, o, WB_CANCELED, BROKER_CANCELED);
            wb_entry_settle(b, o);
        }
    }
}

/* It was acknowledged, and no other end of it is on its way. */
static bool rests(const wb_order_t *o)
{
    return o->state == WB_WORKING && o->reject_at == 0 && o->ack_at == I64_MAX;
}

void wb_end_unheard(world_broker_t *b, u64 pick)
{
    ASSERT(b != NULL);
    u32 count = 0;
    for (u32 i = 0; i < b->order_count; i++) {
        count += rests(&b->orders[i]) ? 1 : 0;
    }
    for (u32 i = 0, n = 0; i < b->order_count && count > 0; i++) {
        wb_order_t *o = &b->orders[i];
        if (rests(o) && n++ == pick % count) {
            b->unheard[o->intent.inst]++;
            wb_end(b, o, WB_CANCELED, 0);
            if (o->intent.role == ROLE_ENTRY) {
                wb_entry_settle(b, o);
            } else {
                wb_family_settle(b, o->intent.parent);
            }
            return;
        }
    }
}
