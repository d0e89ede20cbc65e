/* The engine itself with a shared account over a wire with faults: words come twice, late, out of order or
 * not at all, requests are refused or silent. A second engine only recovers, from the same events, and has
 * the same books and bunches after every slice; in the end every sub-ledger has what the broker did, and the
 * account's cash is theirs and the house's. */
#include "tests/budget.h"
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "drivers/block.h"
#include "drivers/door_drill.h"
#include "drivers/paper.h"
#include "engine/engine_inner.h"
#include "engine/recovery.h"
#include "model/calendar.h"
#include "tests/engine/users.h"

enum { USERS = 6, SAID = 1 << 17, QUEUE = 1 << 14, LATE = 512, ORDERS = 1 << 16, FACTS = 1 << 20, ASKS = 64 };

typedef struct {
    id128_t id;
    inst_t inst;
    u8 side;
} known_t;

typedef struct {
    source_t source;
    config_t config;
    run_users_t users;
    market_t market;
    block_t block;
    u32 block_at;
    bool source_end;
    date_t trade_from, session;
    engine_t *engine, *twin;
    recovery_t *recovery;
    const slice_t *slice; /* of the event in hand, for the twin */
    i32 slot;
    paper_t paper;
    paper_context_t *context;
    order_door_t door;
    door_word_t word[USERS];
    ev_BROKER_t *said; /* [SAID] all that the broker did */
    u32 said_count;
    ev_BROKER_t *queue; /* [QUEUE] on its way to the engine */
    u32 queue_at, queue_count;
    ev_SEND_RESULT_t *results; /* [QUEUE] */
    u32 result_at, result_count;
    ev_BROKER_t late[LATE];
    u32 late_count;
    ask_t asks[ASKS];
    u32 ask_count;
    known_t *known; /* [ORDERS] by INTENT and BUNCH facts */
    u32 known_count;
    u64 seed, draws;
    bool calm;
    u64 lives; /* steps until the process dies; 0: it does not */
    u32 deaths;
    u8 *facts[2]; /* of two engines, to be compared */
    u32 bunches, lost, twice, compared, houses;
    i64 here; /* cash that the sub-ledgers' fills moved */
} run_t;

static u64 draw(run_t *r, u64 bound)
{
    return rng_below((rng_key_t){.seed = r->seed, .purpose = RNG_TEST}, r->draws++, bound);
}

static bool is_shared(u64 account)
{
    return account <= USERS && account % 4 != 0; /* book_shared */
}

static const known_t *known_of(const run_t *r, id128_t id)
{
    for (u32 i = r->known_count; i > 0; i--) {
        if (id128_eq(r->known[i - 1].id, id)) {
            return &r->known[i - 1];
        }
    }
    return NULL;
}

static i64 moved(u8 side, const ev_BROKER_t *m)
{
    money_t value;
    CHECK_OK(money_of((price_t){m->price}, (qty_t){m->qty}, 0, 1, ROUND_NEAREST, &value));
    return (side_is_buy((side_t)side) ? -value.v : value.v) - m->fee;
}

/* ---- the broker and its wire --------------------------------------------------------------------------- */

static void note(run_t *r, const broker_msgs_t *out, u32 from)
{
    for (u32 i = from; i < out->count; i++) {
        assert_true(r->said_count < SAID);
        r->said[r->said_count++] = out->v[i];
    }
}

static bool refuses(run_t *r, err_t *err)
{
    u64 luck = r->calm ? 99 : draw(r, 60);
    *err = luck == 0 ? ERR_BROKER_REFUSED : luck == 1 ? ERR_IO : luck == 2 ? ERR_BROKER_SILENT : ERR_OK;
    return *err != ERR_OK;
}

/* It happened, and perhaps nobody tells. */
static err_t done(run_t *r, err_t err, broker_msgs_t *out, u32 before)
{
    note(r, out, before);
    if (err == ERR_OK && !r->calm && draw(r, 20) == 0) {
        out->count = before;
        return ERR_BROKER_SILENT;
    }
    return err;
}

static err_t do_submit(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    run_t *r = self;
    u32 before = out->count;
    err_t err;
    return refuses(r, &err) ? err : done(r, paper_submit(&r->paper, i, now, out), out, before);
}

static err_t do_bunch(void *self, const effect_t *e, i64 now, broker_msgs_t *out)
{
    run_t *r = self;
    u32 before = out->count;
    err_t err;
    return refuses(r, &err) ? err : done(r, paper_submit_bunch(&r->paper, e, now, out), out, before);
}

static err_t do_cancel(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    run_t *r = self;
    u32 before = out->count;
    err_t err;
    return refuses(r, &err) ? err : done(r, paper_cancel(&r->paper, i, now, out), out, before);
}

static err_t do_replace(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    run_t *r = self;
    u32 before = out->count;
    err_t err;
    return refuses(r, &err) ? err : done(r, paper_replace(&r->paper, i, now, out), out, before);
}

/* Everything that it did about the order, told again, and whether it lives. */
static err_t do_lookup(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    run_t *r = self;
    bool ended = false;
    if (!r->calm && draw(r, 4) == 0) {
        return ERR_TIMEOUT;
    }
    for (u32 k = 0; k < r->said_count; k++) {
        const ev_BROKER_t *m = &r->said[k];
        bool end = m->kind == BROKER_CANCELED || m->kind == BROKER_EXPIRED || m->kind == BROKER_REJECT;
        if (id128_eq(m->intent, i->id) && (m->kind == BROKER_FILL || end)) {
            ev_BROKER_t *again = broker_msgs_add(out, (broker_msg_kind_t)m->kind, i, now);
            *again = *m;
            again->t_event = now;
            ended = ended || end;
        }
    }
    return ended ? ERR_OK : paper_lookup(&r->paper, i, now, out);
}

/* What of these words comes now; the rest is lost or late. */
static void wire(run_t *r, const ev_BROKER_t *v, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        u64 luck = r->calm ? 99 : draw(r, 24);
        if (luck == 0) {
            r->lost++;
            continue;
        }
        if (luck <= 2 && r->late_count < LATE) {
            r->late[r->late_count++] = v[i];
            r->twice += luck == 2 ? 1 : 0;
            if (luck == 1) {
                continue;
            }
        }
        assert_true(r->queue_count < QUEUE);
        r->queue[r->queue_count++] = v[i];
    }
}

static void late_comes(run_t *r)
{
    while (r->late_count > 0) { /* the last first */
        assert_true(r->queue_count < QUEUE);
        r->queue[r->queue_count++] = r->late[--r->late_count];
    }
}

/* ---- the engine and its twin --------------------------------------------------------------------------- */

static void known_add(run_t *r, id128_t id, inst_t inst, u8 side)
{
    assert_true(r->known_count < ORDERS);
    r->known[r->known_count++] = (known_t){.id = id, .inst = inst, .side = side};
}

static err_t sink(void *ctx, event_t *e)
{
    run_t *r = ctx;
    if (e->head.kind == EV_INTENT) {
        known_add(r, e->as.INTENT.id, e->as.INTENT.inst, e->as.INTENT.side);
    } else if (e->head.kind == EV_BUNCH) {
        known_add(r, e->as.BUNCH.id, e->as.BUNCH.inst, e->as.BUNCH.side);
        r->bunches++;
    } else if (e->head.kind == EV_CASH && e->as.CASH.kind == CASH_BUNCH) {
        r->houses++;
    } else if (e->head.kind == EV_FILL && is_shared(e->as.FILL.account)) {
        ev_BROKER_t m = {.price = e->as.FILL.price, .qty = e->as.FILL.qty, .fee = e->as.FILL.fee};
        r->here += moved(e->as.FILL.side, &m);
    }
    bool slice = e->head.kind == EV_SLICE;
    err_t err = recovery_observe(r->recovery, e, slice ? r->slice : NULL, slice ? r->slot : -1);
    if (err != ERR_OK) {
        print_message("event %llu (%s): error %d\n", (unsigned long long)e->head.seq,
                      event_name((event_kind_t)e->head.kind), (int)err);
    }
    return err;
}

static void check_row(const run_t *r, const bunch_t *b)
{
    i64 sum = 0;
    for (u32 k = 0; k < b->count; k++) {
        const desk_t *d = desk_of_account(r->engine, b->member[k].account);
        const order_t *o = account_order_const(&d->account, b->member[k].intent);
        CHECK(o == NULL || (o->filled.v == b->member[k].filled && o->live.v == b->member[k].qty));
        sum += b->member[k].filled;
    }
    CHECK_EQ(sum, b->filled);
}

/* Books and bunches of the one that decides and the one that recovers. */
static void compare(run_t *r)
{
    engine_t *const both[2] = {r->engine, r->twin};
    size_t used[2];
    for (u32 k = 0; k < 2; k++) {
        writer_t w = writer_of(r->facts[k], FACTS);
        for (u32 i = 0; i < USERS; i++) {
            CHECK_OK(account_encode_facts(&both[k]->desk[i].account, &w));
        }
        CHECK_OK(bunch_table_save(&both[k]->bunches, &w));
        used[k] = w.used;
    }
    CHECK(used[0] == used[1] && memcmp(r->facts[0], r->facts[1], used[0]) == 0);
    digest_t a = engine_decision_hash(r->engine);
    digest_t b = engine_decision_hash(r->twin);
    CHECK(digest_eq(&a, &b));
    for (u32 i = 0; i < r->engine->bunches.count; i++) {
        check_row(r, &r->engine->bunches.row[i]);
    }
    r->compared++;
}

static void release(run_t *r)
{
    u32 count = 0;
    const effect_t *e = engine_effects(r->engine, &count);
    for (u32 i = 0; i < USERS; i++) {
        const account_t *a = engine_desk(r->engine, i).account;
        door_publish(&r->word[i], a->epoch, a->killed != 0);
    }
    for (u32 i = 0; i < count; i++) {
        if (e[i].kind == EFFECT_ASK) {
            assert_true(r->ask_count < ASKS);
            r->asks[r->ask_count++] = e[i].ask;
            continue;
        }
        static ev_BROKER_t words[4096];
        door_out_t out = {.broker = {.v = words, .cap = COUNT_OF(words)},
                          .results = r->results + r->result_count,
                          .result_cap = QUEUE - r->result_count};
        order_door_send(&r->door, &e[i], engine_now(r->engine), &out);
        r->result_count += out.result_count;
        wire(r, words, out.broker.count);
    }
}

/* What is not fact state does not outlive a death. */
static engine_t *again(run_t *r, engine_t *from)
{
    engine_snapshot_t s;
    engine_t *e = busy_engine(&r->market, &r->source, &r->config, &r->users);
    CHECK_OK(engine_snapshot_save(from, &s));
    CHECK_OK(engine_snapshot_load(e, s.part, s.count, NULL));
    engine_snapshot_free(&s);
    return e;
}

/* What it was about to send and what was on its way is lost; the twin goes on. */
static void die(run_t *r)
{
    engine_t *twin = r->twin;
    recovery_close(r->recovery);
    engine_close(r->engine);
    r->engine = again(r, twin);
    r->twin = again(r, twin);
    engine_close(twin);
    r->engine->spec.sink = (engine_sink_t){.ctx = r, .append = sink};
    CHECK_OK(recovery_open(r->twin, &r->recovery));
    r->result_at = r->result_count = r->queue_at = r->queue_count = r->late_count = r->ask_count = 0;
    r->deaths++;
    event_t e = {.head = {.kind = EV_COMMAND, .t_event = engine_now(r->engine)}};
    e.as.COMMAND = (ev_COMMAND_t){.code = COMMAND_RESUME, .account = COMMAND_ALL};
    CHECK_OK(engine_take(r->engine, &e, NULL, -1));
    release(r);
}

static void take(run_t *r, event_t *e)
{
    bool last = r->lives == 1;
    CHECK_OK(engine_take(r->engine, e, r->slice, r->slot));
    r->slice = NULL;
    r->slot = -1;
    r->lives -= r->lives > 0 ? 1 : 0;
    if (last && !engine_waits(r->twin)) {
        die(r);
    } else {
        release(r);
    }
}

/* ---- what the driver answers --------------------------------------------------------------------------- */

static bool same_account(u64 a, u64 b)
{
    bool shared = (is_shared(a) || a >= USER_SHARED) && (is_shared(b) || b >= USER_SHARED);
    return a == b || shared;
}

/* The truth of the account of a desk, from what the broker did. */
static void told_truth(const run_t *r, u64 account, broker_told_t *t)
{
    static i64 held[LIMIT_UNIVERSE];
    memset(held, 0, sizeof held);
    *t = (broker_told_t){0};
    for (u32 i = 0; i < r->said_count; i++) {
        const ev_BROKER_t *m = &r->said[i];
        const known_t *k =
            m->kind == BROKER_FILL && same_account(m->account, account) ? known_of(r, m->intent) : NULL;
        if (k != NULL) {
            held[k->inst] += side_is_buy((side_t)k->side) ? m->qty : -m->qty;
        }
    }
    for (u32 i = 0; i < r->source.instrument_count; i++) {
        if (held[i] != 0) {
            assert_true(t->count < LIMIT_POSITIONS);
            t->positions[t->count++] = (broker_position_t){.inst = (inst_t)i, .qty = {held[i]}};
        }
    }
    for (u32 i = 0; i < r->paper.count; i++) {
        const paper_order_t *o = &r->paper.orders[i];
        if (o->dead == 0 && same_account(o->intent.account_id, account) && t->order_count < LIMIT_ORDERS) {
            t->orders[t->order_count++] = o->intent.id;
        }
    }
}

static void answer(run_t *r, const ask_t *ask)
{
    static u8 body[BROKER_VIEW_BYTES];
    static broker_told_t told;
    writer_t w = writer_of(body, sizeof body);
    const account_t *a = engine_desk(r->engine, ask->slot / ENGINE_SLOTS).account;
    if (ask->kind == ASK_POSITIONS) {
        told_truth(r, a->account_id, &told);
        CHECK_OK(broker_view_encode(&told, &w));
    } else {
        CHECK_EQ(ask->kind, ASK_DRILL);
        CHECK_OK(door_drill(a->epoch, engine_now(r->engine), body));
        w.used = DOOR_DRILL_BYTES;
    }
    event_t e = {.head = {.kind = EV_ANSWER, .t_event = engine_now(r->engine)}};
    e.as.ANSWER = (ev_ANSWER_t){.slot = ask->slot,
                                .generation = ask->generation,
                                .kind = ask->kind,
                                .body = {.p = body, .n = (u32)w.used}};
    take(r, &e);
}

static void drain(run_t *r)
{
    while (r->result_at < r->result_count || r->ask_count > 0 || r->queue_at < r->queue_count) {
        if (r->result_at < r->result_count) {
            event_t e = {.head = {.kind = EV_SEND_RESULT, .t_event = engine_now(r->engine)}};
            e.as.SEND_RESULT = r->results[r->result_at++];
            take(r, &e);
        } else if (r->queue_at < r->queue_count) {
            event_t e = {.head = {.kind = EV_BROKER, .t_event = engine_now(r->engine)}};
            e.as.BROKER = r->queue[r->queue_at++];
            take(r, &e);
        } else {
            ask_t ask = r->asks[--r->ask_count];
            answer(r, &ask);
        }
    }
    r->result_at = r->result_count = r->queue_at = r->queue_count = 0;
}

/* ---- time -----------------------------------------------------------------------------------------------
 */

static const slice_t *next_slice(run_t *r, i32 *slot)
{
    for (;;) {
        if (r->block_at == r->block.count) {
            if (r->source_end) {
                return NULL;
            }
            CHECK_OK(block_fill(&r->block, &r->source, &r->market, &r->config, NULL, &r->source_end));
            r->block_at = 0;
            continue;
        }
        u32 i = r->block_at++;
        if (!block_is_history(&r->block, PROFILE_DAY, r->trade_from, i)) {
            *slot = r->block.slot[i];
            return &r->block.v[i];
        }
    }
}

static void take_slice(run_t *r, const slice_t *s, i32 slot)
{
    event_t e = {.head = {.kind = EV_SLICE, .t_event = s->t_known}};
    e.as.SLICE = (ev_SLICE_t){.t_known = s->t_known,
                              .t_open = s->t_open,
                              .ordinal = s->ordinal,
                              .rows = s->count,
                              .actions = s->action_count,
                              .session = (u32)s->session,
                              .timeframe = (u8)s->timeframe,
                              .session_last = s->session_last ? 1 : 0};
    r->slice = s;
    r->slot = slot;
    take(r, &e);
    drain(r);
}

static void session_begins(run_t *r, const slice_t *s)
{
    session_t hours = {.open = s->t_open, .close = s->t_known};
    (void)calendar_session(CAL_NYSE, s->session, s->t_open, &hours);
    paper_session(&r->paper, hours.open, hours.close);
    r->session = s->session;
    slice_t only = *s;
    only.count = 0;
    only.t_known = MAX_OF(engine_now(r->engine), hours.open);
    only.session_last = false;
    take_slice(r, &only, -1);
}

static void command(run_t *r, command_t code, u64 account)
{
    event_t e = {.head = {.kind = EV_COMMAND, .t_event = engine_now(r->engine)}};
    e.as.COMMAND = (ev_COMMAND_t){.code = (u16)code, .account = account};
    take(r, &e);
    drain(r);
}

/* A person has looked: what others than the comparison closed is opened again. Now and then one account is
 * killed, and what it has in common with others goes with it. */
static void person(run_t *r)
{
    command(r, COMMAND_CLEAR_RECONCILE, COMMAND_ALL);
    command(r, COMMAND_RELEASE, COMMAND_ALL);
    if (!r->calm && draw(r, 8) == 0) {
        command(r, COMMAND_KILL, 1 + draw(r, USERS));
    }
}

static void timers_until(run_t *r, i64 until)
{
    for (i64 due = engine_next_due(r->engine); due < until; due = engine_next_due(r->engine)) {
        event_t e = {.head = {.kind = EV_TIMER, .t_event = MAX_OF(due, engine_now(r->engine))}};
        e.as.TIMER = (ev_TIMER_t){.timer = ENGINE_TIMER_LOOP, .due = due};
        take(r, &e);
        drain(r);
    }
}

static void step(run_t *r, const slice_t *s, i32 slot)
{
    static ev_BROKER_t words[8192];
    broker_msgs_t out = {.v = words, .cap = COUNT_OF(words)};
    if (s->session != r->session) {
        session_begins(r, s);
    }
    paper_on_slice(&r->paper, s, &out);
    note(r, &out, 0);
    wire(r, words, out.count);
    if (r->calm || s->session_last || draw(r, 3) == 0) {
        late_comes(r);
    }
    drain(r);
    timers_until(r, s->t_known);
    slice_t rows = *s;
    rows.action_count = 0;
    take_slice(r, &rows, slot);
    if (draw(r, 10) == 0 || s->session_last) {
        late_comes(r);
        drain(r);
    }
    person(r);
    compare(r);
    r->lives = r->lives == 0 && !r->calm ? 1 + draw(r, 300) : r->lives;
}

/* ---- a run ----------------------------------------------------------------------------------------------
 */

static run_t *run_open(sim_market_t *m, u64 seed)
{
    run_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->seed = seed;
    r->source = sim_market_source(m);
    r->config = busy_config();
    r->config.fill_participation_pct = 0.05;
    r->config.cost_fee_per_share = 0.0035;
    r->config.cost_fee_min = 0.35;
    r->users = book_shared(USERS);
    r->trade_from = sim_market_trading_from(m);
    r->slot = -1;
    r->said = calloc(SAID, sizeof *r->said);
    r->queue = calloc(QUEUE, sizeof *r->queue);
    r->results = calloc(QUEUE, sizeof *r->results);
    r->known = calloc(ORDERS, sizeof *r->known);
    r->context = calloc(r->source.instrument_count, sizeof *r->context);
    r->facts[0] = malloc(FACTS);
    r->facts[1] = malloc(FACTS);
    assert_true(r->said != NULL && r->queue != NULL && r->results != NULL && r->known != NULL &&
                r->context != NULL && r->facts[0] != NULL && r->facts[1] != NULL);
    market_spec_t ms = {.instruments = r->source.instruments,
                        .count = r->source.instrument_count,
                        .timeframe = r->source.timeframe,
                        .profile = PROFILE_DAY,
                        .config = &r->config};
    CHECK_OK(market_open(&ms, &r->market));
    CHECK_OK(block_open(&r->block, r->source.instrument_count, true));
    r->engine = busy_engine(&r->market, &r->source, &r->config, &r->users);
    r->twin = busy_engine(&r->market, &r->source, &r->config, &r->users);
    r->engine->spec.sink = (engine_sink_t){.ctx = r, .append = sink};
    CHECK_OK(recovery_open(r->twin, &r->recovery));
    paper_setup_t ps = {.instruments = r->source.instruments,
                        .context = r->context,
                        .instrument_count = r->source.instrument_count,
                        .accounts = USERS,
                        .config = &r->config};
    CHECK_OK(paper_open(&r->paper, &ps));
    for (u32 i = 0; i < USERS; i++) {
        r->word[i].account = i + 1;
    }
    broker_port_t port = {.self = r,
                          .submit = do_submit,
                          .cancel = do_cancel,
                          .replace = do_replace,
                          .lookup = do_lookup,
                          .submit_bunch = do_bunch};
    order_door_open(&r->door, port, r->word, USERS);
    return r;
}

static void run_close(run_t *r)
{
    recovery_close(r->recovery);
    engine_close(r->engine);
    engine_close(r->twin);
    paper_close(&r->paper);
    block_close(&r->block);
    market_close(&r->market);
    run_users_free(&r->users);
    free(r->said);
    free(r->queue);
    free(r->results);
    free(r->known);
    free(r->context);
    free(r->facts[0]);
    free(r->facts[1]);
    free(r);
}

static i64 cash_at_broker(const run_t *r)
{
    i64 cash = 0;
    for (u32 i = 0; i < r->said_count; i++) {
        const ev_BROKER_t *m = &r->said[i];
        if (m->kind == BROKER_FILL && (is_shared(m->account) || m->account >= USER_SHARED)) {
            const known_t *k = known_of(r, m->intent);
            assert_non_null(k);
            cash += moved(k->side, m);
        }
    }
    return cash;
}

TEST(under_faults_members_have_what_the_broker_did)
{
    UNUSED_STATE;
    u32 houses = 0;
    u64 seed = 0;
    budget_t b = budget_start(3);
    while (budget_next(&b, &seed)) {
        sim_market_t *m = busy_market(5 + seed, 3);
        run_t *r = run_open(m, 1 + seed);
        event_t start = {.head = {.kind = EV_RUN_START}};
        i32 slot = -1;
        u32 sessions = 0;
        date_t session = 0;
        take(r, &start);
        for (const slice_t *s = next_slice(r, &slot); s != NULL; s = next_slice(r, &slot)) {
            sessions += s->session != session ? 1 : 0;
            session = s->session;
            r->calm = sessions == 3; /* the last day all is well */
            step(r, s, slot);
        }
        i64 house = engine_house(r->engine, USER_SHARED + 1).v;
        print_message("# %u bunches, %u words lost, %u twice, %u deaths, %u slices compared, house %lld\n",
                      r->bunches, r->lost, r->twice, r->deaths, r->compared, (long long)house);
        CHECK_EQ(r->here + house, cash_at_broker(r));
        CHECK(r->bunches > 10 && r->lost > 10 && r->twice > 10 && r->deaths > 3);
        houses += r->houses;
        run_close(r);
        sim_market_close(m);
    }
    CHECK(houses > 6 * b.done);
    budget_say(&b, "worlds");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(under_faults_members_have_what_the_broker_did)};
    return RUN_TESTS(tests);
}
