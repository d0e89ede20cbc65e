/* Whole days of the whole engine: users who differ in everything, a market that halts, splits and ends, and
 * on top of it faults of data, of time and of people. What must hold is read from the record alone, by a
 * judge that keeps its own books (day_judge.h): I2, I3, I4, I6, I7, I9 to I15, I17, I21, I24, I25, and at the
 * end that everything came to rest (I5, I22).
 *
 * Faults, a random half of them in each world: bars of a name that are missing (F45); minutes in which
 * nothing comes, as after a sleep of the machine (F18); prices that fall by a third and are back a minute
 * later, or stand still (F47, F42); absurd prices (F41); steps of the
 * clock (F14); loops over their time (F19); words of the broker told again, in bursts of a hundred (F23,
 * F48), or about nothing; answers nobody asked for; halts of nothing; a lease that another process takes and
 * gives back (F12); the kill switch; rows of users that cannot be read. */
#include "tests/budget.h"
#include "tests/engine/busy.h"
#include "tests/engine/users.h"
#include "tests/sim/day_judge.h"

#include <stdlib.h>

#include "base/rng.h"

/* VITRINE_WORLDS says how many worlds; what CI runs is this. */
enum { WORLDS = 24, DAYS = 3, SLICES = 16384, HELD_WORDS = 64, TRACE_BYTES = 1 << 20 };

typedef enum {
    FAULT_GAP,
    FAULT_SLEEP,
    FAULT_FALL,
    FAULT_FROZEN,
    FAULT_ABSURD_PRICE,
    FAULT_CLOCK,
    FAULT_OVERRUN,
    FAULT_WORD_AGAIN,
    FAULT_BURST,
    FAULT_STRANGER,
    FAULT_STRAY_ANSWER,
    FAULT_STRAY_HALT,
    FAULT_LEASE,
    FAULT_KILL,
    FAULT_ROW,
    FAULTS
} day_fault_t;

static const struct {
    const char *name;
    f64 per_bar; /* how often a bar of the market has it */
} faults[FAULTS] = {
    [FAULT_GAP] = {"F45 bars of a name are missing", 0.05},
    [FAULT_SLEEP] = {"F18 nothing comes for minutes", 0.005},
    [FAULT_FALL] = {"F47 a price falls by a third and is back", 0.01},
    [FAULT_FROZEN] = {"F42 a price stands still", 0.02},
    [FAULT_ABSURD_PRICE] = {"F41 ten times the price", 0.01},
    [FAULT_CLOCK] = {"F14 the clock steps", 0.01},
    [FAULT_OVERRUN] = {"F19 a loop overruns", 0.01},
    [FAULT_WORD_AGAIN] = {"F23 a word is told again", 0.1},
    [FAULT_BURST] = {"F48 a hundred words at once", 0.01},
    [FAULT_STRANGER] = {"F28 a word about nothing", 0.01},
    [FAULT_STRAY_ANSWER] = {"an answer that nobody asked for", 0.02},
    [FAULT_STRAY_HALT] = {"a halt of nothing", 0.01},
    [FAULT_LEASE] = {"F12 another process has the lease", 0.004},
    [FAULT_KILL] = {"the kill switch", 0.004},
    [FAULT_ROW] = {"a user's row that cannot be read", 0.005},
};

typedef struct {
    u64 seed, draws;
    bool on[FAULTS];
    u64 fired[FAULTS];
    bool over; /* the last day has none */

    const sim_market_t *market;
    source_t inner;
    u64 present[SLICES];
    u64 ordinal;
    inst_t inst[JUDGE_NAMES];
    bar_t bar[JUDGE_NAMES];
    u32 gap_left[JUDGE_NAMES], frozen_left[JUDGE_NAMES];
    i64 frozen_at[JUDGE_NAMES];
    u32 sleep_left;
    date_t last_day;

    judge_t judge;
    event_t inject[HELD_WORDS * 4];
    u32 inject_count, inject_at;
    ev_BROKER_t heard[HELD_WORDS];
    u64 heard_count;
    i64 t_clear, t_lease, t_release;
    u64 token;
    bool killed;
    i64 mono, injected_to;
    bool ended;
    digest_t trace;
    u8 row[4096];
} day_t;

static u64 below(day_t *d, u64 bound)
{
    return rng_below((rng_key_t){.seed = d->seed, .purpose = RNG_TEST, .entity = 11}, d->draws++, bound);
}

static bool fires(day_t *d, day_fault_t f)
{
    bool does = d->on[f] && !d->over && below(d, 1000000) < (u64)(faults[f].per_bar * 1e6);
    d->fired[f] += does ? 1 : 0;
    return does;
}

/* ---- the source ---- */

static i64 cents(i64 price)
{
    i64 cent = PRICE_SCALE / 100;
    return MAX_OF(price / cent, 1) * cent;
}

static void bar_scale(bar_t *b, i64 num, i64 den)
{
    b->open.v = cents(b->open.v * num / den);
    b->high.v = cents(b->high.v * num / den);
    b->low.v = cents(b->low.v * num / den);
    b->close.v = cents(b->close.v * num / den);
}

static void bar_fault(day_t *d, inst_t inst, bar_t *b)
{
    if (d->frozen_left[inst] > 0) {
        d->frozen_left[inst]--;
        *b = (bar_t){.t_event = b->t_event, .t_known = b->t_known, .open = {d->frozen_at[inst]},
                     .high = {d->frozen_at[inst]}, .low = {d->frozen_at[inst]},
                     .close = {d->frozen_at[inst]}, .volume = 1};
    } else if (fires(d, FAULT_FROZEN)) {
        d->frozen_left[inst] = (u32)(5 + below(d, 60));
        d->frozen_at[inst] = b->close.v;
    } else if (fires(d, FAULT_FALL)) {
        b->low.v = cents(b->low.v * 2 / 3);
        b->close.v = cents(b->close.v * 7 / 10);
        b->high.v = MAX_OF(b->high.v, b->close.v);
    } else if (fires(d, FAULT_ABSURD_PRICE)) {
        bar_scale(b, 10, 1);
    }
}

/* One name of a slice meets the faults of bars; the others keep the market's chance. */
static void rows_fault(day_t *d, slice_t *s)
{
    u32 kept = 0;
    u64 present = 0;
    u64 struck = below(d, JUDGE_NAMES);
    for (u32 i = 0; i < s->count; i++) {
        inst_t inst = s->inst[i];
        bar_t b = s->bar[i];
        if (inst == struck && fires(d, FAULT_GAP)) {
            d->gap_left[inst] = (u32)(1 + below(d, 30));
        }
        if (d->gap_left[inst] > 0 && !d->over) {
            d->gap_left[inst]--;
            continue;
        }
        if (!d->over && (inst == struck || d->frozen_left[inst] > 0)) {
            bar_fault(d, inst, &b);
        }
        d->inst[kept] = inst;
        d->bar[kept++] = b;
        present |= (u64)1 << inst;
    }
    s->inst = d->inst;
    s->bar = d->bar;
    s->count = kept;
    d->present[s->ordinal] = present;
}

static err_t faulty_next(void *ctx, slice_t *out, diag_t *diag)
{
    day_t *d = ctx;
    for (;;) {
        TRY(d->inner.next(d->inner.ctx, out, diag));
        if (out->timeframe == TF_1D || out->session < sim_market_trading_from(d->market)) {
            out->ordinal = d->ordinal++;
            CHECK(d->ordinal < SLICES);
            return ERR_OK;
        }
        d->over = out->session >= d->last_day;
        bool quiet = out->action_count == 0 && out->halt_count == 0 && !out->session_last;
        if (d->sleep_left == 0 && quiet && fires(d, FAULT_SLEEP)) {
            d->sleep_left = (u32)(5 + below(d, 55));
        }
        if (d->sleep_left > 0 && quiet && !d->over) {
            d->sleep_left--;
            continue;
        }
        out->ordinal = d->ordinal++;
        CHECK(d->ordinal < SLICES);
        rows_fault(d, out);
        return ERR_OK;
    }
}

/* ---- words from outside, as the port of models brings them ---- */

static event_t *inject(day_t *d, event_kind_t kind, i64 t)
{
    CHECK(d->inject_count < COUNT_OF(d->inject));
    event_t *e = &d->inject[d->inject_count++];
    *e = (event_t){.head = {.kind = (u16)kind, .t_event = t}};
    return e;
}

static void inject_command(day_t *d, u16 code, i64 t)
{
    event_t *e = inject(d, EV_COMMAND, t);
    e->as.COMMAND = (ev_COMMAND_t){.code = code, .who = STR("test")};
}

static void inject_lease(day_t *d, bool own, i64 t)
{
    event_t *e = inject(d, EV_LEASE, t);
    e->as.LEASE = (ev_LEASE_t){.lease = LEASE_PER_USER, .own = own, .token = ++d->token, .until = I64_MAX};
}

static void inject_words(day_t *d, i64 t, u32 count)
{
    for (u32 i = 0; i < count && d->heard_count > 0; i++) {
        u64 back = below(d, MIN_OF(d->heard_count, (u64)HELD_WORDS));
        inject(d, EV_BROKER, t)->as.BROKER = d->heard[(d->heard_count - 1 - back) % HELD_WORDS];
    }
}

static void inject_stranger(day_t *d, i64 t)
{
    ev_BROKER_t *m = &inject(d, EV_BROKER, t)->as.BROKER;
    const u64 nobodys[] = {999999, HOUSE_ACCOUNT, USER_SHARED + 1};
    u64 who = d->judge.account[below(d, d->judge.account_count)].account;
    who = below(d, 4) == 0 ? nobodys[below(d, COUNT_OF(nobodys))] : who;
    *m = (ev_BROKER_t){.kind = (u8)below(d, 16), .account = who, .t_event = t};
    m->qty = (i64)below(d, 3) - 1;
    m->price = below(d, 2) == 0 ? I64_MAX : -1;
    m->cum_qty = below(d, 2) == 0 ? I64_MAX : 0;
    m->exec_id = below(d, 100);
    if (d->heard_count > 0 && below(d, 2) == 0) {
        const ev_BROKER_t *of = &d->heard[(d->heard_count - 1) % HELD_WORDS];
        m->intent = of->intent; /* of an order that is ours: absurd numbers alone */
        m->account = of->account;
        m->kind = BROKER_FILL;
    }
}

static void inject_row(day_t *d, i64 t)
{
    for (u32 i = 0; i < sizeof d->row; i++) {
        d->row[i] = (u8)below(d, 256);
    }
    event_t *e = inject(d, EV_USER_SET, t);
    e->as.USER_SET = (ev_USER_SET_t){.account = d->judge.account[below(d, d->judge.account_count)].account,
                                     .row = {.p = d->row, .n = (u32)below(d, sizeof d->row)}};
}

/* What a minute brings, behind the bar of `t`. */
static void minute_faults(day_t *d, i64 t)
{
    if (d->t_clear != 0 && (t >= d->t_clear || d->over)) {
        d->t_clear = 0;
        inject_command(d, COMMAND_CLEAR_CLOCK, t);
    } else if (d->t_clear == 0 && fires(d, FAULT_CLOCK)) {
        d->t_clear = t + (i64)(1 + below(d, 40)) * NS_PER_MIN;
        i64 to = t + ((i64)below(d, 7200) - 3600) * NS_PER_SEC;
        inject(d, EV_CLOCK_STEP, t)->as.CLOCK_STEP = (ev_CLOCK_STEP_t){.from = t, .to = to};
    }
    if (d->t_lease != 0 && (t >= d->t_lease || d->over)) {
        d->t_lease = 0;
        inject_lease(d, true, t);
    } else if (d->t_lease == 0 && fires(d, FAULT_LEASE)) {
        d->t_lease = t + (i64)(1 + below(d, 30)) * NS_PER_MIN;
        inject_lease(d, false, t);
    }
    inject_words(d, t, fires(d, FAULT_BURST) ? 100 : fires(d, FAULT_WORD_AGAIN) ? 1 : 0);
    if (fires(d, FAULT_STRANGER)) {
        inject_stranger(d, t);
    }
    if (fires(d, FAULT_STRAY_ANSWER)) {
        inject(d, EV_ANSWER, t)->as.ANSWER =
            (ev_ANSWER_t){.slot = (u32)below(d, 40), .generation = (u32)below(d, 9), .ask = (u32)below(d, 9),
                          .kind = (u16)(1 + below(d, 5)), .body = {.p = d->row, .n = (u32)below(d, 64)}};
    }
    if (fires(d, FAULT_STRAY_HALT)) {
        inject(d, EV_HALT, t)->as.HALT =
            (ev_HALT_t){.inst = (u16)(d->judge.names + below(d, 500)), .kind = (u8)(1 + below(d, 3)),
                        .halted = 1, .t_event = t};
    }
    if (fires(d, FAULT_ROW)) {
        inject_row(d, t);
    }
}

static void ask_nobody(void *ctx, const ask_t *ask, i64 now)
{
    (void)ctx;
    (void)ask;
    (void)now;
}

static bool inject_next(void *ctx, i64 until, event_t *out)
{
    day_t *d = ctx;
    if (d->inject_at == d->inject_count) {
        d->inject_at = 0;
        d->inject_count = 0;
        return false;
    }
    const event_t *e = &d->inject[d->inject_at];
    if (e->head.t_event > until) {
        return false;
    }
    *out = *e;
    d->inject_at++;
    return true;
}

/* ---- the run ---- */

static err_t day_event(void *ctx, event_t *e)
{
    day_t *d = ctx;
    if (e->head.kind == EV_BROKER) {
        d->heard[d->heard_count++ % HELD_WORDS] = e->as.BROKER;
    }
    static u8 bytes[TRACE_BYTES];
    writer_t w = writer_of(bytes, sizeof bytes);
    put_bytes(&w, (const u8 *)&e->head, sizeof e->head);
    CHECK_OK(event_encode_payload(e, &w));
    d->trace = digest_chain(&d->trace, bytes, w.used);
    if (e->head.kind == EV_LEASE) {
        d->judge.lease_lost = e->as.LEASE.own == 0;
    }
    return judge_event(&d->judge, e);
}

static bool day_killed(void *ctx)
{
    return ((day_t *)ctx)->killed;
}

/* A clock that loops are measured by: now and then one takes a second. */
static i64 day_mono(void *ctx)
{
    day_t *d = ctx;
    d->mono += fires(d, FAULT_OVERRUN) ? NS_PER_SEC : 1000;
    return d->mono;
}

/* One in seven by book_of, and one in three here. */
static bool is_cash(u32 user)
{
    return user % 7 == 6 || user % 3 == 0;
}

static run_users_t day_users(u32 count)
{
    run_users_t users = book_of(count);
    for (u32 i = 0; i + 1 < count; i += 2) { /* two and two are one person's */
        users.rows[i + 1].owner_id = users.rows[i].owner_id;
        users.rows[i + 1].risk_group_id = users.rows[i].risk_group_id;
    }
    for (u32 i = 0; i < count; i++) {
        static const char *const of_cash[] = {"risk_per_trade_pct", "max_position_pct", "max_open_positions",
                                              "max_hold_min", "margin"};
        static const f64 values[] = {2, 10, 30, 20, 0};
        for (u32 k = 0; k < COUNT_OF(values) && is_cash(i); k++) { /* turns its money over within the day */
            CHECK_OK(user_prefer(&users.rows[i], preference_find(str_from(of_cash[k])), values[k], NULL));
        }
    }
    return users;
}

static void judge_open(judge_t *j, const run_users_t *users, const source_t *source, const u64 *present)
{
    j->order = calloc(JUDGE_ORDERS, sizeof *j->order);
    assert_non_null(j->order);
    j->present = present;
    j->names = source->instrument_count;
    j->band_bps = 300;
    CHECK(j->names <= JUDGE_NAMES);
    for (u32 i = 0; i < users->count; i++) {
        const user_row_t *row = &users->rows[i];
        j->account[j->account_count++] = (judge_account_t){.account = row->account_id, .owner = row->owner_id,
                                                           .margin = !is_cash(i), .cash = row->cash.v,
                                                           .names_max = is_cash(i) ? 30 : 3 + i % 9,
                                                           .settled = row->cash.v};
    }
}

typedef struct {
    u64 events, checks, entries, fills, fired[FAULTS], cash_entries, account_days;
    digest_t trace;
    digest_t decisions;
} told_t;

/* The last day had no faults: nothing hangs, everything held is covered or leaving, every account trades
 * again (I5, I8, I11), and no loop is behind its time (I22). */
static void at_rest(day_t *d, engine_t *e)
{
    judge_t *j = &d->judge;
    for (u32 k = 0; k < engine_desks(e); k++) {
        const account_t *a = engine_desk(e, k).account;
        for (u32 i = 0; i < a->orders_used; i++) {
            judge_note(j, a->orders[i].state != ORDER_UNKNOWN, "liveness: an order stays UNKNOWN");
        }
        judge_note(j, exec_unprotected(a) == 0, "I5: a position stays unprotected");
        judge_note(j, a->reconcile == 0, "liveness: an account stays in RECONCILE");
        judge_note(j, a->killed == 0, "the kill switch stays on");
    }
    engine_loop_t loops[LOOPS_MAX];
    u32 count = engine_loops(e, loops);
    for (u32 i = 0; i < count; i++) {
        const loop_count_t *c = &loops[i].counts;
        bool timed = loops[i].next != I64_MAX;
        judge_note(j, !timed || loops[i].next >= engine_now(e), "I22: a loop is behind its time");
        judge_note(j, !timed || c->runs + c->skipped + c->lost + c->rested + c->late > 0,
                   "I22: a loop never had its turn");
    }
    d->ended = true;
}

static void day_watch(void *ctx, const runner_view_t *v)
{
    day_t *d = ctx;
    if (v->slice->timeframe == TF_1D) {
        return;
    }
    d->over = v->slice->session >= d->last_day;
    if (!d->killed && fires(d, FAULT_KILL)) {
        d->killed = true;
        d->t_release = v->slice->t_known + (i64)(1 + below(d, 60)) * NS_PER_MIN;
    } else if (d->killed && (d->over || v->slice->t_known >= d->t_release)) {
        d->killed = false;
    }
    minute_faults(d, engine_now(v->engine));
    if (d->over && v->slice->session_last) {
        at_rest(d, v->engine);
    }
}

static told_t day_run(u64 seed)
{
    day_t *d = calloc(1, sizeof *d);
    assert_non_null(d);
    d->seed = seed;
    for (u32 f = 0; f < FAULTS; f++) {
        d->on[f] = below(d, 2) == 0;
    }
    sim_market_t *m = busy_market_events(seed, DAYS, 20, seed % 2 == 0 ? 10 : 0);
    d->market = m;
    d->inner = sim_market_source(m);
    source_t source = d->inner;
    source.ctx = d;
    source.next = faulty_next;
    config_t config = busy_config();
    if (seed % 3 == 0) {
        busy_slices(&config);
    }
    u32 count = (u32)(1 + seed % JUDGE_ACCOUNTS);
    run_users_t users = day_users(count);
    users.mode = seed % 2 == 0 ? USERS_GLOBAL : USERS_EACH;
    judge_open(&d->judge, &users, &source, d->present);
    d->judge.band_bps = (i64)config.risk_price_band_bps;
    date_t day = sim_market_trading_from(m);
    for (u32 i = 1; i < DAYS; i++) {
        day = calendar_next(CAL_NYSE, day, I64_MAX).date;
    }
    d->last_day = day;
    model_port_t port = {.ctx = d, .ask = ask_nobody, .next = inject_next};
    runner_spec_t spec = busy_spec(m, &source, &config);
    spec.users = users.rows;
    spec.user_count = users.count;
    spec.mode = users.mode;
    spec.lookahead = false;
    spec.models = &port;
    spec.tap = (engine_sink_t){.ctx = d, .append = day_event};
    spec.ctx = d;
    spec.watch = day_watch;
    spec.killed = day_killed;
    spec.mono = day_mono;
    runner_result_t result = {0};
    diag_t diag = {0};
    err_t err = runner_run(&spec, &diag, &result);
    judge_step_end(&d->judge);
    if (err != ERR_OK || d->judge.broken[0] != 0) {
        print_message("# seed %llu: %s %s\n", (unsigned long long)seed, d->judge.broken, diag.text);
        for (u32 f = 0; f < FAULTS; f++) {
            print_message("#   %s %llu\n", faults[f].name, (unsigned long long)d->fired[f]);
        }
    }
    CHECK(d->judge.broken[0] == 0 && d->ended);
    CHECK_OK(err);
    told_t t = {.events = d->judge.events, .checks = d->judge.checks, .entries = d->judge.entries,
                .fills = d->judge.fills,
                .cash_entries = d->judge.cash_entries, .account_days = (u64)count * DAYS, .trace = d->trace,
                .decisions = result.decisions};
    memcpy(t.fired, d->fired, sizeof t.fired);
    run_users_free(&users);
    sim_market_close(m);
    free(d->judge.order);
    free(d);
    return t;
}

TEST(days_with_faults_keep_every_invariant)
{
    UNUSED_STATE;
    u64 seed = 0;
    u64 worlds = WORLDS;
    told_t all = {0};
    if (getenv("VITRINE_WORLDS") != NULL) {
        CHECK_OK(str_to_u64(str_from(getenv("VITRINE_WORLDS")), &worlds));
    }
    budget_t b = budget_start(worlds);
    while (budget_next(&b, &seed)) {
        told_t t = day_run(1 + seed);
        all.events += t.events;
        all.checks += t.checks;
        all.entries += t.entries;
        all.fills += t.fills;
        all.cash_entries += t.cash_entries;
        all.account_days += t.account_days;
        for (u32 f = 0; f < FAULTS; f++) {
            all.fired[f] += t.fired[f];
        }
    }
    budget_say(&b, "worlds");
    print_message("# %llu worlds, %llu account-days, %llu events, %llu checks, %llu entries (%llu of cash "
                  "accounts), %llu fills\n",
                  (unsigned long long)b.done, (unsigned long long)all.account_days,
                  (unsigned long long)all.events,
                  (unsigned long long)all.checks, (unsigned long long)all.entries,
                  (unsigned long long)all.cash_entries, (unsigned long long)all.fills);
    for (u32 f = 0; f < FAULTS; f++) {
        print_message("#   %-40s %llu\n", faults[f].name, (unsigned long long)all.fired[f]);
    }
    for (u32 f = 0; f < FAULTS; f++) { /* what never happened proves nothing; half of the worlds have each */
        CHECK(b.done < WORLDS || all.fired[f] > 0);
    }
    CHECK(all.entries > 0 && all.fills > 0);
    CHECK(b.done < WORLDS || all.cash_entries > 0);
}

TEST(a_day_runs_twice_to_one_trace)
{
    UNUSED_STATE;
    told_t a = day_run(5);
    told_t b = day_run(5);
    CHECK(digest_eq(&a.trace, &b.trace));
    CHECK(digest_eq(&a.decisions, &b.decisions));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_with_faults_keep_every_invariant),
        cmocka_unit_test(a_day_runs_twice_to_one_trace),
    };
    return RUN_TESTS(tests);
}
