/* Built data: minute bars out of prints in regular hours, a continuous future without a jump at its roll. */
#include "tests/test.h"

#include <stdio.h>
#include <math.h>
#include <string.h>

#include "drivers/import_records.h"
#include "drivers/records_build.h"
#include "quant/options/options.h"
#include "tests/drivers/records_text.h"
#include "tests/store/home.h"

TEST(bars_out_of_prints)
{
    UNUSED_STATE;
    static const char text[] =
        "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
        "usa,abc,20131007,34140000,1000000,100,P,0,0\n" /* 09:29, before the open */
        "usa,abc,20131007,34200000,1010000,100,P,1,0\n"
        "usa,abc,20131007,34201000,1050000,7,P,20000000,0\n" /* odd lot: volume alone */
        "usa,abc,20131007,34202000,9990000,100,P,1,1\n"      /* suspicious */
        "usa,abc,20131007,34203000,1000000,100,P,1,0\n"
        "usa,abc,20131007,34260000,1020000,100,P,1,0\n";
    char home[HOME_SIZE];
    diag_t diag = {0};
    records_build_t r;
    home_make(home);
    import_text(home, "tick_trade.csv", text);
    records_build_spec_t s = {.home = home, .source = "lean_equity_tick_trade", .now_ns = NOW};
    for (u32 i = 0; i < 2; i++) { /* building again changes nothing */
        CHECK_OK(records_build(&s, &diag, &r));
        CHECK_EQ(r.rows_read, 6);
        CHECK_EQ(r.rows_used, 5);
        CHECK_EQ(r.rows_made, 3);
        CHECK_EQ(r.rows_outside, 1);
        bars_t *b = NULL;
        bar_t *own = NULL;
        u32 n = 0;
        bars_query_t q = {
            .source = "lean_equity_tick_trade", .symbol = "ABC", .timeframe = TF_1M, .from = I64_MIN};
        CHECK_OK(bars_open(home, true, &diag, &b));
        CHECK_OK(bars_read_all(b, &q, &diag, &own, &n));
        CHECK_EQ(n, 2);
        CHECK(own[0].open.v == 101 * PRICE_SCALE && own[0].high.v == 101 * PRICE_SCALE);
        CHECK(own[0].close.v == 100 * PRICE_SCALE);
        CHECK_EQ(own[0].volume, 207);
        free(own);
        bars_close(b);
    }
    home_remove(home);
}

TEST(continuous_future)
{
    UNUSED_STATE;
    static const char text[] = "market,symbol,contract,datetime,open,high,low,close,volume\n"
                               "cme,es,201312,20131209 00:00,100,100,100,100,900\n"
                               "cme,es,201312,20131210 00:00,110,110,110,110,500\n"
                               "cme,es,201312,20131211 00:00,120,120,120,120,10\n"
                               "cme,es,201403,20131209 00:00,125,125,125,125,10\n"
                               "cme,es,201403,20131210 00:00,137.5,137.5,137.5,137.5,600\n"
                               "cme,es,201403,20131211 00:00,150,150,150,150,900\n";
    static const f64 want[] = {100, 110, 120}; /* the new contract x 0.8 */
    char home[HOME_SIZE];
    diag_t diag = {0};
    records_build_t r;
    records_t *store = NULL;
    record_table_t t;
    home_make(home);
    import_text(home, "future_daily_trade.csv", text);
    records_build_spec_t s = {.home = home, .source = "lean_future_daily_trade", .now_ns = NOW};
    CHECK_OK(records_build(&s, &diag, &r));
    CHECK_EQ(r.rolls, 1);
    CHECK_EQ(r.rows_made, 9);
    const record_kind_desc_t *kind = record_kind_named(STR("number"));
    records_query_t q = {.source = r.made, .kind = kind, .series = "ES", .as_of = I64_MAX, .from = I64_MIN};
    CHECK_OK(record_table_open(&t, kind->count));
    CHECK_OK(records_open(home, true, &diag, &store));
    CHECK_OK(records_read(store, &q, &diag, &t));
    CHECK_EQ(t.rows, COUNT_OF(want));
    for (u32 i = 0; i < t.rows; i++) {
        CHECK(record_row(&t, i)[0] == (i64)(want[i] * (f64)PRICE_SCALE));
    }
    records_close(store);
    record_table_close(&t);
    home_remove(home);
}

/* A chain whose stated volatilities are four times too high, priced at 0.25 around a forward of 101: what is
 * built has the volatility of the prices and its sensitivities. An expiry without a pair has none, and none
 * is copied. */
TEST(volatilities_out_of_prices)
{
    UNUSED_STATE;
    static const f64 strikes[] = {80, 95, 100, 105, 130};
    static char text[1 << 13];
    char home[HOME_SIZE];
    diag_t diag = {0};
    records_build_t r;
    records_t *store = NULL;
    record_table_t t;
    option_greeks_t g;
    f64 years = (f64)(date_from_ymd(2025, 3, 21) - date_from_ymd(2025, 1, 15)) / 365.0;
    size_t n =
        (size_t)snprintf(text, sizeof text,
                         "underlying,date,expiry,strike,right,spot,bid,ask,iv,delta,gamma,vega,theta,rho\n"
                         "XYZ,2025-01-15,2025-06-20,100.00,C,100.00,3.1,3.3,1.0,0.5,0.1,0.1,-0.1,0.1\n");
    for (u32 i = 0; i < 2 * COUNT_OF(strikes); i++) {
        option_t o = {
            .spot = 101, .strike = strikes[i / 2], .years = years, .sigma = 0.25, .side = i % 2 ? -1 : 1};
        CHECK_OK(option_value(&o, &g, &diag));
        f64 stale = i == 9 ? 2 : 0; /* the dearest put was not traded today: parity is not asked there */
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "XYZ,2025-01-15,2025-03-21,%.2f,%c,100.00,%.9f,%.9f,1.0,0.5,0.1,0.1,-0.1,0.1\n",
                              o.strike, i % 2 ? 'P' : 'C', g.value + stale, g.value + stale);
    }
    home_make(home);
    import_text(home, "chain.csv", text);
    records_build_spec_t s = {.home = home, .source = "plain_chain", .now_ns = NOW};
    CHECK_OK(records_build(&s, &diag, &r));
    CHECK_STR(r.made, "plain_chain.own");
    CHECK(r.rows_read == 11 && r.rows_made == 11 && r.rows_used == 10);
    const record_kind_desc_t *kind = record_kind_named(STR("option_quote"));
    records_query_t q = {.source = r.made, .kind = kind, .as_of = I64_MAX, .from = I64_MIN};
    CHECK_OK(record_table_open(&t, kind->count));
    CHECK_OK(records_open(home, true, &diag, &store));
    CHECK_OK(records_read(store, &q, &diag, &t));
    CHECK_EQ(t.rows, 11);
    for (u32 i = 0; i < t.rows; i++) {
        const i64 *row = record_row(&t, i);
#define CELL(name) row[record_column_find(kind, name)]
        if (CELL("expiry") == date_from_ymd(2025, 6, 20)) {
            CHECK(CELL("iv") == CELL_NONE && CELL("delta") == CELL_NONE && CELL("theta") == CELL_NONE);
            continue;
        }
        bool put = str_eq_c(record_text(&t, (u32)CELL("right")), "P");
        option_t o = {.spot = 101,
                      .strike = (f64)CELL("strike") / 1e9,
                      .years = years,
                      .sigma = 0.25,
                      .side = put ? -1 : 1};
        CHECK_OK(option_value(&o, &g, &diag));
        CHECK(fabs((f64)CELL("iv") / 1e9 - 0.25) < 1e-6 && fabs((f64)CELL("spot") / 1e9 - 101) < 1e-6);
        CHECK(fabs((f64)CELL("delta") / 1e9 - g.delta) < 1e-5 &&
              fabs((f64)CELL("gamma") / 1e9 - g.gamma) < 1e-5);
        CHECK(fabs((f64)CELL("vega") / 1e9 - g.vega / 100) < 1e-5);
        CHECK(fabs((f64)CELL("theta") / 1e9 - g.theta / 365) < 1e-5);
        CHECK(fabs((f64)CELL("rho") / 1e9 - g.rho / 100) < 1e-5);
#undef CELL
    }
    records_close(store);
    record_table_close(&t);
    CHECK_OK(records_build(&s, &diag, &r)); /* once more: nothing new */
    home_remove(home);
}

TEST(refused)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    diag_t diag = {0};
    records_build_t r;
    home_make(home);
    import_text(home, "x.csv", "Date,Fear Greed,Rating\n2011-01-03,68.0,greed\n");
    records_build_spec_t s = {.home = home, .source = "fear_greed", .now_ns = NOW};
    CHECK_EQ(records_build(&s, &diag, &r), ERR_USAGE);
    CHECK(strstr(diag.text, "do: ") != NULL);
    diag = (diag_t){0};
    s.source = "none";
    CHECK_EQ(records_build(&s, &diag, &r), ERR_NOT_FOUND);
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_out_of_prints), cmocka_unit_test(continuous_future),
        cmocka_unit_test(volatilities_out_of_prices), cmocka_unit_test(refused)};
    return RUN_TESTS(tests);
}
