/* Sending, cancelling, replacing, leaving. See execution.h; what brokers say is in exec_broker.c. */
#include "trade/execution/execution.h"

#include <string.h>

#include "base/assert.h"
#include "trade/execution/exec_steps.h"
#include "trade/risk/gates.h"

void exec_move(exec_t *x, order_t *o, order_state_t to, u8 proof)
{
    ASSERT(x != NULL && o != NULL && o->state != 0);
    if (o->state == (u8)to) {
        return;
    }
    ASSERT(order_edge_legal((order_state_t)o->state, to));
    ev_ORDER_STATE_t *f = &outbox_fact(x->out, EV_ORDER_STATE)->as.ORDER_STATE;
    f->intent = o->intent.id;
    f->account = x->a->account_id;
    f->from = o->state;
    f->to = (u8)to;
    f->proof = proof;
    if (exec_cancel_unanswered(o, to)) {
        o->flags |= ORDER_FLAG_CANCEL_WANTED;
    }
    o->state = (u8)to;
    o->t_state = x->now;
    if (order_state_is_terminal(to)) {
        o->t_doubt = 0;
        exec_slice_ended(x->a, o);
    }
}

void exec_alert(exec_t *x, u16 code, const char *text)
{
    ASSERT(x != NULL && text != NULL);
    outbox_alert(x->out, code, x->a->account_id, text);
}

static void intent_fact(exec_t *x, const intent_t *i)
{
    ev_INTENT_t *f = &outbox_fact(x->out, EV_INTENT)->as.INTENT;
    *f = (ev_INTENT_t){.id = i->id, .parent = i->parent, .sequence = i->sequence, .account = i->account_id,
        .risk_group = i->risk_group_id, .owner = i->owner_id, .t_decided = i->t_decided,
        .send_before = i->send_before, .qty = i->qty.v, .limit = i->limit.v, .stop = i->stop.v,
        .reference = i->reference.v, .bracket_stop = i->bracket_stop.v, .bracket_target = i->bracket_target.v,
        .inst = i->inst, .side = i->side, .type = i->type, .tif = i->tif, .role = i->role,
        .strategy = i->strategy, .flags = i->flags};
}

order_t *exec_add(exec_t *x, const intent_t *intent, const risk_permit_t *permit, order_state_t state)
{
    account_t *a = x->a;
    ASSERT(a->orders_used < LIMIT_ORDERS);
    ASSERT(account_order(a, intent->id) == NULL); /* an id names one payload for ever (I12) */
    order_t *o = &a->orders[a->orders_used++];
    memset(o, 0, sizeof *o);
    o->intent = *intent;
    o->tag = permit->tag;
    o->state = (u8)state;
    o->before = ORDER_NEW;
    o->exponent = permit->exponent;
    o->multiplier = permit->multiplier;
    o->epoch = permit->epoch;
    o->t_state = x->now;
    o->live = state == ORDER_HELD ? (qty_t){0} : intent->qty;
    o->flags = state == ORDER_HELD ? ORDER_FLAG_CHILD : 0;
    intent_fact(x, intent);
    return o;
}

static void effect_order(exec_t *x, const order_t *o, effect_kind_t kind)
{
    effect_t *e = outbox_effect(x->out, kind);
    e->epoch = o->epoch;
    e->intent = o->intent;
}

void exec_day_count(account_t *a, order_t *o, i64 now)
{
    static const id128_t none = {{0}};
    ASSERT(a != NULL && o != NULL);
    a->sent[a->sent_count++ % ACCOUNT_RATE] = now;
    if (id128_eq(o->intent.parent, none)) { /* slices of one parent are one entry */
        o->flags |= ORDER_FLAG_COUNTED;
        a->day.entries++;
    }
}

void exec_permit_fact(exec_t *x, const risk_permit_t *permit)
{
    ASSERT(x != NULL && permit != NULL && permit->serial > 0);
    ev_PERMIT_t *f = &outbox_fact(x->out, EV_PERMIT)->as.PERMIT;
    f->intent = permit->intent.id;
    f->epoch = permit->epoch;
    f->payload = permit->payload;
}

/* The last look at a slice before it becomes an effect (I1): its parent lives and has that much left. A
 * sliced order itself is never sent. */
static bool slice_fits(account_t *a, const intent_t *i)
{
    static const id128_t none = {{0}};
    if (i->role != ROLE_ENTRY) {
        return true;
    }
    if (id128_eq(i->parent, none)) {
        return (i->flags & INTENT_SLICED) == 0;
    }
    const order_t *p = account_order_const(a, i->parent);
    return p != NULL && order_is_sliced(p) && order_is_live(p) && i->qty.v <= p->live.v - p->filled.v;
}

static err_t submit(exec_t *x, const risk_permit_t *permit)
{
    account_t *a = x->a;
    TRY(permit_take(a, permit));
    const intent_t *i = &permit->intent;
    if (account_is_halted(a, i->inst)) {
        return ERR_HALTED; /* the last look at it: whoever asks has looked before */
    }
    if (!slice_fits(a, i)) {
        return ERR_PERMIT;
    }
    if (!account_orders_room(a, EXEC_ORDERS_ENTRY)) {
        exec_alert(x, EXEC_ALERT_POOL, "no room for another order");
        return ERR_POOL_FULL;
    }
    order_t *o = exec_add(x, i, permit, ORDER_INTENT);
    exec_slice_sent(a, o);
    exec_permit_fact(x, permit);
    const order_role_t roles[] = {ROLE_STOP, ROLE_TARGET};
    const i64 prices[] = {i->bracket_stop.v, i->bracket_target.v};
    for (u32 k = 0; i->role == ROLE_ENTRY && k < COUNT_OF(roles); k++) {
        if (prices[k] > 0) {
            intent_t child;
            intent_child(i, roles[k], &child);
            (void)exec_add(x, &child, permit, ORDER_HELD);
        }
    }
    effect_order(x, o, EFFECT_SUBMIT);
    if (side_is_opening((side_t)i->side)) {
        exec_day_count(a, o, x->now);
    }
    return ERR_OK;
}

err_t exec_submit(account_t *a, const risk_permit_t *permit, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && permit != NULL && out != NULL);
    ASSERT(permit->multiplier > 0);
    exec_t x = {.a = a, .out = out, .now = now};
    return submit(&x, permit);
}

void exec_want_cancel(exec_t *x, order_t *o)
{
    ASSERT(x != NULL && o != NULL && order_is_live(o));
    if (order_is_sliced(o)) { /* nobody but us holds it */
        exec_move(x, o, ORDER_CANCELED, 0);
        return;
    }
    if (!order_is_working(o)) {
        o->flags |= ORDER_FLAG_CANCEL_WANTED;
        return;
    }
    o->flags &= ~(u32)ORDER_FLAG_CANCEL_WANTED;
    o->before = o->state;
    exec_move(x, o, ORDER_PENDING_CANCEL, 0);
    effect_order(x, o, EFFECT_CANCEL);
}

void exec_entries_withdraw(exec_t *x)
{
    ASSERT(x != NULL);
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *o = &x->a->orders[i];
        if (order_is_live(o) && side_is_opening((side_t)o->intent.side) && o->state != ORDER_PENDING_CANCEL) {
            exec_want_cancel(x, o);
        }
    }
}

static void look(exec_t *x, order_t *o)
{
    if (order_is_sliced(o)) {
        return; /* no broker knows it; its slices are asked for */
    }
    o->t_sent = x->now;
    effect_order(x, o, EFFECT_LOOKUP);
}

void exec_lookup(exec_t *x, order_t *o)
{
    ASSERT(x != NULL && o != NULL);
    if (order_is_live(o) && !order_is_sliced(o)) {
        o->t_doubt = x->now;
    }
    look(x, o);
}

err_t exec_cancel(account_t *a, id128_t intent, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && out != NULL);
    order_t *o = account_order(a, intent);
    if (o == NULL) {
        return ERR_NOT_FOUND;
    }
    bool held = o->state == ORDER_HELD && !order_is_sliced(o);
    if (!order_is_live(o) || held || o->state == ORDER_PENDING_CANCEL ||
        (o->flags & ORDER_FLAG_CANCEL_WANTED) != 0) {
        return ERR_ORDER_STATE;
    }
    exec_t x = {.a = a, .out = out, .now = now};
    exec_want_cancel(&x, o);
    for (u32 i = 0; order_is_sliced(o) && i < a->orders_used; i++) {
        order_t *slice = &a->orders[i];
        bool mine = order_is_live(slice) && exec_slice_parent(a, slice) == o;
        if (mine && slice->state != ORDER_PENDING_CANCEL) {
            exec_want_cancel(&x, slice);
        }
    }
    return ERR_OK;
}

void exec_kill(account_t *a, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && out != NULL);
    risk_kill(a);
    exec_t x = {.a = a, .out = out, .now = now};
    exec_entries_withdraw(&x);
    ASSERT(a->killed != 0);
}

err_t exec_replace_stop(account_t *a, position_t *p, price_t stop, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && p != NULL && out != NULL);
    ASSERT(p->inst != INST_NONE && stop.v > 0);
    ASSERT(p->stop.v == 0 || p->direction * (stop.v - p->stop.v) >= 0); /* a stop is never loosened */
    if (stop.v == p->stop.v) {
        return ERR_OK;
    }
    if (account_is_halted(a, p->inst)) {
        return ERR_HALTED;
    }
    u32 stops = 0;
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->intent.inst != p->inst || o->intent.role != ROLE_STOP || !order_is_live(o)) {
            continue;
        }
        if (o->state != ORDER_NEW || p->exiting != EXITING_NO) {
            return ERR_ORDER_STATE;
        }
        stops++;
    }
    if (stops == 0) {
        return ERR_ORDER_STATE;
    }
    exec_t x = {.a = a, .out = out, .now = now};
    for (u32 i = 0; i < a->orders_used; i++) {
        order_t *o = &a->orders[i];
        if (o->intent.inst != p->inst || o->intent.role != ROLE_STOP || !order_is_live(o)) {
            continue;
        }
        o->before = o->state;
        o->want_stop = stop;
        o->t_replace = x.now;
        exec_move(&x, o, ORDER_PENDING_REPLACE, 0);
        intent_t changed = o->intent;
        changed.stop = stop;
        intent_fact(&x, &changed); /* same id, new price: the revision is durable before it is sent */
        outbox_effect(out, EFFECT_REPLACE)->intent = changed;
    }
    return ERR_OK;
}

/* A reducing order of our own making: exit at market or a new protective stop. */
static err_t send_reducing(exec_t *x, position_t *p, order_role_t role, i64 qty, id128_t *id)
{
    ASSERT(qty > 0 && p->mark.v > 0);
    permit_request_t r = {.tag = p->tag, .multiplier = p->multiplier, .exponent = p->exponent};
    r.draft = (intent_t){.parent = p->entry_id,
                         .t_decided = x->now,
                         .send_before = x->now + EXEC_SEND_WINDOW_NS,
                         .qty = {qty},
                         .stop = role == ROLE_STOP ? p->stop : (price_t){0},
                         .reference = p->mark,
                         .inst = p->inst,
                         .side = p->qty.v > 0 ? SIDE_SELL : SIDE_BUY_TO_COVER,
                         .type = role == ROLE_STOP ? ORDER_STOP : ORDER_MARKET,
                         .tif = (u8)(role == ROLE_STOP ? TIF_GTC : TIF_DAY),
                         .role = (u8)role,
                         .strategy = p->tag.strategy,
                         .flags = INTENT_REDUCING};
    risk_permit_t permit;
    TRY(permit_reduce(x->a, &r, &permit));
    TRY(submit(x, &permit));
    *id = permit.intent.id;
    return ERR_OK;
}

/* Quantity that stops and exits may still close: those that live, or of them the ones proven alive. */
static i64 closing(const account_t *a, inst_t inst, bool proven)
{
    i64 sum = 0;
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        bool closes = o->intent.role == ROLE_STOP || o->intent.role == ROLE_EXIT;
        if (o->intent.inst == inst && closes && (proven ? order_is_proven(o) : order_is_live(o))) {
            sum += MAX_OF(o->live.v - o->filled.v, 0);
        }
    }
    return sum;
}

i64 exec_closing_proven(const account_t *a, inst_t inst)
{
    ASSERT(a != NULL && inst != INST_NONE);
    return closing(a, inst, true);
}

static bool stop_of_lives(const account_t *a, const order_t *target)
{
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->intent.role == ROLE_STOP && order_is_live(o) && (o->flags & ORDER_FLAG_CHILD) != 0 &&
            id128_eq(o->intent.parent, target->intent.parent)) {
            return true;
        }
    }
    return false;
}

/* A target whose own stop is dead does not shrink when another stop fills, so the two together could turn the
 * position over (I6). It has to die by proof before a new stop is sent. True while one lives. */
static bool lone_targets(exec_t *x, const position_t *p)
{
    bool lives = false;
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *o = &x->a->orders[i];
        if (o->intent.inst != p->inst || o->intent.role != ROLE_TARGET || !order_is_live(o) ||
            stop_of_lives(x->a, o)) {
            continue;
        }
        lives = true;
        if (o->state != ORDER_PENDING_CANCEL) {
            exec_want_cancel(x, o);
        }
    }
    return lives;
}

/* What neither a live stop nor a sent exit would close: an entry's fill that is heard after the exit was sent
 * adds to the position, and the exit does not grow with it. */
static i64 unprotected(const account_t *a, const position_t *p)
{
    i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
    return size - closing(a, p->inst, false);
}

void exec_protect(exec_t *x, position_t *p)
{
    ASSERT(x != NULL && p != NULL && p->inst != INST_NONE);
    if (p->stop.v <= 0 || p->exiting == EXITING_CANCEL || p->protect_tries >= EXEC_PROTECT_TRIES ||
        account_is_halted(x->a, p->inst)) {
        return;
    }
    i64 missing = unprotected(x->a, p);
    if (missing <= 0 || lone_targets(x, p)) {
        return;
    }
    p->protect_tries++;
    err_t err = send_reducing(x, p, ROLE_STOP, missing, &p->stop_id);
    if (err != ERR_OK || p->protect_tries == EXEC_PROTECT_TRIES) {
        exec_alert(x, EXEC_ALERT_UNPROTECTED, "a position has no full protective stop");
    }
}

bool exec_gave_up(const account_t *a, const position_t *p)
{
    ASSERT(a != NULL && p != NULL);
    return p->inst != INST_NONE && p->qty.v != 0 && p->exiting == EXITING_NO &&
           p->protect_tries >= EXEC_PROTECT_TRIES && unprotected(a, p) > 0 && !account_is_halted(a, p->inst);
}

void exec_exit_failed(exec_t *x, position_t *p)
{
    ASSERT(x != NULL && p != NULL && p->exiting != EXITING_NO);
    p->exiting = EXITING_NO;
    p->exit_failures = (u8)MIN_OF(p->exit_failures + 1, 255);
    p->t_exit_failed = x->now;
    exec_alert(x, EXEC_ALERT_EXIT_FAILED, "an exit failed; the position is protected again");
    exec_protect(x, p);
}

/* True if the order can still change the exit side of the position. An entry of unknown outcome does not
 * wait: more of it would add to the position, never turn it over. */
static bool exit_must_wait(const order_t *o)
{
    return o->intent.role != ROLE_ENTRY || o->state != ORDER_UNKNOWN;
}

void exec_exit_advance(exec_t *x, position_t *p)
{
    ASSERT(x != NULL && p != NULL && p->inst != INST_NONE);
    if (p->exiting != EXITING_CANCEL || p->qty.v == 0) {
        return;
    }
    u32 waiting = 0;
    bool asked = false;
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *o = &x->a->orders[i];
        if (o->intent.inst != p->inst || !order_is_live(o)) {
            continue;
        }
        waiting += exit_must_wait(o) && !order_is_sliced(o) ? 1 : 0;
        if (o->state != ORDER_PENDING_CANCEL) {
            asked = asked || (order_is_working(o) && !order_is_sliced(o));
            exec_want_cancel(x, o);
        }
    }
    p->cancel_tries = (u8)(p->cancel_tries + (asked ? 1 : 0));
    if (waiting > 0 && p->cancel_tries > EXEC_CANCEL_TRIES) {
        exec_exit_failed(x, p);
    }
    if (waiting > 0 || account_is_halted(x->a, p->inst)) {
        return;
    }
    i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
    err_t err = send_reducing(x, p, ROLE_EXIT, size, &p->exit_id);
    p->exiting = EXITING_SENT;
    p->t_exit_sent = x->now;
    p->cancel_tries = 0;
    if (err != ERR_OK) {
        exec_exit_failed(x, p);
    }
}

err_t exec_exit(account_t *a, position_t *p, exit_reason_t reason, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && p != NULL && out != NULL);
    ASSERT(p->inst != INST_NONE && reason > EXIT_NONE && reason < EXIT_REASON_COUNT);
    if (p->exiting != EXITING_NO || p->qty.v == 0) {
        return ERR_ORDER_STATE;
    }
    if (account_is_halted(a, p->inst)) {
        return ERR_HALTED; /* its stop stays where it is: it cannot be told what the first price will be */
    }
    exec_t x = {.a = a, .out = out, .now = now};
    p->exiting = EXITING_CANCEL;
    p->exit_reason = (u8)reason;
    p->cancel_tries = 0;
    exec_exit_advance(&x, p);
    return ERR_OK;
}

/* A protective order that works at the broker while no fill of its entry is known: that fill was lost, and
 * cancelling would strip the position. Both are looked up instead. */
static bool look_for_fill(exec_t *x, order_t *child, i64 every_ns)
{
    order_t *entry =
        (child->flags & ORDER_FLAG_CHILD) != 0 ? account_order(x->a, child->intent.parent) : NULL;
    if (entry == NULL || entry->filled.v > 0) {
        return false;
    }
    if (x->now - child->t_sent >= every_ns) {
        exec_lookup(x, entry);
        exec_lookup(x, child);
    }
    return true;
}

/* The net below the messages: opening orders under the kill switch or in a halt, and reducing orders of a
 * flat book, are cancelled again, uncovered positions get a stop. */
static void sweep(exec_t *x, i64 every_ns)
{
    for (u32 i = 0; i < x->a->orders_used; i++) {
        order_t *o = &x->a->orders[i];
        if (o->state == ORDER_HELD || !order_is_working(o)) {
            continue;
        }
        if (side_is_opening((side_t)o->intent.side)) {
            if (x->a->killed != 0 || account_is_halted(x->a, o->intent.inst)) {
                exec_want_cancel(x, o); /* the first cancel was refused, or not remembered by a restart */
            }
            continue;
        }
        if (!look_for_fill(x, o, every_ns) && account_position(x->a, o->intent.inst) == NULL) {
            exec_want_cancel(x, o);
        }
    }
    for (u32 i = 0; i < x->a->positions_used; i++) {
        position_t *p = &x->a->positions[i];
        if (p->inst != INST_NONE && p->qty.v != 0) {
            exec_protect(x, p);
        }
    }
}

/* When an order is to be asked for: in doubt since its last look, or waiting for a word so long that it must
 * have been lost. A child waits for one since its entry filled. I64_MAX: not at all. */
static i64 look_due(const order_t *o, i64 every_ns)
{
    bool woken = o->state == ORDER_HELD && (o->flags & ORDER_FLAG_CHILD) != 0 && o->live.v > o->filled.v;
    bool pending = o->state == ORDER_PENDING_NEW || o->state == ORDER_PENDING_CANCEL ||
                   o->state == ORDER_PENDING_REPLACE || woken;
    if (order_is_doubted(o)) {
        return o->t_sent + every_ns;
    }
    return pending ? MAX_OF(o->t_sent, o->t_state) + EXEC_PENDING_LOOKS * every_ns : I64_MAX;
}

i64 exec_lookup_next(const account_t *a, i64 every_ns)
{
    ASSERT(a != NULL && every_ns > 0);
    i64 first = I64_MAX;
    for (u32 i = 0; i < a->orders_used; i++) {
        first = MIN_OF(first, look_due(&a->orders[i], every_ns));
    }
    return first;
}

u32 exec_lookup_unknown(account_t *a, i64 now, i64 every_ns, outbox_t *out)
{
    ASSERT(a != NULL && out != NULL && every_ns >= 0);
    exec_t x = {.a = a, .out = out, .now = now};
    u32 asked = 0;
    for (u32 i = 0; i < a->orders_used; i++) {
        order_t *o = &a->orders[i];
        if (now >= look_due(o, every_ns)) {
            look(&x, o);
            asked++;
        }
    }
    sweep(&x, every_ns);
    return asked;
}

void exec_doubt(account_t *a, id128_t intent, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && out != NULL);
    exec_t x = {.a = a, .out = out, .now = now};
    order_t *o = account_order(a, intent);
    if (o != NULL && order_is_live(o)) {
        exec_lookup(&x, o);
    }
}

void exec_session_back(account_t *a, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && out != NULL);
    exec_t x = {.a = a, .out = out, .now = now};
    a->reconcile |= RECONCILE_BROKER;
    for (u32 i = 0; i < a->orders_used; i++) {
        if (a->orders[i].state != 0 && order_is_live(&a->orders[i])) {
            exec_lookup(&x, &a->orders[i]);
        }
    }
    ASSERT(a->reconcile != 0);
}

u32 exec_unprotected(const account_t *a)
{
    ASSERT(a != NULL);
    u32 naked = 0;
    for (u32 i = 0; i < a->positions_used; i++) {
        const position_t *p = &a->positions[i];
        naked += p->inst != INST_NONE && unprotected(a, p) > 0 ? 1 : 0;
    }
    return naked;
}

static bool order_check(const order_t *o)
{
    bool counted = o->filled.v >= 0;
    bool bounded = (o->flags & ORDER_FLAG_CORRECTION) != 0 || o->filled.v <= o->live.v;
    bool whole = o->state != ORDER_FILLED || o->filled.v >= o->live.v;
    return counted && bounded && whole;
}

bool exec_check(const account_t *a)
{
    ASSERT(a != NULL);
    for (u32 i = 0; i < a->orders_used; i++) {
        if (a->orders[i].state != 0 && !order_check(&a->orders[i])) {
            return false;
        }
    }
    for (u32 i = 0; i < a->positions_used; i++) {
        const position_t *p = &a->positions[i];
        if (p->inst == INST_NONE) {
            continue;
        }
        /* Stop and target of one entry share their quantity (OCO), so the stops alone are summed (I6). */
        if (unprotected(a, p) < 0 && a->reconcile == 0) {
            return false;
        }
    }
    return true;
}
