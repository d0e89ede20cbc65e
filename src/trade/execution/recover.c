/* See recover.h. */
#include "trade/execution/recover.h"

#include <string.h>

#include "base/assert.h"
#include "trade/execution/exec_steps.h"
#include "trade/execution/slicing.h"

void recover_intent(const ev_INTENT_t *e, intent_t *out)
{
    *out = (intent_t){.id = e->id,
                      .parent = e->parent,
                      .sequence = e->sequence,
                      .account_id = e->account,
                      .risk_group_id = e->risk_group,
                      .owner_id = e->owner,
                      .t_decided = e->t_decided,
                      .send_before = e->send_before,
                      .qty = {e->qty},
                      .limit = {e->limit},
                      .stop = {e->stop},
                      .reference = {e->reference},
                      .bracket_stop = {e->bracket_stop},
                      .bracket_target = {e->bracket_target},
                      .inst = e->inst,
                      .side = e->side,
                      .type = e->type,
                      .tif = e->tif,
                      .role = e->role,
                      .strategy = e->strategy,
                      .flags = e->flags};
}

/* A bracket that goes out behind its decision; one of the same moment is tagged with its entry. */
static void bracket_tag(account_t *a, order_t *o)
{
    const order_t *parent = account_order(a, o->intent.parent);
    if (parent != NULL) {
        o->tag = parent->tag;
    }
}

static void intent_position(account_t *a, order_t *o)
{
    position_t *p = account_position(a, o->intent.inst);
    if (p != NULL && o->intent.role == ROLE_EXIT) {
        p->exit_id = o->intent.id;
        p->exiting = EXITING_SENT;
        p->t_exit_sent = o->t_state;
    }
    if (p != NULL && o->intent.role == ROLE_STOP) {
        p->stop_id = o->intent.id;
    }
    if (p != NULL && o->intent.role != ROLE_ENTRY) {
        o->tag = p->tag; /* as what reduces a position is made; an entry's comes with its decision */
    }
}

static err_t on_intent(recover_t *r, const ev_INTENT_t *e, i64 t)
{
    account_t *a = r->account;
    order_t *known = account_order(a, e->id);
    if (known != NULL) { /* the revision of a replace: same id, new price */
        known->want_stop.v = e->stop;
        return ERR_OK;
    }
    if (e->inst >= r->instrument_count) {
        return ERR_PARAM_RANGE;
    }
    bool child = (e->flags & INTENT_OCO) != 0;
    bool sliced = (e->flags & INTENT_SLICED) != 0;
    if (!child && !account_orders_room(a, sliced ? EXEC_ORDERS_SLICED : EXEC_ORDERS_ENTRY)) {
        return ERR_POOL_FULL;
    }
    if (a->orders_used >= LIMIT_ORDERS) {
        return ERR_POOL_FULL;
    }
    order_t *o = &a->orders[a->orders_used++];
    memset(o, 0, sizeof *o);
    recover_intent(e, &o->intent);
    if (r->tag != NULL && !r->tag(r->tag_self, e, &o->tag)) {
        o->tag = (trade_tag_t){0};
    }
    o->state = child || sliced ? ORDER_HELD : ORDER_INTENT;
    o->before = ORDER_NEW;
    o->exponent = (i8)r->instruments[e->inst].qty_exponent;
    o->multiplier = r->instruments[e->inst].multiplier;
    o->epoch = r->epoch;
    o->t_state = t;
    o->live = child ? (qty_t){0} : o->intent.qty;
    o->flags = child ? ORDER_FLAG_CHILD : 0;
    a->intent_sequence = MAX_OF(a->intent_sequence, e->sequence);
    const order_t *parent = exec_slice_parent(a, o);
    if (parent != NULL) {
        o->tag = parent->tag;
        if (o->intent.qty.v > parent->live.v - parent->filled.v) {
            return ERR_CORRUPT; /* more than the parent had left (I1) */
        }
        exec_slice_sent(a, o);
    }
    if (child) {
        bracket_tag(a, o);
    } else {
        intent_position(a, o);
    }
    if (side_is_opening((side_t)e->side)) {
        exec_day_count(a, o, t);
    }
    return ERR_OK;
}

static err_t on_permit(recover_t *r, const ev_PERMIT_t *e)
{
    order_t *o = account_order(r->account, e->intent);
    if (o == NULL) {
        return ERR_NOT_FOUND;
    }
    o->epoch = e->epoch;
    r->epoch = e->epoch;
    r->account->epoch = MAX_OF(r->account->epoch, e->epoch);
    r->account->permit_serial++;
    return ERR_OK;
}

/* What a replace came to: the proof says whether the wanted price stands. */
static void replace_ended(account_t *a, order_t *o, const ev_ORDER_STATE_t *e)
{
    bool restored = e->from == ORDER_PENDING_REPLACE && e->proof != BROKER_LOOKUP_FOUND;
    if (e->proof == BROKER_REPLACED) {
        exec_revise(a, o);
    } else if (restored && e->to < ORDER_FILLED && e->to != ORDER_UNKNOWN) {
        o->want_stop = (price_t){0};
    }
}

/* An exit that ended while something is left has failed: its count and moment are the cool-down's. */
static void exit_ended(account_t *a, const order_t *o, i64 t)
{
    position_t *p = account_position(a, o->intent.inst);
    bool mine = p != NULL && o->intent.role == ROLE_EXIT && id128_eq(o->intent.id, p->exit_id);
    if (mine && p->qty.v != 0 && order_state_is_terminal((order_state_t)o->state) &&
        o->state != ORDER_FILLED) {
        p->exiting = EXITING_NO;
        p->exit_failures = (u8)MIN_OF(p->exit_failures + 1, 255);
        p->t_exit_failed = t;
    }
}

static err_t on_order_state(recover_t *r, const ev_ORDER_STATE_t *e, i64 t)
{
    order_t *o = account_order(r->account, e->intent);
    if (o == NULL) {
        return ERR_NOT_FOUND;
    }
    if (o->state != e->from || e->to < ORDER_INTENT || e->to > ORDER_EXPIRED) {
        return ERR_CORRUPT;
    }
    if (e->correction != 0) {
        o->flags |= ORDER_FLAG_CORRECTION;
        return ERR_OK;
    }
    if (e->from == e->to) { /* a new price was confirmed: nothing else moved */
        replace_ended(r->account, o, e);
        return ERR_OK;
    }
    if (e->to == ORDER_PENDING_CANCEL || e->to == ORDER_PENDING_REPLACE) {
        o->before = e->from;
        o->t_replace = e->to == ORDER_PENDING_REPLACE ? t : o->t_replace;
    }
    if (id128_eq(r->last.intent, e->intent) && r->last.broker_order != 0) {
        o->broker_order = r->last.broker_order;
    }
    replace_ended(r->account, o, e);
    if (exec_cancel_unanswered(o, (order_state_t)e->to)) {
        o->flags |= ORDER_FLAG_CANCEL_WANTED;
    }
    if (e->to == ORDER_PENDING_CANCEL) {
        o->flags &= ~(u32)ORDER_FLAG_CANCEL_WANTED;
    }
    if (e->to == ORDER_UNKNOWN) {
        edge_t edge = order_edge((order_state_t)e->from, (broker_msg_kind_t)e->proof);
        bool ended = edge.next != 0 && order_state_is_terminal((order_state_t)edge.next);
        o->end = ended ? edge.next : o->end; /* told while executions were missing */
    }
    o->state = e->to;
    o->t_state = t;
    if (order_state_is_terminal((order_state_t)o->state)) {
        exec_slice_ended(r->account, o);
    }
    exit_ended(r->account, o, t);
    exec_day_uncount(r->account, o);
    return ERR_OK;
}

static err_t on_fill(recover_t *r, const ev_FILL_t *e)
{
    account_t *a = r->account;
    order_t *o = account_order(a, e->intent);
    if (o == NULL) {
        return ERR_NOT_FOUND;
    }
    if (e->qty <= 0 || e->price <= 0 || e->fee < 0) {
        return ERR_CORRUPT;
    }
    ev_BROKER_t m = {.intent = e->intent,
                     .account = e->account,
                     .exec_id = e->exec_id,
                     .t_event = e->t_event,
                     .qty = e->qty,
                     .price = e->price,
                     .fee = e->fee};
    if (id128_eq(r->last.intent, e->intent) && r->last.exec_id == e->exec_id) {
        m.spread_cost = r->last.spread_cost;
        m.slippage_cost = r->last.slippage_cost;
        m.impact_cost = r->last.impact_cost;
    }
    if (o->filled.v + e->qty > o->live.v) {
        o->flags |= ORDER_FLAG_CORRECTION; /* an overfill, booked as told */
    }
    money_t realised;
    position_t *p;
    TRY(exec_fill_apply(a, o, &m, &realised, &p));
    if (a->cash.v != e->cash_after || p->qty.v != e->position_after || realised.v != e->realised) {
        return ERR_CORRUPT;
    }
    if (p->qty.v != 0) {
        return ERR_OK;
    }
    if (r->closed.count == CLOSED_TRADES) {
        memmove(&r->closed.v[0], &r->closed.v[1], (CLOSED_TRADES - 1) * sizeof r->closed.v[0]);
        r->closed.count--;
    }
    account_close(a, p, e->t_event, r->loss_min_r, &r->closed.v[r->closed.count++]);
    return ERR_OK;
}

static err_t on_cash(recover_t *r, const ev_CASH_t *e)
{
    account_t *a = r->account;
    ledger_account_t from = e->kind == CASH_INTEREST ? LEDGER_INTEREST : LEDGER_EQUITY_IN;
    if (cash_is_action((cash_kind_t)e->kind)) {
        r->ahead.v -= e->amount; /* applied by the caller from its input, with those that follow */
        return a->cash.v - r->ahead.v == e->cash_after ? ERR_OK : ERR_CORRUPT;
    }
    a->cash.v += e->amount;
    a->settled.v += e->amount;
    if (e->kind == CASH_INTEREST || e->kind == CASH_DEPOSIT) {
        account_funds_settled(a); /* as account_on_cash did */
    }
    position_t *p = e->kind == CASH_BORROW ? account_position(a, e->inst) : NULL;
    if (e->kind ==
        CASH_BORROW) { /* a cost of the short: part of its trade's fees, as account_carry booked it */
        ledger_post(&a->ledger, LEDGER_FEES, LEDGER_CASH, (money_t){-e->amount});
    } else {
        ledger_post(&a->ledger, LEDGER_CASH, from, (money_t){e->amount});
    }
    if (p != NULL) {
        p->fees.v -= e->amount;
    }
    return a->cash.v - r->ahead.v == e->cash_after ? ERR_OK : ERR_CORRUPT;
}

/* What stands is known from the messages; what was done about it stands in facts. */
static void on_halt(recover_t *r, const event_t *e)
{
    halt_t h;
    if (e->head.kind == EV_HALT && event_halt(e, r->instrument_count, &h)) {
        account_halt_note(r->account, &h);
    }
}

err_t recover_apply(recover_t *r, const event_t *e)
{
    ASSERT(r != NULL && e != NULL);
    ASSERT(r->account != NULL && r->instruments != NULL);
    if (event_is_input((event_kind_t)e->head.kind)) {
        on_halt(r, e);
        r->last = e->head.kind == EV_BROKER ? e->as.BROKER : (ev_BROKER_t){0};
        r->ahead = (money_t){0};
        order_t *o = e->head.kind == EV_BROKER && r->last.account == r->account->account_id
                         ? account_order(r->account, r->last.intent)
                         : NULL;
        if (o != NULL) {
            exec_count_note(o, &r->last);
        }
        return ERR_OK;
    }
    if (e->head.kind == EV_PERMIT) { /* of an order, whose account is known */
        return account_order(r->account, e->as.PERMIT.intent) != NULL ? on_permit(r, &e->as.PERMIT) : ERR_OK;
    }
    if (event_account(e) != r->account->account_id) {
        return ERR_OK;
    }
    switch (e->head.kind) {
    case EV_INTENT:
        return on_intent(r, &e->as.INTENT, e->head.t_engine);
    case EV_ORDER_STATE:
        return on_order_state(r, &e->as.ORDER_STATE, e->head.t_engine);
    case EV_FILL:
        return on_fill(r, &e->as.FILL);
    case EV_SLICE_PLAN:
        return slicing_recover_plan(r->account, &e->as.SLICE_PLAN);
    case EV_SLICE_END:
        return slicing_recover_end(r->account, &e->as.SLICE_END);
    case EV_CASH:
        return on_cash(r, &e->as.CASH);
    default:
        return ERR_OK;
    }
}

/* The exit that lives on at the broker, if any: the position goes on waiting for it, and gets a stop for what
 * is more than that. */
static const order_t *exit_of(const account_t *a, inst_t inst)
{
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->intent.role == ROLE_EXIT && o->intent.inst == inst && order_is_live(o)) {
            return o;
        }
    }
    return NULL;
}

void recover_finish(recover_t *r, i64 now, outbox_t *out)
{
    ASSERT(r != NULL && out != NULL);
    account_t *a = r->account;
    exec_t x = {.a = a, .out = out, .now = now};
    a->epoch++;
    a->reconcile |= RECONCILE_BROKER;
    for (u32 i = 0; i < a->orders_used; i++) {
        order_t *o = &a->orders[i];
        bool asked = o->state == ORDER_INTENT || o->state == ORDER_PENDING_NEW ||
                     o->state == ORDER_PENDING_CANCEL || o->state == ORDER_PENDING_REPLACE;
        if (asked) {
            exec_move(&x, o, ORDER_UNKNOWN, BROKER_SILENT);
        }
        if (order_is_live(o)) {
            exec_lookup(&x, o); /* what happened while we were gone was told to nobody */
        }
    }
    for (u32 i = 0; i < a->positions_used; i++) {
        position_t *p = &a->positions[i];
        if (p->inst == INST_NONE || p->qty.v == 0) {
            continue;
        }
        const order_t *exit = exit_of(a, p->inst);
        if (exit != NULL) {
            p->exiting = EXITING_SENT;
            p->exit_reason = p->exit_reason != EXIT_NONE ? p->exit_reason : (u8)EXIT_RECONCILE;
            p->exit_id = exit->intent.id;
        } else {
            p->exiting = EXITING_NO;
        }
        exec_protect(&x, p);
    }
    ASSERT(a->reconcile != 0);
}

static void encode_order(const order_t *o, writer_t *w)
{
    put_bytes(w, o->intent.id.b, sizeof o->intent.id.b);
    put_bytes(w, o->intent.parent.b, sizeof o->intent.parent.b);
    put_u64(w, o->intent.sequence);
    put_u16(w, o->intent.inst);
    const u8 small[] = {o->intent.side, o->intent.type,
                        o->intent.tif,  o->intent.role,
                        o->state,       (u8)(o->flags & (ORDER_FLAG_CHILD | ORDER_FLAG_CORRECTION))};
    put_bytes(w, small, sizeof small);
    put_u64(w, o->epoch);
    const i64 numbers[] = {o->intent.qty.v,       o->intent.limit.v, o->intent.stop.v, o->intent.t_decided,
                           o->intent.send_before, o->live.v,         o->filled.v,      o->value.v};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        put_i64(w, numbers[i]);
    }
    put_u32(w, o->exec_count);
    for (u32 i = 0; i < MIN_OF(o->exec_count, (u32)ORDER_EXEC_IDS); i++) {
        put_u64(w, o->exec[i]);
    }
}

static void encode_position(const position_t *p, writer_t *w)
{
    put_u16(w, p->inst);
    put_u8(w, p->direction > 0 ? 1 : 0);
    const i64 numbers[] = {p->qty.v,          p->cost.v,       p->avg.v,         p->opened.v,
                           p->closed.v,       p->open_value.v, p->close_value.v, p->fees.v,
                           p->realised.v,     p->dividends.v,  p->spread_cost.v, p->slippage_cost.v,
                           p->impact_cost.v,  p->risk_money.v, p->r.v,           p->stop.v,
                           p->stop_initial.v, p->target.v,     p->t_entry};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        put_i64(w, numbers[i]);
    }
    put_bytes(w, p->entry_id.b, sizeof p->entry_id.b);
}

static void encode_plan(const account_plan_t *p, writer_t *w)
{
    put_bytes(w, p->parent.b, sizeof p->parent.b);
    put_u32(w, p->sent);
    put_i64(w, p->schedule.t_end);
    for (u32 i = 0; i < p->schedule.count; i++) {
        put_i64(w, p->schedule.t[i]);
        put_i64(w, p->schedule.until[i]);
    }
}

enum { HALTS_AT_ONCE = 64 };

/* Of thousands of instruments few are halted: many that are not are passed at once. */
static void encode_halts(const account_t *a, writer_t *w)
{
    _Static_assert(LIMIT_UNIVERSE % HALTS_AT_ONCE == 0 && HALT_NONE == 0, "they are passed by whole words");
    for (u32 from = 0; from < LIMIT_UNIVERSE; from += HALTS_AT_ONCE) {
        u64 word[HALTS_AT_ONCE / sizeof(u64)];
        u64 any = 0;
        memcpy(word, &a->halts[from], sizeof word);
        for (u32 k = 0; k < COUNT_OF(word); k++) {
            any |= word[k];
        }
        for (u32 i = from; any != 0 && i < from + HALTS_AT_ONCE; i++) {
            if (a->halts[i] != HALT_NONE) {
                put_u32(w, i);
                put_u8(w, a->halts[i]);
            }
        }
    }
}

err_t account_encode_facts(const account_t *a, writer_t *w)
{
    ASSERT(a != NULL && w != NULL);
    ASSERT(a->orders_used <= LIMIT_ORDERS);
    put_u64(w, a->account_id);
    put_u64(w, a->intent_sequence);
    put_i64(w, a->cash.v);
    put_i64(w, a->settled.v);
    for (u32 i = 0; i < ACCOUNT_SETTLE; i++) {
        put_i64(w, a->settle[i].amount.v);
    }
    for (u32 i = 0; i < LEDGER_ACCOUNTS; i++) {
        put_i64(w, a->ledger.balance[i].v);
    }
    put_i64(w, a->day.realised.v);
    const u32 counts[] = {a->day.entries, a->day.losses_in_row, a->day.closed, a->day.day_trades};
    for (u32 i = 0; i < COUNT_OF(counts); i++) {
        put_u32(w, counts[i]);
    }
    for (u32 i = 0; i < ACCOUNT_GOOD_FAITH; i++) {
        put_i64(w, a->good_faith[i]);
    }
    put_u32(w, a->freerides_ever);
    put_i64(w, a->frozen_until);
    for (u32 i = 0; i < a->positions_used; i++) {
        if (a->positions[i].inst != INST_NONE) {
            put_u32(w, i);
            put_i64(w, a->positions[i].funds_due);
            encode_position(&a->positions[i], w);
        }
    }
    for (u32 i = 0; i < ACCOUNT_PLANS; i++) {
        if (a->plans[i].schedule.count > 0) {
            encode_plan(&a->plans[i], w);
        }
    }
    put_u8(w, a->halt_market);
    encode_halts(a, w);
    put_u32(w, a->orders_used);
    for (u32 i = 0; i < a->orders_used; i++) {
        encode_order(&a->orders[i], w);
    }
    return writer_done(w);
}
