/* Implementation shortfall: a case by hand, and that the parts are the whole whatever happened. */
#include "tests/test.h"

#include "base/rng.h"
#include "trade/execution/shortfall.h"

#define PRICE(x) ((i64)((x) * 1e9 + 0.5))
#define MONEY(x) ((i64)((x) * 1e6 + ((x) < 0 ? -0.5 : 0.5)))

static const id128_t whole = {{1}};
static const id128_t first = {{2}};

static ev_INTENT_t intent(id128_t id, id128_t parent, side_t side, i64 qty, i64 price)
{
    return (ev_INTENT_t){.id = id, .parent = parent, .side = (u8)side, .role = ROLE_ENTRY, .qty = qty,
                         .reference = price};
}

/* 100 at an arrival of 50: 60 filled at 50.20 when the price was 50.10, 1.20 of that spread, 40 left at 51.
 */
TEST(by_hand)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 2; k++) {
        i64 d = k == 0 ? 1 : -1; /* a short sale with the prices mirrored costs the same */
        side_t side = k == 0 ? SIDE_BUY : SIDE_SELL_SHORT;
        ev_INTENT_t p = intent(whole, (id128_t){{0}}, side, 100, PRICE(50));
        ev_INTENT_t c = intent(first, whole, side, 60, PRICE(50) + d * PRICE(0.10));
        ev_FILL_t f = {.intent = first, .qty = 60, .price = PRICE(50) + d * PRICE(0.20), .fee = MONEY(0.3)};
        ev_SLICE_END_t e = {.parent = whole, .reason = 2, .price = PRICE(50) + d * PRICE(1),
                            .market = PRICE(50) + d * PRICE(0.15)};
        shortfall_order_t o;
        shortfall_slice_t s;
        f64 bps = 0;
        CHECK_OK(shortfall_order(&p, 0, 1, &o));
        CHECK_EQ(o.arrival_value, MONEY(5000));
        shortfall_slice(&o, &c, &s);
        CHECK_EQ(s.number, 1);
        CHECK_OK(shortfall_fill(&o, &s, &f, MONEY(1.2)));
        CHECK(!shortfall_vs_market(&o, &bps));
        CHECK_OK(shortfall_end(&o, &e));
        CHECK_EQ(o.cost.delay, MONEY(6));
        CHECK_EQ(o.cost.spread, MONEY(1.2));
        CHECK_EQ(o.cost.impact, MONEY(4.8));
        CHECK_EQ(o.cost.opportunity, MONEY(40));
        CHECK_EQ(o.cost.fees, MONEY(0.3));
        CHECK_EQ(o.cost.total, MONEY(52.3));
        CHECK_EQ(s.cost.total, MONEY(12.3));
        CHECK_EQ(s.cost.opportunity, 0);
        CHECK(shortfall_vs_market(&o, &bps));
        ev_FILL_t late = {.intent = first, .qty = 10, .price = PRICE(50) + d * PRICE(0.20)};
        shortfall_order_t after = o;
        CHECK_OK(shortfall_fill(&after, &s, &late, 0)); /* told after the end: 30 are left, not 40 */
        CHECK_EQ(after.cost.opportunity, MONEY(30));
        CHECK_EQ(after.cost.total, MONEY(44.3));
        CHECK(bps > (k == 0 ? 9.96 : 10.02) && bps < (k == 0 ? 9.98 : 10.04)); /* 3 of 3009 or of 2991 */
    }
    CHECK(shortfall_bps(MONEY(5), MONEY(5000)) == 10.0);
    CHECK(shortfall_bps(5, 0) == 0.0);
}

TEST(an_end_without_a_price_claims_nothing)
{
    UNUSED_STATE;
    ev_INTENT_t p = intent(whole, (id128_t){{0}}, SIDE_BUY, 100, PRICE(50));
    ev_SLICE_END_t e = {.parent = whole, .reason = 4};
    shortfall_order_t o;
    f64 bps = 0;
    CHECK_OK(shortfall_order(&p, 0, 1, &o));
    CHECK_OK(shortfall_end(&o, &e));
    CHECK_EQ(o.cost.total, 0);
    CHECK_EQ(o.reason, 4);
    CHECK(!shortfall_vs_market(&o, &bps));
    p.qty = I64_MAX;
    CHECK_EQ(shortfall_order(&p, 0, 100, &o), ERR_OVERFLOW);
}

/* Paper less real: what was paid, and the rest at its last price, against all of it at the arrival. */
TEST(parts_are_the_whole)
{
    UNUSED_STATE;
    rng_key_t key = {.seed = 5, .purpose = RNG_TEST};
    for (u64 i = 0; i < 2000; i++) {
        side_t side = rng_at(key, i * 100) % 2 == 0 ? SIDE_BUY : SIDE_SELL_SHORT;
        i64 d = side == SIDE_BUY ? 1 : -1;
        i64 arrival = PRICE(10) + (i64)(rng_at(key, i * 100 + 1) % (u64)PRICE(90)) / 100000 * 100000;
        ev_INTENT_t p = intent(whole, (id128_t){{0}}, side, 1000, arrival);
        shortfall_order_t o;
        shortfall_t sum = {0};
        i64 paid = 0;
        i64 fees = 0;
        CHECK_OK(shortfall_order(&p, 0, 1, &o));
        for (u64 k = 0; k < 8; k++) {
            u64 r = rng_at(key, i * 100 + 2 + k);
            id128_t id = {{2, (u8)k}};
            ev_INTENT_t c = intent(id, whole, side, 120, arrival + (i64)(r % 2000) * 1000000 - PRICE(1));
            ev_FILL_t f = {.intent = id, .qty = 1 + (i64)(r >> 32) % 120, .fee = (i64)(r % 1000),
                           .price = c.reference + (i64)(r >> 20 & 0xff) * 100000};
            shortfall_slice_t s;
            shortfall_slice(&o, &c, &s);
            CHECK_OK(shortfall_fill(&o, &s, &f, (i64)(r % 777)));
            shortfall_add(&sum, &s.cost);
            paid += f.price / 1000 * f.qty;
            fees += f.fee;
            CHECK_EQ(s.cost.total, s.cost.delay + s.cost.spread + s.cost.impact + s.cost.fees);
        }
        ev_SLICE_END_t e = {.parent = whole, .price = arrival + PRICE(0.5)};
        i64 rest = e.price / 1000 * (1000 - o.filled);
        CHECK_OK(shortfall_end(&o, &e));
        CHECK_EQ(o.slices, 8);
        CHECK_EQ(o.cost.total, d * (paid + rest - arrival / 1000 * 1000) + fees);
        CHECK_EQ(o.cost.total - o.cost.opportunity, sum.total);
        CHECK_EQ(o.cost.delay, sum.delay);
        CHECK_EQ(o.cost.impact, sum.impact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(an_end_without_a_price_claims_nothing),
        cmocka_unit_test(parts_are_the_whole),
    };
    return RUN_TESTS(tests);
}
