/* Correlation by dates. */
#include "tests/test.h"

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/correlation.h"

/* a = 1 2 3 4, b = 2 1 4 3: deviations -1.5 -.5 .5 1.5 and -.5 -1.5 1.5 .5: products .75 + .75 + .75 + .75 =
 * 3, squares 5 and 5: 0.6. */
TEST(pearson_by_hand)
{
    UNUSED_STATE;
    const f64 a[] = {1.0, 2.0, 3.0, 4.0};
    const f64 b[] = {2.0, 1.0, 4.0, 3.0};
    const f64 flat[] = {1.0, 1.0, 1.0, 1.0};
    f64 r = 0.0;
    CHECK(correlation_pearson(a, b, 4, &r) && q_abs(r - 0.6) < 1e-12);
    CHECK(!correlation_pearson(a, flat, 4, &r) && !correlation_pearson(a, b, 1, &r));
}

TEST(dates_decide)
{
    UNUSED_STATE;
    enum { N = 100 };
    date_t day_a[N];
    date_t day_b[N];
    f64 a[N];
    f64 b[N];
    u32 nb = 0;
    rng_key_t key = {.seed = 2, .purpose = RNG_TEST};
    for (u32 i = 0; i < N; i++) {
        day_a[i] = 1000 + (date_t)i;
        a[i] = rng_unit(key, i) - 0.5;
        if (i % 2 == 0) { /* b trades every other day and does exactly what a does */
            day_b[nb] = day_a[i];
            b[nb++] = 2.0 * a[i];
        }
    }
    correlation_side_t x = {.day = day_a, .ret = a, .count = N};
    correlation_side_t y = {.day = day_b, .ret = b, .count = nb};
    correlation_t c;
    correlation_daily(&x, &y, &c);
    CHECK(c.known && c.common == 50 && q_abs(c.pearson - 1.0) < 1e-12 && q_abs(c.shrunk - 0.86) < 1e-12);
    y.count = 40;
    correlation_daily(&x, &y, &c);
    CHECK(c.known && c.common == 40);
    y.count = 39;
    correlation_daily(&x, &y, &c);
    CHECK(!c.known && c.common == 39 && q_abs(c.shrunk) < 1e-15);
    a[10] = 50.0; /* older than the last 60 days: no influence */
    correlation_daily(&x, &x, &c);
    CHECK(c.common == 60 && q_abs(c.pearson - 1.0) < 1e-12);
    correlation_daily_of(&x, &x, 40, &c);
    CHECK(c.common == 40 && c.known);
    correlation_daily_of(&x, &x, CORRELATION_DAYS_MAX, &c);
    CHECK_EQ(c.common, MIN_OF((u32)N, (u32)CORRELATION_DAYS_MAX));
}

TEST(size_factor)
{
    UNUSED_STATE;
    static const struct {
        f64 rho, want;
    } cases[] = {
        {-1.0, 1.0}, {0.0, 1.0}, {0.7, 1.0}, {0.85, 0.625}, {1.0, 0.25}, {0.8, 0.75},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK(q_abs(correlation_size_factor(cases[i].rho) - cases[i].want) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pearson_by_hand),
        cmocka_unit_test(dates_decide),
        cmocka_unit_test(size_factor),
    };
    return RUN_TESTS(tests);
}

