/* Tax lots from a journal's events: wash sales across the accounts of one owner and not beyond, slices of one
 * entry as one purchase, splits, the trade's day in New York; what does not fit ends the ledger with a
 * reason. */
#include <string.h>

#include "faces/report/tax_ledger.h"
#include "model/calendar.h"
#include "model/order.h"
#include "tests/test.h"
#include "trade/portfolio/account.h"

static report_user_t people[] = {
    {.account = 1, .owner = 1}, {.account = 2, .owner = 1}, {.account = 3, .owner = 3}};
static const report_users_t users = {.own_v = people, .count = COUNT_OF(people)};
static const report_inst_t shares[8] = {[4] = {.multiplier = 1}, [5] = {.multiplier = 1}};
static const tax_run_t run = {.users = &users, .insts = shares, .count = COUNT_OF(shares)};

static i64 at(i32 n)
{
    return zone_to_utc(ZONE_NEW_YORK, date_from_ymd(n / 10000, n / 100 % 100, n % 100), 10 * 3600);
}

static void fill(tax_ledger_t *t, u64 account, i32 day, side_t side, i64 qty, f64 price)
{
    static u8 order;
    event_t e = {.head = {.kind = EV_FILL}};
    e.as.FILL = (ev_FILL_t){.account = account,
                            .inst = 4,
                            .side = (u8)side,
                            .t_event = at(day),
                            .qty = qty,
                            .price = (i64)(price * 1e9 + 0.5),
                            .fee = 1000000};
    e.as.FILL.intent.b[0] = ++order;
    CHECK_OK(tax_ledger_take(t, &e, &run));
}

TEST(one_owner_many_accounts)
{
    UNUSED_STATE;
    static const struct {
        u64 buyer;
        bool washes;
    } cases[] = {{1, true}, {2, true}, {3, false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        tax_ledger_t t = {0};
        fill(&t, 1, 20240102, SIDE_BUY, 100, 10);
        fill(&t, 1, 20240603, SIDE_SELL, 100, 8);
        fill(&t, cases[i].buyer, 20240605, SIDE_BUY, 100, 8);
        CHECK(!t.broken);
        CHECK_EQ(t.lots.closed[0].disallowed.v, cases[i].washes ? 202000000 : 0);
        CHECK_EQ(t.lots.open[0].basis.v, 801000000 + (cases[i].washes ? 202000000 : 0));
        CHECK_EQ(t.lots.open[0].account, cases[i].buyer);
        tax_ledger_free(&t);
    }
}

/* A fill at nine in the evening of New York is still of that day, though UTC has the next. */
TEST(the_day_is_new_yorks)
{
    UNUSED_STATE;
    tax_ledger_t t = {0};
    event_t e = {.head = {.kind = EV_FILL}};
    e.as.FILL = (ev_FILL_t){.account = 1,
                            .inst = 4,
                            .side = SIDE_BUY,
                            .qty = 1,
                            .price = PRICE_SCALE,
                            .t_event = at(20240603) + 11 * NS_PER_HOUR};
    e.as.FILL.intent.b[0] = 200;
    CHECK_OK(tax_ledger_take(&t, &e, &run));
    CHECK_EQ(date_number(t.lots.open[0].acquired), 20240603);
    tax_ledger_free(&t);
}

/* Of a coin the day is the one of UTC, as everywhere: what is bought at midnight is of the new day, and of
 * the new year. */
TEST(the_day_of_a_coin_is_utcs)
{
    UNUSED_STATE;
    static const report_inst_t coins[8] = {[4] = {.multiplier = 1, .cls = CLASS_CRYPTO, .exponent = -8}};
    static const tax_run_t of_coins = {.users = &users, .insts = coins, .count = COUNT_OF(coins)};
    tax_ledger_t t = {0};
    i64 midnight = (i64)date_from_ymd(2024, 1, 1) * NS_PER_DAY;
    event_t e = {.head = {.kind = EV_FILL}};
    e.as.FILL = (ev_FILL_t){.account = 1,
                            .inst = 4,
                            .side = SIDE_BUY,
                            .qty = 100000000,
                            .price = PRICE_SCALE,
                            .t_event = midnight};
    e.as.FILL.intent.b[0] = 201;
    CHECK_OK(tax_ledger_take(&t, &e, &of_coins));
    CHECK_EQ(date_number(t.lots.open[0].acquired), 20240101);
    lots_sale_t sale;
    i64 qty = 0;
    tax_ask_t ask = {.account = 1,
                     .inst = 4,
                     .mark = {2 * PRICE_SCALE},
                     .t = midnight + 366 * NS_PER_DAY, /* a leap year's end: held for a year, not for more */
                     .unit = &coins[4]};
    const lots_rates_t rates = {0};
    CHECK(tax_ledger_ask(&t, &ask, &rates, &sale, &qty));
    CHECK_EQ(sale.gain_short.v, MONEY_SCALE);
    ask.t += NS_PER_DAY;
    CHECK(tax_ledger_ask(&t, &ask, &rates, &sale, &qty));
    CHECK_EQ(sale.gain_long.v, MONEY_SCALE);
    tax_ledger_free(&t);
}

TEST(slices_are_one_purchase)
{
    UNUSED_STATE;
    for (u32 sliced = 0; sliced < 2; sliced++) {
        tax_ledger_t t = {0};
        for (u8 i = 1; i <= 2; i++) {
            event_t e = {.head = {.kind = EV_INTENT}};
            e.as.INTENT = (ev_INTENT_t){.account = 1, .inst = 4, .role = ROLE_ENTRY};
            e.as.INTENT.id.b[0] = (u8)(100 + i);
            e.as.INTENT.parent.b[0] = sliced != 0 ? 99 : 0;
            CHECK_OK(tax_ledger_take(&t, &e, &run));
            e = (event_t){.head = {.kind = EV_FILL}};
            e.as.FILL = (ev_FILL_t){.account = 1,
                                    .inst = 4,
                                    .side = SIDE_BUY,
                                    .t_event = at(20240603),
                                    .qty = 50,
                                    .price = 10 * PRICE_SCALE};
            e.as.FILL.intent.b[0] = (u8)(100 + i);
            CHECK_OK(tax_ledger_take(&t, &e, &run));
        }
        fill(&t, 1, 20240610, SIDE_SELL, 50, 8);
        CHECK_EQ(t.lots.closed[0].disallowed.v > 0, sliced == 0);
        tax_ledger_free(&t);
    }
}

/* A payout is a sale at what is paid, and of a short the purchase. */
TEST(a_payout_is_a_sale)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 2; k++) {
        tax_ledger_t t = {0};
        fill(&t, 1, 20240102, k == 0 ? SIDE_BUY : SIDE_SELL_SHORT, 100, 10);
        event_t e = {.head = {.kind = EV_CASH, .t_event = at(20240201)}};
        e.as.CASH = (ev_CASH_t){.account = 1,
                                .inst = 4,
                                .kind = CASH_PAYOUT,
                                .qty_before = k == 0 ? 100 : -100,
                                .amount = k == 0 ? 1300000000 : -1300000000};
        CHECK_OK(tax_ledger_take(&t, &e, &run));
        CHECK(!t.broken);
        CHECK_EQ(t.lots.open_count, 0);
        CHECK_EQ(t.lots.closed_count, 1);
        i64 fee = 1000000; /* of the fill above */
        CHECK_EQ(t.lots.closed[0].proceeds.v - t.lots.closed[0].basis.v,
                 (k == 0 ? 300000000 : -300000000) - fee);
        tax_ledger_free(&t);
    }
}

TEST(splits_and_what_does_not_fit)
{
    UNUSED_STATE;
    tax_ledger_t t = {0};
    fill(&t, 1, 20240102, SIDE_SELL_SHORT, 100, 10);
    event_t e = {.head = {.kind = EV_CASH, .t_event = at(20240201)}};
    e.as.CASH =
        (ev_CASH_t){.account = 1, .inst = 4, .kind = CASH_SPLIT, .qty_before = -100, .qty_after = -200};
    CHECK_OK(tax_ledger_take(&t, &e, &run));
    e.as.CASH.kind = CASH_DIVIDEND;
    CHECK_OK(tax_ledger_take(&t, &e, &run));
    CHECK_EQ(t.lots.open[0].qty, 200);
    CHECK_EQ(t.lots.open[0].basis.v, 999000000);
    tax_ask_t ask = {
        .account = 1, .inst = 4, .mark = {4 * PRICE_SCALE}, .t = at(20240301), .unit = &shares[4]};
    lots_rates_t rates;
    lots_sale_t sale;
    i64 qty = 0;
    CHECK_OK(tax_rates_parse("30,15", &rates));
    CHECK(tax_ledger_ask(&t, &ask, &rates, &sale, &qty));
    CHECK_EQ(qty, 200);
    CHECK_EQ(sale.gain_short.v, 199000000);
    CHECK_EQ(sale.tax.v, 59700000);
    CHECK_EQ(sale.after_tax.v, 139300000);
    ask.inst = 5;
    CHECK(!tax_ledger_ask(&t, &ask, &rates, &sale, &qty));
    ask.inst = 4;
    fill(&t, 1, 20240302, SIDE_BUY_TO_COVER, 201, 4);
    CHECK(t.broken && strstr(t.why, "2024-03-02") != NULL);
    CHECK(!tax_ledger_ask(&t, &ask, &rates, &sale, &qty));
    fill(&t, 1, 20240303, SIDE_BUY, 1, 4); /* ignored from here on */
    CHECK(t.broken);
    tax_ledger_free(&t);
}

/* The same bookings by the other method, and back. */
TEST(the_dearest_lots_first)
{
    UNUSED_STATE;
    tax_ledger_t t = {0};
    fill(&t, 1, 20220103, SIDE_BUY, 100, 10);
    fill(&t, 1, 20240102, SIDE_BUY, 100, 30);
    fill(&t, 1, 20240603, SIDE_SELL, 100, 20);
    CHECK(t.lots.closed[0].opened_by == 0 && t.lots.closed[0].long_term);
    CHECK_OK(tax_ledger_again(&t, LOTS_DEAREST));
    CHECK(t.lots.closed_count == 1 && t.lots.closed[0].opened_by == 1 && !t.lots.closed[0].long_term);
    CHECK_EQ(t.lots.closed[0].proceeds.v - t.lots.closed[0].basis.v, -1002000000);
    CHECK_OK(tax_ledger_again(&t, LOTS_FIFO));
    CHECK(t.lots.closed_count == 1 && t.lots.closed[0].opened_by == 0 && t.lots.open_count == 1);
    tax_ledger_free(&t);
}

TEST(rates)
{
    UNUSED_STATE;
    static const char *const bad[] = {"", "30", "30,", ",15", "30,x", "-1,15", "30,101", "nan,1", "30,15,1"};
    lots_rates_t r;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK_EQ(tax_rates_parse(bad[i], &r), ERR_SYNTAX);
    }
    CHECK_OK(tax_rates_parse("0,100", &r));
    CHECK(r.short_pct == 0 && r.long_pct == 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_owner_many_accounts), cmocka_unit_test(the_day_is_new_yorks),
                                       cmocka_unit_test(the_day_of_a_coin_is_utcs),
        cmocka_unit_test(slices_are_one_purchase), cmocka_unit_test(a_payout_is_a_sale),
        cmocka_unit_test(splits_and_what_does_not_fit),
        cmocka_unit_test(the_dearest_lots_first),  cmocka_unit_test(rates),
    };
    return RUN_TESTS(tests);
}
