/* The simulated broker's orders: taking, cancelling, replacing, splits. See paper.h; fills are in
 * paper_fill.c. */
#include "drivers/paper.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/paper_orders.h"
#include "market/fees.h"
#include "model/tick.h"
#include "trade/portfolio/account.h"
#include "trade/risk/permit.h"

/* NYSE takes on-close orders until 15:50, Nasdaq until 15:55; both take on-open orders until 09:28. The
 * earlier one counts for all: an instrument does not name its exchange. */
#define CLOSE_CUTOFF_NS (10 * NS_PER_MIN)
#define OPEN_CUTOFF_NS (2 * NS_PER_MIN)

err_t paper_open(paper_t *p, const paper_setup_t *setup)
{
    ASSERT(p != NULL && setup != NULL);
    ASSERT(setup->instruments != NULL && setup->context != NULL && setup->config != NULL);
    paper_t fresh = {.setup = *setup, .next_number = 1, .next_exec = 1};
    fresh.cap = MAX_OF((u32)PAPER_ORDERS, setup->accounts * LIMIT_ORDERS);
    fresh.orders = calloc(fresh.cap, sizeof *fresh.orders);
    fresh.halts = calloc(setup->instrument_count + 1U, sizeof *fresh.halts);
    if (fresh.orders == NULL || fresh.halts == NULL) {
        free(fresh.orders);
        free(fresh.halts);
        return ERR_NO_MEMORY;
    }
    *p = fresh;
    return ERR_OK;
}

void paper_close(paper_t *p)
{
    ASSERT(p != NULL);
    free(p->orders);
    free(p->halts);
    free(p->bunches);
    *p = (paper_t){0};
}

void paper_session(paper_t *p, i64 open, i64 close)
{
    ASSERT(p != NULL && open < close);
    p->session_open = open;
    p->session_close = close;
}

void paper_on_halt(paper_t *p, const halt_t *h)
{
    ASSERT(p != NULL && h != NULL);
    if (!halt_is_sound(h, p->setup.instrument_count)) {
        return;
    }
    bool market = h->inst == INST_NONE;
    paper_halt_t *x = market ? &p->market : &p->halts[h->inst];
    paper_halt_t to = *x;
    if (h->halted != 0) {
        to.since = x->since == 0 ? h->t_event : x->since;
        to.kind = h->kind;
        paper_halt_set(p, x, to);
        return;
    }
    if (x->since == 0 || !halt_ends(h->kind, x->kind)) {
        return;
    }
    paper_halt_set(p, x, (paper_halt_t){.reopened = market ? 0 : 1});
    for (u32 i = 0; market && i < p->setup.instrument_count; i++) {
        to = p->halts[i];
        to.reopened = 1; /* each reopens by an auction of its own */
        paper_halt_set(p, &p->halts[i], to);
    }
}

void paper_halt_set(paper_t *p, paper_halt_t *x, paper_halt_t to)
{
    ASSERT(p != NULL && x != NULL);
    bool was = x->since != 0 || x->reopened != 0;
    bool is = to.since != 0 || to.reopened != 0;
    ASSERT(!was || is || p->halts_stand > 0);
    p->halts_stand += (is ? 1U : 0U) - (was ? 1U : 0U);
    *x = to;
}

bool paper_halt_is_over(const paper_t *p, inst_t inst, const bar_t *b)
{
    ASSERT(p != NULL && b != NULL);
    i64 since = inst < p->setup.instrument_count ? p->halts[inst].since : 0;
    return since != 0 && b->t_event >= since;
}

bool paper_market_is_open(const paper_t *p, inst_t inst, const bar_t *b)
{
    ASSERT(p != NULL && b != NULL);
    bool trades = inst < p->setup.instrument_count && p->setup.instruments[inst].cls != CLASS_INDEX;
    return trades && p->market.since != 0 && b->t_event >= p->market.since;
}

static paper_order_t *paper_find(paper_t *p, id128_t id)
{
    for (u32 i = 0; i < p->count; i++) {
        if (p->orders[i].dead == 0 && id128_eq(p->orders[i].intent.id, id)) {
            return &p->orders[i];
        }
    }
    return NULL;
}

ev_BROKER_t *paper_say(broker_msgs_t *out, broker_msg_kind_t kind, const paper_order_t *o, u8 reason, i64 t)
{
    ev_BROKER_t *m = broker_msgs_add(out, kind, &o->intent, t);
    m->broker_order = o->number;
    m->reason = reason;
    m->cum_qty = o->filled.v;
    return m;
}

void paper_end(paper_order_t *o, broker_msg_kind_t kind, u8 reason, i64 t, broker_msgs_t *out)
{
    ASSERT(o != NULL && o->dead == 0);
    o->dead = 1;
    (void)paper_say(out, kind, o, reason, t);
}

void paper_add(paper_t *p, const intent_t *intent, bool held, u64 bunch)
{
    ASSERT(p->count < p->cap);
    paper_order_t *o = &p->orders[p->count++];
    price_t trail = intent->type == ORDER_TRAIL ? intent->stop : (price_t){0};
    *o = (paper_order_t){.intent = *intent,
                         .trail = trail,
                         .number = p->next_number++,
                         .bunch = bunch,
                         .held = held ? 1 : 0,
                         .live = held ? (qty_t){0} : intent->qty,
                         .session = p->session};
}

/* A child that waits ends with its entry, unsaid: it never was an order of its own. It stands right behind
 * it, among those of a bunched entry's other members. */
static bool waits_in_vain(const paper_t *p, u32 kept, const paper_order_t *child)
{
    u32 span = child->bunch != 0 ? 2 * BUNCH_MEMBERS : 2;
    for (u32 back = 1; back <= span && back <= kept; back++) {
        const paper_order_t *before = &p->orders[kept - back];
        if (child->bunch != 0 ? before->number == child->bunch
                              : id128_eq(before->intent.id, child->intent.parent)) {
            return false;
        }
    }
    return child->held != 0;
}

/* Slots of ended orders are taken back while no order is being walked over. */
void paper_compact(paper_t *p)
{
    ASSERT(p != NULL);
    u32 kept = 0;
    for (u32 i = 0; i < p->count; i++) {
        if (p->orders[i].dead != 0 || waits_in_vain(p, kept, &p->orders[i])) {
            continue;
        }
        if (kept != i) {
            p->orders[kept] = p->orders[i];
        }
        kept++;
    }
    p->count = kept;
    paper_bunches_compact(p);
}

static bool intent_can_be_held(const paper_t *p, const intent_t *i)
{
    if (i->inst >= p->setup.instrument_count || i->qty.v <= 0 || !intent_terms_ok(i)) {
        return false;
    }
    fees_id_t fees = (fees_id_t)p->setup.config->broker_fees;
    return fees_cover(fees, p->setup.instruments[i->inst].cls) && i->side >= SIDE_BUY &&
           i->side <= SIDE_BUY_TO_COVER;
}

/* Orders for an auction are taken, and orders for the close cancelled, until the exchange stops it. */
static bool paper_too_late(const paper_t *p, const intent_t *i, i64 now)
{
    bool before_close = now >= p->session_close - CLOSE_CUTOFF_NS && now < p->session_close;
    bool before_open = now >= p->session_open - OPEN_CUTOFF_NS && now < p->session_open;
    return (i->tif == TIF_CLOSE && before_close) || (i->tif == TIF_OPEN && before_open);
}

static bool paper_lends(const paper_t *p, const intent_t *i)
{
    return i->side != SIDE_SELL_SHORT || !p->setup.context[i->inst].no_locate;
}

bool paper_takes(paper_t *p, const intent_t *intent, i64 now, u32 slots)
{
    ASSERT(p != NULL && intent != NULL && slots > 0);
    if (p->count + slots > p->cap) {
        paper_compact(p);
    }
    return intent_can_be_held(p, intent) && paper_lends(p, intent) && !paper_too_late(p, intent, now) &&
           p->count + slots <= p->cap && paper_find(p, intent->id) == NULL;
}

bool paper_off_tick(const paper_t *p, const intent_t *i, broker_msg_kind_t kind, i64 now, broker_msgs_t *out)
{
    ASSERT(p != NULL && i != NULL && i->inst < p->setup.instrument_count);
    const instrument_t *t = &p->setup.instruments[i->inst];
    const struct {
        bool named;
        u8 reason;
        price_t price;
    } all[] = {{order_type_has_limit((order_type_t)i->type), PAPER_TICK_LIMIT, i->limit},
               {order_type_has_stop((order_type_t)i->type), PAPER_TICK_STOP, i->stop},
               {i->role == ROLE_ENTRY, PAPER_TICK_BRACKET_STOP, i->bracket_stop},
               {i->role == ROLE_ENTRY, PAPER_TICK_BRACKET_TARGET, i->bracket_target}};
    for (u32 k = 0; k < COUNT_OF(all); k++) {
        if (all[k].named && !tick_fits(t, all[k].price)) {
            ev_BROKER_t *m = broker_msgs_add(out, kind, i, now);
            m->reason = all[k].reason;
            m->price = all[k].price.v;
            m->qty = tick_at(t, all[k].price).v;
            return true;
        }
    }
    return false;
}

void paper_legs(paper_t *p, const intent_t *entry, u64 bunch)
{
    ASSERT(p != NULL && entry != NULL);
    intent_t child;
    if (entry->role == ROLE_ENTRY && entry->bracket_stop.v > 0) {
        intent_child(entry, ROLE_STOP, &child);
        paper_add(p, &child, true, bunch);
    }
    if (entry->role == ROLE_ENTRY && entry->bracket_target.v > 0) {
        intent_child(entry, ROLE_TARGET, &child);
        paper_add(p, &child, true, bunch);
    }
}

err_t paper_submit(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out)
{
    ASSERT(p != NULL && intent != NULL && out != NULL);
    if (!paper_takes(p, intent, now, 3)) {
        return ERR_BROKER_REFUSED;
    }
    if (paper_off_tick(p, intent, BROKER_REJECT, now, out)) {
        return ERR_OK;
    }
    paper_add(p, intent, false, 0);
    (void)paper_say(out, BROKER_ACK, &p->orders[p->count - 1], 0, now);
    paper_legs(p, intent, 0);
    return ERR_OK;
}

err_t paper_cancel(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out)
{
    ASSERT(p != NULL && intent != NULL && out != NULL);
    paper_order_t *o = paper_find(p, intent->id);
    if (o == NULL || (o->intent.tif == TIF_CLOSE && paper_too_late(p, &o->intent, now))) {
        broker_msgs_add(out, BROKER_CANCEL_REFUSED, intent, now)->reason = PAPER_NOT_ALIVE;
        return ERR_OK;
    }
    paper_end(o, BROKER_CANCELED, 0, now, out);
    return ERR_OK;
}

err_t paper_replace(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out)
{
    ASSERT(p != NULL && intent != NULL && out != NULL);
    paper_order_t *o = paper_find(p, intent->id);
    bool same = o != NULL && o->intent.inst == intent->inst && o->intent.side == intent->side &&
                o->intent.type == intent->type && intent->type != ORDER_TRAIL;
    if (!same || o->triggered != 0 || !intent_can_be_held(p, intent)) {
        broker_msgs_add(out, BROKER_REPLACE_REFUSED, intent, now)->reason = PAPER_NOT_ALIVE;
        return ERR_OK;
    }
    if (paper_off_tick(p, intent, BROKER_REPLACE_REFUSED, now, out)) {
        return ERR_OK;
    }
    o->intent.stop = intent->stop;
    o->intent.limit = intent->limit;
    (void)paper_say(out, BROKER_REPLACED, o, 0, now);
    return ERR_OK;
}

err_t paper_lookup(paper_t *p, const intent_t *intent, i64 now, broker_msgs_t *out)
{
    ASSERT(p != NULL && intent != NULL && out != NULL);
    const paper_order_t *o = paper_find(p, intent->id);
    if (o != NULL) {
        (void)paper_say(out, BROKER_LOOKUP_FOUND, o, 0, now);
    } else {
        (void)broker_msgs_add(out, BROKER_LOOKUP_ABSENT, intent, now);
    }
    return ERR_OK;
}

static err_t port_submit(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    return paper_submit(self, i, now, out);
}

static err_t port_submit_bunch(void *self, const effect_t *e, i64 now, broker_msgs_t *out)
{
    return paper_submit_bunch(self, e, now, out);
}

static err_t port_cancel(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    return paper_cancel(self, i, now, out);
}

static err_t port_replace(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    return paper_replace(self, i, now, out);
}

static err_t port_lookup(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    return paper_lookup(self, i, now, out);
}

broker_port_t paper_port(paper_t *p)
{
    ASSERT(p != NULL && p->orders != NULL);
    return (broker_port_t){.self = p,
                           .submit = port_submit,
                           .cancel = port_cancel,
                           .replace = port_replace,
                           .lookup = port_lookup,
                           .submit_bunch = port_submit_bunch};
}

static err_t order_split(paper_order_t *o, const action_t *action, const instrument_t *t)
{
    qty_t left = {o->live.v - o->filled.v};
    TRY(split_qty(left, action, &left));
    TRY(split_qty(o->filled, action, &o->filled));
    TRY(split_qty(o->intent.qty, action, &o->intent.qty));
    o->live.v = o->filled.v + left.v;
    bool buys = side_is_buy((side_t)o->intent.side);
    price_t *own[] = {&o->trail, &o->intent.limit, &o->intent.stop};
    for (u32 i = 0; i < COUNT_OF(own); i++) {
        TRY(split_order_price(*own[i], action, t, buys, own[i]));
    }
    price_t *leaving[] = {&o->intent.bracket_stop, &o->intent.bracket_target};
    for (u32 i = 0; i < COUNT_OF(leaving); i++) {
        TRY(split_order_price(*leaving[i], action, t, !buys, leaving[i]));
    }
    return split_price(o->intent.reference, action, &o->intent.reference);
}

void paper_action(paper_t *p, const action_t *action, i64 t, broker_msgs_t *out)
{
    ASSERT(p != NULL && action != NULL);
    if (action->kind == ACTION_DIVIDEND) {
        return;
    }
    if (action->kind == ACTION_PAYOUT && action->inst < p->setup.instrument_count) {
        paper_halt_set(p, &p->halts[action->inst], (paper_halt_t){0});
    }
    for (u32 i = 0; i < p->count; i++) {
        paper_order_t *o = &p->orders[i];
        if (o->dead != 0 || o->intent.inst != action->inst) {
            continue;
        }
        if (action->kind == ACTION_PAYOUT) {
            paper_end(o, BROKER_CANCELED, PAPER_GONE, t, out);
            continue;
        }
        err_t err = order_split(o, action, &p->setup.instruments[o->intent.inst]);
        paper_bunch_split(p, o, action);
        if (err != ERR_OK || (o->held == 0 && o->live.v <= o->filled.v)) {
            paper_end(o, BROKER_CANCELED, PAPER_NO_QTY, t, out);
        }
    }
}
