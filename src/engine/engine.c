/* See engine.h. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "engine/recovery.h"
#include "market/cost.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "scan/ask.h"
#include "scan/record.h"

enum { ENGINE_ARENA = 64 << 20, ENGINE_BLOBS = 8 << 20,
       ENGINE_DRILL_BLOBS = 1 << 16, ENGINE_PAYLOAD = 1 << 20, LOGIC_VERSION = 5 };

digest_t engine_logic_id(const config_t *config)
{
    ASSERT(config != NULL);
    digest_t c = config_hash(config);
    u32 version = LOGIC_VERSION;
    return digest_chain(&c, &version, sizeof version);
}

static err_t engine_build(engine_t *e, const engine_spec_t *spec)
{
    u32 n = spec->market->count;
    TRY(arena_open(&e->arena, ENGINE_ARENA + (size_t)n * 4096));
    TRY(outbox_open(&e->out, ENGINE_BLOBS));
    e->shared.spread_bps = arena_array(&e->arena, f64, n);
    e->payload = arena_array(&e->arena, u8, ENGINE_PAYLOAD);
    e->drill_account = arena_array(&e->arena, account_t, 1);
    TRY(outbox_open(&e->drill_out, ENGINE_DRILL_BLOBS));
    if (e->shared.spread_bps == NULL || e->payload == NULL || e->drill_account == NULL) {
        return ERR_ARENA_FULL;
    }
    TRY(user_init(&e->user, &e->arena, n, &e->config, &e->account));
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        TRY(scan_init(&e->scan[i], &e->arena, i, n));
    }
    return ERR_OK;
}

err_t engine_open(const engine_spec_t *spec, diag_t *diag, engine_t **out)
{
    ASSERT(spec != NULL && spec->config != NULL && spec->market != NULL && out != NULL);
    engine_t *e = aligned_alloc(64, (sizeof *e + 63U) & ~(size_t)63U);
    if (e == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "engine: out of memory");
    }
    memset(e, 0, sizeof *e);
    e->spec = *spec;
    e->config = *spec->config;
    account_setup_t setup = {.account_id = 1,
                             .owner_id = 1,
                             .risk_group_id = 1,
                             .incarnation = spec->incarnation,
                             .cash = spec->cash,
                             .visibility_delay_ns = 2 * NS_PER_SEC};
    account_init(&e->account, &setup);
    err_t err = engine_build(e, spec);
    if (err != ERR_OK) {
        engine_close(e);
        return diag_fail(diag, err, "engine: no memory for %u instruments", spec->market->count);
    }
    digest_t c = config_hash(&e->config);
    memcpy(&e->shared.config_tag, c.b, sizeof e->shared.config_tag);
    e->shared.market = spec->market;
    e->shared.proxy = spec->proxy;
    e->shared.levels_barred = spec->levels_barred;
    e->shared.probe = spec->probe;
    regime_daily_init(&e->regime);
    const loop_desc_t *loops[LOOPS_MAX];
    u32 loop_total = loops_all(loops);
    scheduler_open(&e->loops, loops, loop_total, loop_day_nyse, !spec->loops_unskipped);
    e->loops.mono = spec->mono;
    e->loops.mono_ctx = spec->mono_ctx;
    if (spec->untradable_proxy && spec->proxy != INST_NONE) {
        e->user.excluded[spec->proxy] = 1;
    }
    digest_begin(&e->hash);
    *out = e;
    return ERR_OK;
}

void engine_close(engine_t *e)
{
    if (e != NULL) {
        outbox_close(&e->out);
        outbox_close(&e->drill_out);
        arena_close(&e->arena);
        free(e);
    }
}

void engine_hash_fact(engine_t *e, const event_t *f)
{
    ASSERT(e != NULL && event_is_hashed((event_kind_t)f->head.kind));
    writer_t w = writer_of(e->payload, ENGINE_PAYLOAD);
    err_t err = event_encode_payload(f, &w);
    ASSERT(err == ERR_OK);
    u16 kind = f->head.kind;
    digest_add(&e->hash, &kind, sizeof kind);
    digest_add(&e->hash, e->payload, w.used);
}

void engine_note_order(engine_t *e, const event_t *f)
{
    ASSERT(e != NULL && f != NULL);
    if (f->head.kind != EV_ORDER_STATE || !order_state_is_terminal((order_state_t)f->as.ORDER_STATE.to)) {
        return;
    }
    const order_t *o = account_order_const(&e->account, f->as.ORDER_STATE.intent);
    if (o != NULL && o->intent.role == ROLE_ENTRY && o->filled.v == 0) {
        ASSERT(o->intent.inst < e->spec.market->count);
        e->user.backoff_from[o->intent.inst] = e->now;
    }
}

static void count_fact(engine_t *e, const event_t *f)
{
    engine_counts_t *c = &e->counts;
    c->facts++;
    c->exits += f->head.kind == EV_DECISION && f->as.DECISION.form == RECORD_EXIT ? 1 : 0;
}

static err_t drain(engine_t *e, u64 cause)
{
    for (u32 i = 0; i < e->out.fact_count; i++) {
        event_t *f = &e->out.facts[i];
        f->head.seq = ++e->seq;
        f->head.t_engine = e->now;
        f->head.t_event = e->now;
        f->head.cause_seq = cause;
        if (event_is_hashed((event_kind_t)f->head.kind)) {
            engine_hash_fact(e, f);
        }
        count_fact(e, f);
        engine_note_order(e, f);
        TRY(e->spec.sink.append(e->spec.sink.ctx, f));
    }
    return ERR_OK;
}

/* The first failed gate of each refusal; in the screen the lowest bit of the mask. */
static void count_rules(engine_t *e, const scan_t *s)
{
    for (u32 i = 0; s->universe > 0 && i < e->spec.market->count; i++) {
        u32 mask = s->mask[i] & 0x7FFFU;
        if (mask != 0) {
            e->counts.refused_by_rule[RULE_HISTORY + (u32)__builtin_ctz(mask)]++;
        }
    }
    for (u32 i = 0; i < s->cand_count; i++) {
        const candidate_t *c = &s->cand[i];
        for (u32 k = 0; c->refused_stage != 0 && k < c->gates.count; k++) {
            if (!gate_holds(&c->gates.v[k])) {
                e->counts.refused_by_rule[c->gates.v[k].rule]++;
                break;
            }
        }
    }
}

static void scan_ended(engine_t *e, const scan_t *s)
{
    engine_counts_t *c = &e->counts;
    count_rules(e, s);
    c->cycles++;
    c->candidates += s->universe;
    c->stopped_by_stage[s->stopped_stage]++;
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        c->refused_by_stage[i] += i >= 6 && i < SCAN_STAGES ? s->count[i].refused : 0;
        c->refusals += i >= 6 && i < SCAN_STAGES ? s->count[i].refused : 0;
        c->stage_in[i] += s->count[i].in;
        c->stage_out[i] += s->count[i].out;
    }
    for (u32 i = 0; i < s->cand_count; i++) {
        if (s->cand[i].traded) {
            c->trades++;
            c->trades_by_strategy[strategy_at(s->cand[i].strategy_index)->id]++;
            c->probes += s->cand[i].probe ? 1 : 0;
        }
    }
    e->last_scan = s;
    if (s->stopped_stage != 0) {
        event_t *f = outbox_fact(&e->out, EV_SCAN_STOPPED);
        f->as.SCAN_STOPPED.cycle = s->cycle;
        f->as.SCAN_STOPPED.stage = s->stopped_stage;
    }
}

static void scan_start(void *ctx)
{
    engine_t *e = ctx;
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        if (!e->scan[i].active) {
            scan_begin(&e->scan[i], &e->user, &e->shared, &e->out, ++e->cycle);
            if (scan_step(&e->scan[i], NULL)) {
                scan_ended(e, &e->scan[i]);
            }
            return;
        }
    }
    event_t *f = outbox_fact(&e->out, EV_ALERT); /* a full pool delays the cycle, with a record */
    f->as.ALERT.code = ENGINE_ALERT_POOL;
    f->as.ALERT.account = e->account.account_id;
}

bool engine_waits(const engine_t *e)
{
    ASSERT(e != NULL);
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        if (e->scan[i].active) {
            return true;
        }
    }
    return false;
}

static bool scan_waits(void *ctx)
{
    return engine_waits(ctx);
}

enum { POSITIONS_DEADLINE_S = 10 };

static void ask_positions(void *ctx)
{
    engine_t *e = ctx;
    ASSERT(!e->positions.out);
    e->positions = (loop_ask_t){
        .generation = (u32)e->seq, .deadline = e->now + POSITIONS_DEADLINE_S * NS_PER_SEC, .out = true};
    effect_t *f = outbox_effect(&e->out, EFFECT_ASK);
    f->ask = (ask_t){.slot = ENGINE_SLOT_POSITIONS,
                     .generation = e->positions.generation,
                     .kind = ASK_POSITIONS,
                     .deadline = e->positions.deadline};
}

static bool asks_positions(void *ctx)
{
    return ((const engine_t *)ctx)->positions.out;
}

static void kill_drill(void *ctx)
{
    engine_t *e = ctx;
    if (e->drill.out) {
        return; /* the door has not answered the last one: time will */
    }
    exec_kill_drill(&e->account, e->now, e->drill_account, &e->drill_out, &e->drill_mine);
    e->drill = (loop_ask_t){
        .generation = (u32)e->seq, .deadline = e->now + POSITIONS_DEADLINE_S * NS_PER_SEC, .out = true};
    effect_t *f = outbox_effect(&e->out, EFFECT_ASK);
    f->ask = (ask_t){.slot = ENGINE_SLOT_DRILL,
                     .generation = e->drill.generation,
                     .kind = ASK_DRILL,
                     .deadline = e->drill.deadline};
}

static bool regime_refresh(void *ctx)
{
    engine_t *e = ctx;
    if (e->regime.day_seen == e->session) {
        return false;
    }
    regime_daily_input_t in = {.view = &e->shared.view,
                               .proxy = e->spec.proxy,
                               .bars = e->spec.proxy_bars,
                               .bar_count = e->spec.proxy_bar_count,
                               .now = e->now,
                               .session = e->session,
                               .seed = e->spec.seed};
    probe_mark_t mark = probe_begin(e->spec.probe);
    regime_daily_update(&e->regime, &in, &e->shared.regime);
    probe_end(e->spec.probe, PROBE_REGIME, mark);
    return true;
}

static void mark_positions(engine_t *e, const slice_t *s)
{
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &e->account.positions[i];
        if (p->direction == 0 || p->inst == INST_NONE) {
            continue;
        }
        const bar_t *b = slice_bar(s, p->inst);
        if (b != NULL) {
            account_mark_bar(&e->account, p->inst, b, p->t_entry <= b->t_event);
        }
    }
    account_watch(&e->account);
}

static void apply_actions(engine_t *e, const slice_t *s)
{
    for (u32 i = 0; i < s->action_count; i++) {
        const action_t *a = &s->action[i];
        const position_t *p = account_position_const(&e->account, a->inst);
        price_t price =
            p == NULL ? (price_t){PRICE_SCALE} : p->mark; /* without a holding no fraction is paid */
        if (a->kind == ACTION_SPLIT && p != NULL && split_price(p->mark, a, &price) != ERR_OK) {
            price = p->mark;
        }
        err_t err = account_on_action(&e->account, a, price, &e->out);
        if (err != ERR_OK) {
            event_t *f = outbox_fact(&e->out, EV_ALERT);
            f->as.ALERT.code = ENGINE_ALERT_ACTION;
            f->as.ALERT.account = e->account.account_id;
            e->account.reconcile = 1;
        }
    }
}

static bool intraday_overlay(void *ctx)
{
    engine_t *e = ctx;
    inst_t proxy = e->spec.proxy;
    const market_view_t *v = &e->shared.view;
    if (proxy == INST_NONE || e->config.profile != PROFILE_DAY ||
        view_get(v, FEATURE_PRESENT, proxy) == 0.0) {
        return false;
    }
    u32 n = REGIME_INTRADAY_BARS;
    if (e->proxy_bars == n) {
        memmove(e->proxy_open, e->proxy_open + 1, (n - 1) * sizeof *e->proxy_open);
        memmove(e->proxy_close, e->proxy_close + 1, (n - 1) * sizeof *e->proxy_close);
        memmove(e->proxy_first, e->proxy_first + 1, (n - 1) * sizeof *e->proxy_first);
        e->proxy_bars--;
    }
    e->proxy_open[e->proxy_bars] = view_get(v, FEATURE_OPEN, proxy);
    e->proxy_close[e->proxy_bars] = view_get(v, FEATURE_CLOSE, proxy);
    f64 of_session = view_get(v, FEATURE_SESSION_BARS, proxy);
    e->proxy_first[e->proxy_bars++] = of_session <= 1.0; /* whichever minute it first traded in */
    f64 z = intraday_efficiency_z(e->proxy_open, e->proxy_close, e->proxy_first, e->proxy_bars);
    intraday_bounds_t bounds = {.trending = e->config.regime_er_z_trending,
                                .choppy = e->config.regime_er_z_choppy};
    e->shared.intraday = intraday_regime_step(&e->intraday, z, e->proxy_bars, &bounds);
    f64 vwap = view_get(v, FEATURE_VWAP, proxy);
    f64 gap = view_get(v, FEATURE_CLOSE, proxy) - vwap;
    e->shared.proxy_side = vwap > 0 && of_session > 3.0 ? (gap > 0 ? 1.0 : (gap < 0 ? -1.0 : 0.0)) : 0.0;
    return true;
}

static void spreads(engine_t *e)
{
    const market_view_t *v = &e->shared.view;
    f64 minute =
        e->config.profile == PROFILE_DAY ? (f64)((e->now - e->shared.session_open) / NS_PER_MIN) : -1.0;
    for (u32 first = 0; first < e->spec.market->count; first += COST_COLUMN) {
        cost_column_t in;
        f64 *out = e->shared.spread_bps + first;
        u32 n = MIN_OF(e->spec.market->count - first, (u32)COST_COLUMN);
        for (u32 i = 0; i < n; i++) {
            in.price[i] = view_get(v, FEATURE_RAW, first + i);
            in.tick[i] = price_to_f64(e->spec.market->instruments[first + i].tick);
            in.dollar_vol20[i] = view_get(v, FEATURE_DOLLAR20, first + i);
        }
        cost_spreads(&in, n, minute, out);
        for (u32 i = 0; i < n; i++) {
            out[i] *= e->config.cost_spread_mult;
        }
    }
}

/* What the loops of this step may touch. Without a slice it is time alone that fires. */
static loop_env_t loop_env(engine_t *e, const slice_t *s, i32 slot)
{
    return (loop_env_t){.now = e->now,
                        .user = &e->user,
                        .shared = &e->shared,
                        .out = &e->out,
                        .memory = &e->memory,
                        .slice = s,
                        .bar_close = slot >= 0,
                        .session_before = e->session,
                        .ctx = e,
                        .scan_start = scan_start,
                        .scan_waits = scan_waits,
                        .regime_update = regime_refresh,
                        .intraday_update = intraday_overlay,
                        .ask_positions = ask_positions,
                        .asks_positions = asks_positions,
                        .kill_drill = kill_drill};
}

static u32 inputs_of(i32 slot)
{
    return (u32)LOOP_IN_BARS | (slot >= 0 ? (u32)LOOP_IN_DECISION : 0U);
}

/* The level is the last close that is known. A change counts on the day it happened: yesterday's jump is no
 * reason to pause today. */
static void vix_refresh(engine_t *e)
{
    const bar_t *b = e->spec.vix_bars;
    u32 n = e->spec.vix_bar_count;
    while (e->vix_at < n && b[e->vix_at].t_known <= e->now) {
        e->vix_at++;
    }
    e->shared.vix_known = e->vix_at > 1;
    if (e->vix_at < 2) {
        return;
    }
    const bar_t *last = &b[e->vix_at - 1];
    f64 before = price_to_f64(b[e->vix_at - 2].close);
    bool today = calendar_date_at(CAL_NYSE, last->t_known - 1) == e->shared.session;
    e->shared.vix = price_to_f64(last->close);
    e->shared.vix_change_pct = today && before > 0 ? 100.0 * (e->shared.vix / before - 1.0) : 0.0;
}

static void decision_bar(engine_t *e, const slice_t *s, i32 slot)
{
    e->shared.view = market_view(e->spec.market, (u32)slot);
    e->shared.view.session = s->session;
    e->counts.symbol_bars += s->count;
    vix_refresh(e);
    probe_mark_t mark = probe_begin(e->spec.probe);
    spreads(e);
    probe_end(e->spec.probe, PROBE_SPREADS, mark);
}

void engine_observe_session(engine_t *e, const slice_t *s)
{
    ASSERT(e != NULL && s != NULL);
    if (s->session != e->session) {
        loop_env_t env = loop_env(e, s, -1);
        scheduler_observe(&e->loops, &env, LOOP_IN_DAY); /* before the first fills: they belong to today */
        e->session = s->session;
    }
    shadow_on_actions(&e->user, s);
}

void engine_observe_rows(engine_t *e, const slice_t *s, i32 slot)
{
    ASSERT(e != NULL && s != NULL && s->count > 0);
    e->shared.now = e->now;
    mark_positions(e, s);
    if (slot >= 0) {
        decision_bar(e, s, slot);
    }
    loop_env_t env = loop_env(e, s, slot);
    scheduler_observe(&e->loops, &env, inputs_of(slot));
}

void engine_observe_end(engine_t *e, const slice_t *s, i32 slot)
{
    ASSERT(e != NULL && s != NULL && s->session_last);
    loop_env_t env = loop_env(e, s, slot);
    scheduler_observe(&e->loops, &env, LOOP_IN_DAY_END);
}

static void on_slice(engine_t *e, const slice_t *s, i32 slot)
{
    loop_env_t begins = loop_env(e, s, -1);
    bool opens = s->session != e->session;
    engine_observe_session(e, s);
    if (opens) {
        scheduler_signal(&e->loops, &begins, LOOP_IN_DAY);
    }
    apply_actions(e, s);
    scheduler_note(&e->loops, s->action_count > 0 ? (u32)LOOP_IN_BROKER : 0U);
    if (s->count == 0) {
        return;
    }
    engine_observe_rows(e, s, slot);
    loop_env_t env = loop_env(e, s, slot);
    scheduler_run(&e->loops, &env, inputs_of(slot));
    if (s->session_last) { /* the day's figures are those after its last decisions */
        engine_observe_end(e, s, slot);
        scheduler_signal(&e->loops, &env, LOOP_IN_DAY_END);
    }
}

/* Loops that time alone makes due (live: the driver's timer; a backtest has its slices). */
static void on_timer(engine_t *e)
{
    e->shared.now = e->now;
    loop_env_t env = loop_env(e, NULL, -1);
    scheduler_run(&e->loops, &env, 0);
}

static void on_broker(engine_t *e, const ev_BROKER_t *m)
{
    exec_policy_t policy = {.loss_min_r = e->config.breaker_loss_min_r, .exit_tif = TIF_DAY};
    e->closed.count = 0;
    e->shared.now = e->now;
    exec_on_broker(&e->account, m, &policy, e->now, &e->closed, &e->out);
    for (u32 i = 0; i < e->closed.count; i++) {
        reflect_trade(&e->user, &e->shared, &e->closed.v[i], &e->out);
        e->counts.closed++;
        e->last_closed = e->closed.v[i];
        e->counts.probes_closed += (e->closed.v[i].flags & TAG_PROBE) != 0 ? 1 : 0;
    }
}

/* What set RECONCILE for another reason is for a person, or for the one who set it, to clear. */
static void on_positions(engine_t *e, const ev_ANSWER_t *a)
{
    broker_position_t held[LIMIT_POSITIONS];
    broker_view_t view = {.positions = held, .cash_untold = true};
    e->positions.out = false;
    reader_t r = reader_of(a->body.p, a->body.n);
    while (a->err == ERR_OK && view.count < LIMIT_POSITIONS && r.at < r.size) {
        held[view.count].inst = get_u16(&r);
        held[view.count++].qty.v = get_i64(&r);
    }
    if (a->err != ERR_OK || reader_done(&r) != ERR_OK || r.at != r.size) {
        return; /* no answer worth the name: it is asked again when something has changed */
    }
    u8 before = e->account.reconcile;
    bool agree = exec_reconcile(&e->account, &view, e->now, &e->out);
    e->account.reconcile = before != 0 && !e->differs ? before : e->account.reconcile;
    e->differs = e->account.reconcile != 0 && (e->differs || before == 0);
    scheduler_note(&e->loops, !agree || e->account.reconcile != before ? (u32)LOOP_IN_BROKER : 0U);
    ASSERT(agree || e->account.reconcile != 0);
}

/* Both halves together; a door that does not answer has not passed. */
static void on_drill(engine_t *e, const ev_ANSWER_t *a)
{
    const kill_drill_t *k = &e->drill_mine;
    u8 door[4] = {0};
    e->drill.out = false;
    if (a->err == ERR_OK && a->body.n == sizeof door) {
        memcpy(door, a->body.p, sizeof door);
    }
    bool passed = kill_drill_passed(k) && door[0] > 0 && door[1] == 0 && door[2] > 0 && door[3] == door[2];
    event_t *f = outbox_fact(&e->out, EV_KILL_DRILL);
    f->as.KILL_DRILL = (ev_KILL_DRILL_t){.account = e->account.account_id,
                                         .passed = passed ? 1 : 0,
                                         .entries_tried = k->entries_tried,
                                         .entries_stopped = k->entries_stopped,
                                         .working = k->working,
                                         .cancelled = k->cancelled,
                                         .exits_tried = k->exits_tried,
                                         .exits_left = k->exits_left,
                                         .door_entries = door[0],
                                         .door_let_in = door[1],
                                         .door_exits = door[2],
                                         .door_let_out = door[3]};
    e->last_drill = f->as.KILL_DRILL;
    e->t_drill = e->now;
    if (!passed) {
        event_t *alert = outbox_fact(&e->out, EV_ALERT);
        alert->as.ALERT.code = LOOP_ALERT_DRILL;
        alert->as.ALERT.account = e->account.account_id;
    }
}

static void on_answer(engine_t *e, const ev_ANSWER_t *a)
{
    if (a->slot == ENGINE_SLOT_DRILL && e->drill.out && e->drill.generation == a->generation) {
        on_drill(e, a);
        return;
    }
    if (a->slot == ENGINE_SLOT_POSITIONS && e->positions.out && e->positions.generation == a->generation) {
        on_positions(e, a);
        return;
    }
    if (a->slot >= ENGINE_SCANS || !e->scan[a->slot].active || e->scan[a->slot].generation != a->generation) {
        e->counts.late_answers++; /* recorded as an input, dropped by generation */
        return;
    }
    answer_t answer = {.ask = a->ask,
                       .err = (err_t)a->err,
                       .source = a->source,
                       .hit = a->hit != 0,
                       .age_ns = a->age_ns,
                       .body = a->body};
    if (scan_step(&e->scan[a->slot], &answer)) {
        scan_ended(e, &e->scan[a->slot]);
    }
}

/* Questions whose time is over get the answer that time gives, in order of scan and ordinal, on the market as
 * it was when they were put. An answer of the very moment still counts, so the moment itself is over only
 * when a TIMER says so. */
static void answer_expired(engine_t *e, i64 until)
{
    if (e->positions.out && e->positions.deadline <= until) {
        e->counts.expired_asks++;
        on_positions(e, &(ev_ANSWER_t){.err = ERR_TIMEOUT});
    }
    if (e->drill.out && e->drill.deadline <= until) {
        e->counts.expired_asks++;
        on_drill(e, &(ev_ANSWER_t){.err = ERR_TIMEOUT});
    }
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        answer_t answer;
        while (e->scan[i].active && scan_ask_expired(&e->scan[i], until, &answer)) {
            e->counts.expired_asks++;
            e->shared.now = MAX_OF(e->shared.now, until);
            if (scan_step(&e->scan[i], &answer)) {
                scan_ended(e, &e->scan[i]);
            }
        }
    }
}

void engine_note_command(engine_t *e, command_t code)
{
    ASSERT(e != NULL);
    switch (code) {
    case COMMAND_RELEASE:
        if (e->account.killed != 0) {
            risk_release(&e->account);
        }
        break;
    case COMMAND_RESET_BREAKER:
        e->user.breaker_open = false;
        e->account.day.losses_in_row = 0;
        break;
    case COMMAND_CLEAR_CLOCK:
        e->shared.clock_unsteady = false;
        break;
    case COMMAND_CLEAR_RECONCILE:
        e->account.reconcile = 0;
        break;
    default: /* the others act, and say so in facts; unknown ones change nothing */
        break;
    }
}

static void on_command(engine_t *e, const ev_COMMAND_t *c)
{
    switch ((command_t)c->code) {
    case COMMAND_KILL:
        exec_kill(&e->account, e->now, &e->out);
        break;
    case COMMAND_RESUME:
        engine_recovery_end(e);
        break;
    case COMMAND_ISOLATE:
        engine_isolate(e);
        break;
    default:
        engine_note_command(e, (command_t)c->code);
        break;
    }
}

/* What was due before this input fires first, on the state as it was; then what it brings counts as new. */
static void loops_before(engine_t *e, const event_t *in)
{
    event_kind_t kind = (event_kind_t)in->head.kind;
    if (kind == EV_SLICE || kind == EV_TIMER || kind == EV_BROKER) { /* time moves with these alone */
        loop_env_t env = loop_env(e, NULL, -1);
        scheduler_advance(&e->loops, &env);
    }
    bool scan = kind == EV_ANSWER && in->as.ANSWER.slot < ENGINE_SCANS; /* that we agree is no news */
    u32 news = kind == EV_BROKER || kind == EV_SEND_RESULT || scan ? (u32)LOOP_IN_BROKER : 0U;
    scheduler_note(&e->loops, news | (kind == EV_COMMAND ? (u32)(LOOP_IN_COMMAND | LOOP_IN_BROKER) : 0U));
}

static void on_lease(engine_t *e, const ev_LEASE_t *l)
{
    bool known = l->lease > LEASE_NONE && l->lease < LEASE_KINDS;
    if (!known || !scheduler_lease(&e->loops, (loop_lease_t)l->lease, l->token, l->until, l->own != 0)) {
        event_t *f = outbox_fact(&e->out, EV_ALERT); /* an owner that has been replaced speaks */
        f->as.ALERT.code = LOOP_ALERT_LEASE;
    }
}

static void on_loop_over(engine_t *e, const ev_LOOP_OVER_t *l)
{
    for (u32 i = 0; i < e->loops.count; i++) {
        const loop_desc_t *d = e->loops.loop[i];
        if (d->order != l->loop) {
            continue;
        }
        scheduler_rest(&e->loops, i, e->now);
        event_t *f = outbox_fact(&e->out, EV_ALERT);
        f->as.ALERT.code = LOOP_ALERT_BUDGET;
        f->as.ALERT.account = e->account.account_id;
        blob_t blob = {0};
        if (outbox_blob(&e->out, d->name, strlen(d->name), &blob) == ERR_OK) {
            f->as.ALERT.text = blob;
        }
    }
}

static void handle(engine_t *e, const event_t *in, const slice_t *slice, i32 slot)
{
    answer_expired(e, in->head.kind == EV_TIMER ? e->now : e->now - 1);
    loops_before(e, in);
    switch ((event_kind_t)in->head.kind) {
    case EV_SLICE:
        on_slice(e, slice, slot);
        break;
    case EV_TIMER:
        on_timer(e);
        break;
    case EV_BROKER:
        on_broker(e, &in->as.BROKER);
        break;
    case EV_SEND_RESULT:
        exec_on_send_result(&e->account, &in->as.SEND_RESULT, e->now, &e->out);
        break;
    case EV_ANSWER:
        on_answer(e, &in->as.ANSWER);
        break;
    case EV_COMMAND:
        on_command(e, &in->as.COMMAND);
        break;
    case EV_CLOCK_STEP:
        e->shared.clock_unsteady = true;
        break;
    case EV_LEASE:
        on_lease(e, &in->as.LEASE);
        break;
    case EV_LOOP_OVER:
        on_loop_over(e, &in->as.LOOP_OVER);
        break;
    default:
        break;
    }
}

err_t engine_take(engine_t *e, event_t *input, const slice_t *slice, i32 slot)
{
    ASSERT(e != NULL && input != NULL);
    ASSERT(event_is_input((event_kind_t)input->head.kind));
    ASSERT((input->head.kind == EV_SLICE) == (slice != NULL));
    outbox_reset(&e->out);
    e->now = MAX_OF(e->now, input->head.t_event);
    input->head.seq = ++e->seq;
    input->head.t_engine = e->now;
    input->head.cause_seq = 0;
    e->counts.inputs++;
    TRY(e->spec.sink.append(e->spec.sink.ctx, input));
    market_view_keep(&e->shared.view);
    handle(e, input, slice, slot);
    ASSERT_SLOW(account_check(&e->account));
    return drain(e, input->head.seq);
}

const effect_t *engine_effects(const engine_t *e, u32 *count)
{
    ASSERT(e != NULL && count != NULL);
    *count = e->out.effect_count;
    return e->out.effects;
}

u64 engine_next_seq(const engine_t *e)
{
    return e->seq + 1;
}
i64 engine_now(const engine_t *e)
{
    return e->now;
}
i64 engine_ask_deadline(const engine_t *e)
{
    ASSERT(e != NULL);
    i64 first = e->positions.out ? e->positions.deadline : I64_MAX;
    first = e->drill.out ? MIN_OF(first, e->drill.deadline) : first;
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        first = e->scan[i].active ? MIN_OF(first, scan_ask_deadline(&e->scan[i])) : first;
    }
    return first;
}

i64 engine_next_due(engine_t *e)
{
    ASSERT(e != NULL);
    loop_env_t env = loop_env(e, NULL, -1);
    return scheduler_next_due(&e->loops, &env);
}

bool engine_loop_overrun(engine_t *e, ev_LOOP_OVER_t *out)
{
    ASSERT(e != NULL && out != NULL);
    loop_over_t over;
    bool any = scheduler_overrun(&e->loops, &over);
    *out = (ev_LOOP_OVER_t){.loop = over.order, .ms = over.ms};
    return any;
}

u32 engine_loops(engine_t *e, engine_loop_t out[LOOPS_MAX])
{
    ASSERT(e != NULL && out != NULL);
    for (u32 i = 0; i < e->loops.count; i++) {
        out[i] = (engine_loop_t){.loop = e->loops.loop[i],
                                 .counts = e->loops.counts[i],
                                 .last = e->loops.last[i],
                                 .next = scheduler_next_point(&e->loops, i)};
    }
    return e->loops.count;
}

bool engine_snapshot_asked(engine_t *e)
{
    ASSERT(e != NULL);
    bool asked = e->memory.snapshot_due != 0;
    e->memory.snapshot_due = 0;
    return asked;
}

const engine_counts_t *engine_counts(const engine_t *e)
{
    return &e->counts;
}
const account_t *engine_account(const engine_t *e)
{
    return &e->account;
}
const user_t *engine_user(const engine_t *e)
{
    return &e->user;
}
const scan_shared_t *engine_shared(const engine_t *e)
{
    return &e->shared;
}
const ev_KILL_DRILL_t *engine_last_drill(const engine_t *e, i64 *t)
{
    ASSERT(e != NULL && t != NULL);
    *t = e->t_drill;
    return e->t_drill != 0 ? &e->last_drill : NULL;
}
const closed_trade_t *engine_last_closed(const engine_t *e)
{
    return e->counts.closed > 0 ? &e->last_closed : NULL;
}

const scan_t *engine_last_scan(const engine_t *e)
{
    return e->last_scan;
}

digest_t engine_decision_hash(const engine_t *e)
{
    digest_state_t copy = e->hash;
    return digest_end(&copy);
}
