/* What a search varies: what may be written, and which points come of it. */
#include "tests/test.h"

#include <string.h>

#include "faces/research/space.h"

TEST(what_may_be_written)
{
    UNUSED_STATE;
    static const struct {
        const char *text;
        err_t err;
        u32 count;
        f64 first, last;
    } cases[] = {{"confidence.tau=0.05:0.2:0.05", ERR_OK, 4, 0.05, 0.2},
                 {"confidence.tau=0.1", ERR_OK, 1, 0.1, 0.1},
                 {"eval.valid_bars=1, 2 ,5", ERR_OK, 3, 1, 5},
                 {"confidence.tau", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=a:b:c", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=0.1:0.2:0", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=0.1:0.2:-1", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=0.2:0.1:0.1", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=0.1:nan:0.1", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=0.1,,0.2", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=0.1,0.2,0.1", ERR_USAGE, 0, 0, 0},
                 {"confidence.tau=-5", ERR_CONFIG, 0, 0, 0},
                 {"confidence.tau=0.01:0.2:0.0001", ERR_USAGE, 0, 0, 0},
                 {"confidence.tua=0.1", ERR_UNKNOWN_KEY, 0, 0, 0}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        space_t s = {.method = SEARCH_GRID};
        diag_t diag = {0};
        err_t err = space_add(&s, str_from(cases[i].text), &diag);
        if (err != cases[i].err) {
            print_error("%s: %d\n", cases[i].text, (int)err);
        }
        CHECK_EQ(err, cases[i].err);
        CHECK_EQ(s.count, err == ERR_OK ? 1 : 0);
        if (err == ERR_OK) {
            CHECK_EQ(s.param[0].count, cases[i].count);
            CHECK(s.param[0].value[0] == cases[i].first);
            f64 last = s.param[0].value[cases[i].count - 1];
            CHECK(last > cases[i].last - 1e-12 && last < cases[i].last + 1e-12);
        } else {
            CHECK(diag.set && strstr(diag.text, "do: ") != NULL);
        }
    }
}

/* A grid names every combination once, whatever its sides; the same text, the same order. */
TEST(grid_names_all_once)
{
    UNUSED_STATE;
    space_t s = {.method = SEARCH_GRID};
    diag_t diag = {0};
    char text[3 * 4 * 2][SPACE_TEXT];
    CHECK_OK(space_add(&s, STR("confidence.tau=0.1,0.2,0.3"), NULL));
    CHECK_OK(space_add(&s, STR("eval.valid_bars=1:4:1"), NULL));
    CHECK_OK(space_add(&s, STR("breaker.max_consecutive_losses=2,3"), NULL));
    CHECK_EQ(space_add(&s, STR("confidence.tau=0.4"), &diag), ERR_USAGE);
    CHECK_EQ(space_finish(&s, 23, &diag), ERR_USAGE);
    CHECK_OK(space_finish(&s, 24, NULL));
    CHECK_EQ(s.trials, COUNT_OF(text));
    for (u32 i = 0; i < s.trials; i++) {
        space_print(&s, i, text[i]);
        for (u32 k = 0; k < i; k++) {
            CHECK(strcmp(text[i], text[k]) != 0);
        }
    }
    assert_string_equal(text[0], "confidence.tau=0.1 eval.valid_bars=1 breaker.max_consecutive_losses=2");
    assert_string_equal(text[1], "confidence.tau=0.1 eval.valid_bars=1 breaker.max_consecutive_losses=3");
    config_t c = config_default(PROFILE_SWING, PRESET_MODERATE);
    space_apply(&s, 23, &c);
    CHECK(c.confidence_tau > 0.29 && c.eval_valid_bars == 4 && c.breaker_max_consecutive_losses == 3);
}

TEST(random_points_stand_on_the_grid)
{
    UNUSED_STATE;
    space_t s = {.method = SEARCH_RANDOM, .trials = 200, .seed = 3};
    u32 seen[4] = {0};
    CHECK_OK(space_add(&s, STR("eval.valid_bars=1:4:1"), NULL));
    CHECK_OK(space_finish(&s, 2000, NULL));
    for (u32 i = 0; i < s.trials; i++) {
        config_t a = config_default(PROFILE_SWING, PRESET_MODERATE);
        config_t b = a;
        space_apply(&s, i, &a);
        space_apply(&s, i, &b);
        CHECK_EQ(a.eval_valid_bars, b.eval_valid_bars);
        CHECK(a.eval_valid_bars >= 1 && a.eval_valid_bars <= 4);
        seen[a.eval_valid_bars - 1]++;
    }
    for (u32 i = 0; i < COUNT_OF(seen); i++) {
        CHECK(seen[i] > 30 && seen[i] < 75); /* 50 expected, 4 deviations of 6.1 either way */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_may_be_written),
                                       cmocka_unit_test(grid_names_all_once),
                                       cmocka_unit_test(random_points_stand_on_the_grid)};
    return RUN_TESTS(tests);
}
