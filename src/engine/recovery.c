/* See recovery.h. */
#include "engine/recovery.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "scan/adopt.h"
#include "scan/record.h"
#include "trade/execution/recover.h"

struct recovery {
    engine_t *e;
    recover_t *facts; /* [desk_count] */
    cycle_record_t record;
    screen_refusal_t *refusal; /* LIMIT_UNIVERSE */
    candidate_t candidate;     /* scratch: what a shadow is made of */
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

static f64 from_grid(i64 v, f64 scale)
{
    return (f64)v / scale;
}

static price_t from_price_grid(i64 v)
{
    return (price_t){v * (PRICE_SCALE / 10000)};
}

/* The belief before evidence that this candidate was decided with. */
static f64 prior_of(const desk_t *d, const cand_record_t *c)
{
    confidence_query_t q = {.strategy = (u32)c->strategy,
                            .side = (i32)c->d,
                            .conviction = (i32)MIN_OF(c->conviction, c->conviction_model),
                            .final_gate = from_grid(c->final_gate, 100.0),
                            .session = d->user.session_ordinal};
    confidence_answer_t a;
    confidence_ask(&d->user.confidence, &q, &a);
    return a.m0;
}

static bool cand_is_sound(const engine_t *e, const cand_record_t *c)
{
    return c->inst < e->spec.market->count && (c->d == 1 || c->d == -1) && c->strategy < LIMIT_STRATEGIES &&
           strategy_find((u16)c->strategy) != NULL && c->conviction >= 0 && c->conviction <= 100 &&
           c->conviction_model >= 0 && c->conviction_model <= 100;
}

static measure_t measure_of(const cand_record_t *c)
{
    measure_t m = {.score = from_grid(c->score, 10000.0)};
    for (u64 i = 0; i < c->evidence_count; i++) {
        if (c->evidence[i].id == EVIDENCE_RVOL && c->evidence[i].known != 0) {
            m.rvol = from_grid(c->evidence[i].value, 10000.0);
        }
    }
    return m;
}

/* The entry's copy of what it was decided on. */
static void tag_order(desk_t *d, const cycle_record_t *r, const cand_record_t *c)
{
    const engine_t *e = d->engine;
    id128_t id;
    memcpy(id.b, c->intent, sizeof id.b);
    order_t *o = account_order(&d->account, id);
    if (o == NULL) {
        return;
    }
    f64 factor = view_get(&e->shared.view, FEATURE_FACTOR, c->inst);
    f64 atr = factor > 0 ? view_get(&e->shared.view, FEATURE_ATRD, c->inst) / factor : 0.0;
    i64 atr_grid = 0;
    bool probe = (o->intent.flags & INTENT_PROBE) != 0;
    bool known = fixed_from_f64(atr, 10000, &atr_grid) == ERR_OK;
    bool leveraged = (e->spec.market->instruments[c->inst].flags & INST_LEVERAGED) != 0;
    i64 r_grid = c->entry > c->stop ? c->entry - c->stop : c->stop - c->entry;
    o->tag = (trade_tag_t){.cycle = r->cycle,
                           .strategy = (u16)c->strategy,
                           .kind = (u16)(c->strategy * 2 + (c->d > 0 ? 0 : 1)),
                           .sector = e->spec.market->instruments[c->inst].sector,
                           .quality = (u8)c->quality,
                           .conviction = (u8)MIN_OF(c->conviction, c->conviction_model),
                           .regime = (u8)r->regime,
                           .intraday_regime = (u8)r->intraday,
                           .flags = (probe ? (u32)TAG_PROBE : 0U) |
                                    (scan_beta(&d->scan[0], c->inst) > 1.5 ? (u32)TAG_HIGH_BETA : 0U) |
                                    ((c->flags & CAND_MICRO) != 0 ? (u32)TAG_MICRO : 0U) |
                                    (leveraged ? (u32)TAG_LEVERAGED : 0U),
                           .a = from_price_grid(c->a),
                           .r = from_price_grid(r_grid),
                           .atr_d = from_price_grid(known ? atr_grid : 0),
                           .c0 = from_grid(c->c0, 10000.0),
                           .m0 = prior_of(d, c),
                           .confidence = from_grid(c->confidence, 10000.0),
                           .score = from_grid(c->final_gate, 100.0),
                           .ev_r = from_grid(c->ev_r, 10000.0)};
    for (u32 i = 0; i < d->account.orders_used; i++) {
        order_t *child = &d->account.orders[i];
        if (id128_eq(child->intent.parent, id)) {
            child->tag = o->tag;
        }
    }
    d->user.level[c->inst] = from_grid(c->level, 10000.0);
    d->user.entered[c->inst] = measure_of(c);
    d->user.held_bars[c->inst] = 0;
    d->user.entries_cycle++;
    d->user.probes_today += probe ? 1 : 0;
}

static bool leaves_shadow(const cand_record_t *c)
{
    bool by_kelly = c->refused_stage == 11 && (c->flags & CAND_SHADOW) != 0;
    bool by_house = (c->flags & CAND_HANDED) != 0 && (c->flags & CAND_SHADOW) != 0;
    return by_kelly || by_house || (c->refused_stage == 12 && shadow_is_due(c->gate, c->gate_count, c->c0));
}

/* Kept out by evidence alone, though its prior would do: followed without money, as stages 11 and 12 do. */
static void shadow_of(recovery_t *r, desk_t *d, const cand_record_t *c)
{
    u32 index = 0;
    while (strategy_at(index)->id != c->strategy) {
        index++;
    }
    candidate_t *k = &r->candidate;
    memset(k, 0, sizeof *k);
    k->inst = c->inst;
    k->d = (i8)c->d;
    k->strategy_index = (u8)index;
    k->conviction.conviction = (i32)c->conviction;
    k->conviction_model = (f64)c->conviction_model;
    k->entry = from_grid(c->entry, 10000.0);
    k->stop = from_grid(c->stop, 10000.0);
    k->target = from_grid(c->target, 10000.0);
    k->a = from_grid(c->a, 10000.0);
    k->stop_distance = k->entry > k->stop ? k->entry - k->stop : k->stop - k->entry;
    k->size.cost_bps = (c->flags & CAND_HANDED) != 0
                           ? house_shadow_cost(&d->user.config, from_grid(c->spread_bps, 100.0))
                           : from_grid(c->cost_bps, 100.0);
    k->confidence.m0 = prior_of(d, c);
    if (k->stop_distance > 0) {
        shadow_add(&d->user, k, &d->engine->shared);
    }
}

static void count_cycle(engine_counts_t *n, const cycle_record_t *r)
{
    n->cycles++;
    n->candidates += r->universe;
    n->stopped_by_stage[r->stopped_stage <= SCAN_STAGES ? r->stopped_stage : 0]++;
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        u64 refused = i >= 6 && i < SCAN_STAGES ? r->stage_refused[i] : 0;
        n->stage_in[i] += r->stage_in[i];
        n->stage_out[i] += r->stage_out[i];
        n->refused_by_stage[i] += refused;
        n->refusals += refused;
    }
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
    count_cycle(&e->counts, c);
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
            e->counts.trades++;
            e->counts.trades_by_strategy[k->strategy]++;
        } else {
            shadow_of(r, d, k);
        }
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

/* Splits change position and orders, and their CASH facts do not hold the ratio; dividends are applied by
 * theirs. */
static void splits(desk_t *d, const slice_t *s)
{
    outbox_t *out = &d->engine->out;
    for (u32 i = 0; i < s->action_count; i++) {
        const action_t *a = &s->action[i];
        const position_t *p = account_position_const(&d->account, a->inst);
        price_t price = p == NULL ? (price_t){PRICE_SCALE} : p->mark;
        if (a->kind != ACTION_SPLIT) {
            continue;
        }
        if (p != NULL && split_price(p->mark, a, &price) != ERR_OK) {
            price = p->mark;
        }
        outbox_reset(out);
        if (account_on_action(&d->account, a, price, out) != ERR_OK) {
            d->account.reconcile = 1;
        }
    }
    outbox_reset(out);
}

/* What a decision bar leaves at a desk: a bar more for what is held. */
static void bar_passed(desk_t *d)
{
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &d->account.positions[i];
        if (p->inst != INST_NONE && p->direction != 0 && p->qty.v != 0) {
            d->user.held_bars[p->inst]++;
        }
    }
}

static err_t on_slice(engine_t *e, const slice_t *s, i32 slot)
{
    engine_observe_session(e, s);
    for (u32 i = 0; i < e->desk_all; i++) {
        splits(&e->desk[i], s);
    }
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
    u8 reconcile = d == d->engine->house ? 0 : 1; /* the house has no broker to agree with */
    switch ((command_t)c->code) {
    case COMMAND_KILL:
        risk_kill(&d->account);
        break;
    case COMMAND_RESUME: /* an earlier recovery ended here; what it decided about orders stands in its facts
                          */
        d->account.epoch++;
        d->account.reconcile = reconcile;
        memset(d->running, 0, sizeof d->running);
        break;
    case COMMAND_ISOLATE:
        d->account.reconcile = reconcile;
        break;
    default:
        desk_note_command(d, (command_t)c->code);
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

static err_t on_input(recovery_t *r, const event_t *ev, const slice_t *slice, i32 slot)
{
    engine_t *e = r->e;
    e->now = ev->head.t_engine;
    e->counts.inputs++;
    market_view_keep(&e->shared.view);
    switch ((event_kind_t)ev->head.kind) {
    case EV_SLICE:
        return on_slice(e, slice, slot);
    case EV_BROKER:
        e->shared.now = e->now;
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
        desk_t *d = desk_of_account(e, ev->as.USER_SET.account);
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
    if (event_is_hashed((event_kind_t)ev->head.kind)) {
        engine_hash_fact(e, ev);
    }
    if (ev->head.kind == EV_DECISION && ev->as.DECISION.form == RECORD_CYCLE) {
        return on_cycle(r, &ev->as.DECISION);
    }
    e->counts.exits += ev->head.kind == EV_DECISION ? 1 : 0;
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
    if (event_is_input((event_kind_t)event->head.kind)) {
        return on_input(r, event, slice, slot);
    }
    return on_fact(r, event);
}

void desk_recovery_end(desk_t *d)
{
    ASSERT(d != NULL);
    engine_t *e = d->engine;
    exec_policy_t policy = {.loss_min_r = d->user.config.breaker_loss_min_r, .exit_tif = TIF_DAY};
    recover_t r = facts_of(d);
    d->user.lock_held = false; /* the scan that held it has ended with its process */
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
    recover_finish(&r, &policy, e->now, &e->out);
    ASSERT(d->account.reconcile != 0);
}

void desk_isolate(desk_t *d)
{
    ASSERT(d != NULL);
    d->account.reconcile = 1;
    desk_alert(d, ENGINE_ALERT_ISOLATED,
               "the engine stopped twice at one place; entries are off until reconciled by hand");
}
