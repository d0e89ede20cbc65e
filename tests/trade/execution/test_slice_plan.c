/* Schedules: tables of known cases, then properties over many orders. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "trade/execution/slice_plan.h"

#define MINUTE NS_PER_MIN
enum { BARS = 78 };

static slice_ask_t ask_of(slicing_t algo, i64 qty, const f64 *curve)
{
    return (slice_ask_t){.algo = algo, .qty = qty, .lot = 1, .least = 1, .now = 1000 * MINUTE,
                         .step_ns = 5 * MINUTE, .open = 1000 * MINUTE, .close = 1390 * MINUTE,
                         .curve = curve, .bars = BARS, .bar_ns = 5 * MINUTE, .participation = 0.05};
}

TEST(table)
{
    UNUSED_STATE;
    static const f64 flat[BARS] = {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000};
    static const f64 fall[BARS] = {4000, 2000, 1000, 1000};
    static const f64 gap[BARS] = {100, 0, 0, 100, 100};
    static const struct {
        slicing_t algo;
        i64 qty, lot, least;
        const f64 *curve;
        u32 count;
        i64 until[6];
    } cases[] = {
        {SLICING_TWAP, 150, 1, 1, flat, 3, {50, 100, 150}},           /* 150 of 50 a slice */
        {SLICING_TWAP, 151, 1, 1, flat, 4, {38, 76, 114, 151}},       /* the odd ones go first */
        {SLICING_TWAP, 10, 1, 1, flat, 2, {5, 10}},                   /* never under two */
        {SLICING_TWAP, 100, 1, 1, NULL, 5, {20, 40, 60, 80, 100}},    /* nothing known: five */
        {SLICING_TWAP, 150, 100, 1, flat, 1, {150}},                  /* one lot cannot be cut */
        {SLICING_TWAP, 350, 100, 1, flat, 3, {100, 200, 350}},        /* the broken lot goes with the last */
        {SLICING_TWAP, 150, 1, 70, flat, 2, {75, 150}},               /* the least quantity */
        {SLICING_TWAP, 1, 1, 1, flat, 1, {1}},
        {SLICING_VWAP, 800, 1, 1, fall, 4, {400, 600, 700, 800}},     /* 4 : 2 : 1 : 1 */
        {SLICING_VWAP, 25, 1, 1, gap, 3, {9, 17, 25}},                /* bars nobody trades in get nothing */
        {SLICING_VWAP, 100, 1, 1, NULL, 5, {20, 40, 60, 80, 100}},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        slice_ask_t a = ask_of(cases[i].algo, cases[i].qty, cases[i].curve);
        slice_schedule_t s;
        a.lot = cases[i].lot;
        a.least = cases[i].least;
        CHECK_OK(slice_plan(&a, &s));
        CHECK_EQ(s.count, cases[i].count);
        for (u32 k = 0; k < s.count && k < 6; k++) {
            CHECK_EQ(s.until[k], cases[i].until[k]);
        }
        CHECK_EQ(s.algo, cases[i].curve == NULL ? SLICING_TWAP : cases[i].algo);
    }
}

TEST(times_end_with_the_session)
{
    UNUSED_STATE;
    slice_ask_t a = ask_of(SLICING_TWAP, 1000, NULL);
    slice_schedule_t s;
    a.now = a.close - 12 * MINUTE;
    CHECK_OK(slice_plan(&a, &s));
    CHECK_EQ(s.count, 3); /* 12, 7 and 2 minutes before the close */
    CHECK_EQ(s.t[0], a.now);
    CHECK_EQ(s.t[2], a.now + 10 * MINUTE);
    CHECK_EQ(s.t_end, a.close);
    CHECK_EQ(slice_due(&s, a.now - 1), 0);
    CHECK_EQ(slice_due(&s, a.now), s.until[0]);
    CHECK_EQ(slice_due(&s, s.t[1] - 1), s.until[0]);
    CHECK_EQ(slice_due(&s, I64_MAX), 1000);
    a.now = a.close - 1;
    CHECK_OK(slice_plan(&a, &s));
    CHECK_EQ(s.count, 1);
}

TEST(volume_of_a_part_of_a_bar)
{
    UNUSED_STATE;
    static const f64 curve[BARS] = {1000, 500};
    slice_ask_t a = ask_of(SLICING_VWAP, 100, curve);
    CHECK_EQ(slice_volume(&a, a.open, a.open + 5 * MINUTE), 1000);
    CHECK_EQ(slice_volume(&a, a.open + 4 * MINUTE, a.open + 9 * MINUTE), 600);
    CHECK_EQ(slice_volume(&a, a.open - 60 * MINUTE, a.open), 0);
    CHECK_EQ(slice_volume(&a, a.close, a.close + MINUTE), 0);
}

TEST(what_is_refused)
{
    UNUSED_STATE;
    static const f64 bad[BARS] = {1, -1};
    slice_schedule_t s = {.count = 77};
    for (u32 i = 0; i < 9; i++) {
        slice_ask_t a = ask_of(SLICING_TWAP, 100, NULL);
        a.qty = i == 0 ? 0 : a.qty;
        a.lot = i == 1 ? 0 : a.lot;
        a.least = i == 2 ? 0 : a.least;
        a.step_ns = i == 3 ? 0 : a.step_ns;
        a.now = i == 4 ? a.close : i == 5 ? a.open - 1 : a.now;
        a.participation = i == 6 ? 0 : a.participation;
        a.curve = i == 7 ? bad : NULL;
        a.algo = i == 8 ? SLICING_NONE : a.algo;
        CHECK_EQ(slice_plan(&a, &s), ERR_PARAM_RANGE);
    }
    CHECK_EQ(s.count, 77);
}

/* Whatever is asked: the whole order, in order, none too small, none outside the session. */
TEST(properties)
{
    UNUSED_STATE;
    f64 curve[BARS];
    rng_key_t key = {.seed = 42, .purpose = RNG_TEST};
    for (u64 i = 0; i < 20000; i++) {
        u64 r[10];
        for (u32 k = 0; k < COUNT_OF(r); k++) {
            r[k] = rng_at(key, i * 128 + k);
        }
        for (u32 k = 0; k < BARS; k++) {
            curve[k] = (f64)(rng_at(key, i * 128 + 16 + k) % 50000);
        }
        slice_ask_t a = ask_of(r[0] % 2 == 0 ? SLICING_TWAP : SLICING_VWAP, 1 + (i64)(r[1] % 1000000),
                               r[2] % 4 == 0 ? NULL : curve);
        a.lot = r[3] % 3 == 0 ? 100 : 1;
        a.least = 1 + (i64)(r[4] % 5000);
        a.step_ns = (15 + (i64)(r[5] % 900)) * NS_PER_SEC;
        a.now = a.open + (i64)(r[6] % (u64)(a.close - a.open));
        a.participation = (1.0 + (f64)(r[7] % 100)) / 101.0;
        slice_schedule_t s;
        slice_schedule_t again;
        CHECK_OK(slice_plan(&a, &s));
        CHECK_OK(slice_plan(&a, &again));
        CHECK(memcmp(&s, &again, sizeof s) == 0);
        CHECK(s.count >= 1 && s.count <= SLICES_MAX);
        CHECK_EQ(s.until[s.count - 1], a.qty);
        CHECK(s.t[s.count - 1] < s.t_end && s.t_end <= a.close && s.t[0] >= a.now);
        for (u32 k = 0; k + 1 < s.count; k++) {
            i64 qty = s.until[k] - (k == 0 ? 0 : s.until[k - 1]);
            CHECK(qty >= a.least && qty % a.lot == 0 && s.t[k] < s.t[k + 1]);
        }
        i64 spread = 0;
        for (u32 k = 0; a.algo == SLICING_TWAP && a.least == 1 && k + 1 < s.count; k++) {
            i64 qty = s.until[k] - (k == 0 ? 0 : s.until[k - 1]);
            spread = MAX_OF(spread, qty - s.until[s.count - 1] / s.count);
        }
        CHECK(spread <= a.lot);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(times_end_with_the_session),
        cmocka_unit_test(volume_of_a_part_of_a_bar),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(properties),
    };
    return RUN_TESTS(tests);
}
