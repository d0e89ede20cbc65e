/* The verbs scan, replay, what-if and research on a home made here: the funnel adds up, a scan writes
 * nothing, a run that was recorded decides the same again, and the null tests judge every strategy. */
#include "tests/test.h"

#include <string.h>

#include "app/file_sha256.h"
#include "tests/faces/line.h"
#include "base/rng.h"
#include "model/calendar.h"
#include "store/bars.h"
#include "tests/store/home.h"
#include "wire/json.h"

enum { SYMBOLS = 6, DAYS = 420 };

typedef struct {
    char home[HOME_SIZE];
    char *own_out;
    char *own_err;
    exit_code_t code;
} world_t;

/* A random walk in cents, one bar a session up to `last`. */
static u32 daily(u32 symbol, date_t last, bar_t *out)
{
    i64 price = 5000 + 100 * (i64)symbol;
    u32 n = 0;
    date_t d = date_from_ymd(2017, 1, 1);
    for (u32 i = 0; i < DAYS; i++) {
        session_t s = calendar_next(CAL_NYSE, d, I64_MAX);
        d = s.date;
        if (d > last) {
            break;
        }
        price += (i64)rng_below((rng_key_t){5, RNG_TEST, symbol, 0}, i, 101) - 49;
        i64 unit = PRICE_SCALE / 100;
        out[n++] = (bar_t){.t_event = s.open,
                           .t_known = s.close,
                           .open = {(price - 10) * unit},
                           .high = {(price + 30) * unit},
                           .low = {(price - 30) * unit},
                           .close = {price * unit},
                           .volume = 1000000};
    }
    return n;
}

static void fill_store(const char *home, date_t last)
{
    static bar_t rows[DAYS];
    bars_t *b = NULL;
    bars_put_t io = {0};
    CHECK_OK(bars_open(home, false, NULL, &b));
    CHECK_OK(bars_begin(b, NULL));
    for (u32 i = 0; i < SYMBOLS; i++) {
        bars_series_t s = {.timeframe = TF_1D, .source = "made"};
        (void)snprintf(s.symbol, sizeof s.symbol, "S%c", 'A' + (char)i);
        u32 n = daily(i, last, rows);
        CHECK(n > 300);
        CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows, n, 0}, &io, NULL));
    }
    CHECK_OK(bars_commit(b, NULL));
    bars_close(b);
}

static void run(world_t *w, const char *line)
{
    w->code = line_run(w->home, line, &w->own_out, &w->own_err);
}

static void world_close(world_t *w)
{
    free(w->own_out);
    free(w->own_err);
    home_remove(w->home);
}

static i64 member(const json_t *object, const char *name)
{
    i64 v = -1;
    CHECK_OK(json_to_i64(json_get(object, name), &v));
    return v;
}

TEST(a_scan_s_funnel_adds_up)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    world_t w = {0};
    arena_t a;
    diag_t diag = {0};
    const json_t *j = NULL;
    home_make(w.home);
    fill_store(w.home, date_from_ymd(2018, 7, 31));
    run(&w, "scan --source made --json");
    if (w.code != EXIT_CODE_OK) {
        fail_msg("%s", w.own_err);
    }
    arena_init(&a, memory, sizeof memory);
    CHECK_OK(json_parse(&a, str_from(w.own_out), &diag, &j));
    CHECK(strstr(w.own_out, "\"at\":\"2018-07-31T") != NULL); /* the newest day of the store */
    CHECK_EQ(member(j, "universe"), SYMBOLS);
    const json_t *stages = json_get(j, "stages");
    static const char *const names[] = {"lock",   "breaker",  "regime",    "monk",       "context",
                                        "screen", "evaluate", "composite", "conviction", "debate",
                                        "size",   "execute",  "exits"};
    CHECK_EQ(stages->count, COUNT_OF(names));
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        str_t name;
        CHECK_OK(json_to_str(json_get(json_at(stages, i), "name"), &name));
        CHECK(str_eq_c(name, names[i]));
    }
    i64 candidates = (i64)json_get(j, "candidates")->count;
    for (u32 i = 5; i < 12; i++) { /* from the screen on each stage takes what the one before let through */
        const json_t *s = json_at(stages, i);
        CHECK_EQ(member(s, "in"), member(s, "out") + member(s, "refused"));
    }
    CHECK_EQ(member(json_at(stages, 5), "in"), SYMBOLS);
    CHECK(candidates > 0 && candidates == member(json_at(stages, 5), "out"));
    run(&w, "scan --source made --at 2018-07-04");
    CHECK_EQ(w.code, EXIT_CODE_NOT_FOUND); /* a holiday */
    CHECK(strstr(w.own_err, "data list") != NULL);
    run(&w, "scan --source none");
    CHECK(w.code != EXIT_CODE_OK);
    run(&w, "replay latest");
    CHECK_EQ(w.code, EXIT_CODE_NOT_FOUND); /* a scan journals nothing */
    world_close(&w);
}

/* The oldest bars of one name put right on a later day, which is in the file of the others or in one of its
 * own: known then, and no newer than they were. */
TEST(corrections_make_no_bars_newer)
{
    UNUSED_STATE;
    static bar_t rows[DAYS];
    static const i32 years[] = {2019, 2031};
    for (u32 k = 0; k < COUNT_OF(years); k++) {
        world_t w = {0};
        bars_t *b = NULL;
        bars_put_t io = {0};
        i64 then = (i64)date_from_ymd(years[k], 5, 6) * NS_PER_DAY;
        bars_series_t s = {.timeframe = TF_1D, .source = "made", .symbol = "SB"};
        home_make(w.home);
        fill_store(w.home, date_from_ymd(2018, 7, 31));
        u32 n = daily(1, date_from_ymd(2018, 7, 31), rows);
        for (u32 i = 0; i < 9; i++) {
            rows[i].volume += 17;
        }
        CHECK_OK(bars_open(w.home, false, NULL, &b));
        CHECK_OK(bars_begin(b, NULL));
        CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows, n, then}, &io, NULL));
        CHECK_OK(bars_commit(b, NULL));
        bars_close(b);
        CHECK_EQ(io.rows_revision, 9);
        run(&w, "data list --json");
        CHECK(strstr(w.own_out, "\"last\":\"2018-07-31\"") != NULL);
        run(&w, "scan --source made --json");
        CHECK_EQ(w.code, EXIT_CODE_OK);
        CHECK(strstr(w.own_out, "\"at\":\"2018-07-31T") != NULL);
        world_close(&w);
    }
}

/* The hash behind a name of the certificate, as text. */
static void hash_of(const char *text, const char *name, char out[65])
{
    char key[32];
    (void)snprintf(key, sizeof key, "  %-11s", name);
    const char *at = strstr(text, key);
    CHECK(at != NULL);
    CHECK_EQ(sscanf(at + strlen(key), "%64[0-9a-f]", out), 1);
    CHECK_EQ(strlen(out), 64);
}

/* The same run certifies the same; with one setting changed the data stay, the settings and what hangs on
 * them do not; the program is the file that anybody can hash. */
static void what_a_match_certifies(world_t *w)
{
    static const char *const names[] = {"program", "data", "settings", "logic", "journal", "decisions"};
    char first[COUNT_OF(names)][65];
    char next[65];
    run(w, "replay latest --certificate");
    CHECK_EQ(w->code, EXIT_CODE_OK);
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        hash_of(w->own_out, names[i], first[i]);
    }
    run(w, "replay latest --certificate --json");
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        CHECK(strstr(w->own_out, first[i]) != NULL);
    }
    digest_t self;
    u64 size = 0;
    CHECK_OK(file_sha256("/proc/self/exe", &self, &size));
    hex_print(next, self.b, sizeof self.b);
    CHECK_STR(next, first[0]);
    run(w,
        "backtest --source made --timeframe 1d --from 2018-06-01 --to 2018-07-31 --set cost.slippage_bps=6");
    CHECK_EQ(w->code, EXIT_CODE_OK);
    run(w, "replay latest --certificate");
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        hash_of(w->own_out, names[i], next);
        bool same = i < 2;
        CHECK_EQ(strcmp(next, first[i]) == 0, same);
    }
}

TEST(a_recorded_run_replays)
{
    UNUSED_STATE;
    world_t w = {0};
    home_make(w.home);
    fill_store(w.home, date_from_ymd(2018, 7, 31));
    run(&w, "backtest --source made --timeframe 1d --from 2018-06-01 --to 2018-07-31");
    if (w.code != EXIT_CODE_OK) {
        fail_msg("%s", w.own_err);
    }
    run(&w, "replay latest --verify");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "replay matches: ") != NULL);
    CHECK(strstr(w.own_out, "  settings ") == NULL);
    what_a_match_certifies(&w);
    run(&w, "replay ZZZZZZZZ");
    CHECK_EQ(w.code, EXIT_CODE_NOT_FOUND);
    world_close(&w);
}

/* "what-if" on the run's account: an empty one, so that the figures are the plan's alone. */
TEST(a_plan_is_held_against_the_limits)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    static const struct {
        const char *line;
        exit_code_t code;
        const char *says;
    } bad[] = {
        {"what-if hold 10 SA", EXIT_CODE_USAGE, "neither buy nor short nor sell"},
        {"what-if sell 10 SA", EXIT_CODE_NOT_FOUND, "nothing of SA is held"},
        {"what-if sell 10 SA --stop 9", EXIT_CODE_USAGE, "--stop says nothing of it"},
        {"what-if buy 10 SA --tax 30,15", EXIT_CODE_USAGE, "--tax says nothing of it"},
        {"what-if sell all SA --tax 30", EXIT_CODE_USAGE, "SHORT,LONG"},
        {"what-if buy all SA", EXIT_CODE_USAGE, "no number above zero"},
        {"what-if buy 0 SA", EXIT_CODE_USAGE, "no number above zero"},
        {"what-if buy nan SA", EXIT_CODE_USAGE, "no number above zero"},
        {"what-if buy 10 SA --stop x", EXIT_CODE_USAGE, "--stop"},
        {"what-if buy 10 SA --at soon", EXIT_CODE_USAGE, "cannot be read"},
        {"what-if buy 10 SA --at 2018-05-01", EXIT_CODE_NOT_FOUND, "no decision bar by that time"},
        {"what-if buy 10 NONE", EXIT_CODE_NOT_FOUND, "has no NONE"},
        {"what-if buy 10 SA --user bob", EXIT_CODE_NOT_FOUND, "no user bob"},
        {"what-if buy 10 SA --price 50 --stop 51", EXIT_CODE_USAGE, "below the price of a buy"},
        {"what-if buy 1e9 SA", EXIT_CODE_USAGE, "a smaller quantity"},
        {"what-if buy 0.1 SA --price 50 --stop 49", EXIT_CODE_USAGE, "no order for SA"},
        {"what-if buy 10", EXIT_CODE_USAGE, ""},
        {"report --tax 30", EXIT_CODE_USAGE, "SHORT,LONG"},
        {"why SA --tax 30", EXIT_CODE_USAGE, "SHORT,LONG"},
    };
    world_t w = {0};
    arena_t a;
    diag_t diag = {0};
    const json_t *j = NULL;
    home_make(w.home);
    fill_store(w.home, date_from_ymd(2018, 7, 31));
    run(&w, "backtest --source made --timeframe 1d --from 2018-06-01 --to 2018-07-31 --quiet");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    run(&w, "what-if buy 100 sa --price 50 --stop 49 --json");
    if (w.code != EXIT_CODE_OK) {
        fail_msg("%s", w.own_err);
    }
    arena_init(&a, memory, sizeof memory);
    CHECK_OK(json_parse(&a, str_from(w.own_out), &diag, &j));
    f64 now = -1;
    f64 after = -1;
    f64 notional = -1;
    CHECK_OK(json_to_f64(json_get(json_get(j, "gross_pct"), "now"), &now));
    CHECK_OK(json_to_f64(json_get(json_get(j, "gross_pct"), "after"), &after));
    CHECK_OK(json_to_f64(json_get(j, "notional"), &notional));
    CHECK(now == 0 && after > 4.99 && after < 5.2); /* 5,000 of 100,000, and the room of its limit */
    CHECK(notional >= 5000 && notional < 5200);
    run(&w, "what-if short 100 SA --price 50 --stop 51 --at 2018-07-03");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "2018-07-03T") != NULL && strstr(w.own_out, "net exposure") != NULL);
    CHECK(strstr(w.own_out, " SA at 50.0000, stop 51.0000: ") != NULL);
    run(&w, "what-if buy 10 SA --price 50");
    CHECK(strstr(w.own_out, " SA at 50.0000, no stop: ") != NULL);
    run(&w, "what-if buy 5000 SA --price 50 --stop 49");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "FAIL  POSITION_PCT") != NULL &&
          strstr(w.own_out, "refused as it stands") != NULL);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        run(&w, bad[i].line);
        if (w.code != bad[i].code || strstr(w.own_err, bad[i].says) == NULL) {
            print_error("%s: %d, %s\n", bad[i].line, (int)w.code, w.own_err);
        }
        CHECK_EQ(w.code, bad[i].code);
        CHECK(strstr(w.own_err, bad[i].says) != NULL);
    }
    world_close(&w);
}

TEST(research_judges_every_strategy)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    world_t w = {0};
    arena_t a;
    diag_t diag = {0};
    const json_t *j = NULL;
    home_make(w.home);
    fill_store(w.home, date_from_ymd(2018, 7, 31));
    run(&w, "research check --source made --seeds 2 --json");
    CHECK_EQ(w.code, EXIT_CODE_OK); /* too few trades for most tests: thin is not failed */
    arena_init(&a, memory, sizeof memory);
    CHECK_OK(json_parse(&a, str_from(w.own_out), &diag, &j));
    CHECK_EQ(member(j, "failed"), 0);
    CHECK(strstr(w.own_out, "\"test\":\"buy everything\"") != NULL);
    CHECK(strstr(w.own_out, "\"verdict\":\"thin\"") != NULL);
    CHECK(strstr(w.own_out, "breakout") != NULL);
    CHECK(member(j, "thin") > 0);
    run(&w, "research check --source made --seeds 2");
    CHECK_EQ(w.code, EXIT_CODE_OK); /* what was not measured is not told as held */
    CHECK(strstr(w.own_err, "had too few trades") != NULL && strstr(w.own_err, "all null tests") == NULL);
    run(&w, "research guess");
    CHECK_EQ(w.code, EXIT_CODE_USAGE);
    run(&w, "research check --timeframe 1m");
    CHECK_EQ(w.code, EXIT_CODE_USAGE);
    world_close(&w);
}

/* Its orders would all be refused, and the run would look like one that found nothing. */
TEST(a_broker_that_trades_none_of_it_is_no_broker)
{
    UNUSED_STATE;
    world_t w = {0};
    home_make(w.home);
    fill_store(w.home, date_from_ymd(2018, 7, 31));
    run(&w, "backtest --source made --quiet --set broker.fees=9");
    CHECK_EQ(w.code, EXIT_CODE_USAGE);
    CHECK(strstr(w.own_err, "trades none of these instruments") != NULL);
    run(&w, "backtest --source made --quiet --set broker.fees=2");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    run(&w, "audit export --kind fil");
    CHECK_EQ(w.code, EXIT_CODE_USAGE); /* silence would read as "there were none" */
    run(&w, "audit export --kind fill");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_s_funnel_adds_up),
        cmocka_unit_test(corrections_make_no_bars_newer),
        cmocka_unit_test(a_recorded_run_replays),
        cmocka_unit_test(a_plan_is_held_against_the_limits),
        cmocka_unit_test(research_judges_every_strategy),
        cmocka_unit_test(a_broker_that_trades_none_of_it_is_no_broker),
    };
    return RUN_TESTS(tests);
}
