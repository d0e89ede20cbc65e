/* Forward factors: continuity across splits and dividends, never revised. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "market/series.h"

static bar_t bar_at(f64 close)
{
    bar_t b = {.t_event = 1, .t_known = 2};
    i64 v = (i64)(close * 1e9 + 0.5);
    b.open.v = b.high.v = b.low.v = b.close.v = v;
    return b;
}

static action_t split(i64 num, i64 den)
{
    return (action_t){.kind = ACTION_SPLIT, .ratio_num = num, .ratio_den = den};
}

static action_t dividend(f64 amount)
{
    return (action_t){.kind = ACTION_DIVIDEND, .ratio_num = 1, .ratio_den = 1,
                      .amount = {(i64)(amount * 1e9 + 0.5)}};
}

static void check_near(f64 a, f64 b)
{
    CHECK(a > b * (1 - 1e-12) && a < b * (1 + 1e-12));
}

/* NVDA, 2024-06-10: 1208.88 before, ten for one, 121.79 after (closing prices of record). */
TEST(nvda_ten_for_one)
{
    UNUSED_STATE;
    forward_t f = forward_start();
    bar_t before = bar_at(1208.88);
    bar_t after = bar_at(121.79);
    action_t a = split(10, 1);
    forward_bar(&f, &before);
    CHECK(forward_action(&f, &a));
    forward_bar(&f, &after);
    check_near(f.price, 10.0);
    check_near(forward_price(&f, after.close), 1217.9);
    check_near(forward_volume(&f, 3000), 300.0);
    price_t level;
    CHECK_OK(forward_level(&f, 1217.9, &level));
    CHECK_EQ(level.v, 121790000000);
}

TEST(cases)
{
    UNUSED_STATE;
    forward_t f = forward_start();
    bar_t b = bar_at(100.0);
    action_t d = dividend(1.0);
    CHECK(!forward_action(&f, &d)); /* no close yet */
    CHECK_EQ(f.refused, 1);
    forward_bar(&f, &b);
    CHECK(forward_action(&f, &d));
    check_near(f.price, 100.0 / 99.0);
    check_near(f.split, 1.0); /* a dividend does not touch volume */
    action_t all = dividend(100.0);
    CHECK(!forward_action(&f, &all));
    action_t reverse = split(1, 8);
    CHECK(forward_action(&f, &reverse));
    check_near(f.split, 0.125);
    CHECK_EQ(f.close_last, 800000000000);
    action_t same_day = dividend(8.0); /* per new share: 1 % again */
    CHECK(forward_action(&f, &same_day));
    check_near(f.price, 100.0 / 99.0 / 8.0 * (800.0 / 792.0));
    action_t odd = split(0, 1);
    CHECK(!forward_action(&f, &odd));
    forward_t as_it_was = f;
    action_t gone = {.kind = ACTION_PAYOUT, .amount = {PRICE_SCALE}};
    CHECK(forward_action(&f, &gone)); /* no price follows: nothing is refused and nothing moves */
    CHECK(memcmp(&f, &as_it_was, sizeof f) == 0);
    gone.amount.v = -1;
    CHECK(!forward_action(&f, &gone));
    CHECK_EQ(f.refused, as_it_was.refused + 1);
}

/* Property: a raw series made from a smooth one by splits and dividends gives the smooth returns back, and
 * the factor at a moment does not depend on what comes later. */
TEST(continuity)
{
    UNUSED_STATE;
    enum { DAYS = 600 };
    static f64 at[DAYS];
    rng_key_t key = {21, RNG_TEST, 0, 0};
    for (u32 length = DAYS / 2; length <= DAYS; length += DAYS / 2) {
        forward_t f = forward_start();
        f64 raw = 50.0;
        f64 total = 50.0;
        for (u32 i = 0; i < length; i++) {
            f64 move = 0.98 + 0.04 * rng_unit(key, i * 4ULL);
            u64 what = rng_below(key, i * 4ULL + 1, 40);
            if (i > 0 && what == 0) {
                i64 n = 2 + (i64)rng_below(key, i * 4ULL + 2, 3);
                action_t a = raw > 20 ? split(n, 1) : split(1, n);
                CHECK(forward_action(&f, &a));
                raw = raw > 20 ? raw / (f64)n : raw * (f64)n;
            } else if (i > 0 && what == 1) {
                i64 cents = 1 + (i64)rng_below(key, i * 4ULL + 3, 10);
                action_t a = {.kind = ACTION_DIVIDEND, .amount = {f.close_last / 1000 * cents}};
                CHECK(forward_action(&f, &a));
                raw -= (f64)a.amount.v / 1e9;
            }
            raw *= move;
            total *= move;
            bar_t b = bar_at(raw);
            raw = price_to_f64(b.close);
            forward_bar(&f, &b);
            f64 ratio = forward_price(&f, b.close) / total;
            CHECK(ratio > 1 - 1e-6 && ratio < 1 + 1e-6);
            CHECK(length == DAYS / 2 || i >= DAYS / 2 || at[i] == f.price);
            at[i] = f.price;
        }
    }
}

/* What is counted in parts of a unit comes out in units, and dollars are those of units. */
TEST(parts_of_a_unit)
{
    UNUSED_STATE;
    forward_t share = forward_start();
    forward_t coin = forward_start_in(-8);
    bar_t b = bar_at(60000);
    b.volume = 250000000; /* two coins and a half */
    series_row_t row = series_row(&b, &coin, 0, -1);
    check_near(row.volume, 2.5);
    check_near(row.dollar, 150000);
    check_near(forward_volume(&coin, 1), 1e-8);
    row = series_row(&b, &share, 0, -1);
    CHECK(row.volume == 250000000.0 && row.dollar == 60000 * 250000000.0);
    action_t a = split(2, 1);
    CHECK(forward_action(&coin, &a));
    check_near(series_row(&b, &coin, 0, -1).volume, 1.25);
    check_near(series_row(&b, &coin, 0, -1).dollar, 150000); /* raw price, raw units */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nvda_ten_for_one), cmocka_unit_test(cases),
                                       cmocka_unit_test(continuity), cmocka_unit_test(parts_of_a_unit)};
    return RUN_TESTS(tests);
}
