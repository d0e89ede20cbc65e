/* Loops in whole runs over the simulated market: the same decisions whether idle firings are skipped or not,
 * and every loop of the table does its work when a run gives it cause. */
#include "tests/test.h"

#include <string.h>

#include "drivers/runner.h"
#include "sim/market.h"

typedef struct {
    loop_count_t counts[LOOPS_MAX];
    const char *name[LOOPS_MAX];
    u32 loops;
    u64 snapshots_asked;
    u64 equity_facts, scans;
    date_t sessions;
} seen_t;

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

static err_t count(void *ctx, event_t *e)
{
    seen_t *s = ctx;
    s->equity_facts += e->head.kind == EV_EQUITY ? 1 : 0;
    return ERR_OK;
}

static runner_result_t run(u64 seed, bool unskipped, seen_t *seen)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.stocks = 12;
    spec.history_sessions = 280;
    spec.warmup_sessions = 1;
    spec.sessions = 3;
    spec.edge = SIM_EDGE_MOMENTUM;
    spec.edge_strength = 2.0;
    diag_t diag = {0};
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(&spec, &diag, &m));
    source_t source = sim_market_source(m);
    config_t config = config_default(PROFILE_DAY, PRESET_AGGRESSIVE);
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
    for (u64 seed = 1; seed <= 3; seed++) {
        seen_t on;
        seen_t off;
        runner_result_t a = run(seed, false, &on);
        runner_result_t b = run(seed, true, &off);
        CHECK(digest_eq(&a.decisions, &b.decisions));
        CHECK(digest_eq(&a.input, &b.input));
        CHECK_EQ(a.counts.facts, b.counts.facts);
        CHECK_EQ(a.equity.v, b.equity.v);
        CHECK(a.counts.cycles > 100);
        for (u32 i = 0; i < on.loops; i++) {
            CHECK_EQ(off.counts[i].skipped, 0);
            skipped += on.counts[i].skipped;
            CHECK_EQ(on.counts[i].runs + on.counts[i].skipped + on.counts[i].late,
                     off.counts[i].runs + off.counts[i].late);
        }
    }
    CHECK(skipped > 1000);
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
    CHECK_EQ(of(&s, "exit_monitor")->runs, r.slices);
    CHECK_EQ(of(&s, "shadow_follow")->runs, r.slices);
    CHECK_EQ(of(&s, "strategy_scan")->runs, r.counts.cycles);
    CHECK_EQ(of(&s, "regime_daily")->runs, r.counts.cycles);
    CHECK_EQ(of(&s, "strategy_scan")->late, 0);
    CHECK(of(&s, "order_lookup")->runs >= r.slices);
    CHECK(of(&s, "position_guard")->runs >= r.slices);
    CHECK(of(&s, "consistency_check")->runs > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(skipping_changes_no_decision),
        cmocka_unit_test(each_loop_runs_as_often_as_it_should),
    };
    return RUN_TESTS(tests);
}
