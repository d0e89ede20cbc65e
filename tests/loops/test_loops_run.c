/* Loops in whole runs over the simulated market: the same decisions whether idle firings are skipped or not,
 * and every loop of the table does its work when a run gives it cause. */
#include "tests/test.h"

#include <string.h>

#include "drivers/runner.h"
#include "sim/market.h"
#include "tests/engine/busy.h"
#include "trade/execution/reconcile.h"

typedef struct {
    loop_count_t counts[LOOPS_MAX];
    const char *name[LOOPS_MAX];
    u32 loops;
    u64 snapshots_asked;
    u64 equity_facts, scans;
    u64 entries, strange; /* intents of entries; those without a bound of their own */
    u64 drills, drills_passed;
    u64 told, told_hash; /* by loops: notices, and all that they say */
    u64 timers, positions, differs; /* what loops made happen between slices */
    u64 orders, looked; /* told in those answers; words of the broker that a look brought */
    date_t sessions;
} seen_t;

static u32 orders_told(const ev_ANSWER_t *a)
{
    static broker_told_t t;
    CHECK_OK(broker_view_decode(a->body, &t));
    return t.order_count;
}

static void watch(void *ctx, const runner_view_t *v)
{
    seen_t *s = ctx;
    engine_loop_t all[LOOPS_MAX];
    s->loops = engine_loops(v->engine, all);
    for (u32 i = 0; i < s->loops; i++) {
        s->counts[i] = all[i].counts;
        s->name[i] = all[i].loop->name;
    }
    s->sessions += v->slice->session_last ? 1 : 0;
}

/* The condition of an entry stands in the order: a limit on the tick, at most 0.35 R past the decision (or
 * one tick, where that is more), good for the first price. */
static bool entry_is_bounded(const ev_INTENT_t *i)
{
    i64 d = side_is_buy((side_t)i->side) ? 1 : -1;
    i64 tick = PRICE_SCALE / 100;
    i64 r = d * (i->reference - i->bracket_stop);
    i64 past = d * (i->limit - i->reference);
    i64 most = MAX_OF(r * 35 / 100, tick);
    return i->type == ORDER_LIMIT && i->tif == TIF_IOC && i->limit % tick == 0 && past >= 0 && past <= most;
}

static err_t count(void *ctx, event_t *e)
{
    seen_t *s = ctx;
    s->equity_facts += e->head.kind == EV_EQUITY ? 1 : 0;
    const ev_INTENT_t *i = &e->as.INTENT;
    if (e->head.kind == EV_INTENT && i->role == ROLE_ENTRY) {
        s->entries++;
        s->strange += entry_is_bounded(i) ? 0 : 1;
    }
    s->drills += e->head.kind == EV_KILL_DRILL ? 1 : 0;
    s->drills_passed += e->head.kind == EV_KILL_DRILL && e->as.KILL_DRILL.passed != 0 ? 1 : 0;
    if (e->head.kind == EV_NOTICE) {
        u8 bytes[512];
        writer_t w = writer_of(bytes, sizeof bytes);
        CHECK_OK(event_encode_payload(e, &w));
        s->told++;
        s->told_hash = hash64_seed(bytes, w.used, s->told_hash);
    }
    s->timers += e->head.kind == EV_TIMER ? 1 : 0;
    if (e->head.kind == EV_ANSWER && e->as.ANSWER.kind == ASK_POSITIONS) {
        s->positions++;
        s->orders += orders_told(&e->as.ANSWER);
    }
    s->looked += e->head.kind == EV_BROKER && e->as.BROKER.kind == BROKER_LOOKUP_FOUND ? 1 : 0;
    s->looked += e->head.kind == EV_BROKER && e->as.BROKER.kind == BROKER_LOOKUP_ABSENT ? 1 : 0;
    bool alert = e->head.kind == EV_ALERT;
    s->differs += alert && e->as.ALERT.code == EXEC_ALERT_DIFFERS ? 1 : 0;
    s->differs += alert && e->as.ALERT.code == EXEC_ALERT_ALIVE ? 1 : 0;
    return ERR_OK;
}

static runner_result_t run_as(u64 seed, bool unskipped, bool eager, seen_t *seen)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.stocks = 12;
    spec.history_sessions = 280;
    spec.warmup_sessions = 1;
    spec.sessions = eager ? 8 : 3;
    spec.edge = SIM_EDGE_MOMENTUM;
    spec.edge_strength = 2.0;
    diag_t diag = {0};
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(&spec, &diag, &m));
    source_t source = sim_market_source(m);
    config_t config = config_default(PROFILE_DAY, PRESET_AGGRESSIVE);
    if (eager) {
        config = busy_config();
        config.eval_skip_if_moved_r = 0.35;
    }
    runner_spec_t rs = {.source = &source, .config = &config, .seed = seed,
                        .cash = {100000 * MONEY_SCALE}, .profile = PROFILE_DAY,
                        .trade_from = sim_market_trading_from(m), .untradable_proxy = true,
                        .loops_unskipped = unskipped, .tap = {.ctx = seen, .append = count},
                        .ctx = seen, .watch = watch};
    memset(seen, 0, sizeof *seen);
    runner_result_t r = {0};
    CHECK_OK(runner_run(&rs, &diag, &r));
    sim_market_close(m);
    return r;
}

static runner_result_t run(u64 seed, bool unskipped, seen_t *seen)
{
    return run_as(seed, unskipped, false, seen);
}

static const loop_count_t *of(const seen_t *s, const char *name)
{
    for (u32 i = 0; i < s->loops; i++) {
        if (strcmp(s->name[i], name) == 0) {
            return &s->counts[i];
        }
    }
    fail_msg("no loop %s", name);
    return NULL;
}

TEST(skipping_changes_no_decision)
{
    UNUSED_STATE;
    u64 skipped = 0;
    u64 timers = 0;
    u64 compared = 0;
    for (u64 seed = 1; seed <= 3; seed++) {
        seen_t on;
        seen_t off;
        runner_result_t a = run(seed, false, &on);
        runner_result_t b = run(seed, true, &off);
        CHECK(digest_eq(&a.decisions, &b.decisions));
        CHECK(digest_eq(&a.input, &b.input));
        CHECK_EQ(a.counts.facts, b.counts.facts);
        CHECK(on.told > 5 && on.told == off.told && on.told_hash == off.told_hash);
        CHECK_EQ(a.equity.v, b.equity.v);
        /* an idle firing asks the broker again: more questions, the same answers */
        CHECK(on.timers <= off.timers && on.positions <= off.positions);
        CHECK_EQ(on.differs + off.differs, 0);
        CHECK_EQ(on.looked + off.looked, 0);
        timers += on.timers;
        compared += on.positions;
        CHECK(a.counts.cycles > 100);
        for (u32 i = 0; i < on.loops; i++) {
            CHECK_EQ(off.counts[i].skipped, 0);
            skipped += on.counts[i].skipped;
            CHECK_EQ(on.counts[i].runs + on.counts[i].skipped + on.counts[i].late,
                     off.counts[i].runs + off.counts[i].late);
        }
    }
    CHECK(skipped > 1000);
    CHECK(timers > 0 && compared > 0);
}

TEST(each_loop_runs_as_often_as_it_should)
{
    UNUSED_STATE;
    seen_t s;
    runner_result_t r = run(7, false, &s);
    u64 days = (u64)s.sessions;
    CHECK_EQ(days, 3);
    CHECK_EQ(of(&s, "session_roll")->runs, days);
    CHECK_EQ(of(&s, "overnight_carry")->runs, days);
    CHECK_EQ(of(&s, "equity_mark")->runs, days);
    CHECK_EQ(of(&s, "health_update")->runs, days);
    CHECK_EQ(of(&s, "snapshot_due")->runs, days);
    CHECK_EQ(s.equity_facts, days);
    CHECK_EQ(of(&s, "strategy_exit")->runs, r.slices);
    CHECK_EQ(of(&s, "shadow_follow")->runs, r.slices);
    CHECK_EQ(of(&s, "strategy_scan")->runs, r.counts.cycles);
    CHECK_EQ(of(&s, "regime_daily")->runs, r.counts.cycles);
    CHECK_EQ(of(&s, "strategy_update")->runs, r.counts.cycles);
    CHECK_EQ(of(&s, "intraday_regime")->runs, r.counts.cycles);
    static const char *const by_bar[] = {"risk", "trim", "pdt_counter", "margin_watch", "sector_exposure",
                                         "correlation_matrix", "anomaly", "sell_confidence", "momentum",
                                         "breadth_heatmap", "volatility_regime", "daily_planning",
                                         "crypto_momentum"};
    static const char *const by_day[] = {"performance_report", "signal_expiry", "strategy_health",
                                         "calibration", "adaptive_threshold", "loop_supervisor",
                                         "factor_rotation"};
    for (u32 i = 0; i < COUNT_OF(by_bar); i++) {
        CHECK_EQ(of(&s, by_bar[i])->runs, r.counts.cycles);
    }
    for (u32 i = 0; i < COUNT_OF(by_day); i++) {
        CHECK_EQ(of(&s, by_day[i])->runs, days);
    }
    CHECK_EQ(of(&s, "strategy_scan")->late, 0);
    CHECK(of(&s, "order_lookup")->runs >= r.slices);
    CHECK(of(&s, "position_guard")->runs >= r.slices);
    CHECK(of(&s, "consistency_check")->runs > 0);
    CHECK_EQ(of(&s, "kill_drill")->runs, days); /* looks every session, tries in the first of a week */
    CHECK(s.drills >= 1 && s.drills <= 2 && s.drills_passed == s.drills);
    CHECK(of(&s, "order_watch")->runs >= r.slices);
    CHECK(of(&s, "reconcile")->runs > 0);
    CHECK_EQ(of(&s, "reconcile")->runs, s.positions); /* each question has its answer */
}

TEST(entries_carry_their_own_bound)
{
    UNUSED_STATE;
    seen_t seen;
    (void)run_as(1, false, true, &seen);
    CHECK(seen.entries > 0);
    CHECK_EQ(seen.strange, 0);
    CHECK(seen.orders > 0 && seen.looked == 0); /* what rests at the broker rests here */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(skipping_changes_no_decision), cmocka_unit_test(entries_carry_their_own_bound),
        cmocka_unit_test(each_loop_runs_as_often_as_it_should),
    };
    return RUN_TESTS(tests);
}
