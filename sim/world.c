/* See world.h: the loop. A world's birth is in world_make.c, one step in world_step.c, death and recovery in
 * world_restart.c, what the traders want in world_trader.c. */
#include "sim/world.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "sim/world_inner.h"

enum { STREAM_PRICES = 4 };

u64 world_below(world_t *w, u64 bound)
{
    ASSERT(w != NULL && bound > 0);
    return rng_below((rng_key_t){.seed = w->d->seed, .purpose = RNG_WORLD, .entity = 0}, w->d->draws++,
                     bound);
}

void world_turn(world_t *w, u32 desk)
{
    ASSERT(w != NULL && desk < w->desk_count);
    w->d = &w->own_desks[desk];
}

event_t world_input(const world_t *w, event_kind_t kind)
{
    ASSERT(event_is_input(kind));
    return (event_t){.head = {.kind = (u16)kind, .t_engine = w->now, .t_event = w->now}};
}

void world_fail(world_t *w, const char *what)
{
    check_note(&w->d->check, what);
}

bool world_failed(const world_t *w)
{
    for (u32 k = 0; k < w->desk_count; k++) {
        if (check_failed(&w->own_desks[k].check)) {
            return true;
        }
    }
    return false;
}

static void take(world_t *w, event_t *in)
{
    outbox_reset(&w->out);
    w->closed.count = 0;
    bool dropped = in->head.kind == EV_BROKER && w->hooks->on_message != NULL &&
                   !w->hooks->on_message(w->hooks->self, w, &in->as.BROKER);
    if (dropped) {
        return;
    }
    if (world_bunch_take(w, in)) {
        (void)world_commit(w, in);
        return;
    }
    if (in->head.kind == EV_SEND_RESULT) {
        exec_on_send_result(w->d->account, &in->as.SEND_RESULT, w->now, &w->out);
    } else {
        const ev_BROKER_t *m = &in->as.BROKER;
        bool stranger = m->kind == BROKER_FILL && account_order_const(w->d->account, m->intent) == NULL;
        exec_on_broker(w->d->account, m, w->loss_min_r, w->now, &w->closed, &w->out);
        world_fail(w, stranger && w->d->account->reconcile == 0
                          ? "I8: an execution of an order that is not ours was passed over"
                          : NULL);
    }
    (void)world_commit(w, in);
}

/* The next message of any broker that is due, earliest first; it gives the turn. */
static bool next_due(world_t *w, i64 until, ev_BROKER_t *out)
{
    i64 best = I64_MAX;
    u32 who = 0;
    for (u32 k = 0; k < w->venue_count; k++) {
        i64 due = wb_due(&w->own_venues[k].broker);
        who = due < best ? k : who;
        best = MIN_OF(due, best);
    }
    world_venue_t *v = &w->own_venues[who];
    world_turn(w, v->first);
    bool any = best <= until && wb_next(&v->broker, until, out);
    const world_desk_t *d = any ? world_desk_of(w, out->account) : NULL;
    ASSERT(!any || d != NULL);
    world_turn(w, any ? (u32)(d - w->own_desks) : v->first);
    return any;
}

/* Everything that is due: the door's words first, then the wires' in order of time. */
static void take_due(world_t *w, i64 until)
{
    while (!w->crashed && !world_failed(w)) {
        event_t in;
        if (w->inbox_count > 0) {
            const world_mail_t *m = &w->inbox[w->inbox_from];
            world_turn(w, m->desk);
            in = m->e;
            w->inbox_from = (w->inbox_from + 1) % WORLD_INBOX;
            w->inbox_count--;
        } else {
            in = world_input(w, EV_BROKER);
            if (!next_due(w, until, &in.as.BROKER)) {
                return;
            }
        }
        take(w, &in);
    }
}

/* Seconds between two tries to leave, as the settings have it. */
enum { GUARD_WAIT = 5 };

/* The engine's loop position_guard: what cannot be protected leaves. */
static void guard(world_t *w)
{
    account_t *a = w->d->account;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        position_t *p = &a->positions[i];
        bool cools = p->exit_failures > 0 && w->now < p->t_exit_failed + GUARD_WAIT * NS_PER_SEC;
        if (exec_gave_up(a, p) && !cools) {
            err_t err = exec_exit(a, p, EXIT_RECONCILE, w->now, &w->out);
            ASSERT(err == ERR_OK);
        }
    }
}

static void timers(world_t *w)
{
    event_t input = world_input(w, EV_TIMER);
    outbox_reset(&w->out);
    (void)exec_lookup_unknown(w->d->account, w->now, 5 * NS_PER_SEC, &w->out);
    (void)exec_watch(&w->d->watch, w->d->account, w->now, 2 * NS_PER_SEC, 30 * NS_PER_SEC, &w->out);
    guard(w);
    if (w->out.fact_count + w->out.effect_count > 0) {
        (void)world_commit(w, &input);
    }
}

/* The orders that the broker lists: alive, and old enough to be seen by a look. */
static u32 listed(const world_broker_t *b, i64 now, id128_t out[LIMIT_ORDERS])
{
    u32 n = 0;
    for (u32 i = 0; i < b->order_count; i++) {
        const wb_order_t *o = &b->orders[i];
        bool alive = o->state == WB_HELD || o->state == WB_WORKING;
        if (alive && o->visible_at <= now) {
            ASSERT(n < LIMIT_ORDERS);
            out[n++] = o->intent.id;
        }
    }
    return n;
}

static void check_books(world_t *w, const world_venue_t *v)
{
    check_books_t books;
    world_books(w, v, &books);
    check_compared(&w->d->check, w->d->account, &books);
}

/* The broker's positions and orders, as an answer to the loop that asks for them. */
static void compare(world_t *w)
{
    const world_venue_t *v = w->d->venue;
    if (!wb_is_up(&v->broker)) {
        return; /* asked, and not answered */
    }
    static broker_told_t told;
    told.count = 0;
    /* Where others traded, some brokers name no cash until that is settled: shares alone must tell. So where
     * several share the account: what each has of its cash is no broker's to say. */
    bool untold = (v->reference.outside_trades > 0 && (w->d->seed & 4) != 0) || v->count > 1;
    w->d->check.cash_untold = untold;
    for (u32 n = 0; n < REF_NAMES; n++) {
        if (v->reference.position[n] != 0) {
            told.positions[told.count++] =
                (broker_position_t){.inst = (inst_t)n, .qty = {v->reference.position[n]}};
        }
    }
    told.order_count = listed(&v->broker, w->now, told.orders);
    world_told_part(w, &told);
    broker_view_t view = {.cash = {v->reference.cash},
                          .cash_untold = untold,
                          .positions = told.positions,
                          .count = told.count,
                          .orders_told = true,
                          .t_asked = w->now,
                          .orders = told.orders,
                          .order_count = told.order_count};
    event_t input = world_input(w, EV_ANSWER);
    outbox_reset(&w->out);
    u8 before = w->d->account->reconcile;
    bool agree = exec_reconcile(w->d->account, &view, w->now, &w->out);
    world_compared(w, &told);
    if (w->hooks->trust_sync) {
        w->d->account->reconcile = 0;
    }
    if (w->hooks->slow_disk != 0) { /* before the broker goes on while the answer is written */
        check_books(w, v);
    }
    if (!agree || before != w->d->account->reconcile || w->out.fact_count + w->out.effect_count > 0) {
        input.as.ANSWER.kind = ASK_POSITIONS;
        (void)world_commit(w, &input);
    }
    if (w->hooks->slow_disk == 0) {
        check_books(w, v);
    }
}

/* One price for all. In a world of several accounts it has a stream of its own, so that it depends on none of
 * them. */
static u64 price_draw(world_t *w, u64 bound)
{
    if (w->desk_count == 1) {
        return world_below(w, bound);
    }
    rng_key_t key = {.seed = w->seed, .purpose = RNG_WORLD, .entity = STREAM_PRICES};
    return rng_below(key, w->price_draws++, bound);
}

static void prices_move(world_t *w)
{
    for (u32 i = 0; i < w->names; i++) {
        i64 step = (i64)price_draw(w, 17) - 8;
        const world_broker_t *b = &w->d->venue->broker;
        i64 price = MAX_OF(b->price[i] + step * b->tick, PRICE_SCALE);
        for (u32 k = 0; k < w->venue_count; k++) {
            w->own_venues[k].broker.price[i] = price;
        }
        for (u32 k = 0; k < w->desk_count; k++) {
            account_mark(w->own_desks[k].account, (inst_t)i, (price_t){price});
        }
    }
}

static void release(world_t *w)
{
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    w->d->killed = false;
    risk_release(w->d->account);
    world_publish(w, w->d->account->epoch, false);
    (void)world_commit(w, &input);
}

/* The driver tells the engine when the session is there again. */
static void session_watch(world_t *w)
{
    bool down = !wb_is_up(&w->d->venue->broker);
    if (w->d->was_down && !down) {
        event_t input = world_input(w, EV_COMMAND);
        outbox_reset(&w->out);
        exec_session_back(w->d->account, w->now, &w->out);
        (void)world_commit(w, &input);
    }
    w->d->was_down = down;
}

/* What a second brings to one account before anybody acts. */
static void desk_begin(world_t *w)
{
    world_desk_t *d = w->d;
    if (d == &w->own_desks[d->venue->first]) {
        d->venue->broker.now = w->now;
        world_outside_turn(w);
        wb_step(&d->venue->broker, w->now);
    }
    if (w->hooks->on_second != NULL) {
        w->hooks->on_second(w->hooks->self, w);
    }
    check_event(&d->check, d->account, w->now);
    session_watch(w);
    if (d->kill_due && !w->crashed) {
        d->kill_due = false;
        world_kill(w);
    }
    if (d->killed && w->now >= d->t_release && !w->crashed) {
        release(w);
    }
}

static void desk_act(world_t *w, u64 n, bool active)
{
    if (active && !w->crashed) {
        world_trade(w);
    }
    if (!w->crashed) {
        timers(w);
    }
    if (!w->crashed && n % 15 == 0) {
        compare(w);
    }
}

/* One simulated second. */
static void second(world_t *w, u64 n)
{
    bool active = w->now < w->t_stop;
    world_turn(w, 0);
    prices_move(w);
    for (u32 k = 0; k < w->desk_count && !w->crashed; k++) {
        world_turn(w, k);
        desk_begin(w);
    }
    if (!w->crashed) {
        world_turn(w, 0);
        world_halts_turn(w);
    }
    if (!w->crashed) {
        world_turn(w, 0);
        world_actions_turn(w);
    }
    for (u32 k = 0; k < w->desk_count && !w->crashed; k++) {
        world_turn(w, k);
        desk_act(w, n, active);
    }
    for (u32 part = 1; part <= 4 && !w->crashed && !world_failed(w); part++) {
        w->now += NS_PER_SEC / 4;
        for (u32 k = 0; k < w->venue_count; k++) {
            w->own_venues[k].broker.now = w->now;
        }
        take_due(w, w->now);
    }
    w->now += w->crashed ? NS_PER_SEC : 0;
}

static void faults_stop(world_t *w)
{
    disk_crash_at(w->disk, 0);
    disk_slow(w->disk, 0);
    for (u32 k = 0; k < w->venue_count; k++) {
        w->own_venues[k].faults.stopped = true;
        wb_hurry(&w->own_venues[k].broker, w->now, NS_PER_MIN);
    }
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        d->trace_stop = d->trace;
        d->t_release = w->now;
    }
}

static bool is_quiet(world_t *w, char *why, size_t why_size)
{
    check_books_t books;
    world_books(w, w->d->venue, &books);
    return check_quiet(&w->d->check, w->d->account, &books, why, why_size);
}

/* Nothing is under way in any account; the first that something is said of has the turn. */
static bool at_rest(world_t *w, char *why, size_t why_size)
{
    bool rest = w->inbox_count == 0 && !w->crashed;
    for (u32 k = 0; k < w->desk_count && rest; k++) {
        world_turn(w, k);
        rest =
            w->d->venue->faults.stopped && w->d->venue->broker.wire_count == 0 && is_quiet(w, why, why_size);
    }
    return rest;
}

static err_t world_loop(world_t *w)
{
    bool resting = false;
    char why[CHECK_TEXT] = "";
    for (u64 n = 1; !world_failed(w) && w->now < w->t_end && !resting; n++) {
        if (w->crashed) {
            TRY(world_restart(w));
            continue;
        }
        if (!w->own_venues[0].faults.stopped && w->now >= w->t_stop) {
            faults_stop(w);
        }
        second(w, n);
        resting = at_rest(w, why, sizeof why);
    }
    for (u32 k = 0; k < w->desk_count && !resting && !world_failed(w); k++) {
        world_turn(w, k);
        bool quiet = is_quiet(w, why, sizeof why);
        world_fail(w, quiet ? NULL : why);
    }
    if (!resting && !world_failed(w)) {
        world_fail(w, "liveness: messages never end");
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
        world_fail(w, "I19: the journal does not verify");
    }
}

static void result_make(const world_t *w, world_result_t *out)
{
    *out = (world_result_t){.seed = w->seed,
                            .lived = w->now - WORLD_START,
                            .accounts = w->desk_count,
                            .names = w->names,
                            .restarts = w->restarts,
                            .steps = w->steps,
                            .halts = w->halts,
                            .stalls = w->stalls,
                            .held_back = w->held_back,
                            .bunches = w->bunches_made,
                            .shared_whole = w->shared.whole,
                            .actions_held = w->actions_held};
    for (u32 k = 0; k < w->desk_count; k++) {
        const world_desk_t *d = &w->own_desks[k];
        if (check_failed(&d->check) && !out->failed) {
            out->failed = true;
            out->broken_account = d->setup.account_id;
            memcpy(out->what, d->check.broken, sizeof out->what);
        }
        out->unknowns += d->check.unknowns;
        out->lookups += d->lookups;
        out->checks += d->check.checks;
        out->halt_waits += d->halt_waits;
        out->sharing += world_shares(d) ? 1 : 0;
        out->trace[k] = d->trace;
        out->trace_stop[k] = d->trace_stop;
    }
    for (u32 k = 0; k < w->venue_count; k++) {
        const world_venue_t *v = &w->own_venues[k];
        out->fills += (u64)v->reference.fills;
        out->outside += v->reference.outside_trades;
        for (u32 i = 0; i < FAULT_COUNT; i++) {
            out->fired[i] += v->faults.fired[i];
        }
    }
}

err_t world_run(world_t *w, u64 seed, const world_hooks_t *hooks, world_result_t *out)
{
    ASSERT(w != NULL && out != NULL);
    world_make(w, seed, hooks);
    TRY(disk_open(seed, &w->disk));
    disk_slow(w->disk, w->hooks->slow_disk);
    err_t err = world_journal_start(w, false);
    if (err == ERR_OK) {
        world_door_start(w);
        err = world_loop(w);
    }
    if (err == ERR_OK && !world_failed(w) && !w->crashed) {
        verify(w);
    }
    world_journal_stop(w);
    disk_close(w->disk);
    w->disk = NULL;
    result_make(w, out);
    return err;
}

void world_print_last(const world_t *w, void (*line)(void *ctx, const char *text), void *ctx)
{
    ASSERT(w != NULL && line != NULL);
    u64 n = MIN_OF(w->last_count, (u64)WORLD_LAST);
    for (u64 i = w->last_count - n; i < w->last_count; i++) {
        char text[2048];
        writer_t out = writer_of(text, sizeof text - 1);
        if (event_print_json(&w->last[i % WORLD_LAST], NULL, &out) == ERR_OK) {
            text[MIN_OF(out.used, sizeof text - 1)] = 0;
            line(ctx, text);
        }
    }
}
