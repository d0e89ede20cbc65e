/* Stylised facts: cases worked by hand, and generated series whose truth is known. */
#include "tests/test.h"

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/stylised.h"

enum { N = 20000, ROWS = 6, MANY = 4000 };
static f64 series[N];
static f64 panel[ROWS * MANY];
static u8 memory[1 << 20];

static f64 normal(u32 entity, u64 n)
{
    rng_key_t key = {.seed = 5, .purpose = RNG_TEST, .entity = entity};
    return q_norm_inv(((f64)(rng_at(key, n) >> 12) + 0.5) * 0x1.0p-52);
}

static arena_t scratch(void)
{
    arena_t a;
    arena_init(&a, memory, sizeof memory);
    return a;
}

static bool near(f64 a, f64 b, f64 tolerance)
{
    return q_abs(a - b) <= tolerance;
}

TEST(hand_worked)
{
    UNUSED_STATE;
    f64 v = 0;
    /* Deviations -1.5 -.5 .5 1.5: fourth 2.5625, second 1.25. */
    CHECK(stylised_kurtosis((f64[]){1, 2, 3, 4}, 4, &v) && near(v, 2.5625 / 1.5625, 1e-12));
    /* (1 2 3 4) with (2 3 4 9): covariance 2.75, variances 1.25 and 7.25. */
    CHECK(stylised_autocorrelation((f64[]){1, 2, 3, 4, 9}, 5, 1, &v));
    CHECK(near(v, 2.75 / q_sqrt(1.25 * 7.25), 1e-12));
    /* Sizes alone: (1 2 4) with (2 4 8) is a straight line, whatever the signs. */
    CHECK(stylised_clustering((f64[]){1, -2, 4, -8}, 4, 1, &v) && near(v, 1.0, 1e-12));
    CHECK(stylised_autocorrelation((f64[]){1, -2, 4, -8}, 4, 1, &v) && v < 0);
    /* After -1 comes size 2 (and it is a rise), after 2 size 1: (-1 2 -1) with (2 1 2). */
    CHECK(stylised_leverage((f64[]){-1, 2, -1, 2}, 4, 1, &v) && near(v, -1.0, 1e-12));
    arena_t a = scratch();
    /* Largest two 8 and 4 over the third 2: logs 2 ln2 + ln2, so 2 / (3 ln 2). */
    CHECK_OK(stylised_hill(&a, (f64[]){1, -8, 2, 4, 0}, 5, 2, &v));
    CHECK(near(v, 2.0 / (3.0 * Q_LN2), 1e-12));
    stylised_edges_t e;
    CHECK(stylised_volume_edges((f64[]){4, 1, 1, 2}, 4, 1, &e));
    CHECK(near(e.first, 0.5, 1e-12) && near(e.last, 0.25, 1e-12));
    /* Three series: two equal, one opposite: correlations 1, -1, -1. */
    const f64 three[] = {1, 2, 4, 2, 4, 8, -1, -2, -4};
    a = scratch();
    CHECK_OK(stylised_cross_correlation(&a, &(stylised_set_t){three, 3, 3}, &v));
    CHECK(near(v, -1.0 / 3.0, 1e-12));
}

TEST(what_does_not_exist)
{
    UNUSED_STATE;
    f64 v = 7;
    const f64 flat[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    stylised_edges_t e;
    arena_t a = scratch();
    CHECK(!stylised_kurtosis(flat, 6, &v) && !stylised_kurtosis((f64[]){1, 2, 3}, 3, &v));
    CHECK(!stylised_autocorrelation(flat, 6, 1, &v) && !stylised_clustering(flat, 6, 5, &v));
    CHECK(!stylised_leverage((f64[]){1, 2, 3}, 3, 2, &v) && !stylised_leverage(flat, 0, 1, &v));
    CHECK(!stylised_clustering((f64[]){1, -1, 1, -1}, 4, 1, &v)); /* the sizes do not move */
    CHECK_EQ(stylised_hill(&a, flat, 6, 2, &v), ERR_EMPTY);
    CHECK_EQ(stylised_hill(&a, (f64[]){0, 0, 1, 0}, 4, 1, &v), ERR_EMPTY);
    CHECK(!stylised_volume_edges((f64[]){0, 0}, 2, 1, &e) && !stylised_volume_edges((f64[]){1, 1}, 2, 2, &e));
    CHECK_EQ(stylised_cross_correlation(&a, &(stylised_set_t){flat, 3, 2}, &v), ERR_EMPTY);
    CHECK(v == 7);
    stylised_t s;
    CHECK_EQ(stylised_measure(&a, &(stylised_set_t){flat, 2, 3}, &s), ERR_EMPTY);
    arena_init(&a, memory, 64);
    CHECK_EQ(stylised_hill(&a, series, N, 1000, &v), ERR_ARENA_FULL);
    CHECK_EQ(stylised_measure(&a, &(stylised_set_t){panel, ROWS, MANY}, &s), ERR_ARENA_FULL);
}

TEST(normal_numbers)
{
    UNUSED_STATE;
    f64 v = 0;
    for (u32 t = 0; t < N; t++) {
        series[t] = normal(1, t);
    }
    CHECK(stylised_kurtosis(series, N, &v) && near(v, 3.0, 4 * q_sqrt(24.0 / N)));
    for (u32 lag = 1; lag <= 20; lag++) {
        f64 limit = 4.5 / q_sqrt(N);
        CHECK(stylised_autocorrelation(series, N, lag, &v) && near(v, 0.0, limit));
        CHECK(stylised_clustering(series, N, lag, &v) && near(v, 0.0, limit));
        CHECK(stylised_leverage(series, N, lag, &v) && near(v, 0.0, limit));
    }
}

/* A Pareto tail has the index it was made with; Hill's error is index / sqrt(k). */
TEST(pareto_tails)
{
    UNUSED_STATE;
    const f64 index[] = {1.5, 3.0, 5.0};
    rng_key_t key = {.seed = 5, .purpose = RNG_TEST, .entity = 2};
    for (u32 c = 0; c < COUNT_OF(index); c++) {
        f64 v = 0;
        for (u32 t = 0; t < N; t++) {
            f64 sign = t % 2 == 0 ? 1.0 : -1.0;
            series[t] = sign * q_exp(q_log(1.0 - rng_unit(key, t)) / -index[c]);
        }
        arena_t a = scratch();
        CHECK_OK(stylised_hill(&a, series, N, 1000, &v));
        CHECK(near(v, index[c], 4 * index[c] / q_sqrt(1000.0)));
    }
}

/* AR(1) with 0.4 has 0.4^lag; volatility that answers to falls alone has leverage and clustering. */
TEST(memory_of_known_shape)
{
    UNUSED_STATE;
    f64 v = 0;
    for (u32 t = 1; t < N; t++) {
        series[t] = 0.4 * series[t - 1] + normal(3, t);
    }
    CHECK(stylised_autocorrelation(series + 100, N - 100, 1, &v) && near(v, 0.4, 0.03));
    CHECK(stylised_autocorrelation(series + 100, N - 100, 3, &v) && near(v, 0.064, 0.03));
    for (u32 t = 1; t < N; t++) {
        series[t] = (series[t - 1] < 0 ? 2.0 : 1.0) * normal(4, t);
    }
    CHECK(stylised_leverage(series, N, 1, &v) && v < -0.15);
    CHECK(stylised_leverage(series, N, 5, &v) && near(v, 0.0, 0.03));
    CHECK(stylised_autocorrelation(series, N, 1, &v) && near(v, 0.0, 0.05));
}

/* Series of a common part and one of their own, of equal size, correlate by a half. */
TEST(a_set_with_a_common_part)
{
    UNUSED_STATE;
    for (u32 r = 0; r < ROWS; r++) {
        for (u32 t = 0; t < MANY; t++) {
            panel[r * MANY + t] = r == 2 ? 0.0 : (normal(10, t) + normal(11 + r, t)) * (r + 1);
        }
    }
    arena_t a = scratch();
    stylised_t s;
    CHECK_OK(stylised_measure(&a, &(stylised_set_t){panel, ROWS, MANY}, &s));
    CHECK_EQ(s.rows, ROWS - 1); /* the one that does not move is left out */
    CHECK(near(s.cross, 0.5, 0.04));
    CHECK(near(s.kurtosis, 3.0, 0.3) && s.hill > 4.5);
    CHECK(near(s.linear, 0.0, 0.06) && near(s.leverage, 0.0, 0.05));
    CHECK(near(s.clustering[0], 0.0, 0.06) && near(s.clustering[2], 0.0, 0.06));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand_worked),      cmocka_unit_test(what_does_not_exist),
        cmocka_unit_test(normal_numbers),   cmocka_unit_test(pareto_tails),
        cmocka_unit_test(memory_of_known_shape), cmocka_unit_test(a_set_with_a_common_part),
    };
    return RUN_TESTS(tests);
}
