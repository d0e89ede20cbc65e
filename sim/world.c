/* See world.h: the loop, the steps, death and recovery. What the trader wants is in world_trader.c. */
#include "sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"

enum { WORLD_DAY = 20000, WORLD_BYTES = 1 << 20, WORLD_MESSAGES = 64 };
#define WORLD_START ((i64)WORLD_DAY * NS_PER_DAY + 15 * NS_PER_HOUR)
#define WORLD_CASH (100000 * MONEY_SCALE)
#define WORLD_SETTLE (5 * NS_PER_MIN) /* liveness */

u64 world_below(world_t *w, u64 bound)
{
    ASSERT(w != NULL && bound > 0);
    return rng_below((rng_key_t){.seed = w->seed, .purpose = RNG_WORLD, .entity = 0}, w->draws++, bound);
}

event_t world_input(const world_t *w, event_kind_t kind)
{
    ASSERT(event_is_input(kind));
    return (event_t){.head = {.kind = (u16)kind, .t_engine = w->now, .t_event = w->now}};
}

static void fail(world_t *w, const char *what)
{
    check_note(&w->check, what);
}

/* ---- memory ----------------------------------------------------------------------------------------------
 */

err_t world_open(world_t **out)
{
    ASSERT(out != NULL);
    world_t *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return ERR_NO_MEMORY;
    }
    w->account = calloc(1, sizeof *w->account);
    w->shadow = calloc(1, sizeof *w->shadow);
    w->bytes[0] = calloc(1, WORLD_BYTES);
    w->bytes[1] = calloc(1, WORLD_BYTES);
    w->sending = calloc(OUTBOX_EFFECTS, sizeof *w->sending);
    err_t err = outbox_open(&w->out, 1 << 16);
    bool whole = w->account != NULL && w->shadow != NULL && w->bytes[0] != NULL && w->bytes[1] != NULL &&
                 w->sending != NULL && err == ERR_OK;
    if (!whole) {
        world_close(w);
        return ERR_NO_MEMORY;
    }
    *out = w;
    return ERR_OK;
}

void world_close(world_t *w)
{
    if (w == NULL) {
        return;
    }
    outbox_close(&w->out);
    free(w->account);
    free(w->shadow);
    free(w->bytes[0]);
    free(w->bytes[1]);
    free(w->sending);
    free(w);
}

/* ---- the port that the door sees -------------------------------------------------------------------------
 */

static err_t port_submit(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    world_t *w = self;
    check_submit(&w->check, i, w->killed);
    broker_port_t port = wb_port(&w->broker);
    err_t err = port.submit(port.self, i, now, out);
    if (side_is_opening((side_t)i->side)) {
        check_limits(&w->check);
    }
    return err;
}

static err_t port_cancel(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    broker_port_t port = wb_port(&((world_t *)self)->broker);
    return port.cancel(port.self, i, now, out);
}

static err_t port_replace(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    check_replace(&((world_t *)self)->check, i);
    broker_port_t port = wb_port(&((world_t *)self)->broker);
    return port.replace(port.self, i, now, out);
}

static err_t port_lookup(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    broker_port_t port = wb_port(&((world_t *)self)->broker);
    ((world_t *)self)->lookups++;
    return port.lookup(port.self, i, now, out);
}

static void door_start(world_t *w)
{
    broker_port_t port = {.self = w,
                          .submit = port_submit,
                          .cancel = port_cancel,
                          .replace = port_replace,
                          .lookup = port_lookup};
    w->word.account = w->account->account_id;
    order_door_open(&w->door, port, &w->word, 1);
    door_publish(&w->word, w->account->epoch, w->killed && !w->hooks->door_deaf);
    w->inbox_from = 0;
    w->inbox_count = 0;
}

/* ---- one step --------------------------------------------------------------------------------------------
 */

static void inbox_put(world_t *w, const event_t *e)
{
    ASSERT(w->inbox_count < WORLD_INBOX);
    w->inbox[(w->inbox_from + w->inbox_count++) % WORLD_INBOX] = *e;
}

static void remember(world_t *w, const event_t *e)
{
    event_t *to = &w->last[w->last_count++ % WORLD_LAST];
    *to = *e;
    if (e->head.kind == EV_ALERT) {
        to->as.ALERT.text = (blob_t){0}; /* lives in the outbox */
    }
}

static void die(world_t *w)
{
    w->crashed = true;
}

/* A person pulls the switch between the commit and the send: the door must see it, the engine hears of it
 * later. */
static void maybe_kill(world_t *w, const effect_t *e)
{
    bool opens = e->kind == EFFECT_SUBMIT && side_is_opening((side_t)e->intent.side);
    if (!opens || w->killed || w->faults.stopped || world_below(w, 40) != 0) {
        return;
    }
    w->killed = true;
    w->kill_due = true;
    w->t_release = w->now + 10 * NS_PER_SEC;
    if (!w->hooks->door_deaf) {
        door_publish(&w->word, w->account->epoch + 1, true);
    }
}

static void effect_send(world_t *w, const effect_t *e)
{
    maybe_kill(w, e);
    bool before = fault_fires(&w->faults, FAULT_KILL_SEND);
    if (before) {
        die(w);
        return;
    }
    ev_BROKER_t messages[WORLD_MESSAGES];
    ev_SEND_RESULT_t results[4];
    door_out_t box = {.broker = {.v = messages, .cap = WORLD_MESSAGES}, .results = results, .result_cap = 4};
    order_door_send(&w->door, e, w->now, &box);
    if (fault_fires(&w->faults, FAULT_KILL_SEND)) {
        die(w);
        return;
    }
    for (u32 i = 0; i < box.result_count; i++) {
        event_t in = world_input(w, EV_SEND_RESULT);
        in.as.SEND_RESULT = results[i];
        inbox_put(w, &in);
    }
    for (u32 i = 0; i < box.broker.count; i++) {
        event_t in = world_input(w, EV_BROKER);
        in.as.BROKER = messages[i];
        inbox_put(w, &in);
    }
}

static void effects_send(world_t *w)
{
    u32 n = w->out.effect_count;
    memcpy(w->sending, w->out.effects, n * sizeof w->sending[0]);
    w->out.effect_count = 0;
    for (u32 i = 0; i < n && !w->crashed; i++) {
        effect_send(w, &w->sending[i]);
    }
}

/* What became durable is told to the reference, which knows it as "may be sent from now on". */
static void durable_intent(world_t *w, const ev_INTENT_t *f)
{
    intent_t i = {.id = f->id,
                  .parent = f->parent,
                  .sequence = f->sequence,
                  .account_id = f->account,
                  .risk_group_id = f->risk_group,
                  .owner_id = f->owner,
                  .t_decided = f->t_decided,
                  .send_before = f->send_before,
                  .qty = {f->qty},
                  .limit = {f->limit},
                  .stop = {f->stop},
                  .reference = {f->reference},
                  .bracket_stop = {f->bracket_stop},
                  .bracket_target = {f->bracket_target},
                  .inst = f->inst,
                  .side = f->side,
                  .type = f->type,
                  .tif = f->tif,
                  .role = f->role,
                  .strategy = f->strategy,
                  .flags = f->flags};
    ref_durable(&w->reference, wb_ref_id(f->id), wb_payload(&i));
}

static bool bytes_equal(world_t *w, const account_t *a, const account_t *b)
{
    writer_t x = writer_of(w->bytes[0], WORLD_BYTES);
    writer_t y = writer_of(w->bytes[1], WORLD_BYTES);
    err_t err = account_encode_facts(a, &x);
    err = err == ERR_OK ? account_encode_facts(b, &y) : err;
    ASSERT(err == ERR_OK);
    return x.used == y.used && memcmp(x.p, y.p, x.used) == 0;
}

/* The durable facts alone must give the same account (I20). */
static void replay_step(world_t *w, const event_t *input)
{
    err_t err = recover_apply(&w->replay, input);
    for (u32 i = 0; i < w->out.fact_count && err == ERR_OK; i++) {
        err = recover_apply(&w->replay, &w->out.facts[i]);
    }
    if (err != ERR_OK) {
        fail(w, "I20: a fact cannot be applied again");
    } else if (!bytes_equal(w, w->account, w->shadow)) {
        fail(w, "I20: the facts lead to another account");
    }
}

static err_t journal_write(world_t *w, event_t *input)
{
    TRY(journal_append(w->journal, input));
    for (u32 i = 0; i < w->out.fact_count; i++) {
        event_t *f = &w->out.facts[i];
        f->head.t_engine = w->now;
        f->head.t_event = w->now;
        f->head.cause_seq = input->head.seq;
        TRY(journal_append(w->journal, f));
    }
    return journal_step_end(w->journal, NULL);
}

bool world_commit(world_t *w, event_t *input)
{
    ASSERT(w != NULL && input != NULL && !w->crashed);
    w->steps++;
    if (w->hooks->on_step != NULL) {
        w->hooks->on_step(w->hooks->self, w);
    }
    remember(w, input);
    for (u32 i = 0; i < w->out.fact_count; i++) {
        remember(w, &w->out.facts[i]);
    }
    if (fault_fires(&w->faults, FAULT_KILL_WRITE)) {
        disk_crash_at(w->disk, disk_points(w->disk) + 1 + world_below(w, 4));
    }
    if (w->hooks->send_early) {
        effects_send(w);
    }
    if (journal_write(w, input) != ERR_OK) {
        if (!disk_is_crashed(w->disk)) {
            fail(w, "I17: the journal does not take an event");
        }
        die(w);
        return false;
    }
    w->acknowledged = journal_durable_seq(w->journal);
    for (u32 i = 0; i < w->out.fact_count; i++) {
        if (w->out.facts[i].head.kind == EV_INTENT) {
            durable_intent(w, &w->out.facts[i].as.INTENT);
        }
    }
    check_facts(&w->check, input, &w->out, w->account);
    replay_step(w, input);
    effects_send(w);
    check_event(&w->check, w->account, w->now);
    return !w->crashed;
}

/* ---- birth, death, recovery ------------------------------------------------------------------------------
 */

/* The trader tags every entry alike; the engine reads it from the decision's record. */
static bool tag_of(void *self, const ev_INTENT_t *entry, trade_tag_t *out)
{
    (void)self;
    (void)entry;
    *out = world_tag();
    return true;
}

static void replay_into(world_t *w, account_t *a)
{
    account_init(a, &w->setup);
    account_day_begin(a, WORLD_DAY, WORLD_DAY + 1);
    w->replay = (recover_t){.account = a,
                            .instruments = w->instruments,
                            .instrument_count = w->names,
                            .tag = tag_of,
                            .loss_min_r = w->policy.loss_min_r};
}

static err_t journal_start(world_t *w, bool resume)
{
    store_options_t o = {
        .path = "vitrine.db", .vfs = DISK_VFS, .durable = !w->hooks->not_durable, .exclusive = true};
    journal_options_t j = {.batch_bytes = 1};
    TRY(store_open(&o, NULL, &w->store));
    if (resume) {
        return journal_resume(w->store, STR("latest"), &j, NULL, &w->journal);
    }
    run_start_t run = {
        .kind = RUN_DEMO, .incarnation = w->setup.incarnation, .seed = w->seed, .config = STR("\n")};
    return journal_create(w->store, &run, &j, NULL, &w->journal);
}

static void journal_stop(world_t *w)
{
    journal_close(w->journal);
    store_close(w->store);
    w->journal = NULL;
    w->store = NULL;
}

typedef struct {
    world_t *w;
    u64 batch_last; /* newest sequence that was read */
    bool same;      /* at the acknowledged sequence the account was the shadow's */
    bool compared;
} again_t;

static err_t again_apply(void *ctx, const event_t *e)
{
    again_t *g = ctx;
    world_t *w = g->w;
    if (e->head.seq == w->acknowledged + 1 && !g->compared) {
        g->same = bytes_equal(w, w->account, w->shadow);
        g->compared = true;
    }
    g->batch_last = e->head.seq;
    if (e->head.kind == EV_INTENT) {
        durable_intent(w, &e->as.INTENT);
    }
    return recover_apply(&w->replay, e);
}

/* Every order the broker ever got must be in the journal, and what has no outcome must be found (I18). */
static void recovered_check(world_t *w, const journal_recovered_t *r)
{
    for (u32 i = 0; i < r->unknown_count; i++) {
        const order_t *o = account_order_const(w->account, r->own_unknown[i].intent);
        if (o == NULL || o->state != ORDER_UNKNOWN) {
            fail(w, "I18: an order without outcome is not UNKNOWN after the restart");
        }
    }
    for (u32 i = 0; i < w->broker.order_count; i++) {
        if (account_order_const(w->account, w->broker.orders[i].intent.id) == NULL) {
            fail(w, "I18: the broker holds an order that the restart has forgotten");
        }
    }
}

static err_t recover(world_t *w)
{
    replay_into(w, w->account);
    again_t g = {.w = w};
    journal_recovered_t r = {0};
    err_t err = journal_recover(w->store, STR("latest"), again_apply, &g, &r, NULL);
    if (err != ERR_OK) {
        fail(w, err == ERR_CORRUPT ? "I19: the journal does not verify after the crash"
                                   : "I18: the journal cannot be recovered");
        return ERR_OK;
    }
    if (!g.compared) {
        g.same = bytes_equal(w, w->account, w->shadow);
    }
    fail(w, r.last_seq < w->acknowledged ? "I18: an acknowledged event is lost" : NULL);
    fail(w, g.same ? NULL : "I20: the journal leads to another account after the crash");
    check_restarted(&w->check, w->account);
    /* From here on the shadow follows the recovered account. */
    *w->shadow = *w->account;
    recover_t live = w->replay;
    w->replay.account = w->shadow;
    if (w->hooks->on_recover != NULL) {
        w->hooks->on_recover(w->hooks->self, w);
    }
    outbox_reset(&w->out);
    recover_finish(&live, &w->policy, w->now, &w->out);
    w->account->killed = w->killed ? 1 : 0;
    w->kill_due = false;
    if (w->hooks->on_recovered != NULL) {
        w->hooks->on_recovered(w->hooks->self, w);
    }
    recovered_check(w, &r);
    check_compared(&w->check, w->account);
    free(r.own_unknown);
    return ERR_OK;
}

static err_t restart(world_t *w)
{
    disk_crash_at(w->disk, 0);
    journal_stop(w);
    wb_cut(&w->broker);
    static const disk_loss_t ways[] = {DISK_LOSE_ALL, DISK_KEEP_ALL, DISK_BY_SEED};
    disk_restart(w->disk, ways[world_below(w, COUNT_OF(ways))]);
    w->restarts++;
    w->crashed = false;
    w->now += (i64)(1 + world_below(w, 20)) * NS_PER_SEC;
    wb_step(&w->broker, w->now);
    wb_cut(&w->broker); /* nobody listened */
    err_t err = journal_start(w, true);
    if (err != ERR_OK) {
        fail(w, "I18: the store does not open after the crash");
        return ERR_OK;
    }
    TRY(recover(w));
    memset(&w->watch, 0, sizeof w->watch);
    door_start(w);
    if (check_failed(&w->check)) {
        return ERR_OK;
    }
    event_t input = world_input(w, EV_COMMAND);
    (void)world_commit(w, &input);
    world_halts_again(w);
    return ERR_OK;
}

static void world_make(world_t *w, u64 seed, const world_hooks_t *hooks)
{
    static const world_hooks_t none = {0};
    w->seed = seed;
    w->draws = 0;
    w->hooks = hooks == NULL ? &none : hooks;
    w->now = WORLD_START;
    w->names = 3 + (u32)world_below(w, 6);
    w->t_stop = w->now + (i64)(120 + world_below(w, 240)) * NS_PER_SEC;
    w->t_end = w->t_stop + WORLD_SETTLE;
    w->crashed = false;
    w->killed = false;
    w->kill_due = false;
    w->config = config_default(PROFILE_DAY, PRESET_AGGRESSIVE);
    w->config.risk_max_open_positions = 2 + (i32)world_below(w, 3);
    w->config.risk_max_trades_per_day = 200;
    w->policy = (exec_policy_t){.loss_min_r = 0.1};
    w->acknowledged = 0;
    w->last_count = 0;
    w->restarts = w->steps = w->lookups = 0;
    w->halts = w->halt_waits = w->halt_draws = 0;
    memset(w->halt_until, 0, sizeof w->halt_until);
    w->setup = (account_setup_t){.account_id = 7,
                                 .owner_id = 1,
                                 .risk_group_id = 1,
                                 .cash = {WORLD_CASH},
                                 .visibility_delay_ns = (i64)world_below(w, 60) * NS_PER_SEC};
    for (u32 i = 0; i < 16; i++) {
        w->setup.incarnation.b[i] = (u8)world_below(w, 256);
    }
    for (u32 i = 0; i < w->names; i++) {
        w->instruments[i] = (instrument_t){.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}, .multiplier = 1};
    }
    faults_open(&w->faults, seed);
    ref_open(&w->reference, WORLD_CASH);
    wb_open(&w->broker, seed, &w->faults, &w->reference);
    w->broker.now = w->now;
    w->broker.visibility_ns = w->setup.visibility_delay_ns;
    for (u32 i = 0; i < w->names; i++) {
        w->broker.price[i] = (i64)(20 + world_below(w, 60)) * PRICE_SCALE;
    }
    checkers_open(&w->check, &w->broker, &w->config);
    replay_into(w, w->account);
    replay_into(w, w->shadow);
    memset(&w->watch, 0, sizeof w->watch);
}

/* ---- the loop --------------------------------------------------------------------------------------------
 */

static void take(world_t *w, event_t *in)
{
    outbox_reset(&w->out);
    w->closed.count = 0;
    if (in->head.kind == EV_SEND_RESULT) {
        exec_on_send_result(w->account, &in->as.SEND_RESULT, w->now, &w->out);
    } else {
        if (w->hooks->on_message != NULL && !w->hooks->on_message(w->hooks->self, w, &in->as.BROKER)) {
            return;
        }
        exec_on_broker(w->account, &in->as.BROKER, &w->policy, w->now, &w->closed, &w->out);
    }
    (void)world_commit(w, in);
}

/* Everything that is due: the door's words first, then the wire's in order of time. */
static void take_due(world_t *w, i64 until)
{
    while (!w->crashed && !check_failed(&w->check)) {
        event_t in;
        if (w->inbox_count > 0) {
            in = w->inbox[w->inbox_from];
            w->inbox_from = (w->inbox_from + 1) % WORLD_INBOX;
            w->inbox_count--;
        } else {
            in = world_input(w, EV_BROKER);
            if (!wb_next(&w->broker, until, &in.as.BROKER)) {
                return;
            }
        }
        take(w, &in);
    }
}

static void timers(world_t *w)
{
    event_t input = world_input(w, EV_TIMER);
    outbox_reset(&w->out);
    (void)exec_lookup_unknown(w->account, w->now, 5 * NS_PER_SEC, &w->out);
    (void)exec_watch(&w->watch, w->account, w->now, 2 * NS_PER_SEC, 30 * NS_PER_SEC, &w->out);
    if (w->out.fact_count + w->out.effect_count > 0) {
        (void)world_commit(w, &input);
    }
}

/* The broker's positions, as an answer to the loop that asks for them. */
static void compare(world_t *w)
{
    broker_position_t held[REF_NAMES];
    broker_view_t view = {.cash = {w->reference.cash}, .positions = held};
    for (u32 n = 0; n < REF_NAMES; n++) {
        if (w->reference.position[n] != 0) {
            held[view.count++] = (broker_position_t){.inst = (inst_t)n, .qty = {w->reference.position[n]}};
        }
    }
    event_t input = world_input(w, EV_ANSWER);
    outbox_reset(&w->out);
    u8 before = w->account->reconcile;
    bool agree = exec_reconcile(w->account, &view, w->now, &w->out);
    if (w->hooks->trust_sync) {
        w->account->reconcile = 0;
    }
    if (!agree || before != w->account->reconcile || w->out.fact_count > 0) {
        input.as.ANSWER.kind = ASK_POSITIONS;
        (void)world_commit(w, &input);
    }
    check_compared(&w->check, w->account);
}

static void prices_move(world_t *w)
{
    for (u32 i = 0; i < w->names; i++) {
        i64 step = (i64)world_below(w, 17) - 8;
        i64 price = w->broker.price[i] + step * w->broker.tick;
        w->broker.price[i] = MAX_OF(price, PRICE_SCALE);
        account_mark(w->account, (inst_t)i, (price_t){w->broker.price[i]});
    }
}

static void release(world_t *w)
{
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    w->killed = false;
    risk_release(w->account);
    door_publish(&w->word, w->account->epoch, false);
    (void)world_commit(w, &input);
}

/* One simulated second. */
static void second(world_t *w, u64 n)
{
    bool active = w->now < w->t_stop;
    prices_move(w);
    wb_step(&w->broker, w->now);
    if (w->hooks->on_second != NULL) {
        w->hooks->on_second(w->hooks->self, w);
    }
    check_event(&w->check, w->account, w->now);
    if (w->kill_due && !w->crashed) {
        w->kill_due = false;
        world_kill(w);
    }
    if (w->killed && w->now >= w->t_release && !w->crashed) {
        release(w);
    }
    if (!w->crashed) {
        world_halts_turn(w);
    }
    if (!w->crashed && active) {
        world_trade(w);
    }
    if (!w->crashed) {
        timers(w);
    }
    if (!w->crashed && n % 15 == 0) {
        compare(w);
    }
    for (u32 part = 1; part <= 4 && !w->crashed && !check_failed(&w->check); part++) {
        w->now += NS_PER_SEC / 4;
        w->broker.now = w->now;
        take_due(w, w->now);
    }
    w->now += w->crashed ? NS_PER_SEC : 0;
}

static void faults_stop(world_t *w)
{
    w->faults.stopped = true;
    disk_crash_at(w->disk, 0);
    wb_hurry(&w->broker, w->now, NS_PER_MIN);
    w->t_release = w->now;
}

static err_t world_loop(world_t *w)
{
    bool resting = false;
    char why[CHECK_TEXT] = "";
    for (u64 n = 1; !check_failed(&w->check) && w->now < w->t_end && !resting; n++) {
        if (w->crashed) {
            TRY(restart(w));
            continue;
        }
        if (!w->faults.stopped && w->now >= w->t_stop) {
            faults_stop(w);
        }
        second(w, n);
        bool silent = w->faults.stopped && w->broker.wire_count == 0 && w->inbox_count == 0 && !w->crashed;
        resting = silent && check_quiet(&w->check, w->account, why, sizeof why);
    }
    if (!resting && !check_failed(&w->check)) {
        (void)check_quiet(&w->check, w->account, why, sizeof why);
        fail(w, why[0] != 0 ? why : "liveness: messages never end");
    }
    return ERR_OK;
}

/* The whole chain once more, from the disk. */
static void verify(world_t *w)
{
    journal_verdict_t v;
    run_end_t end = {.status = RUN_STOPPED, .t_ended = w->now};
    bool ended = w->journal != NULL && journal_finish(w->journal, &end, NULL) == ERR_OK;
    journal_close(w->journal);
    w->journal = NULL;
    if (!ended || journal_verify(w->store, STR("latest"), NULL, &v) != ERR_OK ||
        v.last_seq < w->acknowledged) {
        fail(w, "I19: the journal does not verify");
    }
}

err_t world_run(world_t *w, u64 seed, const world_hooks_t *hooks, world_result_t *out)
{
    ASSERT(w != NULL && out != NULL);
    world_make(w, seed, hooks);
    TRY(disk_open(seed, &w->disk));
    err_t err = journal_start(w, false);
    if (err == ERR_OK) {
        door_start(w);
        err = world_loop(w);
    }
    if (err == ERR_OK && !check_failed(&w->check) && !w->crashed) {
        verify(w);
    }
    journal_stop(w);
    disk_close(w->disk);
    w->disk = NULL;
    *out = (world_result_t){.seed = seed,
                            .failed = check_failed(&w->check),
                            .lived = w->now - WORLD_START,
                            .fills = (u64)w->reference.fills,
                            .unknowns = w->check.unknowns,
                            .restarts = w->restarts,
                            .steps = w->steps,
                            .lookups = w->lookups,
                            .checks = w->check.checks,
                            .halts = w->halts,
                            .halt_waits = w->halt_waits};
    memcpy(out->what, w->check.broken, sizeof out->what);
    memcpy(out->fired, w->faults.fired, sizeof out->fired);
    return err;
}

void world_print_last(const world_t *w, void (*line)(void *ctx, const char *text), void *ctx)
{
    ASSERT(w != NULL && line != NULL);
    u64 n = MIN_OF(w->last_count, (u64)WORLD_LAST);
    for (u64 i = w->last_count - n; i < w->last_count; i++) {
        char text[2048];
        writer_t out = writer_of(text, sizeof text - 1);
        if (event_print_json(&w->last[i % WORLD_LAST], &out) == ERR_OK) {
            text[MIN_OF(out.used, sizeof text - 1)] = 0;
            line(ctx, text);
        }
    }
}
