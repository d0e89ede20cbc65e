/* See world_broker.h. */
#include "sim/world_broker.h"

#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "sim/world_broker_inner.h"
#include "trade/risk/permit.h"

/* What this world calls a bar, for orders that are good for one. */
#define BAR_NS (20 * NS_PER_SEC)

u64 wb_below(world_broker_t *b, u64 bound)
{
    return rng_below((rng_key_t){.seed = b->seed, .purpose = RNG_WORLD, .entity = 1}, b->draws++, bound);
}

ref_id_t wb_ref_id(id128_t id)
{
    ref_id_t r;
    memcpy(&r.hi, id.b, 8);
    memcpy(&r.lo, id.b + 8, 8);
    return r;
}

u64 wb_payload(const intent_t *i)
{
    digest_t d = intent_digest(i);
    u64 v;
    memcpy(&v, d.b, sizeof v);
    return v | 1;
}

void wb_open(world_broker_t *b, u64 seed, faults_t *faults, reference_t *reference)
{
    ASSERT(b != NULL && faults != NULL && reference != NULL);
    memset(b, 0, sizeof *b);
    b->seed = seed;
    b->faults = faults;
    b->reference = reference;
    b->tick = PRICE_SCALE / 100;
    b->exec_next = 1;
}

void wb_note(world_broker_t *b, const char *broken)
{
    if (b->broken == NULL) {
        b->broken = broken;
    }
}

const wb_order_t *wb_find(const world_broker_t *b, id128_t id)
{
    ASSERT(b != NULL && b->order_count <= WB_ORDERS);
    for (u32 i = b->order_count; i > 0; i--) {
        if (id128_eq(b->orders[i - 1].intent.id, id)) {
            return &b->orders[i - 1];
        }
    }
    return NULL;
}

wb_order_t *wb_order(world_broker_t *b, id128_t id)
{
    const wb_order_t *o = wb_find(b, id);
    return o == NULL ? NULL : &b->orders[o - b->orders];
}

/* ---- the wire --------------------------------------------------------------------------------------------
 */

i64 wb_latency(world_broker_t *b)
{
    return (i64)(20 + wb_below(b, 400)) * NS_PER_MS;
}

void wb_wire_put(world_broker_t *b, const ev_BROKER_t *m, i64 due)
{
    if (!wb_is_up(b)) {
        return; /* nobody listens, and a stream tells nothing twice */
    }
    ASSERT(b->wire_count < WB_WIRE);
    b->told[b->told_count++ % WB_TOLD] = *m;
    b->wire[b->wire_count++] = (wb_wire_t){.due = due, .number = b->wire_next++, .m = *m};
}

ev_BROKER_t wb_message(const world_broker_t *b, const wb_order_t *o, broker_msg_kind_t kind)
{
    return (ev_BROKER_t){.kind = (u8)kind,
                         .intent = o->intent.id,
                         .account = o->intent.account_id,
                         .broker_order = o->number,
                         .t_event = b->now,
                         .cum_qty = o->filled};
}

void wb_say(world_broker_t *b, const wb_order_t *o, broker_msg_kind_t kind)
{
    ev_BROKER_t m = wb_message(b, o, kind);
    wb_wire_put(b, &m, b->now + wb_latency(b));
}

/* The answer to a request; it may be lost. */
void wb_answer(world_broker_t *b, const wb_order_t *o, broker_msg_kind_t kind)
{
    if (!fault_fires(b->faults, FAULT_WORD_LOST)) {
        wb_say(b, o, kind);
    }
}

bool wb_next(world_broker_t *b, i64 now, ev_BROKER_t *out)
{
    ASSERT(b != NULL && out != NULL);
    u32 best = b->wire_count;
    for (u32 i = 0; i < b->wire_count; i++) {
        const wb_wire_t *w = &b->wire[i];
        bool first = best == b->wire_count || w->due < b->wire[best].due ||
                     (w->due == b->wire[best].due && w->number < b->wire[best].number);
        best = w->due <= now && first ? i : best;
    }
    if (best == b->wire_count) {
        return false;
    }
    *out = b->wire[best].m;
    b->wire[best] = b->wire[--b->wire_count];
    return true;
}

i64 wb_due(const world_broker_t *b)
{
    ASSERT(b != NULL);
    i64 first = I64_MAX;
    for (u32 i = 0; i < b->wire_count; i++) {
        first = MIN_OF(first, b->wire[i].due);
    }
    return first;
}

void wb_cut(world_broker_t *b)
{
    ASSERT(b != NULL);
    b->wire_count = 0;
}

void wb_hurry(world_broker_t *b, i64 now, i64 within)
{
    ASSERT(b != NULL && within >= 0);
    b->restricted_until = now;
    b->down_until = now;
    for (u32 i = 0; i < b->wire_count; i++) {
        b->wire[i].due = MIN_OF(b->wire[i].due, now + within);
    }
}

void wb_burst(world_broker_t *b)
{
    ASSERT(b != NULL);
    u64 kept = MIN_OF(b->told_count, (u64)WB_TOLD);
    for (u32 i = 0; i < WB_BURST && kept > 0 && wb_is_up(b); i++) {
        ASSERT(b->wire_count < WB_WIRE);
        b->wire[b->wire_count++] = (wb_wire_t){.due = b->now + (i64)wb_below(b, 1000) * NS_PER_MS,
                                               .number = b->wire_next++,
                                               .m = b->told[wb_below(b, kept)]};
    }
}

/* ---- orders and money ------------------------------------------------------------------------------------
 */

static bool is_child(const wb_order_t *o)
{
    return (o->intent.flags & INTENT_OCO) != 0;
}

void wb_end(world_broker_t *b, wb_order_t *o, wb_state_t state, u8 kind)
{
    o->state = (u8)state;
    ref_ended(b->reference, wb_ref_id(o->intent.id));
    wb_bunch_end(b, o);
    if (kind != 0) {
        wb_say(b, o, (broker_msg_kind_t)kind);
    }
}

/* An order of several may work on for others while one's part of it is whole. */
static bool entry_may_fill(const world_broker_t *b, const wb_order_t *child)
{
    wb_seen_t p = is_child(child) ? wb_see(b, child->intent.parent) : (wb_seen_t){0};
    return p.order != NULL && p.order->state == WB_WORKING && p.filled < p.live;
}

/* A child that closed everything takes its sibling along; one that never got anything ends with its entry. */
void wb_family_settle(world_broker_t *b, id128_t entry)
{
    for (u32 i = 0; i < b->order_count; i++) {
        wb_order_t *c = &b->orders[i];
        bool member = is_child(c) && id128_eq(c->intent.parent, entry) && c->state <= WB_WORKING;
        if (!member || entry_may_fill(b, c) || c->filled < c->live) {
            continue;
        }
        if (c->filled > 0) {
            wb_end(b, c, WB_FILLED, 0);
        } else {
            wb_end(b, c, WB_CANCELED, c->state == WB_HELD ? 0 : BROKER_CANCELED);
        }
    }
}

void wb_take(world_broker_t *b, const intent_t *i, bool held)
{
    ASSERT(b->order_count < WB_ORDERS);
    bool several = i->account_id == b->account && b->account != b->ledger_first;
    u32 ledger = several ? 0 : (u32)(i->account_id - b->ledger_first);
    wb_order_t *o = &b->orders[b->order_count++];
    *o = (wb_order_t){.intent = *i,
                      .number = b->order_count,
                      .live = held ? 0 : i->qty.v,
                      .state = held ? WB_HELD : WB_WORKING,
                      .visible_at = b->now,
                      .ledger = ledger,
                      .trail = i->type == ORDER_TRAIL ? i->stop.v : 0,
                      .ends_at = i->tif == TIF_BAR ? b->now + BAR_NS : 0};
    ref_taken_t t = {.id = wb_ref_id(i->id),
                     .parent = wb_ref_id(i->parent),
                     .ledger = ledger,
                     .several = several,
                     .name = i->inst,
                     .sign = side_is_buy((side_t)i->side) ? 1 : -1,
                     .opens = side_is_opening((side_t)i->side),
                     .whole = i->tif == TIF_FOK,
                     .limit = order_type_has_limit((order_type_t)i->type) ? i->limit.v : 0,
                     .qty = i->qty.v};
    wb_note(b, ref_taken(b->reference, &t));
}

void wb_family_grow(world_broker_t *b, id128_t entry, i64 qty)
{
    for (u32 i = 0; i < b->order_count; i++) {
        wb_order_t *c = &b->orders[i];
        if (is_child(c) && c->state <= WB_WORKING && id128_eq(c->intent.parent, entry)) {
            c->live += qty;
            if (c->state == WB_HELD) {
                c->state = WB_WORKING;
                wb_answer(b, c, BROKER_ACK);
            }
        }
    }
}

/* Children get what the entry filled; a child's fill leaves less for its sibling. */
static void family_fill(world_broker_t *b, const wb_order_t *o, i64 qty)
{
    if (o->bunch == 0 && o->intent.role == ROLE_ENTRY) {
        wb_family_grow(b, o->intent.id, qty);
    }
    for (u32 i = 0; is_child(o) && i < b->order_count; i++) {
        wb_order_t *c = &b->orders[i];
        bool sibling = is_child(c) && id128_eq(c->intent.parent, o->intent.parent);
        c->live -= sibling && c->state <= WB_WORKING && c != o ? qty : 0;
    }
}

/* What a parser lets through that has no NaN to refuse: zero, negative, and what no sum can hold. */
static void absurd_tell(world_broker_t *b, const ev_BROKER_t *m)
{
    ev_BROKER_t wrong = *m;
    switch (wb_below(b, 8)) {
    case 0:
        wrong.price = 0;
        break;
    case 1:
        wrong.price = -m->price;
        break;
    case 2:
        wrong.price = I64_MAX;
        wrong.qty = I64_MAX / 2;
        break;
    case 3:
        wrong.qty = 0;
        break;
    case 4:
        wrong.qty = -m->qty;
        break;
    case 5:
        wrong.fee = -m->fee - 1;
        break;
    case 6:
        wrong.qty = I64_MAX;
        break;
    default:
        wrong.price = I64_MIN;
        wrong.cum_qty = I64_MAX;
        break;
    }
    wb_wire_put(b, &wrong, b->now + wb_latency(b));
}

/* How the engine hears of an execution. */
static void fill_tell(world_broker_t *b, const ev_BROKER_t *m)
{
    if (fault_fires(b->faults, FAULT_FILL_LOST)) {
        return;
    }
    if (fault_fires(b->faults, FAULT_ABSURD)) {
        absurd_tell(b, m);
    }
    i64 due = b->now + wb_latency(b) + b->late_ns;
    if (fault_fires(b->faults, FAULT_FILL_LATE)) {
        due = b->now + (i64)(5 + wb_below(b, 595)) * NS_PER_SEC;
    } else if (fault_fires(b->faults, FAULT_FILL_REORDER)) {
        due = b->now + (i64)(1000 + wb_below(b, 4000)) * NS_PER_MS;
    }
    wb_wire_put(b, m, due);
    if (fault_fires(b->faults, FAULT_FILL_TWICE)) {
        wb_wire_put(b, m, due + (i64)wb_below(b, 3000) * NS_PER_MS);
    }
}

void wb_fill(world_broker_t *b, wb_order_t *o, i64 qty, i64 price)
{
    ASSERT(o->state == WB_WORKING && qty > 0 && qty <= o->live - o->filled);
    i64 fee = b->fee_each + qty * MONEY_SCALE / 200; /* half a cent a share */
    wb_note(b, ref_fill(b->reference, wb_ref_id(o->intent.id), qty, price, fee));
    o->filled += qty;
    ev_BROKER_t m = wb_message(b, o, BROKER_FILL);
    m.exec_id = b->exec_next++;
    m.qty = qty;
    m.price = price;
    m.fee = fee;
    m.slippage_cost = qty; /* any figure: it must travel with the fill */
    ASSERT(b->fill_count < WB_FILLS);
    b->fills[b->fill_count++] = (wb_fill_t){.order = (u32)(o - b->orders), .told = m};
    fill_tell(b, &m);
    if (o->ack_at == 0) {
        o->ack_at = I64_MAX;
        wb_say(b, o, BROKER_ACK); /* after its fill */
    }
    o->reject_at = 0;
    family_fill(b, o, qty);
    wb_bunch_fill(b, o, &(ref_part_t){.qty = qty, .of = qty, .price = price, .fee = fee});
    if (!is_child(o) && o->filled == o->live) {
        wb_end(b, o, WB_FILLED, 0);
    }
    if (is_child(o)) {
        wb_family_settle(b, o->intent.parent);
    } else if (o->intent.role == ROLE_ENTRY) {
        wb_entry_settle(b, o);
    }
}

/* ---- the market ------------------------------------------------------------------------------------------
 */

/* A trailing stop follows the best price seen; written apart from the engine's own rule. */
static i64 stop_now(const world_broker_t *b, wb_order_t *o)
{
    if (o->intent.type != ORDER_TRAIL) {
        return o->intent.stop.v;
    }
    i64 p = b->price[o->intent.inst];
    i64 first = o->intent.stop.v - o->intent.reference.v; /* above for buys, below for sells */
    bool percent = (o->intent.flags & INTENT_TRAIL_PCT) != 0;
    i64 away = percent ? (i64)((i128)p * first / o->intent.reference.v) : first;
    bool buy = side_is_buy((side_t)o->intent.side);
    i64 over = (p + away) % wb_step_at(b, p + away);
    i64 to = p + away - over + (buy && over != 0 ? wb_step_at(b, p + away) : 0); /* not nearer than asked */
    o->trail = buy ? MIN_OF(o->trail, to) : MAX_OF(o->trail, to);
    return o->trail;
}

/* The price at which an order would trade now, 0 if it would not. */
static i64 trades_at(const world_broker_t *b, wb_order_t *o)
{
    i64 p = b->price[o->intent.inst];
    bool buy = side_is_buy((side_t)o->intent.side);
    if (order_type_has_stop((order_type_t)o->intent.type) && o->triggered == 0) {
        i64 stop = stop_now(b, o);
        bool fires = buy ? p >= stop : p <= stop;
        o->triggered = fires ? 1 : 0;
        if (!fires) {
            return 0;
        }
        return o->intent.type != ORDER_STOP_LIMIT || (buy ? p <= o->intent.limit.v : p >= o->intent.limit.v)
                   ? p
                   : 0;
    }
    if (order_type_has_limit((order_type_t)o->intent.type)) {
        return buy ? (p <= o->intent.limit.v ? p : 0) : (p >= o->intent.limit.v ? p : 0);
    }
    return buy ? p + b->tick : p - b->tick;
}

static bool ends_at_once(const wb_order_t *o)
{
    return o->intent.tif == TIF_IOC || o->intent.tif == TIF_FOK;
}

/* Orders that are good for one price or one bar are over. */
static void order_time(world_broker_t *b, wb_order_t *o)
{
    bool late = o->ends_at != 0 && b->now >= o->ends_at;
    if (o->state != WB_WORKING || !(late || (ends_at_once(o) && o->looked != 0))) {
        return;
    }
    if (o->ack_at == 0) {
        o->ack_at = I64_MAX;
        wb_say(b, o, BROKER_ACK);
    }
    o->reject_at = 0;
    wb_end(b, o, WB_CANCELED, late ? BROKER_EXPIRED : BROKER_CANCELED);
    wb_entry_settle(b, o);
}

static void order_step(world_broker_t *b, wb_order_t *o)
{
    if (o->reject_at != 0 && b->now >= o->reject_at) {
        o->reject_at = 0;
        wb_end(b, o, WB_REJECTED, BROKER_REJECT);
        wb_entry_settle(b, o);
        return;
    }
    if (o->ack_at != 0 && b->now >= o->ack_at) {
        o->ack_at = I64_MAX;
        wb_answer(b, o, BROKER_ACK);
    }
    i64 left = wb_closable(b, o);
    bool meets = left > 0 && o->reject_at == 0 && wb_trades(b, o->intent.inst);
    i64 price = meets ? trades_at(b, o) : 0;
    o->looked = meets ? 1 : o->looked;
    if (left == 0 && o->live > o->filled) {
        wb_end(b, o, WB_CANCELED, BROKER_CANCELED); /* what it was to close is gone */
        wb_family_settle(b, o->intent.parent);
        return;
    }
    if (price > 0) {
        bool part = left > 1 && o->intent.tif != TIF_FOK && wb_below(b, 3) == 0;
        wb_fill(b, o, part ? 1 + (i64)wb_below(b, (u64)left - 1) : left, price);
    }
}

void wb_step(world_broker_t *b, i64 now)
{
    ASSERT(b != NULL && now >= b->now);
    b->now = now;
    for (u32 i = 0; i < b->order_count; i++) {
        if (b->orders[i].state == WB_WORKING) {
            order_step(b, &b->orders[i]);
            order_time(b, &b->orders[i]);
        }
    }
}
