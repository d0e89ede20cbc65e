/* The continuous future: no jump at a roll, and nothing that was said is ever said otherwise. */
#include "tests/test.h"

#include "base/rng.h"
#include "market/roll_build.h"

static const i64 DAY = NS_PER_DAY;

static roll_t roll(i64 day, i64 old_price, i64 new_price)
{
    return (roll_t){.t_known = day * DAY, .old_price = {old_price}, .new_price = {new_price}};
}

TEST(table)
{
    UNUSED_STATE;
    roll_factors_t f = {0};
    roll_t first = roll(10, 100, 125);
    roll_t second = roll(20, 90, 60);
    roll_t older = roll(15, 1, 1);
    roll_t none = roll(30, 0, 1);
    CHECK_OK(roll_add(&f, &first));
    CHECK_OK(roll_add(&f, &second));
    CHECK_EQ(roll_add(&f, &older), ERR_PARAM_RANGE);
    CHECK_EQ(roll_add(&f, &none), ERR_PARAM_RANGE);
    CHECK(roll_factor(&f, 10 * DAY - 1) == 1.0);
    CHECK(roll_factor(&f, 10 * DAY) == 0.8);
    CHECK(roll_factor(&f, 20 * DAY) == 0.8 * 1.5);
    CHECK(125 * roll_factor(&f, 10 * DAY) == 100); /* the new contract goes on where the old one stood */
}

/* Prefix property: a factor at t is the same bits whatever rolls come later. */
TEST(append_only)
{
    UNUSED_STATE;
    roll_factors_t whole = {0};
    f64 seen[200];
    for (u32 i = 0; i < 200; i++) {
        roll_t r = roll(i + 1, 1000 + (i64)rng_below((rng_key_t){3, RNG_TEST, 1, 0}, i, 500),
                        1000 + (i64)rng_below((rng_key_t){3, RNG_TEST, 2, 0}, i, 500));
        CHECK_OK(roll_add(&whole, &r));
        seen[i] = roll_factor(&whole, r.t_known);
    }
    for (u32 i = 0; i < 200; i++) {
        CHECK(roll_factor(&whole, (i64)(i + 1) * DAY) == seen[i]);
        CHECK(roll_factor(&whole, (i64)(i + 2) * DAY - 1) == seen[i]);
    }
    CHECK(roll_factor(&whole, 0) == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(append_only)};
    return RUN_TESTS(tests);
}
