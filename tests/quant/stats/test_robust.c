/* Middle and spread: known cases, and what a few wild numbers may not do. */
#include "tests/test.h"

#include "quant/stats/robust.h"

TEST(middle_and_spread_of_known_numbers)
{
    UNUSED_STATE;
    static const struct {
        f64 v[7];
        u32 n;
        f64 middle, distance;
    } cases[] = {{{5}, 1, 5, 0},
                 {{1, 3}, 2, 2, 1},
                 {{9, 1, 5}, 3, 5, 4},
                 {{4, 1, 3, 2}, 4, 2.5, 1},
                 {{1, 1, 2, 2, 4, 6, 9}, 7, 2, 1},
                 {{7, 7, 7, 7, 7, 7, -1e9}, 7, 7, 0}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        f64 middle = 0;
        f64 spread = 0;
        robust_spread(cases[i].v, cases[i].n, &middle, &spread);
        CHECK(middle == cases[i].middle);
        CHECK(spread == 1.4826 * cases[i].distance);
    }
}

TEST(wild_numbers_move_little)
{
    UNUSED_STATE;
    f64 v[ROBUST_MAX];
    f64 middle = 0;
    f64 spread = 0;
    for (u32 i = 0; i < ROBUST_MAX; i++) {
        v[i] = i < 31 ? 1e12 : (f64)(i % 11);
    }
    robust_spread(v, ROBUST_MAX, &middle, &spread);
    CHECK(middle <= 10.0 && spread <= 20.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(middle_and_spread_of_known_numbers),
        cmocka_unit_test(wild_numbers_move_little),
    };
    return RUN_TESTS(tests);
}
