/* The plan of 87 loops: whole, in order, and true of this binary and this tree. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loops/plan.h"
#include "scan/scan.h"

/* The product's list, copied from its paper and not from plan.def. */
static const char *const names[] = {
    "earnings", "insider", "sec_filings", "news", "congress", "earnings_reaction", "analyst_ratings",
    "institutional_13f", "short_interest", "economic_calendar", "social_sentiment", "momentum", "macro",
    "options_monitor", "dark_pool_monitor", "quote_refresh", "intraday_regime", "volatility_regime",
    "breadth_heatmap", "halt_watch", "strategy_scan", "strategy_update", "strategy_exit", "sell_confidence",
    "trailing_stop", "factor_rotation", "signal_publish", "signal_expiry", "swing_scan", "screen", "evaluate",
    "size", "ai_score", "execute", "order_poll", "slice_scheduler", "reconcile", "universe_refresh",
    "eod_flatten", "ml_retrainer", "calibration", "prompt_evolution", "trade_reflection", "ab_test_eval",
    "strategy_health", "bandit_update", "lesson_index", "adaptive_threshold", "self_improver", "risk", "trim",
    "anomaly", "daily_planning", "equity_snapshot", "correlation_matrix", "sector_exposure", "pdt_counter",
    "performance_report", "flow", "gex", "dark_pool", "max_pain", "wheel", "iv_rank", "earnings_iv",
    "options_position", "expiry_assignment", "crypto_momentum", "btc_dominance", "fear_greed",
    "crypto_regime", "crypto_exit", "funding_rate", "crypto_reconcile", "futures_scan", "futures_roll",
    "forex_scan", "forex_session", "margin_watch", "provider_health", "stream_watchdog", "cache_maintenance",
    "consistency_check", "token_refresh", "notify_queue", "db_maintenance", "loop_supervisor"};

/* Rows of each group, in order of the groups. */
static const u32 sizes[LOOP_GROUPS] = {11, 9, 9, 10, 10, 9, 9, 7, 5, 8};

TEST(the_plan_is_the_products_list)
{
    UNUSED_STATE;
    u32 first = 0;
    CHECK_EQ(plan_count(), 87);
    CHECK_EQ(COUNT_OF(names), 87);
    for (u32 g = 0; g < LOOP_GROUPS; g++) {
        for (u32 i = first; i < first + sizes[g]; i++) {
            const plan_row_t *row = plan_at(i);
            CHECK_EQ(row->id, i + 1); /* each id once, none left out */
            CHECK_EQ(row->group, g + 1);
            CHECK_STR(row->name, names[i]);
            CHECK(plan_find(row->id) == row);
        }
        first += sizes[g];
    }
    CHECK_EQ(first, 87);
    CHECK(plan_find(0) == NULL && plan_find(88) == NULL);
}

static bool is_loop(const char *name)
{
    for (u32 i = 0; i < loop_count(); i++) {
        if (strcmp(loop_at(i)->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_stage(const char *name)
{
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        if (strcmp(stage_at(i)->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_file(const char *path)
{
    const char *root = getenv("VITRINE_TEST_ROOT");
    char whole[512];
    (void)snprintf(whole, sizeof whole, "%s/%s", root == NULL ? "." : root, path);
    FILE *f = fopen(whole, "r");
    if (f != NULL) {
        (void)fclose(f);
    }
    return f != NULL;
}

static bool place_is_there(const char *as)
{
    return (strncmp(as, "loop ", 5) == 0 && is_loop(as + 5)) ||
           (strncmp(as, "stage ", 6) == 0 && is_stage(as + 6)) ||
           (strncmp(as, "file ", 5) == 0 && is_file(as + 5));
}

TEST(what_it_says_of_each_row_is_true)
{
    UNUSED_STATE;
    u32 standing = 0;
    for (u32 i = 0; i < plan_count(); i++) {
        const plan_row_t *row = plan_at(i);
        const loop_desc_t *loop = plan_loop(row);
        char text[240];
        plan_print(row, text, sizeof text);
        CHECK(strlen(text) < sizeof text - 1);
        if (loop != NULL) { /* a loop of that name: what it needed, or where it was done, is over */
            CHECK_EQ(loop->group, row->group);
            CHECK_STR(row->as, "");
            CHECK_STR(row->text, "");
            CHECK_STR(text, "stands");
        } else {
            CHECK(row->text[0] != '\0');
            CHECK(row->as[0] == '\0' || place_is_there(row->as));
            CHECK(strncmp(text, row->as[0] != '\0' ? "stands as " : "needs ", 6) == 0);
        }
        standing += strncmp(text, "stands", 6) == 0 ? 1 : 0;
    }
    CHECK_EQ(plan_standing(), standing);
    CHECK(standing >= 39);
    CHECK(!place_is_there("loop nothing") && !place_is_there("stage nothing") &&
          !place_is_there("file src/nothing.c") && !place_is_there(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plan_is_the_products_list),
        cmocka_unit_test(what_it_says_of_each_row_is_true),
    };
    return RUN_TESTS(tests);
}
