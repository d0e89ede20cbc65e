/* A pattern is named and a run is judged by it: the strategy of that name enters planted moves and earns in
 * them; the report counts the moves that the market planted, in the run's own sessions. */
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/run_source.h"
#include "tests/faces/line.h"
#include "tests/store/home.h"

enum { SESSIONS = 40 };

/* The report of the newest run, one JSON document; the caller's to free. */
static char *report_json_of(const char *home)
{
    char *out = NULL;
    char *err = NULL;
    CHECK_EQ(line_run(home, "report latest --json", &out, &err), EXIT_CODE_OK);
    free(err);
    return out;
}

static void demo(const char *home, const char *more)
{
    char line[256];
    char *out = NULL;
    char *err = NULL;
    (void)snprintf(line, sizeof line, "demo --headless --quiet %s", more);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    free(out);
    free(err);
}

static f64 number_behind(const char *text, const char *a, const char *b)
{
    const char *at = strstr(text, a);
    at = at == NULL ? NULL : strstr(at, b);
    CHECK(at != NULL);
    return strtod(at + strlen(b), NULL);
}

TEST(what_is_planted_is_entered_and_counted)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    demo(home, "--sessions 40 --stocks 30 --seed 2 --edge momentum:4 --set confidence.evidence=0");
    char *text = report_json_of(home);
    u32 moves = (u32)number_behind(text, "\"planted_moves\":", "\"moves\":");
    u32 entered = (u32)number_behind(text, "\"entered\":", "\"trades\":");
    f64 there = number_behind(text, "\"entered\":", "\"mean_r\":");
    f64 elsewhere = number_behind(text, "\"elsewhere\":", "\"mean_r\":");
    print_message("# %u moves, entered %u: %+.3f R, elsewhere %+.3f R\n", moves, entered, there, elsewhere);
    CHECK(entered >= 8);
    CHECK(there > 0.5 && elsewhere < 0.25);
    free(text);
    home_remove(home);

    run_spec_t spec = {.kind = RUN_DEMO,
                       .seed = 2,
                       .stocks = 30,
                       .history = 300,
                       .warmup = 12,
                       .sessions = SESSIONS,
                       .halts = 1,
                       .events = 1,
                       .edge = "momentum:4",
                       .market_start = sim_market_spec_default(2).start};
    report_plant_t *own = NULL;
    u32 count = 0;
    CHECK_OK(run_source_plants(&spec, NULL, &own, &count));
    CHECK_EQ(count, moves);
    run_source_t source;
    CHECK_OK(run_source_open(&spec, NULL, NULL, &source));
    i64 first = 0;
    i64 last = 0;
    slice_t s;
    while (source.source.next(source.source.ctx, &s, NULL) == ERR_OK) {
        first = s.session >= spec.trade_from && first == 0 ? s.t_open : first;
        last = s.t_known;
    }
    run_source_close(&source);
    for (u32 i = 0; i < count; i++) { /* nothing of the warm-up, nothing behind the end */
        CHECK(own[i].from >= first && own[i].to <= last && own[i].from < own[i].to);
        CHECK(own[i].direction == 1 || own[i].direction == -1);
    }
    free(own);
}

TEST(nothing_is_counted_where_nothing_was_planted)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    demo(home, "--sessions 1 --stocks 5");
    char *text = report_json_of(home);
    CHECK(strstr(text, "\"planted_edge\":\"none\"") != NULL);
    CHECK(strstr(text, "\"planted_moves\":null") != NULL);
    free(text);
    home_remove(home);
}

/* The fund's last price of a session. */
typedef struct {
    date_t first;
    i64 from, to;
} held_t;

static err_t held_take(void *ctx, const source_t *of, const slice_t *slice)
{
    held_t *h = ctx;
    const bar_t *b = slice_bar(slice, of->proxy);
    if (b != NULL && slice->session >= h->first) {
        h->from = slice->session == h->first ? b->close.v : h->from;
        h->to = b->close.v;
    }
    return ERR_OK;
}

/* A demo is measured against its own market: nothing of it is stored. */
TEST(a_demo_has_a_benchmark_and_twins)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char *err = NULL;
    home_make(home);
    demo(home, "--sessions 4 --stocks 20 --seed 5");
    char *text = report_json_of(home);
    f64 held = number_behind(text, "\"benchmark_proxy\":", "\"total_return\":");
    u32 names = (u32)number_behind(text, "\"benchmark_equal_weight\":", "\"names\":");
    u32 twins = (u32)number_behind(text, "\"random_twin\":", "\"trades\":");
    u32 trades = (u32)number_behind(text, "\"metrics\":", "\"trades\":");
    CHECK(trades > 3 && twins == trades);
    CHECK(names >= 15 && names <= 20);
    CHECK(strstr(text, "\"by_share_of_bar_volume\":{\"unknown\":0,") != NULL);
    CHECK_EQ(line_run(home, "report latest --resamples 150", &text, &err), EXIT_CODE_OK);
    CHECK(strstr(text, "95 % of 150 resamples of days") != NULL);
    CHECK_EQ(line_run(home, "report latest --resamples 99", &text, &err), EXIT_CODE_USAGE);
    CHECK(strstr(err, "--resamples") != NULL);
    free(text);
    free(err);
    home_remove(home);
    run_spec_t spec = {.kind = RUN_DEMO,
                       .seed = 5,
                       .stocks = 20,
                       .history = 300,
                       .warmup = 12,
                       .sessions = 4,
                       .halts = 1,
                       .events = 1,
                       .edge = "none",
                       .market_start = sim_market_spec_default(5).start};
    run_source_t source;
    CHECK_OK(run_source_open(&spec, NULL, NULL, &source));
    held_t h = {.first = spec.trade_from};
    run_source_close(&source);
    CHECK_OK(run_source_market(&spec, NULL, held_take, &h));
    CHECK(h.from > 0);
    f64 want = (f64)h.to / (f64)h.from - 1.0;
    print_message("# the fund held %+.4f, %u trades\n", held, trades);
    CHECK(held - want < 1e-6 && want - held < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_planted_is_entered_and_counted),
                                       cmocka_unit_test(a_demo_has_a_benchmark_and_twins),
                                       cmocka_unit_test(nothing_is_counted_where_nothing_was_planted)};
    return RUN_TESTS(tests);
}
