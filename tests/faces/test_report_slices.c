/* Sliced orders gathered from events: whose fill is whose, spread as told, the dearest first. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "faces/report/report_parts.h"
#include "faces/report/report_slices.h"

#define PRICE(x) ((i64)((x) * 1e9 + 0.5))

static bool terms_of(const void *ignored, inst_t inst, i32 *exponent, i64 *multiplier)
{
    (void)ignored;
    *exponent = 0;
    *multiplier = 1;
    return inst < 2;
}

static err_t take(report_slices_t *r, event_kind_t kind, event_t e)
{
    e.head.kind = (u16)kind;
    return report_slices_take(r, &e, terms_of, NULL);
}

static void intend(report_slices_t *r, u8 id, u8 parent, u16 flags, i64 qty, f64 price)
{
    ev_INTENT_t e = {.id = {{id}}, .parent = {{parent}}, .side = SIDE_BUY, .role = ROLE_ENTRY, .flags = flags,
                     .qty = qty, .reference = PRICE(price)};
    CHECK_OK(take(r, EV_INTENT, (event_t){.as.INTENT = e}));
}

static void fill(report_slices_t *r, u8 id, u64 exec, i64 qty, f64 price, i64 spread)
{
    ev_BROKER_t b = {.intent = {{id}}, .exec_id = exec, .spread_cost = spread};
    ev_FILL_t f = {.intent = {{id}}, .exec_id = exec, .role = ROLE_ENTRY, .qty = qty, .price = PRICE(price)};
    CHECK_OK(take(r, EV_BROKER, (event_t){.as.BROKER = b}));
    CHECK_OK(take(r, EV_FILL, (event_t){.as.FILL = f}));
}

/* Two orders whose slices cross, and an entry that was not sliced. */
TEST(every_fill_goes_to_its_own_order)
{
    UNUSED_STATE;
    report_slices_t r = {0};
    i64 value = 0;
    u32 top[2];
    intend(&r, 1, 0, INTENT_SLICED, 100, 50);
    intend(&r, 2, 0, INTENT_SLICED, 10, 20);
    intend(&r, 3, 1, 0, 60, 50);
    intend(&r, 4, 2, 0, 10, 20);
    intend(&r, 5, 0, 0, 7, 30);
    intend(&r, 6, 1, 0, 40, 50);
    fill(&r, 4, 1, 10, 22, 5);
    fill(&r, 3, 2, 60, 50.1, 9);
    fill(&r, 5, 3, 7, 31, 1);
    fill(&r, 6, 4, 30, 50, 0);
    CHECK_EQ(r.order_count, 2);
    CHECK_EQ(r.slice_count, 3);
    CHECK_EQ(r.own_orders[0].filled, 90);
    CHECK_EQ(r.own_orders[0].cost.total, 6 * 1000000); /* 60 x 0.10 */
    CHECK_EQ(r.own_orders[0].cost.spread, 9);
    CHECK_EQ(r.own_orders[1].filled, 10);
    CHECK_EQ(r.own_orders[1].cost.total, 20 * 1000000);
    CHECK_EQ(r.own_slices[2].s.number, 2);
    ev_SLICE_END_t end = {.parent = {{1}}, .reason = 1, .price = PRICE(53)};
    CHECK_OK(take(&r, EV_SLICE_END, (event_t){.as.SLICE_END = end}));
    CHECK_EQ(r.own_orders[0].cost.total, 36 * 1000000); /* and 10 left, three dollars away */
    CHECK_EQ(report_slices_dearest(&r, 2, top), 2);
    CHECK_EQ(top[0], 0);
    CHECK_EQ(report_slices_dearest(&r, 1, top), 1);
    CHECK_EQ(top[0], 0);
    CHECK_EQ(report_slices_sum(&r, &value).total, 56 * 1000000);
    CHECK_EQ(value, (i64)5200 * 1000000);
    report_slices_free(&r);
    CHECK_EQ(r.order_count, 0);
}

/* What a message says of spread is of that execution alone. */
TEST(spread_of_another_execution_is_not_taken)
{
    UNUSED_STATE;
    report_slices_t r = {0};
    intend(&r, 1, 0, INTENT_SLICED, 10, 50);
    intend(&r, 2, 1, 0, 10, 50);
    ev_BROKER_t b = {.intent = {{2}}, .exec_id = 8, .spread_cost = 77};
    ev_FILL_t f = {.intent = {{2}}, .exec_id = 9, .role = ROLE_ENTRY, .qty = 10, .price = PRICE(50)};
    CHECK_OK(take(&r, EV_BROKER, (event_t){.as.BROKER = b}));
    CHECK_OK(take(&r, EV_FILL, (event_t){.as.FILL = f}));
    CHECK_EQ(r.own_orders[0].cost.spread, 0);
    CHECK_EQ(r.own_orders[0].cost.impact, 0);
    report_slices_free(&r);
}

TEST(an_instrument_that_is_not_there_is_corrupt)
{
    UNUSED_STATE;
    report_slices_t r = {0};
    ev_INTENT_t e = {.id = {{1}}, .inst = 2, .flags = INTENT_SLICED, .side = SIDE_BUY, .role = ROLE_ENTRY,
                     .qty = 1, .reference = PRICE(1)};
    CHECK_EQ(take(&r, EV_INTENT, (event_t){.as.INTENT = e}), ERR_CORRUPT);
    report_slices_free(&r);
}

/* A list that is not whole says so, and by what it was chosen. */
TEST(a_list_of_some_says_which)
{
    UNUSED_STATE;
    shortfall_order_t orders[9];
    report_inst_t coin = {.symbol = "DOGE/USDT", .cls = CLASS_CRYPTO};
    report_t r = {.facts = {.sliced = {.own_orders = orders}, .own_insts = &coin, .inst_count = 1}};
    for (u32 i = 0; i < COUNT_OF(orders); i++) {
        orders[i] = (shortfall_order_t){.qty = 1, .filled = 1, .slices = 1, .arrival_value = 1000000};
    }
    for (u32 n = 8; n <= COUNT_OF(orders); n++) {
        r.facts.sliced.order_count = n;
        char *own = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&own, &size);
        assert_non_null(f);
        report_print_slices(&r, f);
        CHECK_EQ(fclose(f), 0);
        CHECK_EQ(strstr(own, "\nthe 8 dearest in money:\n") != NULL, n == 9);
        CHECK(strstr(own, "\nDOGE/USDT delay") != NULL); /* a name is told whole */
        free(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fill_goes_to_its_own_order),
        cmocka_unit_test(spread_of_another_execution_is_not_taken),
        cmocka_unit_test(an_instrument_that_is_not_there_is_corrupt),
        cmocka_unit_test(a_list_of_some_says_which),
    };
    return RUN_TESTS(tests);
}
