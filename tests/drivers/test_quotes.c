/* Quotes that cannot be, or that stand still (F42): crossed, locked, one-sided, frozen, stale. Through import
 * and `data check` of the program itself, for bars of bid and ask, single quotes and option chains: which are
 * told, under which name, which rows are marked, and that none of them is taken for a price. The engine takes
 * no quotes: a back-test in a home full of bad ones decides what it decides without. */
#include "tests/test.h"

#include "tests/faces/line_world.h"

/* A line that must end well. */
static void runs_well(world_t *w, const char *line)
{
    if (run(w, line) != EXIT_CODE_OK) {
        print_error("%s: %s\n", line, w->err);
        fail();
    }
}

static FILE *file_open(world_t *w, const char *name)
{
    char path[HOME_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/%s", w->home, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    return f;
}

static void import(world_t *w, const char *name)
{
    char line[HOME_SIZE + 160];
    (void)snprintf(line, sizeof line, "data import %s/%s --source set", w->home, name);
    runs_well(w, line);
}

/* "rule N" of the import or of a check. */
static u64 count_of(const world_t *w, const char *rule)
{
    const char *at = strstr(w->out, rule);
    u64 n = 0;
    if (at != NULL) {
        at += strlen(rule);
        at += strspn(at, " ");
        for (; *at >= '0' && *at <= '9'; at++) {
            n = n * 10 + (u64)(*at - '0');
        }
    }
    return n;
}

static u32 times(const world_t *w, const char *word)
{
    u32 n = 0;
    for (const char *at = w->out; (at = strstr(at, word)) != NULL; at += strlen(word)) {
        n++;
    }
    return n;
}

static const char bar_head[] = "market,symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,"
                               "ask_open,ask_high,ask_low,ask_close,ask_size\n";

TEST(bars_of_bid_and_ask)
{
    world_t *w = *state_;
    FILE *f = file_open(w, "equity_minute_quote.csv");
    static const char *const rows[] = {
        "34200000,10000,10010,9990,10000,3,10100,10110,10090,10100,5",  /* sound */
        "34260000,10200,10200,10200,10200,3,10100,10100,10100,10100,5", /* crossed */
        "34320000,10200,10200,10000,10000,3,10100,10100,10100,10100,5", /* crossed at its open */
        "34380000,10100,10100,10100,10100,3,10100,10100,10100,10100,5", /* locked */
        "34440000,,,,,,10100,10100,10100,10100,5",                      /* one side */
        "34500000,10000,10000,10000,10000,3,,,,,",                      /* the other */
        "34560000,,,,,,,,,,",                                           /* none */
        "34620000,10000,10120,9990,10000,3,10100,10110,10050,10100,5",  /* highs and lows may cross */
        "34680000,-1,-1,-1,-1,3,10100,10100,10100,10100,5",
    };
    (void)fprintf(f, "%s", bar_head);
    for (u32 i = 0; i < COUNT_OF(rows); i++) {
        (void)fprintf(f, "usa,abc,20240304,%s\n", rows[i]);
    }
    CHECK_EQ(fclose(f), 0);
    import(w, "equity_minute_quote.csv");
    CHECK_EQ(count_of(w, "crossed_quote"), 2);
    CHECK_EQ(count_of(w, "locked_quote"), 1);
    CHECK_EQ(count_of(w, "one_sided"), 2);
    CHECK_EQ(count_of(w, "empty_row"), 1);
    CHECK_EQ(count_of(w, "non_positive"), 1);
    runs_well(w, "data show --source set");
    CHECK_EQ(times(w, "  marked"), 2); /* the crossed ones; a locked market is a market */
    CHECK_EQ(times(w, "bid_open=1.02"), 2);
}

TEST(single_quotes)
{
    world_t *w = *state_;
    FILE *f = file_open(w, "tick_quote.csv");
    (void)fprintf(f, "symbol,date,time_ms,bid,bid_size,ask,ask_size,exchange,quote_condition,suspicious\n"
                     "abc,20240304,34200000,10000,1,10100,1,Q,1,0\n"
                     "abc,20240304,34200001,10200,1,10100,1,Q,1,0\n"  /* crossed */
                     "abc,20240304,34200002,10100,1,10100,1,Q,1,0\n"  /* locked */
                     "abc,20240304,34200003,0,0,10100,1,Q,1,0\n"      /* one side */
                     "abc,20240304,34200004,10000,1,0,0,Q,1,0\n"
                     "abc,20240304,34200005,0,0,0,0,Q,1,0\n"          /* none */
                     "abc,20240304,34200006,-5,1,10100,1,Q,1,0\n"
                     "abc,20240304,34200007,10000,1,10100,1,Q,1,1\n"); /* flagged by its source */
    CHECK_EQ(fclose(f), 0);
    import(w, "tick_quote.csv");
    CHECK_EQ(count_of(w, "crossed_quote"), 1);
    CHECK_EQ(count_of(w, "locked_quote"), 1);
    CHECK_EQ(count_of(w, "one_sided"), 2);
    CHECK_EQ(count_of(w, "non_positive"), 2);
    CHECK_EQ(count_of(w, "suspicious"), 1);
    runs_well(w, "data show --source set");
    CHECK_EQ(times(w, "  marked"), 2);
    CHECK(line_run(w->home, "data build --source set", &w->out, &w->err) != EXIT_CODE_OK); /* no bars */
    CHECK(strstr(w->err, "do: ") != NULL);
}

TEST(option_chains)
{
    world_t *w = *state_;
    FILE *f = file_open(w, "mine.csv");
    (void)fprintf(f, "underlying,date,expiry,strike,right,spot,bid,ask\n"
                     "SPY,2025-01-22,2025-02-21,400.00,C,401.25,9.10,9.30\n"
                     "SPY,2025-01-22,2025-02-21,600.00,C,401.25,0.00,0.01\n" /* nobody bids: a price */
                     "SPY,2025-01-22,2025-02-21,400.00,P,401.25,9.30,9.10\n" /* crossed */
                     "SPY,2025-01-22,2025-02-21,405.00,P,401.25,9.30,9.30\n" /* locked */
                     "SPY,2025-01-22,2025-02-21,410.00,C,401.25,9.30,\n"     /* one side */
                     "SPY,2025-01-22,2025-02-21,415.00,C,401.25,,9.30\n"
                     "SPY,2025-01-22,2025-02-21,420.00,C,401.25,1,0\n");
    CHECK_EQ(fclose(f), 0);
    import(w, "mine.csv");
    CHECK_EQ(count_of(w, "crossed_quote"), 1);
    CHECK_EQ(count_of(w, "locked_quote"), 1);
    CHECK_EQ(count_of(w, "one_sided"), 2);
    CHECK_EQ(count_of(w, "non_positive"), 1);
    runs_well(w, "data show --source set");
    CHECK_EQ(times(w, "  marked"), 1);
}

/* Straddles whose stated volatility fits their prices, and as many crossed ones of another price: their
 * middle would say that the volatility is wrong. */
TEST(the_middle_of_a_crossed_quote_is_no_price)
{
    world_t *w = *state_;
    static const struct {
        f64 bid, ask;
        u64 wrong;
    } cases[] = {{11.40, 11.48, 0}, {60, 50, 0}, {50, 60, 1}};
    for (u32 k = 0; k < COUNT_OF(cases); k++) {
        char name[32];
        char line[HOME_SIZE + 96];
        (void)snprintf(name, sizeof name, "chain%u.csv", k);
        FILE *f = file_open(w, name);
        (void)fprintf(f, "underlying,date,expiry,strike,right,spot,bid,ask,close,iv\n");
        for (u32 i = 0; i < 12; i++) { /* 500 x 0.2 x 0.7979 x sqrt(30 / 365) / 2 is 11.44 */
            for (u32 put = 0; put < 2; put++) {
                (void)fprintf(f, "SPY,2025-01-22,2025-02-21,%u.00,%c,500.00,%.2f,%.2f,11.44,0.2\n", 494 + i,
                              put == 1 ? 'P' : 'C', cases[k].bid, cases[k].ask);
            }
        }
        CHECK_EQ(fclose(f), 0);
        (void)snprintf(line, sizeof line, "data import %s/%s --source set%u", w->home, name, k);
        runs_well(w, line);
        (void)snprintf(line, sizeof line, "data check --source set%u", k);
        runs_well(w, line);
        CHECK_EQ(count_of(w, "\n  greeks_wrong"), cases[k].wrong);
    }
}

typedef enum { LIVE, FROZEN, FROZEN_SHORT, SIZES_MOVE, STALE, STALE_SHORT, SELDOM, SHAPES } shape_t;

/* A session of minute quotes: one of 390, or what became of it. SELDOM: every two minutes, and once 38
 * without. Returns the rows. */
static u64 minutes_write(world_t *w, const char *name, shape_t shape)
{
    u64 rows = 0;
    FILE *f = file_open(w, name);
    (void)fprintf(f, "%s", bar_head);
    for (u32 m = 0; m < 390; m++) {
        bool in_spell = m >= 100 && m < 160;
        bool in_short = m >= 100 && m < 125;
        bool still = (shape == FROZEN && in_spell) || (shape == FROZEN_SHORT && in_short);
        bool gone = (shape == STALE && in_spell) || (shape == STALE_SHORT && in_short) ||
                    (shape == SELDOM && (m % 2 != 0 || (m >= 100 && m < 136)));
        u32 at = still || (shape == SIZES_MOVE && in_spell) ? 100 : m;
        u32 bid = 10000 + at * 7 % 90;
        u32 size = still ? 100 : m;
        rows += gone ? 0 : 1;
        if (!gone) {
            (void)fprintf(f, "usa,abc,20240304,%u,%u,%u,%u,%u,%u,%u,%u,%u,%u,%u\n", 34200000 + m * 60000, bid,
                          bid, bid, bid, 1 + size, bid + 100, bid + 100, bid + 100, bid + 100, 2 + size);
        }
    }
    CHECK_EQ(fclose(f), 0);
    return rows;
}

TEST(what_stands_still_is_told)
{
    world_t *w = *state_;
    static const struct {
        u32 frozen, stale;
        const char *line, *rules;
    } want[SHAPES] = {
        [FROZEN] = {1, 0, "2024-03-04  frozen_quote      note                     1           59",
                    "\"frozen_quote\":1"},
        [STALE] = {0, 1, "2024-03-04  stale_quote       note                     1           61",
                   "\"stale_quote\":1"},
    };
    for (u32 s = 0; s < SHAPES; s++) {
        char home[HOME_SIZE];
        char kept[HOME_SIZE];
        char sum[160];
        (void)snprintf(kept, sizeof kept, "%s", w->home);
        home_make(home);
        (void)snprintf(w->home, sizeof w->home, "%s", home);
        u64 rows = minutes_write(w, "equity_minute_quote.csv", (shape_t)s);
        import(w, "equity_minute_quote.csv");
        runs_well(w, "data check");
        if (count_of(w, "\n  frozen_quote") != want[s].frozen) {
            print_error("shape %u: %s\n", s, w->out);
        }
        CHECK_EQ(count_of(w, "\n  frozen_quote"), want[s].frozen);
        CHECK_EQ(count_of(w, "\n  stale_quote"), want[s].stale);
        CHECK(want[s].line == NULL || strstr(w->out, want[s].line) != NULL);
        runs_well(w, "data check --json");
        (void)snprintf(sum, sizeof sum,
                       "{\"checked\":\"records\",\"sets\":1,\"rows\":%llu,\"marked\":0,\"rules\":{%s}}\n",
                       (unsigned long long)rows, want[s].rules == NULL ? "" : want[s].rules);
        const char *at = strstr(w->out, "{\"checked\"");
        assert_non_null(at);
        CHECK_STR(at, sum); /* the last line, and the only one of its kind */
        home_remove(home);
        (void)snprintf(w->home, sizeof w->home, "%s", kept);
    }
}

static void hash_of(world_t *w, char out[65])
{
    static const char key[] = "\"decision_hash\":\"";
    runs_well(w, "backtest --source own --json --quiet");
    const char *at = strstr(w->out, key);
    assert_non_null(at);
    (void)snprintf(out, 65, "%.64s", at + sizeof key - 1);
}

/* The gates see bars (I13): no quote of a home, however wrong, reaches a decision. */
TEST(no_quote_reaches_a_decision)
{
    world_t *w = *state_;
    char line[2 * HOME_SIZE];
    char before[65];
    char after[65];
    (void)snprintf(line, sizeof line, "demo --bars %s/bars.csv --stocks 4 --history 300 --events 0", w->home);
    runs_well(w, line);
    (void)snprintf(line, sizeof line, "data import %s/bars.csv --format plain_daily --source own", w->home);
    runs_well(w, line);
    hash_of(w, before);
    FILE *f = file_open(w, "equity_minute_quote.csv");
    (void)fprintf(f, "%s", bar_head);
    for (u32 m = 0; m < 390; m++) {
        (void)fprintf(f, "usa,sim001,20250304,%u,20000,20000,20000,20000,1,100,100,100,100,1\n",
                      34200000 + m * 60000);
    }
    CHECK_EQ(fclose(f), 0);
    import(w, "equity_minute_quote.csv");
    CHECK_EQ(count_of(w, "crossed_quote"), 390);
    hash_of(w, after);
    CHECK_STR(after, before);
}

int main(void)
{
#define WITH_HOME(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        WITH_HOME(bars_of_bid_and_ask),
        WITH_HOME(single_quotes),
        WITH_HOME(option_chains),
        WITH_HOME(the_middle_of_a_crossed_quote_is_no_price),
        WITH_HOME(what_stands_still_is_told),
        WITH_HOME(no_quote_reaches_a_decision),
    };
    return RUN_TESTS(tests);
}
