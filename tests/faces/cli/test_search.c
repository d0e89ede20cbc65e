/* `vitrine optimize` and `vitrine walk-forward` as a user meets them: exit codes, remedies, one JSON
 * document, the days kept back, and tries that later reports count. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quant/stats/court.h"
#include "tests/faces/line.h"
#include "tests/faces/research/made_store.h"
#include "tests/store/home.h"
#include "wire/json.h"

enum { RUN_ID = 32 };

typedef struct {
    char home[HOME_SIZE];
    char *out, *err;
    exit_code_t code;
} world_t;

static void run(world_t *w, const char *line)
{
    w->code = line_run(w->home, line, &w->out, &w->err);
}

static void world_open(world_t *w)
{
    memset(w, 0, sizeof *w);
    home_make(w->home);
    made_store(w->home);
}

static void world_close(world_t *w)
{
    free(w->out);
    free(w->err);
    home_remove(w->home);
}

static const json_t *parsed(arena_t *a, const world_t *w)
{
    const json_t *j = NULL;
    if (w->code != EXIT_CODE_OK) {
        print_error("%s\n", w->err);
    }
    CHECK_EQ(w->code, EXIT_CODE_OK);
    CHECK_OK(json_parse(a, str_from(w->out), NULL, &j));
    return j;
}

static f64 number(const json_t *j, const char *key)
{
    const json_t *v = json_get(j, key);
    f64 out = 0;
    CHECK(v != NULL);
    CHECK_OK(json_to_f64(v, &out));
    return out;
}

static f64 count_of(const json_t *array)
{
    u32 n = 0;
    while (json_at(array, n) != NULL) {
        n++;
    }
    return n;
}

TEST(mistakes_have_remedies)
{
    UNUSED_STATE;
    static const struct {
        const char *line;
        exit_code_t code;
        const char *says;
    } cases[] = {{"optimize", EXIT_CODE_USAGE, "nothing to vary"},
                 {"optimize --param confidence.tua=1", EXIT_CODE_USAGE, "confidence.tau"},
                 {"optimize --param confidence.tau=9e9", EXIT_CODE_USAGE, "outside"},
                 {"optimize --param confidence.tau=a:b:c", EXIT_CODE_USAGE, "not a range"},
                 {"optimize --param confidence.tau=0.1,0.1", EXIT_CODE_USAGE, "twice"},
                 {"optimize --param confidence.tau=0.01:0.2:0.0001", EXIT_CODE_USAGE, "more than"},
                 {"optimize --param confidence.tau=0.1 --trade-from 2090-01-01", EXIT_CODE_NOT_FOUND,
                  "--trade-from and --lock"},
                 {"backtest --from 20140101", EXIT_CODE_USAGE, "like 2024-03-28"},
                 {"research court latest latest --after 20140103", EXIT_CODE_USAGE, "like 2024-03-28"},
                 {"optimize --param confidence.tau=0.1 --goal luck", EXIT_CODE_USAGE, "--goal luck"},
                 {"optimize --param confidence.tau=0.1 --method magic", EXIT_CODE_USAGE, "--method magic"},
                 {"optimize --param confidence.tau=0.1 --lock 90", EXIT_CODE_USAGE, "0 to 50"},
                 {"optimize --param confidence.tau=0.1 --source nowhere", EXIT_CODE_NOT_FOUND, "nowhere"},
                 {"optimize --param confidence.tau=0.1 --profile day", EXIT_CODE_USAGE, "profile"},
                 {"walk-forward --train 4000", EXIT_CODE_NOT_FOUND, "--train"},
                 {"research trial", EXIT_CODE_USAGE, "court"},
                 {"research court latest latest", EXIT_CODE_USAGE, "--after"},
                 {"research court latest --after 2012-01-03", EXIT_CODE_USAGE, "two runs"},
                 {"research court latest latest --after 2012-01-03", EXIT_CODE_NOT_FOUND, "no runs"},
                 {"walk-forward --train 0", EXIT_CODE_USAGE, "5 to"}};
    world_t w;
    world_open(&w);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        run(&w, cases[i].line);
        if (w.code != cases[i].code || strstr(w.err, cases[i].says) == NULL ||
            strstr(w.err, "do: ") == NULL) {
            print_error("%s: %d %s\n", cases[i].line, (int)w.code, w.err);
        }
        CHECK_EQ(w.code, cases[i].code);
        CHECK(strstr(w.err, cases[i].says) != NULL && strstr(w.err, "do: ") != NULL);
        CHECK_EQ(w.out[0], '\0');
    }
    world_close(&w);
}

TEST(optimize_keeps_back_and_counts)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    arena_t a;
    world_t w;
    world_open(&w);
    arena_init(&a, memory, sizeof memory);
    run(&w, "optimize --param confidence.tau=0.05:0.2:0.05 --json --quiet");
    const json_t *j = parsed(&a, &w);
    CHECK(number(j, "trials") == 5.0);
    CHECK(json_get(j, "locked") == NULL);
    CHECK(json_get(j, "searched_to") != NULL);
    arena_reset(&a);
    run(&w, "optimize --param confidence.tau=0.05,0.1 --open-locked --json --quiet");
    CHECK(number(json_get(parsed(&a, &w), "locked"), "openings") == 1.0);
    arena_reset(&a);
    run(&w, "optimize --param confidence.tau=0.05,0.1 --open-locked --json --quiet");
    CHECK(number(json_get(parsed(&a, &w), "locked"), "openings") == 2.0);
    arena_reset(&a);
    run(&w, "optimize --param confidence.tau=0.05,0.1 --lock 0 --quiet");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.out, "best of 2 tries") != NULL && strstr(w.out, "as it stands") != NULL);
    /* 4 + 2 + 2 + 2 tries, what stood four times, and two openings, in the same chunks as the run itself. */
    run(&w, "backtest --json --quiet");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    run(&w, "report --json --quiet");
    CHECK(number(parsed(&a, &w), "trials") == 17.0);
    world_close(&w);
}

/* Days of two decades lie in two chunks each: who searches in the first and runs on both has tried before,
 * and who searches again has too. */
TEST(tries_on_a_part_count_for_the_whole)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    arena_t a;
    world_t w;
    memset(&w, 0, sizeof w);
    home_make(w.home);
    made_store_from(w.home, date_from_ymd(2019, 1, 2));
    arena_init(&a, memory, sizeof memory);
    run(&w, "optimize --param confidence.tau=0.05,0.1,0.2 --lock 50 --json --quiet");
    const json_t *j = parsed(&a, &w);
    CHECK(number(j, "trials_before") == 0.0);
    f64 luck = number(j, "expected_best_sharpe");
    arena_reset(&a);
    run(&w, "optimize --param confidence.tau=0.05,0.1,0.2 --lock 50 --json --quiet");
    j = parsed(&a, &w);
    CHECK(number(j, "trials_before") == 4.0);
    CHECK(number(j, "expected_best_sharpe") > luck);
    run(&w, "walk-forward --train 200 --test 200 --quiet");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    run(&w, "backtest --json --quiet");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    arena_reset(&a);
    run(&w, "report --json --quiet");
    f64 trials = number(parsed(&a, &w), "trials");
    CHECK(trials >= 4.0 + 4.0 + 1.0 + 1.0);
    f64 warm = number(parsed(&a, &w), "warmup_sessions");
    CHECK(warm >= 59.0 && warm <= 61.0); /* sixty completed days are asked of a name */
    CHECK(number(parsed(&a, &w), "trials_elsewhere") == 0.0); /* a part of these data is not elsewhere */
    run(&w, "report --first --no-colour");
    CHECK(strstr(w.out, "more on other days") == NULL);
    /* Who leaves names or days away has tried on the others all the same. */
    static const char *const less[] = {"backtest --symbols S01,S02 --json --quiet",
                                       "backtest --from 2019-03-01 --json --quiet",
                                       "backtest --trade-from 2019-06-03 --json --quiet"};
    for (u32 i = 0; i < COUNT_OF(less); i++) {
        run(&w, less[i]);
        CHECK_EQ(w.code, EXIT_CODE_OK);
        arena_reset(&a);
        run(&w, "report --json --quiet");
        CHECK(number(parsed(&a, &w), "trials") == trials + 1.0 + i);
        arena_reset(&a);
        run(&w, "report --json --quiet");
        CHECK(number(parsed(&a, &w), "trials_elsewhere") == 0.0);
    }
    arena_reset(&a);
    run(&w, "optimize --symbols S01,S02 --param confidence.tau=0.05,0.1 --lock 0 --json --quiet");
    CHECK(number(parsed(&a, &w), "trials_before") == trials + COUNT_OF(less));
    arena_reset(&a);
    CHECK(number(parsed(&a, &w), "backtests_on_days_kept_back") == 0.0); /* none are kept back */
    run(&w, "optimize --param confidence.tau=0.05,0.1 --lock 20 --json --quiet");
    arena_reset(&a);
    CHECK(number(parsed(&a, &w), "backtests_on_days_kept_back") == 1.0 + COUNT_OF(less));
    run(&w, "optimize --param confidence.tau=0.05,0.1 --lock 20 --quiet");
    CHECK(strstr(w.out, "4 back-tests of this home traded on days kept back") != NULL);
    world_close(&w);
}

static bool has_ground(const json_t *verdict, const char *words)
{
    const json_t *g = json_get(verdict, "grounds");
    for (u32 i = 0; json_at(g, i) != NULL; i++) {
        str_t text = {0};
        CHECK_OK(json_to_str(json_at(g, i), &text));
        if (str_eq_c(text, words)) {
            return true;
        }
    }
    return false;
}

/* A run against itself differs in nothing and is no try; days that judge nothing are refused, with why. */
TEST(the_court_sits)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    static const char *const wrong[][2] = {{"2090-01-01", "no day is left to judge"},
                                           {"1990-01-01", "lies before the runs"}};
    arena_t a;
    world_t w;
    char line[128];
    world_open(&w);
    arena_init(&a, memory, sizeof memory);
    run(&w, "backtest --json --quiet");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    for (u32 i = 0; i < 2; i++) {
        arena_reset(&a);
        run(&w, "research court latest latest --after 2014-01-02 --json --quiet");
        const json_t *j = parsed(&a, &w);
        CHECK(number(j, "days") > 100.0 && number(j, "trials") == 1.0);
        CHECK(has_ground(j, court_ground(COURT_SAME)) && !has_ground(j, court_ground(COURT_FEW_DAYS)));
        (void)snprintf(line, sizeof line, "research court latest latest --after %s --json --quiet",
                       wrong[i][0]);
        run(&w, line);
        CHECK_EQ(w.code, EXIT_CODE_USAGE);
        CHECK(strstr(w.err, wrong[i][1]) != NULL && strstr(w.err, "do: ") != NULL);
        CHECK(strncmp(w.out, "{\"error\":\"ERR_USAGE\",", 21) == 0);
    }
    run(&w, "research court latest latest --after 2014-01-02 --quiet");
    CHECK(strstr(w.out, "refused") != NULL && strstr(w.out, "nothing differs: this is no try") != NULL);
    world_close(&w);
}

static void run_id(arena_t *a, world_t *w, char out[RUN_ID])
{
    str_t id = {0};
    CHECK_OK(json_to_str(json_get(parsed(a, w), "run_id"), &id));
    CHECK(id.n < RUN_ID);
    (void)snprintf(out, RUN_ID, STR_FMT, STR_ARG(id));
}

/* Who challenges is named first; the other way round the difference of a day turns its sign. */
TEST(the_court_tells_its_sides_apart)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    static const char open[] = "--set risk.min_confidence=0.05 --set comp.min_composite_score=0 "
                               "--set ai.min_conviction=0 --set ai.conviction_disqualify=0 "
                               "--set cost.min_profit_multiple=0 --set eval.min_reward_risk=0";
    arena_t a;
    world_t w;
    char id[2][RUN_ID];
    char line[512];
    f64 difference[2];
    f64 trades[2];
    world_open(&w);
    arena_init(&a, memory, sizeof memory);
    (void)snprintf(line, sizeof line, "backtest --json --quiet %s", open);
    run(&w, line);
    run_id(&a, &w, id[0]);
    run(&w, "backtest --json --quiet --set risk.max_trades_per_day=1");
    run_id(&a, &w, id[1]);
    for (u32 i = 0; i < 2; i++) {
        str_t said = {0};
        arena_reset(&a);
        (void)snprintf(line, sizeof line, "research court %s %s --after 2014-01-02 --json --quiet", id[i],
                       id[1 - i]);
        run(&w, line);
        const json_t *j = parsed(&a, &w);
        CHECK_OK(json_to_str(json_get(j, "challenger"), &said));
        CHECK(str_eq_c(said, id[i]));
        difference[i] = number(j, "daily_difference");
        trades[i] = number(j, "trades");
    }
    CHECK(trades[0] > 3.0 * trades[1]);
    for (u32 i = 0; i < 3; i++) { /* the first question once more, twice; then with another seed */
        arena_reset(&a);
        (void)snprintf(line, sizeof line, "research court %s %s --after 2014-01-02 --json --quiet --seed %u",
                       id[0], id[1], i < 2 ? 1 : 9);
        run(&w, line);
        CHECK(number(parsed(&a, &w), "trials") == (i < 2 ? 3.0 : 4.0)); /* two runs and other sittings */
        CHECK((strstr(w.out, "\"counted\":true") != NULL) == (i == 2));
    }
    run(&w, "report --first --quiet");
    CHECK(strstr(w.out, "5 on these days in this store: 2 backtests, 3 of optimize") != NULL);
    run(&w, "backtest --cash 5000 --json --quiet");
    (void)snprintf(line, sizeof line, "research court latest %s --after 2014-01-02 --quiet", id[0]);
    run(&w, line);
    CHECK(strstr(w.out, "began with 5000.00, the incumbent with 100000.00") != NULL);
    CHECK(difference[0] != 0.0 && difference[0] + difference[1] < 1e-12 &&
          difference[0] + difference[1] > -1e-12);
    world_close(&w);
}

TEST(walk_forward_moves_on)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    arena_t a;
    world_t w;
    world_open(&w);
    arena_init(&a, memory, sizeof memory);
    run(&w, "walk-forward --param confidence.tau=0.05,0.1 --train 300 --test 100 --json --quiet");
    const json_t *j = parsed(&a, &w);
    f64 folds = count_of(json_get(j, "folds"));
    CHECK(folds >= 3.0 && number(j, "tries") == 2.0 * folds);
    f64 sessions = number(j, "sessions");
    CHECK(sessions > 200.0 && sessions < 500.0);
    arena_reset(&a);
    char first[8192];
    (void)snprintf(first, sizeof first, "%s", w.out);
    run(&w, "walk-forward --param confidence.tau=0.05,0.1 --train 300 --test 100 --json --quiet --threads 1");
    assert_string_equal(first, w.out);
    run(&w, "walk-forward --train 300 --test 100 --anchored --quiet");
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.out, "out of sample") != NULL);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mistakes_have_remedies),
                                       cmocka_unit_test(optimize_keeps_back_and_counts),
                                       cmocka_unit_test(tries_on_a_part_count_for_the_whole),
                                       cmocka_unit_test(the_court_sits),
        cmocka_unit_test(the_court_tells_its_sides_apart),
                                       cmocka_unit_test(walk_forward_moves_on)};
    return RUN_TESTS(tests);
}
