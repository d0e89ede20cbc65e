/* Draws against the moments of their distributions, and what a weight does with little, good and bad
 * evidence. */
#include "tests/test.h"

#include "quant/math/qmath.h"
#include "quant/stats/thompson.h"

enum { DRAWS = 20000 };

typedef struct {
    f64 mean, variance;
} moments_t;

static rng_key_t key_of(u64 i)
{
    return (rng_key_t){.seed = 42, .purpose = RNG_TEST, .entity = 9, .cycle = i};
}

static moments_t gamma_moments(f64 shape)
{
    f64 sum = 0, square = 0;
    for (u64 i = 0; i < DRAWS; i++) {
        u64 n = 0;
        f64 x = gamma_draw(key_of(i), &n, shape);
        CHECK(x > 0 && n >= 2);
        sum += x;
        square += (x - shape) * (x - shape);
    }
    return (moments_t){.mean = sum / DRAWS, .variance = square / DRAWS};
}

/* Mean and variance of gamma are its shape; the mean's error is sqrt(shape/n), the variance's
 * shape x sqrt((2 + 6/shape)/n). Five errors are allowed. */
TEST(gamma_has_its_moments)
{
    UNUSED_STATE;
    const f64 shapes[] = {1.0, 1.5, 4.0, 40.0, 900.0};
    for (u32 i = 0; i < COUNT_OF(shapes); i++) {
        f64 a = shapes[i];
        moments_t m = gamma_moments(a);
        CHECK(q_abs(m.mean - a) < 5.0 * q_sqrt(a / DRAWS));
        CHECK(q_abs(m.variance - a) < 5.0 * a * q_sqrt((2.0 + 6.0 / a) / DRAWS));
    }
}

/* Beta(1, 1) is uniform: the largest distance from the diagonal stays under Kolmogorov's 0.1 % bound. */
TEST(beta_one_one_is_uniform)
{
    UNUSED_STATE;
    enum { BINS = 100 };
    u32 count[BINS] = {0};
    for (u64 i = 0; i < DRAWS; i++) {
        u64 n = 0;
        f64 p = beta_draw(key_of(i), &n, 1.0, 1.0);
        count[MIN_OF((u32)(p * BINS), (u32)BINS - 1)]++;
    }
    f64 worst = 0, below = 0;
    for (u32 b = 0; b < BINS; b++) {
        below += count[b];
        worst = q_max(worst, q_abs(below / DRAWS - (f64)(b + 1) / BINS));
    }
    CHECK(worst < 1.95 / q_sqrt(DRAWS));
}

TEST(beta_has_its_mean)
{
    UNUSED_STATE;
    const f64 ab[][2] = {{1.0, 3.0}, {8.5, 2.5}, {60.0, 90.0}};
    for (u32 c = 0; c < COUNT_OF(ab); c++) {
        f64 a = ab[c][0], b = ab[c][1], sum = 0;
        for (u64 i = 0; i < DRAWS; i++) {
            u64 n = 0;
            sum += beta_draw(key_of(i), &n, a, b);
        }
        f64 error = q_sqrt(a * b / ((a + b) * (a + b) * (a + b + 1.0)) / DRAWS);
        CHECK(q_abs(sum / DRAWS - a / (a + b)) < 5.0 * error);
    }
}

/* Always within the bounds, the same bits for the same key, whatever the sums. */
TEST(weights_keep_their_bounds)
{
    UNUSED_STATE;
    for (u64 i = 0; i < 5000; i++) {
        rng_key_t k = key_of(i + 100000);
        f64 n = rng_unit(k, 1) * (i % 2 ? 3.0 : 5000.0);
        thompson_sums_t s = {.n = n,
                             .wins = n * rng_unit(k, 2),
                             .win_sum = n * 3.0 * rng_unit(k, 3),
                             .loss_sum = n * 3.0 * rng_unit(k, 4)};
        f64 w = thompson_weight(key_of(i), &s);
        CHECK(w >= THOMPSON_LOW && w <= THOMPSON_HIGH);
        f64 again = thompson_weight(key_of(i), &s);
        CHECK(w >= again && w <= again);
    }
}

/* In how many of the draws the first sums weigh more than the second, each under its own key. */
static f64 share_first(const thompson_sums_t *a, const thompson_sums_t *b)
{
    u32 first = 0;
    for (u64 i = 0; i < DRAWS; i++) {
        first += thompson_weight(key_of(2 * i), a) > thompson_weight(key_of(2 * i + 1), b) ? 1 : 0;
    }
    return (f64)first / DRAWS;
}

TEST(evidence_settles_and_ignorance_is_tried)
{
    UNUSED_STATE;
    const thompson_sums_t none = {0};
    const thompson_sums_t good = {.n = 400, .wins = 240, .win_sum = 240, .loss_sum = 160};
    const thompson_sums_t bad = {.n = 400, .wins = 160, .win_sum = 160, .loss_sum = 240};
    CHECK(share_first(&good, &bad) > 0.999);
    f64 same = share_first(&none, &none);
    CHECK(same > 0.40 && same < 0.51); /* half, less the ties at the bounds */
    f64 tried = share_first(&none, &good); /* p over 0.6 of a uniform: four in ten */
    CHECK(tried > 0.37 && tried < 0.43);
    /* good means 0.2 R a result; its draws lie near it: error of p 0.0245, twice that in R. */
    f64 sum = 0, square = 0;
    for (u64 i = 0; i < DRAWS; i++) {
        f64 r = thompson_mean_r(key_of(i), &good);
        sum += r;
        square += (r - 0.2) * (r - 0.2);
    }
    CHECK(q_abs(sum / DRAWS - 0.2) < 0.005);
    CHECK(q_abs(q_sqrt(square / DRAWS) - 0.049) < 0.003);
}

/* A seller of insurance: 90 % small wins, rare large losses. The win rate alone would love it. */
TEST(judges_r_and_not_the_hit_rate)
{
    UNUSED_STATE;
    const thompson_sums_t often = {.n = 500, .wins = 450, .win_sum = 90, .loss_sum = 150};
    const thompson_sums_t seldom = {.n = 500, .wins = 175, .win_sum = 437.5, .loss_sum = 325};
    CHECK(share_first(&often, &seldom) < 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_has_its_moments),
        cmocka_unit_test(beta_one_one_is_uniform),
        cmocka_unit_test(beta_has_its_mean),
        cmocka_unit_test(weights_keep_their_bounds),
        cmocka_unit_test(evidence_settles_and_ignorance_is_tried),
        cmocka_unit_test(judges_r_and_not_the_hit_rate),
    };
    return RUN_TESTS(tests);
}
