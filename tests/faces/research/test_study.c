/* Studies over a small store: the same for any number of threads, a try equal to a backtest of its settings,
 * and every try counted. */
#include "tests/test.h"

#include <string.h>

#include "drivers/runner.h"
#include "faces/research/study.h"
#include "quant/indicators/indicators.h"
#include "quant/math/qmath.h"
#include "store/trials.h"
#include "tests/faces/research/made_store.h"
#include "tests/store/home.h"

typedef struct {
    char home[HOME_SIZE];
    run_spec_t spec;
    config_t config;
    space_t space;
    study_spec_t study;
} world_t;

static void world_open(world_t *w)
{
    static char symbols[RUN_SPEC_SYMBOLS];
    memset(w, 0, sizeof *w);
    home_make(w->home);
    made_store(w->home);
    w->spec = (run_spec_t){.kind = RUN_BACKTEST,
                           .timeframe = TF_1D,
                           .cash = {100000 * MONEY_SCALE},
                           .seed = 1,
                           .symbols = symbols};
    w->config = config_default(PROFILE_SWING, PRESET_MODERATE);
    w->config.risk_min_confidence = 0.05; /* open gates: the point is many trades, not good ones */
    w->config.cost_min_profit_multiple = 0;
    w->config.comp_min_composite_score = 0;
    w->space.method = SEARCH_GRID;
    CHECK_OK(space_add(&w->space, STR("confidence.tau=0.05:0.2:0.05"), NULL));
    CHECK_OK(space_add(&w->space, STR("eval.valid_bars=1,3"), NULL));
    CHECK_OK(space_finish(&w->space, 100, NULL));
    w->study = (study_spec_t){.home = w->home,
                              .spec = &w->spec,
                              .config = &w->config,
                              .space = &w->space,
                              .threads = 1,
                              .kernel_level = INDICATOR_SSE2};
}

TEST(threads_change_nothing)
{
    UNUSED_STATE;
    world_t w;
    study_t one;
    study_t many;
    diag_t diag = {0};
    world_open(&w);
    CHECK_OK(study_run(&w.study, GOAL_SHARPE, &diag, &one));
    w.study.threads = 3;
    CHECK_OK(study_run(&w.study, GOAL_SHARPE, &diag, &many));
    CHECK_EQ(one.trials, 8);
    CHECK_EQ(one.best, many.best);
    u32 trades = 0;
    for (u32 i = 0; i < one.trials; i++) {
        CHECK(digest_eq(&one.own_try[i].decisions, &many.own_try[i].decisions));
        CHECK(one.own_try[i].sharpe == many.own_try[i].sharpe);
        CHECK_EQ(one.own_try[i].days, many.own_try[i].days);
        CHECK(one.own_try[one.best].sharpe >= one.own_try[i].sharpe);
        trades += one.own_try[i].trades;
    }
    print_message("# %u trades in all\n", trades);
    CHECK(trades > 20); /* else nothing was compared */
    CHECK(one.dsr.ok && one.dsr.value == many.dsr.value && one.pbo_known);
    study_free(&one);
    study_free(&many);
    home_remove(w.home);
}

/* A try decides what a backtest with these settings decides. */
TEST(a_try_is_a_backtest)
{
    UNUSED_STATE;
    world_t w;
    try_t t;
    world_open(&w);
    CHECK_OK(study_try(&w.study, 5, NULL, &t));
    config_t c = w.config;
    feed_source_t *feed = NULL;
    runner_result_t r;
    space_apply(&w.space, 5, &c);
    CHECK_OK(feed_source_open(&w.spec, w.home, NULL, &feed));
    source_t source = feed_source_of(feed);
    runner_spec_t rs = {.source = &source,
                        .config = &c,
                        .seed = 1,
                        .incarnation = {{1}},
                        .cash = w.spec.cash,
                        .profile = c.profile,
                        .untradable_proxy = true,
                        .kernel_level = INDICATOR_SSE2};
    CHECK_OK(runner_run(&rs, NULL, &r));
    CHECK(digest_eq(&r.decisions, &t.decisions));
    f64 total = money_to_f64(r.equity) / money_to_f64(w.spec.cash) - 1.0;
    CHECK(t.total > total - 1e-9 && t.total < total + 1e-9);
    feed_source_close(feed);
    try_free(&t);
    home_remove(w.home);
}

/* Two settings that hardly differ cannot talk away the five hundred tries of before them: those count as they
 * do in the report of a run, as far apart as chance alone would leave them. */
TEST(tries_of_before_count_beside_near_copies)
{
    UNUSED_STATE;
    world_t w;
    study_t fresh;
    study_t after;
    world_open(&w);
    memset(&w.space, 0, sizeof w.space);
    w.space.method = SEARCH_GRID;
    CHECK_OK(space_add(&w.space, STR("cost.slippage_bps=5,5.1"), NULL));
    CHECK_OK(space_finish(&w.space, 100, NULL));
    CHECK_OK(study_run(&w.study, GOAL_SHARPE, NULL, &fresh));
    w.study.before = 500;
    CHECK_OK(study_run(&w.study, GOAL_SHARPE, NULL, &after));
    const try_t *b = &after.own_try[after.best];
    f64 year = q_sqrt(252.0);
    f64 chance = 1.0 / (f64)(b->days - 1);
    CHECK(after.sharpe_var > 0.0); /* not copies to the bit */
    CHECK(after.sharpe_var < 0.1 * chance);
    f64 least = year * metrics_expected_max_sharpe(502, chance);
    CHECK(after.expected > least - 1e-9);
    CHECK(after.expected < least + 1e-9);
    CHECK(after.dsr.ok && after.dsr.value < fresh.dsr.value);
    /* Without any before them their own spread is all there is. */
    f64 own = year * metrics_expected_max_sharpe(2, fresh.sharpe_var);
    CHECK(fresh.expected > own - 1e-9 && fresh.expected < own + 1e-9);
    study_free(&fresh);
    study_free(&after);
    home_remove(w.home);
}

TEST(tries_are_counted)
{
    UNUSED_STATE;
    world_t w;
    home_t home;
    store_t *store = NULL;
    trials_t n;
    u32 openings = 0;
    world_open(&w);
    digest_t data = digest_of("data", 4);
    digest_t other = digest_of("other", 5);
    trial_row_t row = {
        .input = data, .study = STR("optimize"), .params = STR("a=1"), .sharpe = -0.25, .total = 1e300};
    CHECK_OK(home_open(w.home, HOME_CREATE, NULL, &home));
    CHECK_OK(store_open_home(&home, false, false, NULL, &store));
    CHECK_OK(trials_count(store, &data, NULL, &n));
    CHECK_EQ(n.searched + n.runs, 0);
    trial_row_t rows[3] = {row, row, row};
    rows[1].input = other;
    rows[1].t_created = 1;
    rows[2].locked = true;
    rows[2].t_created = 2;
    CHECK_OK(trials_add(store, rows, 3, NULL));
    CHECK_OK(trials_count(store, &data, NULL, &n));
    CHECK_EQ(n.searched, 2);
    CHECK_EQ(n.elsewhere, 1);
    /* One input's days on one market; the other's: apart by a day, by the market, with one in common. */
    trial_data_t mine = {.input = data, .market = STR("us 1d"), .first = 100, .last = 200};
    trial_data_t theirs = {.input = other, .market = STR("us 1d"), .first = 201, .last = 300};
    static const struct {
        const char *market;
        date_t first, last;
        u32 searched;
    } cases[] = {
        {"us 1d", 201, 300, 2}, {"us 1d", 10, 99, 2},   {"us 1d", 200, 300, 3},
        {"us 1d", 10, 100, 3},  {"us 1d", 120, 130, 3}, {"us 5m", 100, 200, 2},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        digest_t now = digest_chain(&other, &i, sizeof i); /* the first word of an input's days stands */
        trial_row_t again = row;
        again.input = now;
        again.t_created = 10 + i;
        trials_t before;
        CHECK_OK(trials_data(store, &mine, NULL));
        CHECK_OK(trials_count(store, &data, NULL, &before));
        theirs = (trial_data_t){now, str_from(cases[i].market), cases[i].first, cases[i].last};
        CHECK_OK(trials_data(store, &theirs, NULL));
        CHECK_OK(trials_add(store, &again, 1, NULL));
        CHECK_OK(trials_count(store, &data, NULL, &n));
        CHECK_EQ(n.searched - before.searched, cases[i].searched - 2);
        CHECK_EQ(n.elsewhere - before.elsewhere, 3 - cases[i].searched);
    }
    theirs.first = 0; /* what was said first stands */
    theirs.market = STR("us 1d");
    CHECK_OK(trials_data(store, &theirs, NULL));
    trials_t after;
    CHECK_OK(trials_count(store, &data, NULL, &after));
    CHECK_EQ(after.searched, n.searched);
    CHECK_OK(trials_openings(store, NULL, NULL, &openings));
    CHECK_EQ(openings, 1);
    store_close(store);
    home_close(&home);
    home_remove(w.home);
}

TEST(the_first_error_ends_it)
{
    UNUSED_STATE;
    world_t w;
    study_t s;
    diag_t diag = {0};
    world_open(&w);
    w.spec.from = (i64)30000 * NS_PER_DAY; /* long after the last bar */
    w.study.threads = 2;
    CHECK_EQ(study_run(&w.study, GOAL_SHARPE, &diag, &s), ERR_EMPTY);
    CHECK(diag.set);
    study_free(&s);
    home_remove(w.home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_nothing), cmocka_unit_test(a_try_is_a_backtest),
        cmocka_unit_test(tries_are_counted), cmocka_unit_test(the_first_error_ends_it),
        cmocka_unit_test(tries_of_before_count_beside_near_copies)};
    return RUN_TESTS(tests);
}
