/* Ratchets: which rung a stop may stand on, of those that the best price has earned and the close leaves. */
#include "tests/test.h"

#include "scan/scan.h"

/* A = 2, a round trip costs 0.10; -1: no rung. */
static f64 rung(f64 best, f64 now, bool shift)
{
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    ratchet_t r = {.best = best, .now = now, .a = 2.0, .cost = 0.10, .shift = shift};
    f64 gain = 99.0;
    CHECK(c.trail_breakeven_atr == 1.0 && c.trail_lock_atr == 2.0 && c.trail_distance == 1.5);
    if (!exits_ratchet(&c, &r, &gain)) {
        CHECK(gain == 99.0);
        return -1.0;
    }
    CHECK(gain < now);
    return gain;
}

TEST(rungs_are_earned_by_the_best_price)
{
    UNUSED_STATE;
    CHECK(rung(1.99, 1.9, false) == -1.0);
    CHECK(rung(2.0, 1.9, false) == 0.10); /* +1 A: even, after costs */
    CHECK(rung(3.99, 3.9, false) == 0.10);
    CHECK(rung(4.0, 3.9, false) == 2.0); /* +2 A: one A is kept */
    CHECK(rung(4.9, 4.8, false) == 2.0); /* 1.5 A behind the best is less than that */
    CHECK(rung(6.0, 5.8, false) == 3.0); /* and here it is more */
}

TEST(a_rung_that_the_price_fell_through_leaves_the_one_below)
{
    UNUSED_STATE;
    CHECK(rung(6.0, 2.9, false) == 2.0);
    CHECK(rung(6.0, 1.9, false) == 0.10);
    CHECK(rung(4.5, 2.0, false) == 1.5); /* a stop at the market is none, one 1.5 A behind the best is */
    CHECK(rung(4.5, 1.5, false) == 0.10);
    CHECK(rung(6.0, 0.05, false) == -1.0);
    CHECK(rung(2.5, -0.5, false) == -1.0);
}

TEST(half_the_profit_is_kept_when_the_day_turns_choppy)
{
    UNUSED_STATE;
    CHECK(rung(1.2, 1.0, true) == 0.5);
    CHECK(rung(1.2, 0.99, true) == -1.0);
    CHECK(rung(4.5, 1.4, true) == 0.7); /* more than even, and the others are out of reach */
    CHECK(rung(6.0, 5.8, true) == 3.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rungs_are_earned_by_the_best_price),
        cmocka_unit_test(a_rung_that_the_price_fell_through_leaves_the_one_below),
        cmocka_unit_test(half_the_profit_is_kept_when_the_day_turns_choppy)};
    return RUN_TESTS(tests);
}
