/* See recovery.h. */
#include "engine/recovery.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "scan/leave.h"
#include "trade/execution/recover.h"

struct recovery {
    engine_t *e;
    recover_t *facts; /* [desk_all] */
    cycle_record_t record;
    screen_refusal_t *refusal; /* LIMIT_UNIVERSE */
};

static recover_t facts_of(desk_t *d)
{
    return (recover_t){.account = &d->account,
                       .instruments = d->engine->spec.market->instruments,
                       .instrument_count = d->engine->spec.market->count,
                       .loss_min_r = d->user.config.breaker_loss_min_r,
                       .epoch = d->account.epoch};
}

err_t recovery_open(engine_t *e, recovery_t **out)
{
    ASSERT(e != NULL && out != NULL);
    recovery_t *r = calloc(1, sizeof *r);
    screen_refusal_t *refusal = calloc(LIMIT_UNIVERSE, sizeof *refusal);
    recover_t *facts = calloc(e->desk_all, sizeof *facts);
    if (r == NULL || refusal == NULL || facts == NULL) {
        free(r);
        free(refusal);
        free(facts);
        return ERR_NO_MEMORY;
    }
    r->e = e;
    r->refusal = refusal;
    r->facts = facts;
    for (u32 i = 0; i < e->desk_all; i++) {
        facts[i] = facts_of(&e->desk[i]);
    }
    *out = r;
    return ERR_OK;
}

void recovery_close(recovery_t *r)
{
    if (r != NULL) {
        free(r->refusal);
        free(r->facts);
        free(r);
    }
}

static bool cand_is_sound(const engine_t *e, const cand_record_t *c)
{
    return c->inst < e->spec.market->count && (c->d == 1 || c->d == -1) && c->strategy < LIMIT_STRATEGIES &&
           strategy_find((u16)c->strategy) != NULL && c->conviction >= 0 && c->conviction <= 100 &&
           c->conviction_model >= 0 && c->conviction_model <= 100;
}

/* A bracket of the order, a slice of it, or a bracket of a slice. */
static bool descends(account_t *a, const order_t *o, id128_t from)
{
    const order_t *parent = account_order(a, o->intent.parent);
    return id128_eq(o->intent.parent, from) || (parent != NULL && id128_eq(parent->intent.parent, from));
}

static void tag_order(desk_t *d, const cycle_record_t *r, const cand_record_t *c)
{
    id128_t id;
    memcpy(id.b, c->intent, sizeof id.b);
    order_t *o = account_order(&d->account, id);
    if (o == NULL) {
        return;
    }
    bool high_beta = scan_high_beta(&d->scan[0], c->inst);
    o->tag = leave_tag(&d->user, &d->engine->shared, c, r->cycle, high_beta);
    for (u32 i = 0; i < d->account.orders_used; i++) {
        order_t *child = &d->account.orders[i];
        if (descends(&d->account, child, id)) {
            child->tag = o->tag;
        }
    }
    leave_entry(&d->user, c);
}

static bool leaves_shadow(const cand_record_t *c)
{
    bool by_kelly = c->refused_stage == 11 && (c->flags & CAND_SHADOW) != 0;
    bool by_house = (c->flags & CAND_HANDED) != 0 && (c->flags & CAND_SHADOW) != 0;
    return by_kelly || by_house || (c->refused_stage == 12 && shadow_is_due(c->gate, c->gate_count, c->c0));
}

/* A cycle of this number began: at each desk with the bar, or, in global mode, at the house's with the bar
 * and at the users' when the house has handed on. */
static void cycle_began(desk_t *d, u64 cycle)
{
    desk_row_begin(d);
    d->cycle = cycle;
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        if (d->running[i] == 0) {
            d->running[i] = d->cycle;
            d->scan[i].generation = (u32)d->cycle;
            break;
        }
    }
}

static void cycle_ended(desk_t *d, u64 cycle)
{
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        d->running[i] = d->running[i] == cycle ? 0 : d->running[i];
    }
}

static err_t on_cycle(recovery_t *r, const ev_DECISION_t *f)
{
    engine_t *e = r->e;
    cycle_record_t *c = &r->record;
    desk_t *d = f->account == 0 ? e->desk : desk_of_account(e, f->account); /* version 1 named none */
    if (d == NULL) {
        return ERR_CORRUPT;
    }
    c->refusal = r->refusal;
    TRY(record_cycle_decode(f->record, c));
    d->cycle = MAX_OF(d->cycle, f->cycle);
    cycle_ended(d, f->cycle);
    desk_count_cycle(&e->counts, c);
    user_t *u = &d->user;
    u->entries_cycle = 0;
    if (c->stopped_stage != 1) {
        u->lock_token++;
    }
    for (u32 i = 0; d == e->house && c->stopped_stage == 0 && i < e->desk_count; i++) {
        cycle_began(&e->desk[i], f->cycle);
    }
    u->breaker_open = u->breaker_open || (c->stopped_stage == 2 && breaker_fires(c->gate, c->gate_count));
    for (u64 i = 0; i < c->cand_count; i++) {
        const cand_record_t *k = &c->cand[i];
        bool follow = leaves_shadow(k);
        if ((k->traded == 0 && !follow) || e->shared.view.row == NULL) {
            continue;
        }
        if (!cand_is_sound(e, k)) {
            return ERR_CORRUPT;
        }
        if (k->traded != 0) {
            tag_order(d, c, k);
        } else {
            leave_shadow(&d->user, k, e->shared.session);
        }
    }
    return ERR_OK;
}

/* Why the position is left: its closing fill is told under this reason. */
static err_t on_exit_decided(recovery_t *r, const ev_DECISION_t *f)
{
    engine_t *e = r->e;
    exit_record_t x;
    desk_t *d = f->account == 0 ? e->desk : desk_of_account(e, f->account);
    TRY(record_exit_decode(f->record, &x));
    if (d == NULL || x.inst >= e->spec.market->count || x.reason >= EXIT_REASON_COUNT) {
        return ERR_CORRUPT;
    }
    e->counts.exits++;
    position_t *p = account_position(&d->account, (inst_t)x.inst);
    if (p != NULL) {
        p->exit_reason = (u8)x.reason;
    }
    return ERR_OK;
}

/* Trades that the last fact closed, reflected upon as the process did that wrote it; its LESSON stands
 * already. */
static void reflect_closed(desk_t *d, closed_trades_t *closed)
{
    engine_t *e = d->engine;
    outbox_reset(&e->out);
    for (u32 i = 0; i < closed->count; i++) {
        reflect_trade(&d->user, &e->shared, &closed->v[i], &e->out);
        e->counts.closed++;
        e->counts.probes_closed += (closed->v[i].flags & TAG_PROBE) != 0 ? 1 : 0;
    }
    closed->count = 0;
    outbox_reset(&e->out);
}

/* From the input, since no fact holds all that they change; `ahead` is what their CASH facts have yet to
 * tell. */
static void actions(desk_t *d, recover_t *facts, const slice_t *s)
{
    engine_t *e = d->engine;
    i64 cash = d->account.cash.v;
    desk_actions(d, s);
    outbox_reset(&e->out);
    facts->ahead.v = d->account.cash.v - cash;
    if (s->action_count > 0) { /* the orders' ends stand in their facts */
        e->closed.count = 0;
        e->shared.now = e->now;
        (void)account_close_flat(&d->account, e->now, d->user.config.breaker_loss_min_r, &e->closed);
        reflect_closed(d, &e->closed);
    }
}

/* What a decision bar leaves at a desk: a bar more for what is held. */
static void bar_passed(desk_t *d)
{
    for (u32 i = 0; i < d->account.positions_used; i++) {
        const position_t *p = &d->account.positions[i];
        if (p->inst != INST_NONE && p->direction != 0 && p->qty.v != 0) {
            d->user.held_bars[p->inst]++;
        }
    }
}

static err_t on_slice(recovery_t *r, const slice_t *s, i32 slot)
{
    engine_t *e = r->e;
    engine_observe_session(e, s);
    for (u32 i = 0; i < e->desk_all; i++) {
        actions(&e->desk[i], &r->facts[i], s);
    }
    bunch_on_slice(e, s);
    if (s->count == 0) {
        return ERR_OK;
    }
    engine_observe_rows(e, s, slot);
    for (u32 i = 0; slot >= 0 && i < e->desk_all; i++) {
        bar_passed(&e->desk[i]);
        if (e->house == NULL || &e->desk[i] == e->house) {
            cycle_began(&e->desk[i], e->desk[i].cycle + 1);
        }
    }
    if (s->session_last) {
        engine_observe_end(e, s, slot);
    }
    return ERR_OK;
}

static void desk_command(desk_t *d, const ev_COMMAND_t *c)
{
    bool trades = d != d->engine->house; /* it has no broker to agree with */
    switch ((command_t)c->code) {
    case COMMAND_KILL:
        risk_kill(&d->account);
        break;
    case COMMAND_RESUME: /* an earlier recovery ended here; what it decided about orders stands in its facts
                          */
        d->account.epoch++;
        d->account.reconcile |= trades ? RECONCILE_BROKER : 0;
        memset(d->running, 0, sizeof d->running);
        break;
    case COMMAND_ISOLATE:
        d->account.reconcile |= trades ? RECONCILE_PERSON : 0;
        break;
    default:
        desk_note_command(d, c);
        break;
    }
}

static void on_command(engine_t *e, const ev_COMMAND_t *c)
{
    e->shared.clock_unsteady = e->shared.clock_unsteady && c->code != COMMAND_CLEAR_CLOCK;
    for (u32 i = 0; i < e->desk_all; i++) {
        if (desk_is_meant(&e->desk[i], c->account)) {
            desk_command(&e->desk[i], c);
        }
    }
}

static void on_sent(engine_t *e, const ev_SEND_RESULT_t *s)
{
    desk_t *d = desk_of_order(e, s->intent);
    order_t *o = d == NULL ? NULL : account_order(&d->account, s->intent);
    if (o != NULL && s->sent != 0 && o->state == ORDER_INTENT) {
        o->t_sent = e->now;
    }
}

static void on_bulletin(engine_t *e, const event_t *ev)
{
    bulletin_t b;
    if (event_bulletin(ev, e->spec.market->count, &b)) {
        e->shared.now = e->now;
        engine_heard(e, &b);
    }
}

static err_t on_input(recovery_t *r, const event_t *ev, const slice_t *slice, i32 slot)
{
    engine_t *e = r->e;
    e->now = ev->head.t_engine;
    e->counts.inputs++;
    market_view_keep(&e->shared.view);
    switch ((event_kind_t)ev->head.kind) {
    case EV_SLICE:
        return on_slice(r, slice, slot);
    case EV_BROKER:
    case EV_HALT: /* what stands was noted with the accounts */
        e->shared.now = e->now;
        return ERR_OK;
    case EV_BULLETIN:
        on_bulletin(e, ev);
        return ERR_OK;
    case EV_SEND_RESULT:
        on_sent(e, &ev->as.SEND_RESULT);
        return ERR_OK;
    case EV_COMMAND:
        on_command(e, &ev->as.COMMAND);
        return ERR_OK;
    case EV_CLOCK_STEP:
        e->shared.clock_unsteady = true;
        return ERR_OK;
    case EV_USER_SET: {
        desk_t *d = desk_that_trades(e, ev->as.USER_SET.account);
        err_t unsound = d == NULL ? ERR_OK : desk_row_set(d, ev->as.USER_SET.row, NULL);
        (void)unsound; /* it was told then, and changed nothing */
        return ERR_OK;
    }
    default:
        return ERR_OK;
    }
}

static err_t on_fact(recovery_t *r, const event_t *ev)
{
    engine_t *e = r->e;
    e->counts.facts++;
    engine_note_order(e, ev);
    engine_note_loops(e, ev);
    if (event_is_hashed((event_kind_t)ev->head.kind)) {
        engine_hash_fact(e, ev);
    }
    if (ev->head.kind == EV_DECISION && ev->as.DECISION.form == RECORD_CYCLE) {
        return on_cycle(r, &ev->as.DECISION);
    }
    if (ev->head.kind == EV_DECISION) {
        return on_exit_decided(r, &ev->as.DECISION);
    }
    if (ev->head.kind == EV_ALERT && ev->as.ALERT.code == ENGINE_ALERT_POOL) {
        desk_t *d = desk_of_account(e, ev->as.ALERT.account);
        if (d != NULL) {
            cycle_ended(d, d->cycle); /* the pool was full: no cycle began at that bar */
            d->cycle -= e->house == NULL || d == e->house ? 1 : 0;
        }
    }
    for (u32 i = 0; ev->head.kind == EV_FILL && i < e->desk_all; i++) {
        if (r->facts[i].closed.count > 0) {
            reflect_closed(&e->desk[i], &r->facts[i].closed);
        }
    }
    return ERR_OK;
}

err_t recovery_observe(recovery_t *r, const event_t *event, const slice_t *slice, i32 slot)
{
    ASSERT(r != NULL && event != NULL);
    ASSERT((event->head.kind == EV_SLICE) == (slice != NULL));
    engine_t *e = r->e;
    if (event->head.seq != e->seq + 1) {
        return ERR_CORRUPT;
    }
    e->seq = event->head.seq;
    for (u32 i = 0; i < e->desk_all; i++) {
        TRY(recover_apply(&r->facts[i], event));
    }
    bool input = event_is_input((event_kind_t)event->head.kind);
    TRY(input ? on_input(r, event, slice, slot) : on_fact(r, event));
    return bunch_recover(e, r->facts, event);
}

void desk_recovery_end(desk_t *d)
{
    ASSERT(d != NULL);
    engine_t *e = d->engine;
    recover_t r = facts_of(d);
    d->user.lock_held = false; /* the scan that held it has ended with its process */
    d->user.lock_until = 0;
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        if (d->running[i] != 0) {
            event_t *f = outbox_fact(&e->out, EV_SCAN_STOPPED);
            f->as.SCAN_STOPPED.cycle = d->running[i];
            f->as.SCAN_STOPPED.reason = SCAN_REASON_RESTART;
            f->as.SCAN_STOPPED.account = d->account.account_id;
            d->running[i] = 0;
        }
    }
    if (d == e->house) {
        d->account.epoch++; /* as recovery counts it; it has no orders */
        return;
    }
    recover_finish(&r, e->now, &e->out);
    ASSERT(d->account.reconcile != 0);
}

void desk_isolate(desk_t *d)
{
    ASSERT(d != NULL);
    d->account.reconcile |= RECONCILE_PERSON;
    desk_alert(d, ENGINE_ALERT_ISOLATED,
               "the engine stopped twice at one place; entries stay off until a person lets them on");
}
