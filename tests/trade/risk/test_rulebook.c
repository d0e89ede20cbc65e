/* The rule book: each law on both sides of its dates, house rules, and the pure checks at their edges. */
#include "tests/test.h"

#include <string.h>

#include "model/calendar.h"
#include "trade/risk/rulebook.h"

static date_t ymd(i32 n)
{
    return date_from_ymd(n / 10000, n / 100 % 100, n % 100);
}

static money_t usd(i64 n)
{
    return (money_t){n * MONEY_SCALE};
}

TEST(rules_by_date)
{
    UNUSED_STATE;
    static const struct {
        i32 day;
        bool pdt;
        bool intraday;
        i32 settlement;
        bool trigger;
    } cases[] = {
        {19950606, false, false, 5, false}, {19950607, false, false, 3, false},
        {20010927, false, false, 3, false}, {20010928, true, false, 3, false},
        {20070705, true, false, 3, false}, {20070706, true, false, 3, false},
        {20110225, true, false, 3, false}, {20110228, true, false, 3, true},
        {20170904, true, false, 3, true}, {20170905, true, false, 2, true},
        {20240527, true, false, 2, true}, {20240528, true, false, 1, true},
        {20260603, true, false, 1, true}, {20260604, false, true, 1, true},
        {20271020, false, true, 1, true}, {20300102, false, true, 1, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        rules_t r = rulebook_for(ymd(cases[i].day), NULL);
        CHECK_EQ(r.pdt, cases[i].pdt);
        CHECK_EQ(rulebook_settlement_days(ymd(cases[i].day)), cases[i].settlement);
        CHECK_EQ(r.citation[LAW_SHORT_TRIGGER_BPS] != NULL, cases[i].trigger);
        CHECK_EQ(r.initial_bps, 5000);
        CHECK_EQ(r.maintenance_long_bps, 2500);
        CHECK_EQ(r.maintenance_short_bps, 3000);
        CHECK_EQ(r.margin_equity.v, usd(2000).v);
        CHECK_EQ(r.citation[LAW_INTRADAY_MARGIN] != NULL, cases[i].intraday);
        CHECK_EQ(r.citation[LAW_PDT_EQUITY] != NULL, cases[i].pdt);
        CHECK(r.citation[LAW_SETTLEMENT_DAYS] != NULL &&
              strstr(r.citation[LAW_SETTLEMENT_DAYS], "15c6-1") != NULL);
    }
}

TEST(broker_overlays)
{
    UNUSED_STATE;
    broker_overlay_t legacy = {.pdt_legacy = true};
    CHECK(rulebook_for(ymd(20260604), &legacy).pdt);
    CHECK_EQ(rulebook_for(ymd(20271020), &legacy).pdt_equity.v, usd(25000).v);
    CHECK_EQ(rulebook_for(ymd(20271020), &legacy).pdt_day_trades, 3);
    CHECK(!rulebook_for(ymd(20271021), &legacy)
               .pdt); /* the law's last day is stronger than the broker's wish */
    legacy.pdt_legacy_last = ymd(20261231);
    CHECK(rulebook_for(ymd(20261231), &legacy).pdt);
    CHECK(!rulebook_for(ymd(20270101), &legacy).pdt);

    broker_overlay_t house = {
        .maintenance_long_bps = 4000, .maintenance_short_bps = 1000, .margin_equity = usd(5000)};
    rules_t r = rulebook_for(ymd(20260701), &house);
    CHECK_EQ(r.maintenance_long_bps, 4000);
    CHECK_EQ(r.maintenance_short_bps, 3000); /* a laxer house rate does not loosen the law */
    CHECK_EQ(r.margin_equity.v, usd(5000).v);
    CHECK_EQ(r.good_faith_max, 2);

    broker_overlay_t cash = {.cash_account = true, .pdt_legacy = true, .good_faith_max = 3};
    r = rulebook_for(ymd(20250701), &cash);
    CHECK(!r.pdt);
    CHECK_EQ(r.initial_bps, 10000);
    CHECK_EQ(r.good_faith_max, 3);
    CHECK_EQ(r.freeze_days, 90);
    CHECK_EQ(r.good_faith_months, 12);
}

TEST(settlement_days_on_the_calendar)
{
    UNUSED_STATE;
    static const struct { i32 trade; i32 settles; } cases[] = {
        {20240524, 20240529}, /* Friday before Memorial Day, T+2 */
        {20240528, 20240529}, {20251126, 20251128}, /* over Thanksgiving */
        {20251010, 20251014}, /* over Columbus Day: the exchange trades, the banks rest */
        {20251013, 20251014}, {20251110, 20251112}, {20170905, 20170907}, {20170901, 20170907},
        {20011001, 20011004}, {20001109, 20001114}, /* Veterans Day on Saturday is not kept */
        {20231109, 20231113},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(rulebook_settles_on(ymd(cases[i].trade), I64_MAX), ymd(cases[i].settles));
    }
}

TEST(settlement_knows_what_was_announced)
{
    UNUSED_STATE;
    i64 friday = zone_to_utc(ZONE_NEW_YORK, ymd(20121026), 34200); /* two days before the storm closed all */
    CHECK_EQ(rulebook_settles_on(ymd(20121026), friday), ymd(20121031));
    CHECK_EQ(rulebook_settles_on(ymd(20121026), I64_MAX), ymd(20121102));
}

TEST(pattern_day_trader)
{
    UNUSED_STATE;
    rules_t r = rulebook_for(ymd(20251201), NULL);
    CHECK_EQ(r.pdt_day_trades, 3);
    CHECK_EQ(r.pdt_window_days, 5);
    CHECK(pdt_binds((money_t){usd(25000).v - 1}, &r));
    CHECK(!pdt_binds(usd(25000), &r));
    rules_t last = rulebook_for(ymd(20260603), NULL);
    CHECK(pdt_binds(usd(1), &last));
    rules_t later = rulebook_for(ymd(20260604), NULL);
    CHECK(!pdt_binds(usd(1), &later));
}

/* Twelve rolling months: the same day a year before does not count any more, the day after it does. */
TEST(good_faith_violations_lapse)
{
    UNUSED_STATE;
    static const struct {
        i32 day;
        i32 from;
    } cases[] = {
        {20250630, 20240701}, {20240301, 20230302}, {20240229, 20230301},
        {20250228, 20240229}, {20250101, 20240102}, {20241231, 20240101},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        rules_t r = rulebook_for(ymd(cases[i].day), NULL);
        CHECK_EQ(date_number(good_faith_from(&r)), cases[i].from);
    }
}

TEST(requirements)
{
    UNUSED_STATE;
    rules_t r = rulebook_for(ymd(20260701), NULL);
    static const struct { i64 value; i32 leverage; i64 required; } longs[] = {
        {10000, 1, 2500}, {10000, 2, 5000}, {10000, 3, 7500}, {10000, 4, 10000}, {10000, 5, 10000}, {0, 1, 0},
    };
    money_t m;
    for (size_t i = 0; i < COUNT_OF(longs); i++) {
        CHECK_OK(margin_long_required(usd(longs[i].value), longs[i].leverage, &r, &m));
        CHECK_EQ(m.v, usd(longs[i].required).v);
    }
    CHECK_OK(margin_long_required((money_t){1}, 1, &r, &m));
    CHECK_EQ(m.v, 1); /* rounded up */
    CHECK_EQ(margin_long_required(usd(-1), 1, &r, &m), ERR_PARAM_RANGE);
    CHECK_EQ(margin_long_required(usd(1), 0, &r, &m), ERR_PARAM_RANGE);
    /* Shorts of 100 shares: price and requirement in cents. */
    static const struct { i64 price; i64 required; } shorts[] = {
        {10000, 300000}, {2000, 60000}, {1667, 50010}, {1666, 50000},
        {1000, 50000},   {500, 50000},  {499, 49900},  {250, 25000}, {100, 25000},
    };
    for (size_t i = 0; i < COUNT_OF(shorts); i++) {
        CHECK_OK(margin_short_required((price_t){shorts[i].price * 10000000}, 100, &r, &m));
        CHECK_EQ(m.v, shorts[i].required * 10000);
    }
    CHECK_EQ(margin_short_required((price_t){0}, 1, &r, &m), ERR_PARAM_RANGE);
    CHECK_EQ(margin_short_required((price_t){I64_MAX}, I64_MAX, &r, &m), ERR_OVERFLOW);
}

TEST(intraday_margin)
{
    UNUSED_STATE;
    static const struct {
        i64 equity, required, orders, change, excess;
    } cases[] = {
        {10000, 2500, 0, 2500, 5000}, {10000, 2500, 5000, 2500, 0},    {10000, 2500, 5000, 2501, -1},
        {10000, 9000, 1500, 0, -500}, {10000, 9000, 2000, -1500, 500}, {-50, 0, 0, 0, -50},
    };
    money_t excess;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        margin_book_t book = {usd(cases[i].equity), usd(cases[i].required), usd(cases[i].orders)};
        CHECK_OK(intraday_margin_after(&book, usd(cases[i].change), &excess));
        CHECK_EQ(excess.v, usd(cases[i].excess).v);
    }
    margin_book_t huge = {.equity = {1}, .required = {I64_MAX}, .orders_required = {1}};
    CHECK_EQ(intraday_margin_after(&huge, usd(0), &excess), ERR_OVERFLOW);
}

/* Rule 201 at its edges: one billionth short of ten percent is no trigger, ten percent is; the days before
 * 2011-02-28 knew no such rule; under restriction a price one billionth above the bid is allowed, the bid is
 * not. */
TEST(short_sale_price_test)
{
    UNUSED_STATE;
    date_t day = ymd(20260701);
    static const struct { i64 close; i64 low; bool triggered; } falls[] = {
        {10000000000, 9000000001, false}, {10000000000, 9000000000, true},
        {10000000000, 8999999999, true},  {10000000000, 11000000000, false},
        {33330000000, 29997000001, false}, {33330000000, 29997000000, true},
        {12345670000, 11111103001, false}, {12345670000, 11111103000, true},
        {I64_MAX, I64_MAX / 10 * 9 + 8, false}, {I64_MAX, I64_MAX / 10 * 9, true},
        {1, 1, false},
    };
    for (size_t i = 0; i < COUNT_OF(falls); i++) {
        CHECK_EQ(short_price_triggered((price_t){falls[i].close}, (price_t){falls[i].low}, day),
                 falls[i].triggered);
    }
    price_t close = {10000000000};
    price_t low = {9000000000};
    CHECK(!short_price_triggered(close, (price_t){1}, ymd(20110225)));
    CHECK(!short_price_triggered(close, (price_t){1}, ymd(20110227)));
    CHECK(short_price_triggered(close, low, ymd(20110228)));
    price_t bid = {8950000000};
    CHECK(short_price_allowed((price_t){1}, bid, false));
    CHECK(!short_price_allowed(bid, bid, true));
    CHECK(short_price_allowed((price_t){bid.v + 1}, bid, true));
    CHECK(!short_price_allowed((price_t){0}, bid, true)); /* a market order */
    CHECK(short_price_allowed((price_t){0}, bid, false));
}

TEST(rows_do_not_overlap)
{
    UNUSED_STATE;
    static const struct { law_t law; i32 from; i32 to; const char *citation; } rows[] = {
#define X(law, from, to, number, citation) {law, from, to, citation},
#include "trade/risk/rulebook.def"
#undef X
    };
    bool seen[LAW_COUNT] = {false};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        seen[rows[i].law] = true;
        CHECK(rows[i].to == 0 || rows[i].from <= rows[i].to);
        CHECK(strlen(rows[i].citation) > 10);
        for (size_t k = 0; k < i; k++) {
            bool same = rows[i].law == rows[k].law;
            CHECK(!same || (rows[k].to != 0 && rows[k].to < rows[i].from));
        }
    }
    for (u32 i = 0; i < LAW_COUNT; i++) {
        CHECK(seen[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_by_date),
        cmocka_unit_test(broker_overlays),
        cmocka_unit_test(settlement_days_on_the_calendar),
        cmocka_unit_test(settlement_knows_what_was_announced),
        cmocka_unit_test(pattern_day_trader),
        cmocka_unit_test(good_faith_violations_lapse),
        cmocka_unit_test(requirements),
        cmocka_unit_test(intraday_margin),
        cmocka_unit_test(short_sale_price_test),
        cmocka_unit_test(rows_do_not_overlap),
    };
    return RUN_TESTS(tests);
}
