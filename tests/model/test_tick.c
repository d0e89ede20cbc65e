/* The venue's grid: rounded away from the price, and a step that arithmetic has blurred is that step. */
#include "tests/test.h"

#include "model/tick.h"

#define PRICE(x) ((price_t){(i64)((x) * 1e9 + 0.5)})

static const instrument_t share = {.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}};

TEST(steps_by_class_and_price)
{
    UNUSED_STATE;
    const instrument_t bond_future = {.cls = CLASS_FUTURE, .tick = {15625000}}; /* a 64th */
    const instrument_t nothing = {.cls = CLASS_ETF};
    CHECK_EQ(tick_at(&share, PRICE(1)).v, PRICE_SCALE / 100);
    CHECK_EQ(tick_at(&share, PRICE(0.9999)).v, PRICE_SCALE / 10000);
    CHECK_EQ(tick_at(&bond_future, PRICE(0.5)).v, 15625000);
    CHECK_EQ(tick_at(&nothing, PRICE(50)).v, PRICE_SCALE / 10000);
    CHECK(tick_fits(&share, PRICE(121.59)));
    CHECK(!tick_fits(&share, PRICE(121.595)));
    CHECK(tick_fits(&share, PRICE(0.5955)));
}

TEST(beyond_is_away_and_on_the_grid)
{
    UNUSED_STATE;
    static const struct {
        f64 price;
        f64 down, up;
    } cases[] = {
        {121.5983, 121.59, 121.60},
        {121.60, 121.60, 121.60},
        {121.5999999999, 121.60, 121.60}, /* noise */
        {121.6000000001, 121.60, 121.60},
        {121.599998, 121.59, 121.60},     /* not noise */
        {1.0, 1.0, 1.0},
        {0.99999, 0.9999, 1.0},
        {0.59555, 0.5955, 0.5956},
        {0.00001, 0.0001, 0.0001},        /* never below the first step */
        {0.0, 0.0001, 0.0001},
        {123456.789, 123456.78, 123456.79},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(tick_beyond(&share, cases[i].price, false).v, PRICE(cases[i].down).v);
        CHECK_EQ(tick_beyond(&share, cases[i].price, true).v, PRICE(cases[i].up).v);
        CHECK(tick_fits(&share, tick_beyond(&share, cases[i].price, true)));
    }
}

TEST(a_price_is_rounded_to_the_step_beside_it)
{
    UNUSED_STATE;
    static const struct {
        f64 price, down, up;
    } cases[] = {
        {33.333333333, 33.33, 33.34}, {33.33, 33.33, 33.33},     {33.330000001, 33.33, 33.34},
        {33.339999999, 33.33, 33.34}, {1.6665, 1.66, 1.67},      {0.33333, 0.3333, 0.3334},
        {0.99995, 0.9999, 1.0},       {0.00004, 0.0001, 0.0001}, {0, 0.0001, 0.0001},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(tick_round(&share, PRICE(cases[i].price), false).v, PRICE(cases[i].down).v);
        CHECK_EQ(tick_round(&share, PRICE(cases[i].price), true).v, PRICE(cases[i].up).v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_by_class_and_price),
        cmocka_unit_test(beyond_is_away_and_on_the_grid),
        cmocka_unit_test(a_price_is_rounded_to_the_step_beside_it),
    };
    return RUN_TESTS(tests);
}
