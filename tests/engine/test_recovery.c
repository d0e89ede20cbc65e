/* Recovery: the same account from facts as from deciding, at every slice; a run stopped at any event goes on,
 * comes to its end and replays to the bit; a second crash at one place stops entries. */
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/block.h"
#include "drivers/replay.h"
#include "drivers/resume.h"
#include "engine/recovery.h"
#include "engine/snapshot.h"
#include "market/market.h"
#include "tests/budget.h"
#include "tests/engine/users.h"
#include "tests/store/home.h"
#include "trade/execution/reconcile.h"
#include "trade/execution/recover.h"

enum {
    CRASH_HALTS = 100,
    CRASH_EVENTS = 20,
    HALT_SEQS = 2048,
    TAPE_BYTES = 32 << 20,
    MARKS = 4096,
    FACTS_BYTES = 1 << 20
};

/* ---- facts against decisions -------------------------------------------------------------------------- */

typedef struct {
    u8 *own_bytes;
    size_t used;
    u64 events;
    u64 mark_seq[MARKS];
    digest_t mark[MARKS]; /* of the account's facts after that event */
    digest_t decisions[MARKS];
    digest_t whole[MARKS]; /* of the whole state, where it can be saved and says all: */
    bool says_all[MARKS];  /* that an exit waits for its cancels is in no fact */
    u32 slices, marks;
    u8 *own_scratch;
} tape_t;

static err_t tape_append(void *ctx, event_t *e)
{
    tape_t *t = ctx;
    writer_t w = writer_of(t->own_bytes + t->used, TAPE_BYTES - t->used);
    TRY(event_encode(e, &w));
    t->used += w.used;
    t->events++;
    return ERR_OK;
}

static digest_t facts_of(const engine_t *e, u8 *scratch)
{
    writer_t w = writer_of(scratch, FACTS_BYTES);
    CHECK_OK(account_encode_facts(engine_account(e), &w));
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) { /* what is not the account's alone to know */
        const position_t *p = &engine_account(e)->positions[i];
        if (p->inst != INST_NONE && p->qty.v != 0) {
            put_u32(&w, p->tag.flags);
            put_u8(&w, p->exit_failures);
            put_i64(&w, p->t_exit_failed);
        }
    }
    return digest_of(scratch, w.used);
}

static bool an_exit_waits(const engine_t *e)
{
    for (u32 k = 0; k < engine_desks(e); k++) {
        const account_t *a = engine_desk(e, k).account;
        for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
            if (a->positions[i].inst != INST_NONE && a->positions[i].exiting == EXITING_CANCEL) {
                return true;
            }
        }
    }
    return false;
}

/* False while a question is out or an exit waits. */
static bool whole_of(const engine_t *e, digest_t *out)
{
    engine_snapshot_t s;
    u64 part[SNAPSHOT_PARTS];
    err_t err = engine_snapshot_save(e, &s);
    if (err == ERR_BUSY) {
        return false;
    }
    CHECK_OK(err);
    memset(part, 0, sizeof part);
    for (u32 i = 0; i < s.count; i++) {
        part[i] = hash64(s.part[i].bytes.p, s.part[i].bytes.n);
    }
    engine_snapshot_free(&s);
    *out = digest_of(part, sizeof part);
    return !an_exit_waits(e);
}

static void tape_mark(void *ctx, const runner_view_t *v)
{
    enum { THINNED = 9 }; /* in a sanitizer's run, where a comparison costs more than the slice before it */
    tape_t *t = ctx;
    if (t->slices++ % (budget_given() ? THINNED : 1) != 0) {
        return;
    }
    assert_true(t->marks < MARKS);
    t->mark_seq[t->marks] = engine_next_seq(v->engine) - 1;
    t->decisions[t->marks] = engine_decision_hash(v->engine);
    t->says_all[t->marks] = whole_of(v->engine, &t->whole[t->marks]);
    t->mark[t->marks++] = facts_of(v->engine, t->own_scratch);
}

typedef struct {
    const source_t *source;
    const config_t *config;
    date_t trade_from;
    market_t market;
    block_t block;
    u32 at;
    bool end;
} feed_t;

static const slice_t *feed_next(feed_t *f, i32 *slot)
{
    for (;;) {
        if (f->at == f->block.count) {
            assert_false(f->end);
            CHECK_OK(block_fill(&f->block, f->source, &f->market, f->config, NULL, &f->end));
            f->at = 0;
            continue;
        }
        if (!block_is_history(&f->block, PROFILE_DAY, f->trade_from, f->at)) {
            *slot = f->block.slot[f->at];
            return &f->block.v[f->at];
        }
        f->at++;
    }
}

/* Everything that outlasts a step is there again: not the accounts alone, also what was learnt, shadows,
 * set-ups under way, regime, counts. */
static u32 check_whole(const tape_t *t, u32 mark, const engine_t *e, u64 seq)
{
    digest_t now;
    if (!t->says_all[mark]) {
        return 0;
    }
    CHECK(whole_of(e, &now));
    if (!digest_eq(&now, &t->whole[mark])) {
        print_message("the state differs after event %llu\n", (unsigned long long)seq);
    }
    CHECK(digest_eq(&now, &t->whole[mark]));
    return 1;
}

/* Shows the whole tape to an engine that only recovers; at every mark it must be the one that decided. */
static u32 recover_along(const tape_t *t, feed_t *f, engine_t *e, u32 *whole)
{
    *whole = 0;
    recovery_t *r = NULL;
    reader_t in = reader_of(t->own_bytes, t->used);
    u32 mark = 0;
    CHECK_OK(recovery_open(e, &r));
    while (reader_left(&in) > 0) {
        event_t ev;
        CHECK_OK(event_decode(&in, &ev));
        slice_t part = {0};
        i32 slot = -1;
        if (ev.head.kind == EV_SLICE) {
            part = *feed_next(f, &slot);
            if (ev.as.SLICE.rows == 0) {
                part.count = 0;
                part.t_known = ev.as.SLICE.t_known;
                part.session_last = false;
                slot = -1;
            } else {
                part.action_count = 0; /* they came with the slice that has no rows */
                f->at++;
            }
        }
        err_t err = recovery_observe(r, &ev, ev.head.kind == EV_SLICE ? &part : NULL, slot);
        if (err != ERR_OK) {
            print_message("event %llu (%s): error %d\n", (unsigned long long)ev.head.seq,
                          event_name((event_kind_t)ev.head.kind), (int)err);
        }
        CHECK_OK(err);
        if (mark < t->marks && ev.head.seq == t->mark_seq[mark]) {
            digest_t now = facts_of(e, t->own_scratch);
            digest_t decisions = engine_decision_hash(e);
            if (!digest_eq(&now, &t->mark[mark])) {
                print_message("the account differs after event %llu\n", (unsigned long long)ev.head.seq);
            }
            CHECK(digest_eq(&now, &t->mark[mark]));
            CHECK(digest_eq(&decisions, &t->decisions[mark]));
            *whole += check_whole(t, mark, e, ev.head.seq);
            mark++;
        }
    }
    recovery_close(r);
    return mark;
}

static u64 events_of(const tape_t *t, event_kind_t kind)
{
    reader_t in = reader_of(t->own_bytes, t->used);
    u64 n = 0;
    while (reader_left(&in) > 0) {
        event_t e;
        CHECK_OK(event_decode(&in, &e));
        n += e.head.kind == kind ? 1 : 0;
    }
    return n;
}

typedef struct {
    bool micro, sliced;
    bool cash;  /* a small cash account that also buys with what has not settled */
    bool split; /* at noon of a day a third of the names is split to nothing, a third pays, one is paid out */
    bool tight; /* limits at the touch: some entries end without a fill, and their symbols wait */
    u32 users;  /* 0: one, without a row */
    users_mode_t mode;
    bool sharing; /* in global mode, an account for three of four */
    f64 halts;    /* how often trading stops */
    f64 events;   /* the pace of its companies, who are heard */
} shape_t;

/* A market as it is, with the corporate actions of one noon. */
typedef struct {
    source_t all;
    date_t day;
    date_t session;
    u32 of_session; /* slices of it so far */
    action_t action[LIMIT_UNIVERSE];
} noon_t;

static err_t noon_next(void *ctx, slice_t *out, diag_t *diag)
{
    enum { NOON = 30 };
    noon_t *n = ctx;
    TRY(n->all.next(n->all.ctx, out, diag));
    n->of_session = out->session == n->session ? n->of_session + 1 : 0;
    n->session = out->session;
    if (out->session != n->day || n->of_session != NOON || out->timeframe == TF_1D) {
        return ERR_OK;
    }
    for (u32 i = 0; i < n->all.instrument_count; i++) {
        static const action_t kinds[] = {{.kind = ACTION_SPLIT, .ratio_num = 1, .ratio_den = 10000},
                                         {.kind = ACTION_DIVIDEND, .amount = {PRICE_SCALE / 10}},
                                         {.kind = ACTION_PAYOUT, .amount = {20 * (i64)PRICE_SCALE}}};
        n->action[i] = kinds[i % COUNT_OF(kinds)];
        n->action[i].t_known = out->t_open;
        n->action[i].ex_date = out->session;
        n->action[i].inst = (inst_t)i;
    }
    out->action = n->action;
    out->action_count = n->all.instrument_count;
    return ERR_OK;
}

/* A split to less than a share sells all that is held, at the price of the new shares. */
static u32 fractions_at_the_new_price(const tape_t *t)
{
    static i64 price[LIMIT_UNIVERSE];
    reader_t in = reader_of(t->own_bytes, t->used);
    u32 n = 0;
    while (reader_left(&in) > 0) {
        event_t e;
        CHECK_OK(event_decode(&in, &e));
        const ev_CASH_t *c = &e.as.CASH;
        if (e.head.kind == EV_FILL) {
            price[e.as.FILL.inst] = e.as.FILL.price;
        } else if (e.head.kind == EV_CASH && c->kind == CASH_SPLIT_FRACTION && c->qty_after == 0) {
            f64 was = (f64)c->qty_before * price_to_f64((price_t){price[c->inst]});
            f64 ratio = money_to_f64((money_t){c->amount}) / was;
            CHECK(ratio > 0.8 && ratio < 1.25);
            n++;
        }
    }
    return n;
}

/* Lessons told in the very step that took splits, not when a broker's word of it came. */
static u64 split_lessons(const tape_t *t)
{
    reader_t in = reader_of(t->own_bytes, t->used);
    u64 n = 0;
    bool splits = false;
    while (reader_left(&in) > 0) {
        event_t e;
        CHECK_OK(event_decode(&in, &e));
        bool input = event_is_input((event_kind_t)e.head.kind);
        splits = input ? e.head.kind == EV_SLICE && e.as.SLICE.actions > 0 : splits;
        n += splits && e.head.kind == EV_LESSON ? 1 : 0;
    }
    return n;
}

static void cash_account(config_t *c)
{
    c->account_margin = 0;
    c->account_unsettled_buys = 1;
    c->exit_eod_flatten = 0;
    c->size_max_position_pct = 10;
}

static config_t config_of(const shape_t *shape)
{
    config_t c = busy_config();
    if (shape->cash) {
        cash_account(&c);
    }
    if (shape->sliced) {
        busy_slices(&c);
    }
    if (shape->events > 0) {
        c.monk_pre_earnings_days = 0; /* at this pace everybody reports within days */
    }
    c.eval_entry_limit_tight = shape->tight;
    if (shape->micro) { /* every account is one, sized as any other */
        c.micro_equity_threshold = 1e9;
        c.micro_risk_pct = c.size_risk_pct;
        c.micro_max_position_usd = c.size_max_position_usd;
        c.micro_max_position_pct = c.size_max_position_pct;
    }
    return c;
}

static void facts_of_a_run(const shape_t *shape)
{
    config_t config = config_of(shape);
    run_users_t users = shape->sharing     ? book_shared(shape->users)
                        : shape->users > 0 ? book_of(shape->users)
                                           : (run_users_t){0};
    users.mode = shape->sharing ? USERS_GLOBAL : shape->mode;
    sim_market_t *m = busy_market_events(5, 4, shape->halts, shape->events);
    source_t source = sim_market_source(m);
    noon_t noon = {.all = source, .day = sim_market_trading_from(m) + 1};
    if (shape->split) {
        source.ctx = &noon;
        source.next = noon_next;
    }
    tape_t *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->own_bytes = malloc(TAPE_BYTES);
    t->own_scratch = malloc(FACTS_BYTES);
    runner_spec_t spec = busy_spec(m, &source, &config);
    runner_result_t result;
    u32 whole = 0;
    spec.users = users.rows;
    spec.user_count = users.count;
    spec.mode = users.mode;
    spec.tap = (engine_sink_t){.ctx = t, .append = tape_append};
    spec.ctx = t;
    spec.watch = tape_mark;
    spec.lists_whole = shape->sharing;
    CHECK_OK(runner_run(&spec, NULL, &result));
    sim_market_rewind(m);
    feed_t f = {.source = &source, .config = &config, .trade_from = spec.trade_from};
    market_spec_t ms = {.instruments = source.instruments,
                        .count = source.instrument_count,
                        .timeframe = source.timeframe,
                        .profile = PROFILE_DAY,
                        .config = &config};
    CHECK_OK(market_open(&ms, &f.market));
    CHECK_OK(block_open(&f.block, source.instrument_count, true));
    engine_t *e = busy_engine(&f.market, &source, &config, shape->users > 0 ? &users : NULL);
    u32 marks = recover_along(t, &f, e, &whole);
    print_message("# %llu events, %u slices compared, %u of them whole, %llu trades\n",
                  (unsigned long long)t->events, marks, whole, (unsigned long long)result.counts.trades);
    CHECK_EQ(marks, t->marks);
    CHECK(whole > marks - marks / 10);
    CHECK(!shape->sliced || (events_of(t, EV_SLICE_PLAN) > 10 && events_of(t, EV_SLICE_END) > 10));
    CHECK(shape->sliced || events_of(t, EV_SLICE_PLAN) == 0);
    CHECK(events_of(t, EV_NOTICE) > 10); /* whole_of holds what loops remember of them */
    CHECK(shape->halts > 0 ? events_of(t, EV_HALT) > 50 : events_of(t, EV_HALT) == 0);
    CHECK(shape->events > 0 ? events_of(t, EV_BULLETIN) > 20 : events_of(t, EV_BULLETIN) == 0);
    CHECK_EQ(events_of(t, EV_BUNCH) > 10, shape->sharing);
    CHECK_EQ(split_lessons(t) > 0, shape->split);
    CHECK_EQ(fractions_at_the_new_price(t) > 0, shape->split);
    CHECK(result.counts.trades > 10);
    CHECK_EQ(engine_counts(e)->trades, result.counts.trades);
    CHECK_EQ(engine_counts(e)->closed, result.counts.closed);
    CHECK_EQ(engine_counts(e)->cycles, result.counts.cycles);
    CHECK(shape->users > 0 || engine_desk(e, 0).user->lesson_count == engine_counts(e)->closed);
    engine_close(e);
    block_close(&f.block);
    market_close(&f.market);
    sim_market_close(m);
    free(t->own_bytes);
    free(t->own_scratch);
    free(t);
    run_users_free(&users);
}

/* With a budget, some of the shapes. */
static void facts_of_runs(const shape_t *shapes, u32 count)
{
    budget_t b = budget_start(count);
    for (u64 k; budget_next(&b, &k);) {
        facts_of_a_run(&shapes[k]);
    }
    budget_say(&b, "shapes of an account");
}

TEST(facts_lead_to_the_same_account)
{
    UNUSED_STATE;
    static const shape_t shapes[] = {
        {.micro = false},
        {.micro = true},
        {.tight = true},
        {.cash = true},
    };
    facts_of_runs(shapes, COUNT_OF(shapes));
}

TEST(facts_of_many_users_lead_to_the_same_accounts)
{
    UNUSED_STATE;
    static const shape_t shapes[] = {
        {.users = 5, .mode = USERS_EACH},
        {.users = 5, .mode = USERS_GLOBAL},
    };
    facts_of_runs(shapes, COUNT_OF(shapes));
}

TEST(facts_of_bunched_orders_lead_to_the_same_accounts)
{
    UNUSED_STATE;
    static const shape_t shapes[] = {
        {.users = 5, .sharing = true},
        {.users = 7, .sharing = true, .halts = 40},
        {.users = 6, .sharing = true, .sliced = true, .tight = true},
        {.users = 6, .sharing = true, .split = true, .halts = 80},
    };
    facts_of_runs(shapes, COUNT_OF(shapes));
}

TEST(facts_of_a_split_that_pays_all_out_lead_to_the_same_account)
{
    UNUSED_STATE;
    static const shape_t shapes[] = {
        {.split = true},
        {.split = true, .halts = 80},
        {.split = true, .halts = 80, .sliced = true, .users = 3, .mode = USERS_EACH},
    };
    facts_of_runs(shapes, COUNT_OF(shapes));
}

TEST(facts_of_slices_lead_to_the_same_account)
{
    UNUSED_STATE;
    static const shape_t shapes[] = {
        {.sliced = true},
        {.sliced = true, .users = 3},
    };
    facts_of_runs(shapes, COUNT_OF(shapes));
}

TEST(facts_and_halts_lead_to_the_same_account)
{
    UNUSED_STATE;
    static const shape_t shapes[] = {
        {.halts = 40},
        {.halts = 80, .sliced = true},
        {.halts = 40, .users = 3, .mode = USERS_GLOBAL},
    };
    facts_of_runs(shapes, COUNT_OF(shapes));
}

TEST(facts_and_bulletins_lead_to_the_same_account)
{
    UNUSED_STATE;
    static const shape_t shapes[] = {
        {.events = 20},
        {.events = 10, .halts = 40, .users = 3, .mode = USERS_GLOBAL},
    };
    facts_of_runs(shapes, COUNT_OF(shapes));
}

TEST(a_failed_exit_cools_down_after_a_crash_too)
{
    UNUSED_STATE;
    static const struct {
        order_state_t to;
        u32 failures;
    } cases[] = {{ORDER_CANCELED, 1}, {ORDER_REJECTED, 1}, {ORDER_EXPIRED, 1}, {ORDER_PARTIAL, 0}};
    account_t *a = calloc(1, sizeof *a);
    instrument_t one = {0};
    assert_non_null(a);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        account_setup_t setup = {.account_id = 1, .owner_id = 1, .risk_group_id = 1};
        account_init(a, &setup);
        position_t *p = &a->positions[0];
        *p = (position_t){.inst = 0, .direction = 1, .qty = {5}, .exit_id = {{9}}, .exit_failures = 0};
        account_positions_count(a);
        a->orders_used = 1;
        a->orders[0] = (order_t){.state = ORDER_NEW, .intent = {.id = {{9}}, .role = ROLE_EXIT}};
        recover_t r = {.account = a, .instruments = &one, .instrument_count = 1};
        event_t e = {.head = {.kind = EV_ORDER_STATE, .t_engine = 77}};
        e.as.ORDER_STATE.account = 1;
        e.as.ORDER_STATE.intent = p->exit_id;
        e.as.ORDER_STATE.from = ORDER_NEW;
        e.as.ORDER_STATE.to = (u8)cases[i].to;
        CHECK_OK(recover_apply(&r, &e));
        CHECK_EQ(p->exit_failures, cases[i].failures);
        CHECK_EQ(p->t_exit_failed, cases[i].failures > 0 ? 77 : 0);
    }
    free(a);
}

/* ---- crashes in a real journal ------------------------------------------------------------------------ */

typedef struct {
    u64 die_at; /* seq; 0: never */
    u64 unknown, stopped, isolated, resumes, entries_after;
    u64 differs;   /* alerts that the broker's account or orders are not ours */
    bool at_slice; /* dies of the first slice behind a resume */
    bool resumed;
    u64 halt_seq[HALT_SEQS]; /* of EV_HALT events */
    u64 market_end;          /* of the last end of a market-wide one, 0 none */
    i64 t_market_end;
    u32 halts, auctions; /* auctions: fills at the spread of the auction after it */
} crash_t;

static void crash_halt(crash_t *c, const event_t *e)
{
    assert_true(c->halts < HALT_SEQS);
    c->halt_seq[c->halts++] = e->head.seq;
    if (e->as.HALT.inst == INST_NONE && e->as.HALT.halted == 0) {
        c->market_end = e->head.seq;
        c->t_market_end = e->as.HALT.t_event;
    }
}

static err_t crash_append(void *ctx, event_t *e)
{
    crash_t *c = ctx;
    if (e->head.kind == EV_HALT) {
        crash_halt(c, e);
    }
    const ev_BROKER_t *b = &e->as.BROKER;
    bool fill = e->head.kind == EV_BROKER && b->kind == BROKER_FILL && b->spread_cost > 0;
    bool auction = fill && c->market_end != 0 && b->t_event - c->t_market_end <= NS_PER_MIN;
    c->auctions += auction ? 1 : 0;
    c->unknown += e->head.kind == EV_ORDER_STATE && e->as.ORDER_STATE.to == ORDER_UNKNOWN ? 1 : 0;
    c->stopped += e->head.kind == EV_SCAN_STOPPED && e->as.SCAN_STOPPED.reason == SCAN_REASON_RESTART ? 1 : 0;
    u16 alert = e->head.kind == EV_ALERT ? e->as.ALERT.code : 0;
    c->differs += alert == EXEC_ALERT_DIFFERS || alert == EXEC_ALERT_ALIVE ? 1 : 0;
    c->isolated += e->head.kind == EV_ALERT && e->as.ALERT.code == ENGINE_ALERT_ISOLATED ? 1 : 0;
    c->resumes += e->head.kind == EV_COMMAND && e->as.COMMAND.code == COMMAND_RESUME ? 1 : 0;
    c->entries_after +=
        c->isolated > 0 && e->head.kind == EV_INTENT && e->as.INTENT.role == ROLE_ENTRY ? 1 : 0;
    bool poisoned = c->at_slice && c->resumes > 0 && e->head.kind == EV_SLICE;
    return poisoned || (c->die_at != 0 && e->head.seq >= c->die_at) ? ERR_IO : ERR_OK;
}

typedef struct {
    char home[HOME_SIZE];
    char path[HOME_SIZE + 16];
    char id[RUN_ID_LENGTH + 1];
    config_t config;
    run_users_t users; /* without rows: one */
    u64 seed;
    f64 halts;  /* how often trading stops */
    f64 events; /* pace of the companies */
    u32 batch;  /* bytes of the journal's */
} world_t;

/* Odd seeds ask a model behind whose door nobody stands, so that questions are out when a process dies, and
 * weigh their strategies; every other pair of them sends its entries in slices. */
static void world_open(world_t *w, u64 seed)
{
    home_make(w->home);
    (void)snprintf(w->path, sizeof w->path, "%s/vitrine.db", w->home);
    w->config = busy_config();
    w->config.ai_models = (i32)(seed & 1);
    w->config.strategy_weights = (i32)(seed & 1);
    if ((seed & 2) != 0) {
        busy_slices(&w->config);
    }
    w->seed = seed;
    w->halts = 0;
    w->events = 0;
    w->batch = 1U << 14;
    w->id[0] = '\0';
    w->users = (run_users_t){0};
}

/* One life of the process. The journal is closed without an end, as a crash leaves it: the open batch is
 * lost. */
static err_t live(world_t *w, crash_t *c, bool isolate, runner_result_t *result)
{
    diag_t diag = {0};
    store_t *store = NULL;
    store_t *second = NULL;
    journal_t *j = NULL;
    store_options_t o = {.path = w->path};
    store_options_t read = {.path = w->path, .read_only = true};
    journal_options_t jo = {.batch_bytes = w->batch};
    sim_market_t *m = busy_market_events(w->seed, 2, w->halts, w->events);
    source_t source = sim_market_source(m);
    runner_spec_t spec = busy_spec(m, &source, &w->config);
    runner_resume_t resume = {.id = str_from(w->id), .isolate = isolate};
    CHECK_OK(store_open(&o, &diag, &store));
    if (w->id[0] == '\0') {
        run_start_t start = {.kind = RUN_DEMO, .incarnation = {{(u8)w->seed, 5}}, .seed = 7};
        CHECK_OK(journal_create(store, &start, &jo, &diag, &j));
        memcpy(w->id, journal_run_id(j).text, sizeof w->id);
    } else {
        CHECK_OK(journal_resume(store, str_from(w->id), &jo, &diag, &j));
        CHECK_OK(store_open(&read, &diag, &second));
        resume.store = second;
        spec.resume = &resume;
    }
    spec.users = w->users.rows;
    spec.user_count = w->users.count;
    spec.mode = w->users.mode;
    spec.journal = j;
    spec.durable = true;
    spec.flight = (w->seed & 1) != 0; /* what is measured decides nothing, after a crash too */
    spec.tap = (engine_sink_t){.ctx = c, .append = crash_append};
    err_t err = runner_run(&spec, &diag, result);
    if (err == ERR_OK) {
        run_end_t end = {
            .status = RUN_ENDED, .t_ended = 1, .decisions = result->decisions, .counts = STR("{}")};
        err = journal_finish(j, &end, &diag);
    } else if (c->die_at == 0) {
        print_message("%s\n", diag.text);
    }
    journal_close(j);
    store_close(second);
    store_close(store);
    sim_market_close(m);
    return err;
}

/* Whole and, to the bit, what it decides again. */
static void check_replay(world_t *w)
{
    diag_t diag = {0};
    store_t *store = NULL;
    store_options_t o = {.path = w->path, .read_only = true};
    u64 from[REPLAY_RESUMES];
    journal_verdict_t whole;
    replay_verdict_t v;
    CHECK_OK(store_open(&o, &diag, &store));
    CHECK_OK(journal_verify(store, str_from(w->id), &diag, &whole));
    sim_market_t *m = busy_market_events(w->seed, 2, w->halts, w->events);
    source_t source = sim_market_source(m);
    run_spec_t spec = {.kind = RUN_DEMO,
                       .cash = {100000 * (i64)MONEY_SCALE},
                       .seed = 7,
                       .trade_from = sim_market_trading_from(m)};
    replay_job_t job = {.source = &source, .lookahead = true, .resume_from = from};
    CHECK_OK(replay_find_resumes(store, str_from(w->id), &diag, from, &job.resume_count));
    CHECK_OK(journal_reader_open(store, str_from(w->id), &diag, &job.reader));
    err_t err = replay_run(&job, &spec, &diag, &v);
    if (err != ERR_OK || !v.matches) {
        print_message("%s%s\n", diag.text, err == ERR_OK ? v.what : "");
    }
    CHECK_OK(err);
    CHECK(v.matches);
    journal_reader_close(job.reader);
    store_close(store);
    sim_market_close(m);
}

/* In no session is one state of one thing told twice running, however often the process died: what loops
 * remember outlives it. Returns how many notices there are. */
static u64 told_once(const world_t *w)
{
    enum { THINGS = 4096 };
    static ev_NOTICE_t last[THINGS];
    diag_t diag = {0};
    store_t *store = NULL;
    store_options_t o = {.path = w->path, .read_only = true};
    journal_reader_t *r = NULL;
    u64 notices = 0;
    u32 things = 0;
    bool more = true;
    CHECK_OK(store_open(&o, &diag, &store));
    CHECK_OK(journal_reader_open(store, str_from(w->id), &diag, &r));
    for (;;) {
        event_t e;
        CHECK_OK(journal_next(r, &diag, &e, &more));
        if (!more) {
            break;
        }
        if (e.head.kind != EV_NOTICE) {
            continue;
        }
        const ev_NOTICE_t *n = &e.as.NOTICE;
        u32 i = 0;
        while (i < things &&
               (last[i].account != n->account || last[i].loop != n->loop || last[i].about != n->about)) {
            i++;
        }
        CHECK(i == things || last[i].session != n->session || last[i].state != n->state);
        CHECK(i < THINGS);
        things = MAX_OF(things, i + 1);
        last[i] = *n;
        notices++;
    }
    journal_reader_close(r);
    store_close(store);
    return notices;
}

TEST(stopped_at_any_event_it_goes_on)
{
    UNUSED_STATE;
    runner_result_t result;
    crash_t none = {0};
    crash_t sum = {0};
    world_t w;
    u64 last[2] = {UINT64_MAX, UINT64_MAX}; /* of worlds without halts and events, and of those with them */
    for (u64 k = 0; k < 4; k++) {
        world_open(&w, 9 + k % 2);
        w.halts = k < 2 ? 0 : CRASH_HALTS;
        w.events = k < 2 ? 0 : CRASH_EVENTS;
        CHECK_OK(live(&w, &none, false, &result));
        check_replay(&w);
        home_remove(w.home);
        last[k / 2] = MIN_OF(last[k / 2], result.counts.inputs + result.counts.facts);
    }
    u32 again = 0;
    u64 told = 0;
    budget_t crashes = budget_start(36);
    for (u64 k; budget_next(&crashes, &k);) {
        u64 at = 2 + hash64_seed(&k, sizeof k, 11) % (last[k % 3 == 1 ? 1 : 0] - 2);
        crash_t c = {.die_at = at};
        world_open(&w, 9 + k % 2);
        w.halts = k % 3 == 1 ? CRASH_HALTS : 0;   /* a third of the worlds halts, and its companies split, */
        w.events = k % 3 == 1 ? CRASH_EVENTS : 0; /* pay and end */
        w.users = k % 4 >= 2 ? book_of(3) : (run_users_t){0};  /* half of the worlds have three users, */
        w.users.mode = k % 4 == 3 ? USERS_GLOBAL : USERS_EACH; /* half of those in global mode, */
        if (k % 8 == 7) {                                      /* and half of those in one account */
            run_users_free(&w.users);
            w.users = book_shared(3);
        }
        CHECK_EQ(live(&w, &c, false, &result), ERR_IO);
        check_replay(&w);
        bool ended = false;
        if (k % 3 != 2) { /* and once more, while or after it goes on; late enough, and it comes to its end */
            crash_t d = {.die_at = at + hash64_seed(&k, sizeof k, 12) % 200};
            err_t err = live(&w, &d, false, &result);
            sum.differs += d.differs;
            again += err == ERR_IO ? 1 : 0;
            ended = err == ERR_OK;
        }
        c.die_at = 0;
        if (!ended) {
            CHECK_OK(live(&w, &c, false, &result));
        }
        check_replay(&w);
        told += told_once(&w);
        sum.unknown += c.unknown;
        sum.differs += c.differs;
        sum.stopped += c.stopped;
        sum.resumes += c.resumes;
        run_users_free(&w.users);
        home_remove(w.home);
    }
    budget_say(&crashes, "crashes");
    print_message("# %llu crashes (%u twice) of a run of %llu events: %llu resumes, %llu orders unknown\n",
                  (unsigned long long)crashes.done, again, (unsigned long long)last[0],
                  (unsigned long long)sum.resumes, (unsigned long long)sum.unknown);
    CHECK(told > 10 * crashes.done);
    CHECK_EQ(sum.differs, 0);
    CHECK(crashes.done < crashes.all || (sum.resumes >= 20 && sum.unknown > 0 && again > 3));
}

/* Each halt of the market stands once in the record, and in order. */
static u32 halts_once(world_t *w)
{
    diag_t diag = {0};
    store_t *store = NULL;
    journal_reader_t *reader = NULL;
    store_options_t o = {.path = w->path, .read_only = true};
    ev_HALT_t *seen = calloc(HALT_SEQS, sizeof *seen);
    u32 n = 0;
    bool more = true;
    assert_non_null(seen);
    CHECK_OK(store_open(&o, &diag, &store));
    CHECK_OK(journal_reader_open(store, str_from(w->id), &diag, &reader));
    while (more) {
        event_t e;
        CHECK_OK(journal_next(reader, &diag, &e, &more));
        if (!more || e.head.kind != EV_HALT) {
            continue;
        }
        const ev_HALT_t *h = &e.as.HALT;
        for (u32 i = 0; i < n; i++) {
            CHECK(seen[i].inst != h->inst || seen[i].t_event != h->t_event || seen[i].halted != h->halted);
        }
        CHECK(n == 0 || h->t_event >= seen[n - 1].t_event);
        assert_true(n < HALT_SEQS);
        seen[n++] = *h;
    }
    journal_reader_close(reader);
    store_close(store);
    free(seen);
    return n;
}

/* A run in which the whole market stopped and something filled in the auction behind it, stopped at its halts
 * with every step durable: each halt is taken once, and the broker made again reopens as it did. */
TEST(stopped_at_a_halt_it_goes_on)
{
    UNUSED_STATE;
    runner_result_t result;
    crash_t whole = {0};
    world_t w;
    u64 seed = 33; /* the first that has one */
    for (bool found = false; !found; seed += found ? 0 : 2) {
        assert_true(seed < 200);
        whole = (crash_t){0};
        world_open(&w, seed);
        w.halts = CRASH_HALTS;
        w.config.ai_models = 0;
        CHECK_OK(live(&w, &whole, false, &result));
        found = whole.auctions > 0;
        home_remove(w.home);
    }
    u32 market = 0;
    while (whole.halt_seq[market] != whole.market_end) {
        market++;
    }
    budget_t crashes = budget_start(12);
    for (u64 k; budget_next(&crashes, &k);) { /* at the market's end, and at others all over the run */
        u32 behind = whole.halts - market;
        u32 at = k < 4 ? market + (u32)k : (u32)(hash64_seed(&k, sizeof k, 13) % whole.halts);
        at = k >= 8 ? market + (u32)(hash64_seed(&k, sizeof k, 14) % behind) : at;
        crash_t c = {.die_at = whole.halt_seq[MIN_OF(at, whole.halts - 1)] + k % 2};
        world_open(&w, seed);
        w.halts = CRASH_HALTS;
        w.config.ai_models = 0;
        w.batch = 1;
        CHECK_EQ(live(&w, &c, false, &result), ERR_IO);
        c = (crash_t){0};
        CHECK_OK(live(&w, &c, false, &result));
        CHECK_EQ(halts_once(&w), whole.halts);
        check_replay(&w);
        home_remove(w.home);
    }
    budget_say(&crashes, "crashes");
    print_message("# seed %llu: %u halts, %u fills in the auctions behind the market's\n",
                  (unsigned long long)seed, whole.halts, whole.auctions);
}

static bool stood_still(world_t *w)
{
    diag_t diag = {0};
    store_t *store = NULL;
    store_options_t o = {.path = w->path, .read_only = true};
    resume_seen_t seen = {0};
    CHECK_OK(store_open(&o, &diag, &store));
    CHECK_OK(resume_look(store, str_from(w->id), &diag, &seen));
    store_close(store);
    return seen.stood_still;
}

/* A slice that kills whoever takes it is met without entries the second time, as often as it takes; behind
 * it a crash is a first one again. */
TEST(a_crash_is_not_a_loop)
{
    UNUSED_STATE;
    runner_result_t result;
    crash_t c = {.die_at = 900};
    crash_t poison = {.at_slice = true};
    crash_t d = {0};
    world_t w;
    world_open(&w, 9);
    CHECK_EQ(live(&w, &c, false, &result), ERR_IO);
    CHECK(!stood_still(&w));
    for (u32 k = 0; k < 2; k++) {
        CHECK_EQ(live(&w, &poison, k > 0, &result), ERR_IO);
        CHECK(stood_still(&w));
    }
    CHECK_OK(live(&w, &d, true, &result));
    CHECK(!stood_still(&w));
    CHECK_EQ(d.isolated, 1);
    CHECK_EQ(d.entries_after, 0);
    check_replay(&w);
    home_remove(w.home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_lead_to_the_same_account),
        cmocka_unit_test(facts_of_many_users_lead_to_the_same_accounts),
        cmocka_unit_test(facts_of_bunched_orders_lead_to_the_same_accounts),
        cmocka_unit_test(facts_of_a_split_that_pays_all_out_lead_to_the_same_account),
        cmocka_unit_test(facts_of_slices_lead_to_the_same_account),
        cmocka_unit_test(facts_and_halts_lead_to_the_same_account),
        cmocka_unit_test(facts_and_bulletins_lead_to_the_same_account),
        cmocka_unit_test(a_failed_exit_cools_down_after_a_crash_too),
        cmocka_unit_test(stopped_at_any_event_it_goes_on),
        cmocka_unit_test(stopped_at_a_halt_it_goes_on),
        cmocka_unit_test(a_crash_is_not_a_loop),
    };
    return RUN_TESTS(tests);
}
