/* Cash accounts in a whole run: nothing is sold short, the gates keep good-faith violations within what the
 * broker lets pass, and where money on its way may not buy there is none. Every violation is told. */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "scan/record.h"

enum { STOCKS = 150 };

typedef struct {
    u64 alerts, shorts, refused[3]; /* by SETTLED_CASH, GOOD_FAITH, NOT_FROZEN */
    u64 ever, most, unsettled;
    cycle_record_t record;
    screen_refusal_t refusal[LIMIT_UNIVERSE];
} tale_t;

static void on_candidate(tale_t *t, const cand_record_t *c)
{
    static const u16 rules[3] = {RULE_SETTLED_CASH, RULE_GOOD_FAITH, RULE_NOT_FROZEN};
    for (u64 i = 0; c->refused_stage == 12 && i < c->gate_count; i++) {
        for (u32 k = 0; k < 3; k++) {
            t->refused[k] += c->gate[i].rule == rules[k] && !gate_holds(&c->gate[i]) ? 1 : 0;
        }
    }
}

static err_t tale_append(void *ctx, event_t *e)
{
    tale_t *t = ctx;
    if (e->head.kind == EV_ALERT) {
        t->alerts += e->as.ALERT.code == EXEC_ALERT_GOOD_FAITH ? 1 : 0;
        CHECK(e->as.ALERT.code != EXEC_ALERT_FREERIDING);
    }
    if (e->head.kind == EV_INTENT) {
        t->shorts += e->as.INTENT.side == SIDE_SELL_SHORT ? 1 : 0;
    }
    if (e->head.kind == EV_DECISION && e->as.DECISION.form == RECORD_CYCLE) {
        t->record.refusal = t->refusal;
        CHECK_OK(record_cycle_decode(e->as.DECISION.record, &t->record));
        for (u64 i = 0; i < t->record.cand_count; i++) {
            on_candidate(t, &t->record.cand[i]);
        }
    }
    return ERR_OK;
}

static void watch(void *ctx, const runner_view_t *v)
{
    tale_t *t = ctx;
    const account_t *a = engine_account(v->engine);
    CHECK(account_check(a));
    t->ever = a->good_faith_ever;
    t->most = MAX_OF(t->most, (u64)account_good_faith(a) + account_unsettled_positions(a));
    t->unsettled += account_unsettled_positions(a) > 0 ? 1 : 0;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        CHECK(a->positions[i].inst == INST_NONE || a->positions[i].qty.v >= 0);
    }
}

static tale_t *run(bool margin, bool unsettled, bool flatten)
{
    tale_t *t = calloc(1, sizeof *t);
    assert_non_null(t);
    config_t c = busy_config();
    c.account_margin = margin ? 1 : 0;
    c.account_unsettled_buys = unsettled ? 1 : 0;
    c.account_good_faith_max = 1;
    c.exit_eod_flatten = flatten ? 1 : 0;
    c.size_max_position_pct = 10;
    c.size_max_adv_pct = 10;
    c.eval_skip_if_moved_r = 0.35;
    c.size_risk_pct = 0.5;
    c.size_choppy_mult = 1;
    c.corr_threshold = 1;
    c.size_kelly_min_n = 1000;
    c.exit_max_hold_min = flatten ? 30 : 0;
    c.trail_enabled = 0;
    c.screen_min_daily_bars = 5;
    sim_market_spec_t ms = sim_market_spec_default(5);
    sim_market_t *m = NULL;
    ms.stocks = STOCKS; /* enough to spend all of the money in a day */
    ms.warmup_sessions = 12;
    ms.sessions = 6;
    ms.edge = SIM_EDGE_MOMENTUM;
    ms.edge_strength = 1.0;
    CHECK_OK(sim_market_open(&ms, NULL, &m));
    source_t source = sim_market_source(m);
    runner_spec_t spec = busy_spec(m, &source, &c);
    runner_result_t result;
    spec.tap = (engine_sink_t){.ctx = t, .append = tale_append};
    spec.ctx = t;
    spec.watch = margin ? NULL : watch;
    CHECK_OK(runner_run(&spec, NULL, &result));
    sim_market_close(m);
    print_message(
        "# margin %d, unsettled buys %d, flat at night %d: %llu trades; refused by settled cash %llu, "
        "good faith %llu, freeze %llu; %llu slices with unsettled positions, %llu violations\n",
        margin, unsettled, flatten, (unsigned long long)result.counts.trades,
        (unsigned long long)t->refused[0], (unsigned long long)t->refused[1],
        (unsigned long long)t->refused[2], (unsigned long long)t->unsettled, (unsigned long long)t->ever);
    CHECK(result.counts.trades > 10);
    CHECK_EQ(t->alerts, t->ever);
    return t;
}

TEST(settled_money_alone_buys)
{
    UNUSED_STATE;
    tale_t *t = run(false, false, true);
    CHECK(t->refused[0] > 0);
    CHECK(t->refused[1] == 0 && t->refused[2] == 0);
    CHECK(t->ever == 0 && t->unsettled == 0 && t->shorts == 0);
    free(t);
}

/* A day account is flat at night: what unsettled money buys would be a violation for certain. */
TEST(a_day_account_never_sells_too_early)
{
    UNUSED_STATE;
    tale_t *t = run(false, true, true);
    CHECK(t->refused[1] > 0);
    CHECK(t->ever == 0 && t->unsettled == 0 && t->shorts == 0);
    free(t);
}

TEST(violations_stay_within_what_passes)
{
    UNUSED_STATE;
    tale_t *t = run(false, true, false);
    CHECK(t->unsettled > 0);
    CHECK(t->refused[1] > 0);
    CHECK(t->most <= 1);
    free(t);
}

TEST(a_margin_account_meets_none_of_it)
{
    UNUSED_STATE;
    tale_t *t = run(true, true, true);
    CHECK(t->refused[0] + t->refused[1] + t->refused[2] == 0);
    CHECK(t->shorts > 0);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settled_money_alone_buys),
        cmocka_unit_test(a_day_account_never_sells_too_early),
        cmocka_unit_test(violations_stay_within_what_passes),
        cmocka_unit_test(a_margin_account_meets_none_of_it),
    };
    return RUN_TESTS(tests);
}
