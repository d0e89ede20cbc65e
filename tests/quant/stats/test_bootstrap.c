/* The stationary bootstrap: repeatable, centred, honest about dependence. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/bootstrap.h"

enum { DAYS = 500 };

static u8 memory[1 << 18];
static f64 day[DAYS];
static f64 ones[DAYS];

static bootstrap_t run(const bootstrap_spec_t *spec, u32 n)
{
    arena_t a;
    arena_init(&a, memory, sizeof memory);
    bootstrap_t out;
    CHECK_OK(bootstrap_mean(&a, spec, day, n, &out));
    return out;
}

/* Independent days of deviation 1: the error of the mean is 1/sqrt(500) = 0.0447, the interval 1.96 of it
 * each way. */
TEST(independent_days)
{
    UNUSED_STATE;
    rng_key_t key = {.seed = 8, .purpose = RNG_TEST};
    f64 mean = 0.0;
    for (u32 i = 0; i < DAYS; i++) {
        day[i] = q_norm_inv(0.0005 + 0.999 * rng_unit(key, i));
        ones[i] = 1.0;
        mean += day[i] / DAYS;
    }
    bootstrap_spec_t spec = {.seed = 3};
    bootstrap_t b = run(&spec, DAYS);
    CHECK_EQ(b.draws, 2000);
    CHECK(q_abs(b.point - mean) < 1e-12);
    CHECK(q_abs(b.error - 0.0447) < 0.007);
    CHECK(q_abs((b.high - b.low) / b.error - 3.92) < 0.25);
    CHECK(q_abs(0.5 * (b.high + b.low) - mean) < 0.006);
    bootstrap_t again = run(&spec, DAYS);
    CHECK_EQ(memcmp(&b.low, &again.low, sizeof b.low), 0);
    CHECK_EQ(memcmp(&b.high, &again.high, sizeof b.high), 0);
    CHECK_EQ(memcmp(&b.error, &again.error, sizeof b.error), 0);
    spec.seed = 4;
    again = run(&spec, DAYS);
    CHECK(again.low < b.low || again.low > b.low);
    arena_t a;
    arena_init(&a, memory, sizeof memory);
    const f64 *pair[2] = {day, ones};
    spec.seed = 3;
    spec.year = 252;
    CHECK_OK(bootstrap_ratio(&a, &spec, pair, DAYS, &again)); /* one trade a day: the ratio is the mean */
    CHECK(q_abs(again.low - b.low) < 1e-12 && q_abs(again.high - b.high) < 1e-12);
    CHECK_OK(bootstrap_sharpe(&a, &spec, day, DAYS, &again)); /* error about sqrt(252/500) = 0.71 a year */
    CHECK(q_abs(again.error - 0.71) < 0.12 && again.low < again.point && again.point < again.high);
    f64 shares = again.point;
    spec.year = 365; /* sqrt(365 / 252) = 1.2035002 times as much, each number of it */
    arena_reset(&a);
    bootstrap_t coins;
    CHECK_OK(bootstrap_sharpe(&a, &spec, day, DAYS, &coins));
    CHECK(q_abs(coins.point / shares - 1.2035002) < 1e-6 &&
          q_abs(coins.error / again.error - 1.2035002) < 1e-6);
    CHECK(q_abs(coins.low / again.low - 1.2035002) < 1e-6);
}

/* Days in runs of ten equal ones: blocks of 20 see the dependence, single days do not. */
TEST(blocks_see_dependence)
{
    UNUSED_STATE;
    rng_key_t key = {.seed = 9, .purpose = RNG_TEST};
    for (u32 i = 0; i < DAYS; i++) {
        day[i] = rng_unit(key, i / 10) - 0.5;
    }
    bootstrap_spec_t alone = {.seed = 1, .mean_block = 1.0};
    bootstrap_spec_t blocks = {.seed = 1, .mean_block = 20.0};
    CHECK(run(&blocks, DAYS).error > 2.0 * run(&alone, DAYS).error);
    for (u32 i = 0; i < DAYS; i++) {
        day[i] = 0.25;
    }
    bootstrap_t b = run(&blocks, DAYS);
    CHECK(q_abs(b.low - 0.25) < 1e-12 && q_abs(b.high - 0.25) < 1e-12 && b.error < 1e-12);
    arena_t small;
    arena_init(&small, memory, 64);
    CHECK_EQ(bootstrap_mean(&small, &alone, day, DAYS, &b), ERR_ARENA_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(independent_days),
        cmocka_unit_test(blocks_see_dependence),
    };
    return RUN_TESTS(tests);
}

