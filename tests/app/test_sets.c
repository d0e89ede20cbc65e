/* Every set of bars that docs/data.md names runs from its import to its audit, or is refused in words. The
 * whole of it, a year of each, is tools/prove-sets. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "model/bar.h"
#include "tests/budget.h"
#include "tests/faces/line.h"
#include "tests/store/home.h"

enum { FILES = 3, TEXT = 1024, HISTORY_DAYS = 200, TRADED_DAYS = 60 };

static const struct {
    const char *set;
    const char *files[FILES]; /* none: what the demo writes */
    const char *timeframe[2];
    bool index; /* refused: nobody trades it */
} sets[] = {
    {"cboe_vix_daily", {"daily/cboe_vix_daily.csv.zst"}, {"1d"}, true},
    {"lean_equity_daily", {"daily/lean_equity_daily_trade.csv.zst"}, {"1d"}, false},
    {"plain_daily", {NULL}, {"1d"}, false},
    {"sp500_daily", {"daily/sp500_daily.csv.zst"}, {"1d"}, false},
    {"us_1min", {"intraday/us_1min.csv.zst"}, {"1m", "1d"}, false},
    {"us_5min", {"intraday/us_5min.csv.zst"}, {"5m", "1d"}, false},
    {"us_all_2016", {"daily/us_all_2016.csv.zst"}, {"1d"}, false},
    {"us_daily_2024_2026", {"daily/us_daily_2024_2026.csv.zst"}, {"1d"}, false},
    {"yahoo_daily",
     {"daily/yahoo_SPY_daily.csv.zst", "daily/yahoo_QQQ_daily.csv.zst", "daily/yahoo_VIX_daily.csv.zst"},
     {"1d"},
     false},
};

static char *out, *err;

static exit_code_t run(const char *home, const char *line)
{
    exit_code_t code = line_run(home, line, &out, &err);
    if (code != EXIT_CODE_OK && code != EXIT_CODE_USAGE) {
        print_message("# %s: exit %d: %s\n", line, (int)code, err);
    }
    return code;
}

static void import(const char *home, u32 k)
{
    char line[TEXT];
    char path[512];
    if (sets[k].files[0] == NULL) {
        (void)snprintf(line, sizeof line, "demo --bars %s/own.csv --stocks 8 --history 400 --quiet", home);
        CHECK_EQ(run(home, line), EXIT_CODE_OK);
        (void)snprintf(line, sizeof line, "data import %s/own.csv --format plain_daily --quiet", home);
        CHECK_EQ(run(home, line), EXIT_CODE_OK);
    }
    for (u32 i = 0; i < FILES && sets[k].files[i] != NULL; i++) {
        CHECK(data_path(sets[k].files[i], path, sizeof path));
        (void)snprintf(line, sizeof line, "data import %s --quiet", path);
        CHECK_EQ(run(home, line), EXIT_CODE_OK);
    }
}

/* The last day that is stored of the set. */
static date_t last_of(const char *home, u32 k)
{
    static const char key[] = "\"last\":\"";
    char line[TEXT];
    date_t day = 0;
    (void)snprintf(line, sizeof line, "data list --json --source %s", sets[k].set);
    CHECK_EQ(run(home, line), EXIT_CODE_OK);
    const char *at = strstr(out, key);
    CHECK(at != NULL);
    CHECK_OK(date_parse(str_slice(str_from(at + strlen(key)), 0, 10), &day));
    return day;
}

static void backtest(const char *home, u32 k, const char *timeframe)
{
    char line[TEXT];
    char from[11];
    char trade[11];
    date_t last = last_of(home, k);
    date_print(from, last - HISTORY_DAYS);
    date_print(trade, last - TRADED_DAYS);
    (void)snprintf(line, sizeof line, "backtest --quiet --source %s --timeframe %s --from %s --trade-from %s",
                   sets[k].set, timeframe, from, trade);
    exit_code_t code = run(home, line);
    if (sets[k].index) {
        CHECK_EQ(code, EXIT_CODE_USAGE);
        CHECK(strstr(err, "VIX is an index") != NULL && strstr(err, "\n  do: ") != NULL);
        return;
    }
    CHECK_EQ(code, EXIT_CODE_OK);
    CHECK(strstr(out, " cycles, ") != NULL && strstr(out, "\n0 cycles, ") == NULL);
    CHECK_EQ(run(home, "report latest --quiet"), EXIT_CODE_OK);
    CHECK(strstr(out, "-- funnel ") != NULL);
    CHECK_EQ(run(home, "audit verify latest --quiet"), EXIT_CODE_OK);
    CHECK(strstr(out, "whole ") == out);
}

TEST(every_set_runs_from_its_import_to_its_audit)
{
    UNUSED_STATE;
    char path[512];
    if (!data_path(sets[0].files[0], path, sizeof path)) {
        skip();
    }
    budget_t b = budget_start(COUNT_OF(sets));
    for (u64 k; budget_next(&b, &k);) {
        char home[HOME_SIZE];
        home_make(home);
        import(home, (u32)k);
        for (u32 i = 0; i < COUNT_OF(sets[k].timeframe) && sets[k].timeframe[i] != NULL; i++) {
            backtest(home, (u32)k, sets[k].timeframe[i]);
        }
        home_remove(home);
    }
    budget_say(&b, "sets");
}

/* A layout of bars is added with its row here. */
TEST(the_page_names_no_other)
{
    UNUSED_STATE;
    char path[512];
    char line[TEXT];
    u32 rows = 0;
    bool layouts = false;
    (void)snprintf(path, sizeof path, "%s/docs/data.md", getenv("VITRINE_TEST_ROOT"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        layouts = strncmp(line, "## ", 3) == 0 ? strcmp(line, "## Layouts\n") == 0 : layouts;
        if (!layouts || strncmp(line, "| `", 3) != 0) {
            continue;
        }
        line[3 + strcspn(line + 3, "`")] = '\0';
        u32 k = 0;
        while (k < COUNT_OF(sets) && strcmp(sets[k].set, line + 3) != 0) {
            k++;
        }
        if (strcmp(line + 3, "--format") != 0) {
            CHECK(k < COUNT_OF(sets));
            rows++;
        }
    }
    CHECK_EQ(fclose(f), 0);
    CHECK_EQ(rows, COUNT_OF(sets));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_set_runs_from_its_import_to_its_audit),
                                       cmocka_unit_test(the_page_names_no_other)};
    return RUN_TESTS(tests);
}
