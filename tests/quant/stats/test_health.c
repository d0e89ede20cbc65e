/* Health: hand-worked Sharpe, shrinkage, hysteresis, the way to shadow only. */
#include "tests/test.h"

#include "quant/math/qmath.h"
#include "quant/stats/health.h"

/* 3, -1, 1, 1: mean 1, squares 8, sample deviation sqrt(8/3) = 1.6329931619, x sqrt(252): 9.7211110476. */
TEST(sharpe_by_hand)
{
    UNUSED_STATE;
    const f64 pnl[] = {3.0, -1.0, 1.0, 1.0};
    CHECK(q_abs(health_sharpe(pnl, 4, 252) - 9.7211110476) < 1e-9);
    CHECK(q_abs(health_sharpe(pnl, 4, 365) - 11.6993588) < 1e-6); /* x sqrt(365) */
    const f64 flat[] = {1.0, 1.0, 1.0};
    CHECK(q_abs(health_sharpe(flat, 3, 252)) < 1e-15 && q_abs(health_sharpe(pnl, 1, 252)) < 1e-15);
}

/* One trade a day, up `win`, down 1 in turn. */
static health_view_t days(health_t *h, u32 n, f64 win)
{
    health_view_t v = {0};
    for (u32 i = 0; i < n; i++) {
        health_update(h, i % 2 ? win : -1.0, 1, &v);
    }
    return v;
}

TEST(stages)
{
    UNUSED_STATE;
    health_t h;
    health_init(&h);
    health_view_t v = days(&h, 38, 0.5);
    CHECK_EQ(v.status, HEALTH_UNPROVEN);
    v = days(&h, 2, 0.5);
    CHECK(v.results == 40 && v.status == HEALTH_DEGRADED && !v.shadow_only);
    CHECK(q_abs(v.shrunk - v.sharpe * 0.4) < 1e-12); /* 40/(40 + 60) */
    v = days(&h, 58, 0.5);
    CHECK(!v.shadow_only);
    v = days(&h, 2, 0.5);
    CHECK(v.shadow_only); /* 60th or 61st degraded day in a row */
    /* +1.04/-1 for 120 days: mean 0.02, deviation 1.02 x sqrt(120/119): Sharpe 0.30996, shrunk x 120/180 =
     * 0.2066. +1.08/-1: 0.04/1.04443 x 15.8745 = 0.60797, shrunk 0.4053: above 0.25, not above 0.5: stays
     * degraded. +1.12/-1: 0.06/1.06445 x 15.8745 = 0.8948, shrunk 0.5965: recovered; back to 1.08: stays
     * good. */
    v = days(&h, 120, 1.08);
    CHECK(q_abs(v.shrunk - 0.4053) < 2e-4 && v.status == HEALTH_DEGRADED && v.shadow_only);
    v = days(&h, 120, 1.12);
    CHECK(q_abs(v.shrunk - 0.5965) < 2e-4 && v.status == HEALTH_GOOD && !v.shadow_only);
    v = days(&h, 120, 1.08);
    CHECK(q_abs(v.shrunk - 0.4053) < 2e-4 && v.status == HEALTH_GOOD);
    v = days(&h, 120, 1.04);
    CHECK(q_abs(v.shrunk - 0.2066) < 2e-4 && v.status == HEALTH_DEGRADED);
    for (u32 i = 0; i < 81; i++) {
        health_update(&h, 0.0, 0, &v); /* idle days count as days, and results leave the window */
    }
    CHECK(v.results == 39 && v.status == HEALTH_UNPROVEN && v.days == 120);
}

/* What is older than the window is not looked at; a longer one than is kept is a broken invariant. */
TEST(the_window_is_as_long_as_it_is_set)
{
    UNUSED_STATE;
    health_t h;
    health_view_t v = {0};
    health_bounds_t b = {
        .degraded_below = 0.25, .recovered_above = 0.5, .min_results = 10, .window = 20, .year = 252};
    health_init(&h);
    for (u32 i = 0; i < 100; i++) {
        health_update_at(&h, -1.0 - (i % 2), 1, &b, &v);
    }
    CHECK(v.status == HEALTH_DEGRADED && v.days == 20 && v.results == 20);
    for (u32 i = 0; i < 20; i++) {
        health_update_at(&h, 1.0 + (i % 2), 1, &b, &v);
    }
    CHECK(v.status == HEALTH_GOOD && v.sharpe > 30.0); /* of the losses nothing is left */
    b.window = 0;
    health_update_at(&h, 1.0, 1, &b, &v);
    CHECK(v.days == HEALTH_WINDOW && v.results == HEALTH_WINDOW && v.sharpe < 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sharpe_by_hand), cmocka_unit_test(stages),
                                       cmocka_unit_test(the_window_is_as_long_as_it_is_set)};
    return RUN_TESTS(tests);
}

