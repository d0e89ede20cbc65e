/* One user's place in the engine: its scans, its questions, what its broker says. */
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "scan/ask.h"
#include "trade/execution/reconcile.h"

enum { POSITIONS_DEADLINE_S = 10 };

/* The symbols of a list as marks; those that do not trade here are left out. */
static void mark_list(const engine_t *e, const char *list, u8 *marks)
{
    const market_t *m = e->spec.market;
    str_t symbol;
    for (str_t rest = str_from(list); user_list_next(&rest, &symbol);) {
        for (u32 i = 0; i < m->count; i++) {
            if (str_eq_c(symbol, m->instruments[i].symbol)) {
                marks[i] = 1;
            }
        }
    }
}

/* Wires a row: its configuration, what it watches and what it never trades. */
static void row_take(desk_t *d, const user_row_t *row, const config_t *config)
{
    const engine_t *e = d->engine;
    const market_t *m = e->spec.market;
    config_t own = *config;
    config_for_market(&own, m->calendar);
    d->row = *row;
    user_configure(&d->user, &own);
    for (u32 i = 0; i < m->count; i++) {
        d->user.watched[i] = 0;
        d->user.excluded[i] = row->excluded_sectors >> MIN_OF(m->instruments[i].sector, (u16)31) & 1U;
    }
    mark_list(e, row->watch, d->user.watched);
    mark_list(e, row->exclude, d->user.excluded);
    /* A fund of the whole market is no trade of its own; the coin that leads the others is. */
    if (e->spec.untradable_proxy && e->spec.proxy != INST_NONE && m->calendar != CAL_CRYPTO) {
        d->user.excluded[e->spec.proxy] = 1;
    }
}

err_t desk_row_set(desk_t *d, str_t text, diag_t *diag)
{
    ASSERT(d != NULL && d->engine != NULL);
    user_row_t row;
    config_t config;
    TRY(user_row_decode(text, diag, &row));
    bool other = row.account_id != d->account.account_id || row.user_id != d->user.user_id ||
                 strcmp(row.shared, d->row.shared) != 0;
    if (row.barred || other) {
        return diag_fail(diag, ERR_CONFIG, "the row of user %s is of another user or account, or barred",
                         row.name);
    }
    TRY(user_resolve(&d->engine->config, &row, diag, &config));
    d->next = row;
    d->changes = true;
    return ERR_OK;
}

void desk_row_begin(desk_t *d)
{
    ASSERT(d != NULL);
    config_t config;
    if (d->changes && user_resolve(&d->engine->config, &d->next, NULL, &config) == ERR_OK) {
        row_take(d, &d->next, &config);
    }
    d->changes = false;
}

err_t desk_open(engine_t *e, u32 index)
{
    ASSERT(e != NULL && index < e->desk_all);
    desk_t *d = &e->desk[index];
    u32 n = e->spec.market->count;
    config_t config = e->config;
    user_row_t row;
    d->engine = e;
    d->index = index;
    user_row_init(&row, index + 1, "user", e->spec.cash);
    if (d == e->house) { /* money of its own only so that it does not count as a micro account */
        user_row_init(&row, HOUSE_ACCOUNT, "house", (money_t){(i64)1000000 * MONEY_SCALE});
    } else {
        row = e->spec.users != NULL ? user_row_admit(&e->spec.users[index]) : row;
        TRY(user_resolve(&e->config, &row, NULL, &config));
    }
    d->unsound = row.barred;
    account_setup_t setup = {.account_id = row.account_id,
                             .owner_id = row.owner_id,
                             .risk_group_id = row.risk_group_id,
                             .incarnation = e->spec.incarnation,
                             .cash = row.cash,
                             .visibility_delay_ns = 2 * NS_PER_SEC};
    account_init(&d->account, &setup);
    TRY(user_init(&d->user, &e->arena, n, &config, &d->account));
    d->user.user_id = row.user_id;
    d->account.reconcile = d->unsound ? RECONCILE_PERSON : 0;
    row_take(d, &row, &config);
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        TRY(scan_init(&d->scan[i], &e->arena, index * ENGINE_SLOTS + i, n, &e->scratch));
        d->scan[i].shared = &e->shared; /* for what is asked of a scan outside a cycle */
    }
    return ERR_OK;
}

desk_t *desk_of_account(const engine_t *e, u64 account)
{
    ASSERT(e != NULL);
    u32 lo = 0;
    u32 hi = e->desk_all;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if (e->account[mid] < account) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < e->desk_all && e->account[lo] == account ? &e->desk[lo] : NULL;
}

desk_t *desk_that_trades(engine_t *e, u64 account)
{
    desk_t *d = desk_of_account(e, account);
    return d == e->house ? NULL : d;
}

void desk_touch(desk_t *d)
{
    ASSERT(d != NULL && d->engine != NULL);
    desk_set_add(&d->engine->touched, d->index);
}

void engine_touch_all(engine_t *e)
{
    ASSERT(e != NULL);
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_set_add(&e->touched, i);
    }
}

void engine_settle(engine_t *e)
{
    ASSERT(e != NULL);
    for (u32 i = desk_set_next(&e->touched, 0, e->desk_all); i < e->desk_all;
         i = desk_set_next(&e->touched, i + 1, e->desk_all)) {
        moments_set(&e->asks, i, desk_ask_deadline(&e->desk[i]));
        moments_set(&e->due, i, scheduler_first_due(&e->desk[i].loops));
    }
    desk_set_join(&e->unasked, &e->touched);
    desk_set_join(&e->measured, &e->touched);
    e->changed = e->touched;
    e->touched = (desk_set_t){{0}};
}

void desk_pass(desk_t *d)
{
    ASSERT(d != NULL && d->engine != NULL);
    scheduler_pass(&d->loops, d->engine->loops.now);
}

static u32 intent_place(id128_t intent)
{
    return (intent.b[0] | (u32)intent.b[1] << 8) % ENGINE_INTENTS;
}

void desk_note_intent(engine_t *e, u64 account, id128_t intent)
{
    ASSERT(e != NULL);
    const desk_t *d = desk_of_account(e, account);
    e->intent_desk[intent_place(intent)] = d != NULL ? (u16)d->index : 0;
}

desk_t *desk_of_order(engine_t *e, id128_t intent)
{
    ASSERT(e != NULL);
    desk_t *guess = &e->desk[e->intent_desk[intent_place(intent)]];
    if (!e->spec.desks_unskipped && account_order_const(&guess->account, intent) != NULL) {
        return guess; /* no two desks have an order of one id */
    }
    for (u32 i = 0; i < e->desk_all; i++) {
        if (account_order_const(&e->desk[i].account, intent) != NULL) {
            return &e->desk[i];
        }
    }
    return NULL;
}

desk_t *desk_of_slot(engine_t *e, u32 slot)
{
    ASSERT(e != NULL);
    u32 index = slot / ENGINE_SLOTS;
    return index < e->desk_all ? &e->desk[index] : NULL;
}

void desk_alert(desk_t *d, u16 code, const char *text)
{
    ASSERT(d != NULL && d->engine != NULL);
    outbox_alert(&d->engine->out, code, d->account.account_id, text);
}

/* ---- scans ------------------------------------------------------------------------------------------ */

static void count_candidate(engine_counts_t *n, const cand_record_t *c)
{
    if (c->traded != 0) {
        n->trades++;
        n->trades_by_strategy[c->strategy < LIMIT_STRATEGIES ? c->strategy : 0]++;
        n->probes += (c->flags & CAND_PROBE) != 0 ? 1 : 0;
    }
    for (u64 k = 0; c->refused_stage != 0 && k < c->gate_count; k++) {
        if (!gate_holds(&c->gate[k])) { /* the first that failed */
            n->refused_by_rule[c->gate[k].rule < ENGINE_RULES ? c->gate[k].rule : 0]++;
            break;
        }
    }
}

void desk_count_cycle(engine_counts_t *n, const cycle_record_t *r)
{
    ASSERT(n != NULL && r != NULL);
    n->cycles++;
    n->candidates += r->universe;
    n->stopped_by_stage[r->stopped_stage <= SCAN_STAGES ? r->stopped_stage : 0]++;
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        u64 refused = i >= 6 && i < SCAN_STAGES ? r->stage_refused[i] : 0;
        n->refused_by_stage[i] += refused;
        n->refusals += refused;
        n->stage_in[i] += r->stage_in[i];
        n->stage_out[i] += r->stage_out[i];
    }
    for (u64 i = 0; i < r->refusal_count; i++) { /* in the screen the lowest bit of the mask */
        u32 mask = r->refusal[i].mask;
        n->refused_by_rule[RULE_HISTORY + (mask != 0 ? (u32)__builtin_ctz(mask) : 0U)]++;
    }
    for (u64 i = 0; i < r->cand_count; i++) {
        count_candidate(n, &r->cand[i]);
    }
}

static void users_follow(engine_t *e, const scan_t *house);

void desk_scan_ended(desk_t *d, const scan_t *s)
{
    ASSERT(d != NULL && s != NULL);
    engine_t *e = d->engine;
    ASSERT(e->scratch.cycle_record->cycle == s->cycle); /* made a moment ago, as this scan's last act */
    desk_count_cycle(&e->counts, e->scratch.cycle_record);
    e->last_scan = s;
    if (s->stopped_stage != 0) {
        event_t *f = outbox_fact(&e->out, EV_SCAN_STOPPED);
        f->as.SCAN_STOPPED.cycle = s->cycle;
        f->as.SCAN_STOPPED.stage = s->stopped_stage;
        f->as.SCAN_STOPPED.account = d->account.account_id;
    } else if (d == e->house) {
        users_follow(e, s);
    }
}

/* A free slot; NULL if the pool is full, which delays the cycle, with a record. */
static scan_t *scan_slot(desk_t *d)
{
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        if (!d->scan[i].active) {
            return &d->scan[i];
        }
    }
    desk_alert(d, ENGINE_ALERT_POOL, NULL);
    return NULL;
}

static void scan_start(void *ctx)
{
    desk_t *d = ctx;
    engine_t *e = d->engine;
    desk_row_begin(d);
    scan_t *s = scan_slot(d);
    if (s == NULL) {
        return;
    }
    scan_begin(s, &d->user, &e->shared, &e->out, ++d->cycle);
    if (d == e->house) {
        scan_for_house(s);
    }
    if (scan_step(s, NULL)) {
        desk_scan_ended(d, s);
    }
}

/* Global mode: the house has looked, now each user decides. The cycle has one number for all. */
static void users_follow(engine_t *e, const scan_t *house)
{
    for (u32 i = 0; i < e->desk_count; i++) {
        desk_t *d = &e->desk[i];
        u32 effects = e->out.effect_count;
        desk_touch(d);
        desk_row_begin(d);
        d->cycle = house->cycle;
        scan_t *s = scan_slot(d);
        if (s == NULL) {
            continue;
        }
        scan_begin(s, &d->user, &e->shared, &e->out, d->cycle);
        scan_after_house(s, house);
        bool ended = scan_step(s, NULL);
        ASSERT(ended); /* who asks is the house */
        desk_scan_ended(d, s);
        scheduler_note(&d->loops, e->out.effect_count > effects ? (u32)LOOP_IN_BROKER : 0U);
    }
}

static bool scan_waits(void *ctx)
{
    const desk_t *d = ctx;
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        if (d->scan[i].active) {
            return true;
        }
    }
    return false;
}

/* ---- questions of loops ----------------------------------------------------------------------------- */

static void loop_asks(desk_t *d, loop_ask_t *ask, u32 slot, ask_kind_t kind)
{
    engine_t *e = d->engine;
    ASSERT(!ask->out);
    *ask = (loop_ask_t){
        .generation = (u32)e->seq, .deadline = e->now + POSITIONS_DEADLINE_S * NS_PER_SEC, .out = true};
    effect_t *f = outbox_effect(&e->out, EFFECT_ASK);
    f->ask = (ask_t){.slot = d->index * ENGINE_SLOTS + slot,
                     .generation = ask->generation,
                     .kind = (u16)kind,
                     .deadline = ask->deadline};
}

static void ask_positions(void *ctx)
{
    desk_t *d = ctx;
    loop_asks(d, &d->positions, ENGINE_SLOT_POSITIONS, ASK_POSITIONS);
}

static bool asks_positions(void *ctx)
{
    return ((const desk_t *)ctx)->positions.out;
}

static void kill_drill(void *ctx)
{
    desk_t *d = ctx;
    engine_t *e = d->engine;
    if (d->drill.out) {
        return; /* the door has not answered the last one: time will */
    }
    exec_kill_drill(&d->account, e->now, e->drill_account, &e->drill_out, &d->drill_mine);
    loop_asks(d, &d->drill, ENGINE_SLOT_DRILL, ASK_DRILL);
}

loop_env_t desk_env(desk_t *d, const slice_t *s, i32 slot)
{
    ASSERT(d != NULL && d->engine != NULL);
    engine_t *e = d->engine;
    return (loop_env_t){.now = e->now,
                        .user = &d->user,
                        .shared = &e->shared,
                        .out = &e->out,
                        .memory = &d->memory,
                        .slice = s,
                        .bar_close = slot >= 0,
                        .session_before = e->session,
                        .ctx = d,
                        .scan_start = scan_start,
                        .scan_waits = scan_waits,
                        .ask_positions = ask_positions,
                        .asks_positions = asks_positions,
                        .kill_drill = kill_drill};
}

/* ---- what comes from outside ------------------------------------------------------------------------- */

static void trades_closed(desk_t *d)
{
    engine_t *e = d->engine;
    for (u32 i = 0; i < e->closed.count; i++) {
        const closed_trade_t *t = &e->closed.v[i];
        reflect_trade(&d->user, &e->shared, t, &e->out);
        e->counts.closed++;
        e->last_closed = *t;
        e->any_closed = true;
        e->counts.probes_closed += (t->flags & TAG_PROBE) != 0 ? 1 : 0;
    }
}

void desk_actions(desk_t *d, const slice_t *s)
{
    ASSERT(d != NULL && s != NULL);
    engine_t *e = d->engine;
    for (u32 i = 0; i < s->action_count; i++) {
        const action_t *a = &s->action[i];
        const position_t *p = account_position_const(&d->account, a->inst);
        price_t price =
            p == NULL ? (price_t){PRICE_SCALE} : p->mark; /* without a holding no fraction is paid */
        if (a->kind == ACTION_SPLIT && p != NULL && split_price(p->mark, a, &price) != ERR_OK) {
            price = p->mark;
        }
        ASSERT(a->inst < e->spec.market->count);
        const instrument_t *t = &e->spec.market->instruments[a->inst];
        if (account_on_action(&d->account, a, t, price, &e->out) != ERR_OK) {
            desk_alert(d, ENGINE_ALERT_ACTION, NULL);
            d->account.reconcile |= RECONCILE_BROKER;
        }
    }
}

void desk_on_broker(desk_t *d, const ev_BROKER_t *m)
{
    ASSERT(d != NULL && m != NULL);
    engine_t *e = d->engine;
    f64 loss_min_r = d->user.config.breaker_loss_min_r;
    e->closed.count = 0;
    e->shared.now = e->now;
    exec_on_broker(&d->account, m, loss_min_r, e->now, &e->closed, &e->out);
    trades_closed(d);
}

void desk_end_flat(desk_t *d)
{
    ASSERT(d != NULL);
    engine_t *e = d->engine;
    f64 loss_min_r = d->user.config.breaker_loss_min_r;
    e->closed.count = 0;
    e->shared.now = e->now;
    exec_end_flat(&d->account, loss_min_r, e->now, &e->closed, &e->out);
    trades_closed(d);
}

static void on_positions(desk_t *d, const ev_ANSWER_t *a)
{
    broker_told_t told;
    d->positions.out = false;
    if (a->err != ERR_OK || broker_view_decode(a->body, &told) != ERR_OK) {
        scheduler_note(&d->loops, LOOP_IN_BROKER); /* no answer worth the name: it is asked again */
        return;
    }
    bunch_told_to(d, &told);
    broker_view_t view = {.positions = told.positions,
                          .count = told.count,
                          .cash_untold = true,
                          .orders_told = true,
                          .t_asked = d->positions.deadline - POSITIONS_DEADLINE_S * NS_PER_SEC,
                          .orders = told.orders,
                          .order_count = told.order_count};
    u8 before = d->account.reconcile;
    bool agree = exec_reconcile(&d->account, &view, d->engine->now, &d->engine->out);
    scheduler_note(&d->loops, !agree || d->account.reconcile != before ? (u32)LOOP_IN_BROKER : 0U);
    ASSERT(agree || d->account.reconcile != 0);
    bunch_compared(d, &told);
}

/* Both halves together; a door that does not answer has not passed. */
static void on_drill(desk_t *d, const ev_ANSWER_t *a)
{
    const kill_drill_t *k = &d->drill_mine;
    u8 door[4] = {0};
    d->drill.out = false;
    if (a->err == ERR_OK && a->body.n == sizeof door) {
        memcpy(door, a->body.p, sizeof door);
    }
    bool passed = kill_drill_passed(k) && door[0] > 0 && door[1] == 0 && door[2] > 0 && door[3] == door[2];
    event_t *f = outbox_fact(&d->engine->out, EV_KILL_DRILL);
    f->as.KILL_DRILL = (ev_KILL_DRILL_t){.account = d->account.account_id,
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
    d->last_drill = f->as.KILL_DRILL;
    d->t_drill = d->engine->now;
    if (!passed) {
        desk_alert(d, LOOP_ALERT_DRILL, NULL);
    }
}

void desk_on_answer(desk_t *d, const ev_ANSWER_t *a)
{
    ASSERT(d != NULL && a != NULL);
    u32 slot = a->slot % ENGINE_SLOTS;
    if (slot == ENGINE_SLOT_DRILL && d->drill.out && d->drill.generation == a->generation) {
        on_drill(d, a);
        return;
    }
    if (slot == ENGINE_SLOT_POSITIONS && d->positions.out && d->positions.generation == a->generation) {
        on_positions(d, a);
        return;
    }
    if (slot >= ENGINE_SCANS || !d->scan[slot].active || d->scan[slot].generation != a->generation) {
        d->engine->counts.late_answers++; /* recorded as an input, dropped by generation */
        return;
    }
    answer_t answer = {.ask = a->ask,
                       .err = (err_t)a->err,
                       .source = a->source,
                       .hit = a->hit != 0,
                       .age_ns = a->age_ns,
                       .body = a->body};
    if (scan_step(&d->scan[slot], &answer)) {
        desk_scan_ended(d, &d->scan[slot]);
    }
}

/* In order of scan and ordinal, on the market as it was when they were put. */
void desk_answer_expired(desk_t *d, i64 until)
{
    ASSERT(d != NULL);
    engine_t *e = d->engine;
    if (d->positions.out && d->positions.deadline <= until) {
        e->counts.expired_asks++;
        on_positions(d, &(ev_ANSWER_t){.err = ERR_TIMEOUT});
    }
    if (d->drill.out && d->drill.deadline <= until) {
        e->counts.expired_asks++;
        on_drill(d, &(ev_ANSWER_t){.err = ERR_TIMEOUT});
    }
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        answer_t answer;
        while (d->scan[i].active && scan_ask_expired(&d->scan[i], until, &answer)) {
            e->counts.expired_asks++;
            e->shared.now = MAX_OF(e->shared.now, until);
            if (scan_step(&d->scan[i], &answer)) {
                desk_scan_ended(d, &d->scan[i]);
            }
        }
    }
}

i64 desk_ask_deadline(const desk_t *d)
{
    ASSERT(d != NULL);
    i64 first = d->positions.out ? d->positions.deadline : I64_MAX;
    first = d->drill.out ? MIN_OF(first, d->drill.deadline) : first;
    for (u32 i = 0; i < ENGINE_SCANS; i++) {
        first = d->scan[i].active ? MIN_OF(first, scan_ask_deadline(&d->scan[i])) : first;
    }
    return first;
}

void desk_note_command(desk_t *d, const ev_COMMAND_t *c)
{
    ASSERT(d != NULL && c != NULL);
    switch ((command_t)c->code) {
    case COMMAND_RELEASE:
        if (d->account.killed != 0) {
            risk_release(&d->account);
        }
        break;
    case COMMAND_RESET_BREAKER:
        d->user.breaker_open = false;
        d->account.day.losses_in_row = 0;
        break;
    case COMMAND_CLEAR_RECONCILE:
        d->account.reconcile &= (u8)(c->arg == 0 ? 0 : ~(u64)c->arg);
        break;
    default: /* the others act, and say so in facts; unknown ones change nothing */
        break;
    }
}

void desk_note_order(desk_t *d, const event_t *f)
{
    ASSERT(d != NULL && f != NULL);
    const order_t *o = account_order_const(&d->account, f->as.ORDER_STATE.intent);
    if (o != NULL && o->intent.role == ROLE_ENTRY && o->filled.v == 0) {
        ASSERT(o->intent.inst < d->engine->spec.market->count);
        d->user.backoff_from[o->intent.inst] = d->engine->now;
    }
}
