/* What brokers and the door say, applied. See execution.h. */
#include "base/assert.h"
#include "trade/execution/exec_steps.h"

#include <string.h>

static void strange(exec_t *x, u16 code, const char *text)
{
    x->a->reconcile |= RECONCILE_BROKER;
    exec_alert(x, code, text);
}

/* Nothing trades at a thousand times the price at which it was decided. */
enum { ABSURD_TIMES = 1000 };

/* A count includes the execution that it comes with, and no order fills more than that one beyond its
 * quantity. What the message and the order say alone counts: recovery asks the same. */
bool exec_count_is_sound(const ev_BROKER_t *m, i64 most, price_t reference)
{
    ASSERT(m != NULL);
    if (!exec_is_sound(m) || m->kind != BROKER_FILL) {
        return exec_is_sound(m) && m->cum_qty <= most;
    }
    return m->qty <= m->cum_qty && m->cum_qty - m->qty <= most && m->price / ABSURD_TIMES <= reference.v;
}

void exec_count_note(order_t *o, const ev_BROKER_t *m)
{
    ASSERT(o != NULL && m != NULL);
    i64 most = MAX_OF(o->intent.qty.v, o->filled.v);
    if (exec_count_is_sound(m, most, o->intent.reference)) {
        o->told.v = MAX_OF(o->told.v, MIN_OF(m->cum_qty, most));
    }
}

bool exec_is_repeat(const exec_seen_t *s, const ev_BROKER_t *m)
{
    ASSERT(s != NULL && m != NULL);
    u32 kept = MIN_OF(s->exec_count, (u32)ORDER_EXEC_IDS);
    for (u32 i = 0; m->exec_id != 0 && i < kept; i++) {
        if (s->exec[i] == m->exec_id) {
            return true;
        }
    }
    bool dropped = s->exec_count > ORDER_EXEC_IDS && m->qty > s->told - s->filled;
    bool by_count = m->exec_id == 0 || dropped;
    return by_count && m->cum_qty != 0 && m->cum_qty <= s->filled;
}

static bool fill_is_repeat(const order_t *o, const ev_BROKER_t *m)
{
    exec_seen_t seen = {
        .exec = o->exec, .exec_count = o->exec_count, .filled = o->filled.v, .told = o->told.v};
    return exec_is_repeat(&seen, m);
}

/* The other child of the same entry, if it lives. */
static order_t *sibling_of(account_t *a, const order_t *o)
{
    for (u32 i = 0; i < a->orders_used; i++) {
        order_t *s = &a->orders[i];
        if (s != o && s->state != 0 && (s->flags & ORDER_FLAG_CHILD) != 0 &&
            id128_eq(s->intent.parent, o->intent.parent)) {
            return s;
        }
    }
    return NULL;
}

static void children_grow(account_t *a, const order_t *entry, i64 qty, i64 t)
{
    for (u32 i = 0; i < a->orders_used; i++) {
        order_t *c = &a->orders[i];
        if (c->state != 0 && (c->flags & ORDER_FLAG_CHILD) != 0 && order_is_live(c) &&
            id128_eq(c->intent.parent, entry->intent.id)) {
            c->live.v += qty;
            c->t_sent = MAX_OF(c->t_sent, t); /* from now on the broker has a word to say of it */
        }
    }
}

static const order_t *parent_of(const account_t *a, const order_t *o)
{
    return (o->flags & ORDER_FLAG_CHILD) != 0 ? account_order_const(a, o->intent.parent) : NULL;
}

/* Nothing is left to fill. A child is whole only when its entry cannot bring more. */
static bool order_is_whole(const account_t *a, const order_t *o)
{
    const order_t *parent = parent_of(a, o);
    return o->filled.v > 0 && o->filled.v >= o->live.v && (parent == NULL || !order_is_live(parent));
}

/* The broker counts more than we have booked. */
static bool executions_missing(const order_t *o)
{
    return o->told.v > o->filled.v;
}

/* The position learns from an entry's fill what exits will need. */
static void position_entered(position_t *p, const order_t *o, i64 qty)
{
    static const id128_t none = {{0}};
    const intent_t *i = &o->intent;
    if (id128_eq(p->entry_id, none)) {
        p->entry_id = id128_eq(i->parent, none) ? i->id : i->parent; /* of slices their parent's */
        p->tag = o->tag;
        p->flags = o->tag.flags | ((i->flags & INTENT_PROBE) != 0 ? (u32)TAG_PROBE : 0);
        p->stop = i->bracket_stop;
        p->stop_initial = i->bracket_stop;
        p->target = i->bracket_target;
        p->stop_id = i->bracket_stop.v > 0 ? intent_child_id(i->id, ROLE_STOP) : none;
        p->target_id = i->bracket_target.v > 0 ? intent_child_id(i->id, ROLE_TARGET) : none;
    }
    i64 r = p->stop_initial.v > 0 ? p->direction * (p->avg.v - p->stop_initial.v) : 0;
    p->r.v = MAX_OF(r, p->stop_initial.v > 0 ? 1 : 0);
    /* One R of money is planned distance times what was opened; a fill beyond the stop keeps the plan's R. */
    price_t planned = r > 0 ? (price_t){r} : o->tag.r;
    money_t risk;
    err_t err = money_of(planned, p->opened, p->exponent, p->multiplier, ROUND_NEAREST, &risk);
    p->risk_money = err == ERR_OK && p->stop_initial.v > 0 ? risk : (money_t){0};
    ASSERT(qty > 0);
}

static void position_reduced(account_t *a, position_t *p, order_t *o, i64 qty)
{
    if ((o->flags & ORDER_FLAG_CHILD) != 0) {
        order_t *s = sibling_of(a, o);
        if (s != NULL && order_is_live(s)) {
            s->live.v = MAX_OF(s->live.v - qty, s->filled.v);
        }
    }
    if (o->intent.role == ROLE_STOP) {
        p->exit_reason = EXIT_STOP;
    } else if (o->intent.role == ROLE_TARGET) {
        p->exit_reason = EXIT_TARGET;
    }
}

static void fill_fact(exec_t *x, const order_t *o, const ev_BROKER_t *m, money_t realised, i64 position)
{
    ev_FILL_t *f = &outbox_fact(x->out, EV_FILL)->as.FILL;
    *f = (ev_FILL_t){.intent = o->intent.id,
                     .account = x->a->account_id,
                     .exec_id = m->exec_id,
                     .inst = o->intent.inst,
                     .side = o->intent.side,
                     .role = o->intent.role,
                     .t_event = m->t_event,
                     .qty = m->qty,
                     .price = m->price,
                     .fee = m->fee,
                     .realised = realised.v,
                     .cash_after = x->a->cash.v,
                     .position_after = position};
}

err_t exec_fill_apply(account_t *a, order_t *o, const ev_BROKER_t *m, money_t *realised,
                      position_t **position)
{
    ASSERT(a != NULL && o != NULL && m != NULL && realised != NULL && position != NULL);
    ASSERT(m->qty > 0 && m->price > 0);
    fill_t f = {.inst = o->intent.inst,
                .side = o->intent.side,
                .role = o->intent.role,
                .exponent = o->exponent,
                .multiplier = o->multiplier,
                .t_event = m->t_event,
                .qty = {m->qty},
                .price = {m->price},
                .fee = {m->fee},
                .spread_cost = {m->spread_cost},
                .slippage_cost = {m->slippage_cost},
                .impact_cost = {m->impact_cost}};
    money_t value;
    TRY(money_of(f.price, f.qty, f.exponent, f.multiplier, ROUND_NEAREST, &value));
    TRY(account_book(a, &f, realised, position));
    o->exec[o->exec_count++ % ORDER_EXEC_IDS] = m->exec_id;
    exec_slice_filled(a, o, m->qty);
    o->filled.v += m->qty;
    o->value.v += value.v;
    if (o->intent.role == ROLE_ENTRY) {
        children_grow(a, o, m->qty, m->t_event);
        position_entered(*position, o, m->qty);
    } else {
        position_reduced(a, *position, o, m->qty);
    }
    return ERR_OK;
}

/* Books one new execution. False if it could not be booked: the account then reconciles. */
static bool fill_book(exec_t *x, order_t *o, const ev_BROKER_t *m, position_t **position)
{
    money_t realised;
    u32 good_faith = x->a->good_faith_ever;
    u32 freerides = x->a->freerides_ever;
    date_t frozen = x->a->frozen_until;
    if (exec_fill_apply(x->a, o, m, &realised, position) != ERR_OK) {
        strange(x, EXEC_ALERT_OVERFILL, "an execution could not be booked");
        return false;
    }
    if (x->a->good_faith_ever != good_faith) {
        exec_alert(x, EXEC_ALERT_GOOD_FAITH, "sold what was bought with money that has not settled");
    }
    if (x->a->freerides_ever != freerides) {
        exec_alert(x, EXEC_ALERT_FREERIDING, "sold what was not paid for: the account is frozen");
    }
    fill_fact(x, o, m, realised, (*position)->qty.v);
    if (x->a->frozen_until != frozen) {
        exec_entries_withdraw(x); /* they were let in by what could be bought before the freeze */
    }
    return true;
}

/* Something of the order changed, and its state did not. */
static ev_ORDER_STATE_t *same_state_fact(exec_t *x, const order_t *o, broker_msg_kind_t proof)
{
    ev_ORDER_STATE_t *f = &outbox_fact(x->out, EV_ORDER_STATE)->as.ORDER_STATE;
    f->intent = o->intent.id;
    f->account = x->a->account_id;
    f->from = o->state;
    f->to = o->state;
    f->proof = (u8)proof;
    return f;
}

static void fill_correction(exec_t *x, order_t *o)
{
    o->flags |= ORDER_FLAG_CORRECTION;
    strange(x, EXEC_ALERT_CORRECTION, "a fill arrived for an ended order and was booked as a correction");
    same_state_fact(x, o, BROKER_FILL)->correction = 1;
}

/* A protective order filled before the fill of its entry was heard: booked now, it would open a position the
 * wrong way round. The entry is looked up, and the child after it (follow_up); until then nothing new is
 * opened. */
static bool child_waits(exec_t *x, order_t *o, const ev_BROKER_t *m)
{
    order_t *entry = (o->flags & ORDER_FLAG_CHILD) != 0 ? account_order(x->a, o->intent.parent) : NULL;
    if (entry == NULL || o->filled.v + m->qty <= o->live.v || entry->filled.v >= entry->intent.qty.v) {
        return false;
    }
    x->a->reconcile |= RECONCILE_BROKER;
    if ((o->flags & ORDER_FLAG_FILL_WAITS) == 0 || x->now - entry->t_sent >= NS_PER_SEC) {
        exec_lookup(x, entry);
    }
    o->flags |= ORDER_FLAG_FILL_WAITS;
    return true;
}

static void children_look(exec_t *x, const order_t *entry)
{
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *c = &x->a->orders[i];
        if (c->state != 0 && (c->flags & ORDER_FLAG_FILL_WAITS) != 0 &&
            id128_eq(c->intent.parent, entry->intent.id)) {
            c->flags &= ~(u32)ORDER_FLAG_FILL_WAITS;
            exec_lookup(x, c);
        }
    }
}

/* An end that was told is kept until its last execution is booked; a fill of before it brings nothing back to
 * life. */
static order_state_t fill_leads_to(const account_t *a, const order_t *o, edge_t edge)
{
    ASSERT(o->end == 0 || o->state == ORDER_UNKNOWN);
    if (order_is_whole(a, o)) {
        return ORDER_FILLED;
    }
    if (o->end != 0) {
        return executions_missing(o) ? ORDER_UNKNOWN : (order_state_t)o->end;
    }
    return (order_state_t)edge.next;
}

static void on_fill(exec_t *x, order_t *o, const ev_BROKER_t *m, edge_t edge)
{
    if (!exec_is_sound(m) || m->qty > I64_MAX - o->filled.v) {
        strange(x, EXEC_ALERT_STRANGER, "an execution without quantity or price, or that no sum can hold");
        return;
    }
    if (fill_is_repeat(o, m)) {
        if (o->state == ORDER_UNKNOWN && order_is_whole(x->a, o)) {
            exec_move(x, o, ORDER_FILLED,
                      BROKER_FILL); /* the answer to a look: all of it is known and counted */
        }
        return;
    }
    if (child_waits(x, o, m)) {
        return;
    }
    /* An overfill is told and booked: the money is real whatever the order said. */
    bool over = o->filled.v + m->qty > o->live.v;
    if ((edge.flags & EDGE_CORRECTION) != 0) {
        fill_correction(x, o);
    } else if (over) {
        strange(x, EXEC_ALERT_OVERFILL, "more was filled than the order asked for");
    }
    position_t *p = NULL;
    if (!fill_book(x, o, m, &p) || (edge.flags & EDGE_CORRECTION) != 0) {
        return;
    }
    o->flags |= over ? (u32)ORDER_FLAG_CORRECTION : 0; /* as the fact of the fill tells it after a restart */
    if (executions_missing(o)) {
        exec_lookup(x, o);
    }
    exec_move(x, o, fill_leads_to(x->a, o, edge), BROKER_FILL);
}

void exec_revise(account_t *a, order_t *o)
{
    ASSERT(a != NULL && o != NULL);
    position_t *p = account_position(a, o->intent.inst);
    o->intent.stop = o->want_stop.v > 0 ? o->want_stop : o->intent.stop;
    if (p != NULL && o->intent.role == ROLE_STOP) {
        p->stop = o->intent.stop;
    }
    o->want_stop = (price_t){0};
}

/* The same of an order that stays in its state; nothing if no replace is open. */
static void on_revise(exec_t *x, order_t *o)
{
    if (o->want_stop.v == 0) {
        return;
    }
    exec_revise(x->a, o);
    (void)same_state_fact(x, o, BROKER_REPLACED);
}

static void on_restore(exec_t *x, order_t *o, const ev_BROKER_t *m)
{
    if (m->kind == BROKER_REPLACED) {
        exec_revise(x->a, o);
    } else if (o->state == ORDER_PENDING_REPLACE && m->kind != BROKER_LOOKUP_FOUND) {
        o->want_stop = (price_t){0}; /* refused or never sent */
    } else if (o->state == ORDER_PENDING_CANCEL && m->kind == BROKER_LOOKUP_FOUND &&
               side_is_opening((side_t)o->intent.side)) {
        o->flags |= ORDER_FLAG_CANCEL_WANTED; /* asked for anew; who cancels the others asks by himself */
    }
    order_state_t to = o->filled.v > 0 ? ORDER_PARTIAL : ORDER_NEW;
    if (o->before == ORDER_HELD && o->state != ORDER_UNKNOWN) {
        to = ORDER_HELD;
    }
    exec_move(x, o, to, m->kind);
}

void exec_day_uncount(account_t *a, order_t *o)
{
    ASSERT(a != NULL && o != NULL);
    if (o->state == ORDER_REJECTED && o->filled.v == 0 && (o->flags & ORDER_FLAG_COUNTED) != 0) {
        ASSERT(a->day.entries > 0);
        o->flags &= ~(u32)ORDER_FLAG_COUNTED;
        a->day.entries--;
    }
}

/* Words of before our request answer an earlier one, told twice, or tell of the time before it; and a child
 * whose entry brought nothing yet need not be found anywhere. */
static bool proves_nothing(const order_t *o, const ev_BROKER_t *m)
{
    switch ((broker_msg_kind_t)m->kind) {
    case BROKER_REPLACED:
    case BROKER_REPLACE_REFUSED:
        return m->t_event < o->t_replace;
    case BROKER_LOOKUP_FOUND:
        return (o->state == ORDER_PENDING_CANCEL || o->state == ORDER_PENDING_REPLACE) &&
               m->t_event <= o->t_state;
    case BROKER_LOOKUP_ABSENT:
        return o->state == ORDER_HELD && o->live.v == 0;
    default:
        return false;
    }
}

static void on_state(exec_t *x, order_t *o, const ev_BROKER_t *m, edge_t edge)
{
    if (proves_nothing(o, m)) {
        return;
    }
    i64 looked = MIN_OF(x->now, m->t_event); /* an answer that comes late tells of the moment it was given */
    bool early = looked < o->intent.send_before + x->a->visibility_delay_ns;
    if ((edge.flags & EDGE_DELAY) != 0 && (early || executions_missing(o))) {
        return; /* proves nothing this early, or of what filled; the timer asks again (at once: a storm) */
    }
    bool ends = order_state_is_terminal((order_state_t)edge.next);
    if (ends && executions_missing(o)) {
        /* It ended, but with executions that we have not seen: until they are found it keeps its reservation.
         */
        o->end = edge.next;
        exec_move(x, o, ORDER_UNKNOWN, m->kind);
        exec_lookup(x, o);
        return;
    }
    if (o->end != 0 && !ends) {
        return; /* words of before its end */
    }
    if (m->broker_order != 0) {
        o->broker_order = m->broker_order;
    }
    if ((edge.flags & EDGE_RESTORE) != 0) {
        on_restore(x, o, m);
    } else if ((edge.flags & EDGE_REVISE) != 0) {
        on_revise(x, o);
    } else if (m->kind == BROKER_REPLACED && edge.next != 0) {
        on_restore(x, o, m); /* the proof that ended an unknown replace */
    } else if (edge.next != 0) {
        bool counted = edge.next == ORDER_NEW && o->filled.v > 0;
        exec_move(x, o, counted ? ORDER_PARTIAL : (order_state_t)edge.next, m->kind);
        exec_day_uncount(x->a, o);
    }
    if ((edge.flags & EDGE_LOOKUP) != 0) {
        exec_lookup(x, o);
    }
}

/* An order that filled all it may is FILLED, whatever made it whole: its own fill, the end of its entry, or a
 * sibling's fill that left it less. One of unknown outcome ends by its own proof, and is whole after that. */
static void whole_ends(exec_t *x, order_t *o, u8 proof)
{
    if (order_is_live(o) && o->state != ORDER_UNKNOWN && order_is_whole(x->a, o)) {
        exec_move(x, o, ORDER_FILLED, proof);
    }
}

/* The entry has ended: children that never got a quantity end with it, children that closed everything are
 * whole. */
static void children_end(exec_t *x, const order_t *entry, u8 proof)
{
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *c = &x->a->orders[i];
        if ((c->flags & ORDER_FLAG_CHILD) == 0 || !order_is_live(c) ||
            !id128_eq(c->intent.parent, entry->intent.id)) {
            continue;
        }
        if (c->live.v == 0 && c->state == ORDER_HELD) {
            exec_move(x, c, ORDER_CANCELED, proof);
        } else {
            whole_ends(x, c, proof);
        }
    }
}

/* A fill heard late leaves less for the sibling, which may have filled all of that before. */
static void sibling_settle(exec_t *x, const order_t *o)
{
    order_t *s = sibling_of(x->a, o);
    if (s != NULL) {
        whole_ends(x, s, BROKER_FILL);
    }
}

/* A flat position: whatever could still act on the instrument is cancelled, and the trade is handed out. */
static void position_end(exec_t *x, position_t *p, f64 loss_min_r, i64 t, closed_trades_t *closed)
{
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *o = &x->a->orders[i];
        if (o->intent.inst != p->inst || !order_is_live(o)) {
            continue;
        }
        if (o->state == ORDER_HELD && o->live.v == 0 && !order_is_sliced(o)) {
            continue; /* ends with its entry, which is being cancelled */
        }
        if (o->state != ORDER_PENDING_CANCEL) {
            exec_want_cancel(x, o);
        }
    }
    ASSERT(closed->count < CLOSED_TRADES);
    account_close(x->a, p, t, loss_min_r, &closed->v[closed->count++]);
}

void exec_end_flat(account_t *a, f64 loss_min_r, i64 now, closed_trades_t *closed, outbox_t *out)
{
    ASSERT(a != NULL && out != NULL && closed != NULL);
    exec_t x = {.a = a, .out = out, .now = now};
    for (u32 i = 0; i < a->positions_used; i++) {
        if (a->positions[i].inst != INST_NONE && a->positions[i].qty.v == 0) {
            position_end(&x, &a->positions[i], loss_min_r, now, closed);
        }
    }
}

static void exit_followup(exec_t *x, position_t *p, const order_t *o)
{
    bool is_exit = o->intent.role == ROLE_EXIT && id128_eq(o->intent.id, p->exit_id);
    if (is_exit && p->exiting == EXITING_SENT && !order_is_live(o)) {
        exec_exit_failed(x, p); /* ended, and something is left */
        return;
    }
    exec_exit_advance(x, p);
}

/* A stop that is not known to live no longer follows what its entry fills. If that entry can still fill, it
 * is asked for: a fill of it that stays unheard would stand without protection. */
static void stop_lost(exec_t *x, const order_t *o)
{
    order_t *entry = o->intent.role == ROLE_STOP && (o->flags & ORDER_FLAG_CHILD) != 0 && !order_is_proven(o)
                         ? account_order(x->a, o->intent.parent)
                         : NULL;
    if (entry != NULL && order_is_live(entry) && entry->state != ORDER_INTENT && !order_is_doubted(entry)) {
        exec_lookup(x, entry);
    }
}

/* What a message makes necessary beyond its own order. */
static void follow_up(exec_t *x, id128_t id, const ev_BROKER_t *m, f64 loss_min_r, closed_trades_t *closed)
{
    order_t *o = account_order(x->a, id);
    ASSERT(o != NULL);
    whole_ends(x, o, m->kind);
    if ((o->flags & ORDER_FLAG_CANCEL_WANTED) != 0 && order_is_working(o)) {
        exec_want_cancel(x, o);
    }
    if (o->intent.role == ROLE_ENTRY && m->kind == BROKER_FILL) {
        exec_slice_follow(x, o);
        children_look(x, o);
    }
    if ((o->flags & ORDER_FLAG_CHILD) != 0 && m->kind == BROKER_FILL) {
        sibling_settle(x, o);
    }
    if (o->intent.role == ROLE_ENTRY && !order_is_live(o)) {
        children_end(x, o, m->kind);
    }
    stop_lost(x, o);
    inst_t inst = o->intent.inst;
    position_t *p = account_position(x->a, inst);
    if (p == NULL) {
        return;
    }
    if (p->qty.v == 0) {
        position_end(x, p, loss_min_r, m->t_event, closed);
        return;
    }
    if (o->intent.role == ROLE_STOP && order_is_working(o) && o->state != ORDER_HELD) {
        p->protect_tries = 0; /* the broker holds a stop again */
    }
    exit_followup(x, p, o);
    exec_protect(x, p);
}

/* "It lives", or "it lives with your new price", answers a look if it was said since the look is owed, and
 * with no more filled than we know of. "It lives" of earlier may speak of a time before our last request:
 * true if it is to be dropped. */
static bool found_too_early(order_t *o, const ev_BROKER_t *m)
{
    bool found = m->kind == BROKER_LOOKUP_FOUND;
    if (m->t_event < o->t_doubt) {
        return found;
    }
    o->t_doubt = (found || m->kind == BROKER_REPLACED) && !executions_missing(o) ? 0 : o->t_doubt;
    return false;
}

void exec_on_broker(account_t *a, const ev_BROKER_t *m, f64 loss_min_r, i64 now, closed_trades_t *closed,
                    outbox_t *out)
{
    ASSERT(a != NULL && m != NULL && out != NULL && closed != NULL);
    ASSERT(m->account == a->account_id);
    exec_t x = {.a = a, .out = out, .now = now};
    order_t *o = account_order(a, m->intent);
    if (o == NULL) {
        strange(&x, EXEC_ALERT_STRANGER, "the broker speaks of an order that is not ours");
        return;
    }
    exec_count_note(o, m);
    edge_t edge = order_edge((order_state_t)o->state, (broker_msg_kind_t)m->kind);
    if (found_too_early(o, m) || (edge.flags & EDGE_IGNORE) != 0) {
        return;
    }
    if ((edge.flags & EDGE_BUST) != 0) {
        strange(&x, EXEC_ALERT_BUST, "the broker took an execution back");
        return;
    }
    if ((edge.flags & EDGE_FILL) != 0) {
        on_fill(&x, o, m, edge);
    } else {
        on_state(&x, o, m, edge);
    }
    follow_up(&x, m->intent, m, loss_min_r, closed);
    ASSERT_SLOW(account_check(a));
    ASSERT_SLOW(exec_check(a));
}

void exec_on_send_result(account_t *a, const ev_SEND_RESULT_t *r, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && r != NULL && out != NULL);
    exec_t x = {.a = a, .out = out, .now = now};
    order_t *o = account_order(a, r->intent);
    /* Only the first handing over moves the state; that nothing left is told by a BROKER message with its
     * class. */
    if (o != NULL && r->sent != 0 && o->state == ORDER_INTENT) {
        o->t_sent = now;
        exec_move(&x, o, ORDER_PENDING_NEW, 0);
    }
}
