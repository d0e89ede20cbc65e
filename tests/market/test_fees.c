/* Invoices worked out by hand, one table a broker; the regulators by day. */
#include "tests/test.h"

#include "market/fees.h"

static bool near(f64 a, f64 b)
{
    f64 d = a - b;
    return (d < 0 ? -d : d) < 1e-9;
}

static date_t day_of(i32 ymd)
{
    return date_from_ymd(ymd / 10000, ymd / 100 % 100, ymd % 100);
}

/* 10,000 shares sold for a million dollars. */
TEST(regulators_by_day)
{
    UNUSED_STATE;
    static const struct { i32 ymd; f64 due; } cases[] = {
        {20000103, 33.30}, /* no TAF yet */
        {20011227, 33.30}, {20011228, 15.00},
        {20050601, 41.80 + 0.75},
        {20110630, 19.20 + 0.75}, {20110701, 19.20 + 0.90}, {20120301, 18.00 + 0.95},
        {20140317, 17.40 + 1.19}, {20140318, 22.10 + 1.19},
        {20180521, 23.10 + 1.19}, {20180522, 13.00 + 1.19},
        {20210224, 22.10 + 1.19}, {20210225, 5.10 + 1.19},
        {20240522, 27.80 + 1.66}, {20250513, 27.80 + 1.66}, {20250514, 1.66},
        {20260101, 1.95}, {20260404, 20.60 + 1.95},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fees_ask_t a = {.schedule = FEES_NONE, .cls = CLASS_STOCK, .day = day_of(cases[i].ymd),
                        .units = 10000, .value = 1e6, .sells = true};
        if (!near(fees_passed(&a), cases[i].due)) {
            fail_msg("%d: %f", cases[i].ymd, fees_passed(&a));
        }
        a.cls = CLASS_ETF; /* a fund pays what a stock pays */
        CHECK(near(fees_passed(&a), cases[i].due));
        a.sells = false;
        CHECK(near(fees_passed(&a), 0));
    }
    fees_ask_t big = {.schedule = FEES_NONE, .cls = CLASS_STOCK, .day = day_of(20260601), .units = 1e6,
                      .value = 1e6, .sells = true};
    CHECK(near(fees_passed(&big), 20.60 + 9.79)); /* the cap of the TAF */
}

/* One order filled at once on 2026-06-01: commission, and what is passed on. */
TEST(invoices)
{
    UNUSED_STATE;
    static const struct {
        fees_id_t id;
        asset_class_t cls;
        f64 units, value;
        bool sells, takes, closes;
        f64 commission, passed;
    } cases[] = {
        {FEES_NONE, CLASS_STOCK, 100, 5000, false, true, false, 0, 0},
        {FEES_ALPACA, CLASS_STOCK, 100, 5000, false, true, false, 0, 0.0003},
        {FEES_ALPACA, CLASS_STOCK, 100, 5000, true, true, true, 0, 0.0003 + 0.103 + 0.0195},
        {FEES_ALPACA, CLASS_CRYPTO, 0.1, 6000, false, true, false, 15, 0},
        {FEES_ALPACA, CLASS_CRYPTO, 0.1, 6000, false, false, false, 9, 0},
        {FEES_IBKR, CLASS_STOCK, 100, 5000, false, true, false, 1, 0},       /* the minimum */
        {FEES_IBKR, CLASS_STOCK, 1000, 5000, false, true, false, 5, 0},
        {FEES_IBKR, CLASS_STOCK, 1000, 200, false, true, false, 2, 0},       /* one percent at most */
        {FEES_IBKR, CLASS_STOCK, 10, 50, false, true, false, 0.5, 0},        /* that beats the minimum */
        {FEES_IBKR, CLASS_STOCK, 1000, 5000, true, true, true, 5, 0.103 + 0.195},
        {FEES_IBKR, CLASS_OPTION, 1, 200, false, true, false, 1, 0},
        {FEES_IBKR, CLASS_OPTION, 10, 2000, false, true, false, 6.5, 0},
        {FEES_IBKR, CLASS_FUTURE, 2, 500000, false, true, false, 1.7, 0},
        {FEES_IBKR, CLASS_FOREX, 1, 50000, false, true, false, 2, 0},
        {FEES_IBKR, CLASS_FOREX, 1, 500000, false, true, false, 10, 0},
        {FEES_SCHWAB, CLASS_STOCK, 500, 9000, false, true, false, 0, 0},
        {FEES_SCHWAB, CLASS_OPTION, 10, 2000, true, true, true, 6.5, 0.1 + 0.0412 + 0.0329},
        {FEES_SCHWAB, CLASS_FUTURE, 3, 500000, false, true, false, 6.75, 0},
        {FEES_TRADIER, CLASS_STOCK, 500, 9000, false, true, false, 0, 0},
        {FEES_TRADIER, CLASS_OPTION, 4, 900, false, true, false, 1.4, 0},
        {FEES_TASTYTRADE, CLASS_STOCK, 500, 9000, false, true, false, 0, 0},
        {FEES_TASTYTRADE, CLASS_OPTION, 4, 900, false, true, false, 4, 0},
        {FEES_TASTYTRADE, CLASS_OPTION, 25, 900, false, true, false, 10, 0}, /* ten a leg */
        {FEES_TASTYTRADE, CLASS_OPTION, 4, 1000, true, true, true, 0, 0.0206 + 0.01316},
        {FEES_TASTYTRADE, CLASS_FUTURE, 2, 500000, true, true, true, 2.5, 0},
        {FEES_TRADESTATION, CLASS_STOCK, 10000, 50000, false, true, false, 0, 0},
        {FEES_TRADESTATION, CLASS_STOCK, 12000, 60000, false, true, false, 10, 0},
        {FEES_TRADESTATION, CLASS_OPTION, 5, 1000, false, true, false, 3, 0},
        {FEES_TRADESTATION, CLASS_FUTURE, 2, 500000, false, true, false, 3, 0},
        {FEES_WEBULL, CLASS_STOCK, 100, 5000, true, true, true, 0, 0.103 + 0.0195},
        {FEES_OANDA, CLASS_FOREX, 1, 500000, true, true, true, 0, 0},
        {FEES_TRADOVATE, CLASS_FUTURE, 2, 500000, false, true, false, 2.58, 0},
        {FEES_COINBASE, CLASS_CRYPTO, 0.1, 6000, false, true, false, 48, 0},
        {FEES_COINBASE, CLASS_CRYPTO, 0.1, 6000, false, false, false, 36, 0},
        {FEES_KRAKEN, CLASS_CRYPTO, 0.1, 6000, false, true, false, 24, 0},
        {FEES_KRAKEN, CLASS_CRYPTO, 0.1, 6000, false, false, false, 15, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fees_ask_t a = {.schedule = cases[i].id, .cls = cases[i].cls, .day = day_of(20260601),
                        .units = cases[i].units, .value = cases[i].value, .sells = cases[i].sells,
                        .takes = cases[i].takes, .closes = cases[i].closes};
        CHECK(fees_cover(a.schedule, a.cls));
        f64 commission = fees_order(&a, fees_rate(&a));
        f64 passed = fees_passed(&a);
        if (!near(commission, cases[i].commission) || !near(passed, cases[i].passed)) {
            fail_msg("row %zu, %s: %f and %f", i, fees_name(a.schedule), commission, passed);
        }
    }
}

TEST(tiers_and_days)
{
    UNUSED_STATE;
    static const struct { i32 ymd; f64 volume, taker; } cases[] = {
        {20230601, 0, 26}, {20230601, 49999, 26}, {20230601, 50000, 24}, {20230601, 2e6, 16},
        {20260601, 0, 40}, {20260601, 10000, 35}, {20260601, 1e9, 22},
        {20100101, 0, 26}, /* before the first row */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fees_ask_t a = {.schedule = FEES_KRAKEN, .cls = CLASS_CRYPTO, .day = day_of(cases[i].ymd), .units = 1,
                        .value = 10000, .volume30 = cases[i].volume, .takes = true};
        CHECK(near(fees_rate(&a), cases[i].taker));
    }
}

TEST(who_trades_what)
{
    UNUSED_STATE;
    CHECK(fees_cover(FEES_IBKR, CLASS_ETF) && !fees_cover(FEES_OANDA, CLASS_STOCK));
    CHECK(!fees_cover(FEES_KRAKEN, CLASS_ETF) && !fees_cover(FEES_TRADOVATE, CLASS_OPTION));
    for (u32 id = FEES_NONE; id < FEES_COUNT; id++) {
        bool any = false;
        for (u32 cls = CLASS_STOCK; cls <= CLASS_CRYPTO; cls++) {
            any = any || fees_cover((fees_id_t)id, (asset_class_t)cls);
        }
        CHECK(any);
    }
}

TEST(both_ways)
{
    UNUSED_STATE;
    fees_ask_t a = {.schedule = FEES_IBKR, .cls = CLASS_STOCK, .day = day_of(20260601), .units = 100,
                    .value = 5000};
    CHECK(near(fees_round_trip(&a), 1 + 1 + 0.103 + 0.0195));
    a.schedule = FEES_TASTYTRADE;
    a.cls = CLASS_OPTION;
    a.units = 4;
    a.value = 1000;
    CHECK(near(fees_round_trip(&a), 4 + 0.0206 + 0.01316));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regulators_by_day), cmocka_unit_test(invoices), cmocka_unit_test(tiers_and_days),
        cmocka_unit_test(who_trades_what), cmocka_unit_test(both_ways),
    };
    return RUN_TESTS(tests);
}
