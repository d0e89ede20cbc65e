/* The bench's own arithmetic: a wrong median or an upside-down ratio would make every figure a lie. */
#include <string.h>

#include "app/bench/bench.h"
#include "app/bench/gen.h"
#include "faces/cli/verb.h"
#include "tests/test.h"

typedef struct {
    f64 v[6];
    u32 count;
    f64 min, median, max;
} spread_case_t;

TEST(spread_table)
{
    UNUSED_STATE;
    static const spread_case_t cases[] = {
        {{3}, 1, 3, 3, 3},
        {{5, 1}, 2, 1, 3, 5},
        {{9, 1, 4}, 3, 1, 4, 9},
        {{4, 3, 2, 1}, 4, 1, 2.5, 4},
        {{7, 7, 7, 1, 7, 7}, 6, 1, 7, 7},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        spread_case_t c = cases[i];
        bench_spread_t s = bench_spread(c.v, c.count);
        CHECK(s.min == c.min && s.median == c.median && s.max == c.max);
        CHECK_EQ(s.count, c.count);
    }
}

TEST(ratio_says_who_wins)
{
    UNUSED_STATE;
    bench_row_t fast = {.more_is_better = true};
    bench_row_t small = {.more_is_better = false};
    CHECK(bench_ratio(&fast, 30, 10) == 3.0);
    CHECK(bench_ratio(&small, 10, 30) == 3.0);
    CHECK(bench_ratio(&fast, 10, 30) < 1.0);
    CHECK(bench_ratio(&small, 30, 10) < 1.0);
    CHECK(bench_ratio(&fast, 0, 10) == 0.0);
    CHECK(bench_ratio(&small, 10, 0) == 0.0);
}

TEST(table_of_benches)
{
    UNUSED_STATE;
    static const char *const names[] = {"W1", "W1m", "W2", "W2m", "W2f", "W3", "W4", "W6", "idle", "stages"};
    CHECK_EQ(bench_count(), COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const bench_desc_t *d = bench_find(names[i]);
        assert_non_null(d);
        CHECK(d->run != NULL && d->title[0] != '\0');
    }
    CHECK(bench_find("W9") == NULL);
}

/* The made-up series must be sane bars, the same every time. */
TEST(made_up_series)
{
    UNUSED_STATE;
    static f64 memory[2][5][GEN_DAYS];
    for (u32 turn = 0; turn < 2; turn++) {
        u64 random = 42;
        gen_series_t s = {memory[turn][0], memory[turn][1], memory[turn][2], memory[turn][3],
                          memory[turn][4]};
        gen_daily(&random, &s);
        for (u32 i = 0; i < GEN_DAYS; i++) {
            CHECK(s.low[i] > 0 && s.low[i] <= s.close[i] && s.close[i] <= s.high[i]);
            CHECK(s.low[i] <= s.open[i] && s.open[i] <= s.high[i] && s.volume[i] >= 1);
        }
    }
    CHECK(memcmp(memory[0], memory[1], sizeof memory[0]) == 0);
}

/* The verb is in the table under its name and under what others call it. */
TEST(verb_is_there)
{
    UNUSED_STATE;
    CHECK(verb_find("bench") != NULL && verb_find("bench") == verb_find("benchmark"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(spread_table), cmocka_unit_test(ratio_says_who_wins),
                                       cmocka_unit_test(table_of_benches), cmocka_unit_test(made_up_series),
                                       cmocka_unit_test(verb_is_there)};
    return RUN_TESTS(tests);
}
