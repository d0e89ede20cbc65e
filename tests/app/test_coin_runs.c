/* Coins as a user meets them: a file of one's own, a run, and what every verb says of it. */
#include "tests/engine/coins.h"
#include "tests/faces/line.h"

typedef struct {
    char home[HOME_SIZE];
    char *out, *err;
} world_t;

static exit_code_t run(world_t *w, const char *line)
{
    return line_run(w->home, line, &w->out, &w->err);
}

static bool says(const world_t *w, const char *text)
{
    bool there = strstr(w->out, text) != NULL;
    if (!there) {
        print_message("# not said: %s\n%s\n", text, w->out);
    }
    return there;
}

static void price(FILE *f, i64 v)
{
    (void)fprintf(f, ",%lld.%09lld", (long long)(v / PRICE_SCALE), (long long)(v % PRICE_SCALE));
}

/* What a person's own file of daily bars looks like. */
static void file_of(const dataset_t *d, const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f, "symbol,date,open,high,low,close,volume\n");
    for (u32 i = 0; i < d->count; i++) {
        char day[11];
        date_print(day, d->own_slice[i].session);
        for (u32 k = 0; k < d->own_slice[i].count; k++) {
            const bar_t *b = &d->own_bar[d->own_rows[i] + k];
            (void)fprintf(f, "%s,%s", d->like.instruments[d->own_inst[d->own_rows[i] + k]].symbol, day);
            price(f, b->open.v);
            price(f, b->high.v);
            price(f, b->low.v);
            price(f, b->close.v);
            (void)fprintf(f, ",%lld.%08lld\n", (long long)(b->volume / 100000000),
                          (long long)(b->volume % 100000000));
        }
    }
    CHECK_EQ(fclose(f), 0);
}

static world_t world_open(void)
{
    static const coins_t k = {.seed = 31, .history = 70, .sessions = 400, .first = 19500};
    world_t w = {0};
    dataset_t d;
    char path[LIMIT_PATH];
    char line[LIMIT_PATH + 64];
    home_make(w.home);
    dataset_coins(&k, TF_1D, &d);
    (void)snprintf(path, sizeof path, "%s/coins.csv", w.home);
    file_of(&d, path);
    dataset_free(&d);
    (void)snprintf(line, sizeof line, "data import %s --format plain_daily --source own", path);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK(says(&w, "rejected 0"));
    return w;
}

static void world_close(world_t *w)
{
    free(w->out);
    free(w->err);
    home_remove(w->home);
}

/* Gates open as far as they go, so that there is something to tell of. */
#define ON                                                                                                   \
    "--source own --proxy AAA/USD --preset aggressive --cash 20000 --set cost.slippage_bps=0 "               \
    "--set cost.spread_mult=0.1 --set comp.min_composite_score=0 --set comp.min_strategy_score=0 "           \
    "--set risk.min_confidence=0.05 --set account.margin=1 --set broker.fees=10"
#define BACKTEST "backtest " ON

TEST(a_run_of_coins_is_told_like_any_other)
{
    UNUSED_STATE;
    world_t w = world_open();
    CHECK_EQ(run(&w, "data check"), EXIT_CODE_OK);
    CHECK(strstr(w.out, "missing_session") == NULL); /* nobody rests at weekends */
    CHECK_EQ(run(&w, BACKTEST), EXIT_CODE_OK);
    CHECK(says(&w, "470 sessions, 8 symbols, swing"));
    CHECK(strstr(w.out, "recorded by other decision code") == NULL);
    CHECK(strstr(w.out, "\ntrades                0 closed") == NULL);
    CHECK_EQ(run(&w, "replay latest --verify"), EXIT_CODE_OK);
    CHECK(says(&w, "replay matches"));
    CHECK_EQ(run(&w, "audit verify"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "why AAA/USD"), EXIT_CODE_OK);
    CHECK(strstr(w.out, "law:") == NULL); /* the rule book's laws are of securities */
    CHECK_EQ(run(&w, "report"), EXIT_CODE_OK);
    CHECK(says(&w, ":00 UTC"));
    CHECK(strstr(w.out, "New York") == NULL);
    CHECK(says(&w, "with $0.00 of deferred losses"));
    CHECK(says(&w, "side       long"));
    CHECK(strstr(w.out, "           short ") == NULL);
    CHECK_EQ(run(&w, "scan --source own --proxy AAA/USD"), EXIT_CODE_OK);
    CHECK(says(&w, "  6  Candidate screening                in      8"));
    char line[LIMIT_PATH + 64];
    (void)snprintf(line, sizeof line, "capsule pack latest %s/c.capsule", w.home);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "capsule verify %s/c.capsule", w.home);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    world_close(&w);
}

/* The number behind `key` in what was said last; what is not there is no number of a test. */
static f64 number(const world_t *w, const char *key)
{
    char name[64];
    (void)snprintf(name, sizeof name, "\"%s\":", key);
    const char *at = strstr(w->out, name);
    CHECK(at != NULL);
    return strtod(at + strlen(name), NULL);
}

static bool near(f64 a, f64 b)
{
    return fabs(a - b) < 1e-9;
}

/* A search measures by the year that the report of its best measures by, and that report knows the search by
 * its settings, some of which coins left no choice about. */
TEST(a_search_and_its_run_speak_of_one_year)
{
    UNUSED_STATE;
    world_t w = world_open();
    CHECK_EQ(run(&w, "optimize --lock 0 --param confidence.tau=0.12 " ON " --json --quiet"), EXIT_CODE_OK);
    f64 sharpe = number(&w, "sharpe"); /* of the settings as they stand: 30 trades at least */
    CHECK_EQ(run(&w, BACKTEST " --quiet"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "report --json --quiet"), EXIT_CODE_OK);
    CHECK(number(&w, "annualisation") == 365.0);
    CHECK(sharpe != 0.0 && near(number(&w, "sharpe"), sharpe));
    CHECK_EQ(run(&w, BACKTEST " --set confidence.tau=0.12 --quiet"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "report"), EXIT_CODE_OK);
    CHECK(says(&w, "optimize: 1 setting tried"));
    /* One fold from the hundredth day on, as a run that trades from that day. */
    CHECK_EQ(run(&w, "walk-forward --train 100 --test 300 " ON), EXIT_CODE_OK);
    const char *at = strstr(w.out, "\na year                ");
    CHECK(at != NULL);
    f64 year = strtod(at + strlen("\na year"), NULL);
    CHECK_EQ(run(&w, BACKTEST " --trade-from 2023-08-31 --quiet"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "report"), EXIT_CODE_OK);
    at = strstr(w.out, "\nper year              ");
    CHECK(at != NULL && strstr(at, "mean daily return x 365") != NULL);
    CHECK(year != 0.0 && near(strtod(at + strlen("\nper year"), NULL), year));
    world_close(&w);
}

static bool complains(const world_t *w, const char *text)
{
    bool there = strstr(w->err, text) != NULL && strstr(w->err, "do: ") != NULL;
    if (!there) {
        print_message("# not complained of: %s\n%s\n", text, w->err);
    }
    return there;
}

static bool silent_of(const world_t *w, const char *text)
{
    bool there = strstr(w->out, text) != NULL;
    if (there) {
        print_message("# said: %s\n%s\n", text, w->out);
    }
    return !there;
}

/* Units, prices and parts of a coin are a coin's, and no rule of securities is told of it as if it were
 * asked. */
TEST(a_trade_of_a_coin_is_told_in_coins)
{
    UNUSED_STATE;
    world_t w = world_open();
    char line[LIMIT_PATH + 64];
    CHECK_EQ(run(&w, BACKTEST " --quiet"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "audit export latest --kind fill"), EXIT_CODE_OK);
    const char *at = strstr(w.out, "\"inst\":7,"); /* HHH/USDC */
    CHECK(at != NULL);
    while (at > w.out && at[-1] != '\n') {
        at--;
    }
    at = strstr(at, "\"intent\":\"") + strlen("\"intent\":\"");
    (void)snprintf(line, sizeof line, "why %.32s", at);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK(says(&w, " coins, quality") && silent_of(&w, "share"));
    CHECK(says(&w, "SETTLED_CASH") && silent_of(&w, "DAY_TRADES") && silent_of(&w, "Rule 201"));
    CHECK_EQ(run(&w, "what-if buy 0.12345678 HHH/USDC"), EXIT_CODE_OK);
    CHECK(says(&w, ": buy 0.12345678 HHH/USDC at "));
    CHECK(says(&w, "SETTLED_CASH") && silent_of(&w, "DAY_TRADES") && silent_of(&w, "GOOD_FAITH") &&
          silent_of(&w, "INTRADAY_MARGIN") && silent_of(&w, "NOT_FROZEN") && silent_of(&w, "SHORT_PRICE"));
    CHECK_EQ(run(&w, "what-if buy 0.000000001 HHH/USDC"), EXIT_CODE_USAGE);
    CHECK(complains(&w, "HHH/USDC is traded in parts of 0.00000001"));
    world_close(&w);
}

/* The days of what a run is measured by are the run's own days. */
TEST(a_proxy_keeps_the_days_of_its_run)
{
    UNUSED_STATE;
    world_t w = world_open();
    char line[LIMIT_PATH + 64];
    (void)snprintf(line, sizeof line, "%s/shares.csv", w.home);
    FILE *f = fopen(line, "w");
    assert_non_null(f);
    (void)fprintf(f, "symbol,date,open,high,low,close,volume\n");
    for (u32 day = 12; day < 17; day++) { /* Monday to Friday */
        (void)fprintf(f, "SPY,2023-06-%u,10,12,9,11,500\n", day);
    }
    CHECK_EQ(fclose(f), 0);
    (void)snprintf(line, sizeof line, "data import %s/shares.csv --format plain_daily --source shares",
                   w.home);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "backtest --source own --proxy SPY --proxy-source shares"), EXIT_CODE_USAGE);
    CHECK(complains(&w, "--proxy SPY: what coins are measured by is a coin"));
    CHECK_EQ(run(&w, "backtest --source shares --proxy AAA/USD --proxy-source own"), EXIT_CODE_USAGE);
    CHECK(complains(&w, "--proxy AAA/USD: what shares are measured by is a share or an index"));
    CHECK_EQ(run(&w, "backtest --source own --proxy aaa-usd"), EXIT_CODE_NOT_FOUND);
    CHECK(complains(&w, "no 1d bars of 'aaa-usd'")); /* not a word of weekends */
    CHECK_EQ(run(&w, "backtest --source shares --proxy SPY --proxy-source shares"), EXIT_CODE_OK);
    world_close(&w);
}

/* A broker that trades no coins is told before anything is recorded. */
TEST(what_cannot_be_a_run_leaves_none)
{
    UNUSED_STATE;
    world_t w = world_open();
    CHECK_EQ(run(&w, "backtest --source own --set broker.fees=3"), EXIT_CODE_USAGE);
    CHECK(strstr(w.err, "schwab trades none of these instruments") != NULL);
    CHECK_EQ(run(&w, "report"), EXIT_CODE_NOT_FOUND);
    world_close(&w);
}

/* A day's own bar belongs to a range that ends with it, though it is known at midnight. */
TEST(ranges_hold_whole_days)
{
    UNUSED_STATE;
    world_t w = world_open();
    CHECK_EQ(run(&w, "backtest --source own --from 2023-07-01 --to 2023-07-31"), EXIT_CODE_OK);
    CHECK(says(&w, "2023-07-01 to 2023-07-31  31 sessions"));
    /* Sixty days are the history alone; of seventy-five some are left. */
    CHECK(strstr(w.err, "only fill its history") != NULL);
    CHECK_EQ(run(&w, "backtest --source own --from 2023-07-01 --to 2023-09-13"), EXIT_CODE_OK);
    CHECK(strstr(w.err, "only fill its history") == NULL);
    CHECK_EQ(run(&w, "data list"), EXIT_CODE_OK);
    CHECK(says(&w, " 2023-05-23 2024-09-03 raw"));
    CHECK_EQ(run(&w, "scan --source own"), EXIT_CODE_OK);
    CHECK(says(&w, "one cycle at 2024-09-04T00:00:00Z"));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_run_of_coins_is_told_like_any_other),
                                       cmocka_unit_test(a_search_and_its_run_speak_of_one_year),
                                       cmocka_unit_test(a_proxy_keeps_the_days_of_its_run),
                                       cmocka_unit_test(a_trade_of_a_coin_is_told_in_coins),
                                       cmocka_unit_test(what_cannot_be_a_run_leaves_none),
                                       cmocka_unit_test(ranges_hold_whole_days)};
    return RUN_TESTS(tests);
}
