/* Bars of coins on their way in: names, days of UTC, parts of a unit, and what is built out of records. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/coin_build.h"
#include "drivers/feed.h"
#include "drivers/import.h"
#include "drivers/import_records.h"
#include "drivers/records_build.h"
#include "tests/store/home.h"

static const i64 NOW = 1790000000LL * NS_PER_SEC;

TEST(vendors_names_become_pairs)
{
    UNUSED_STATE;
    static const struct {
        const char *name, *symbol; /* NULL: no coin in dollars */
    } cases[] = {{"BTCUSD", "BTC/USD"},     {"BTC-USD", "BTC/USD"},   {"ETHUSDT", "ETH/USDT"},
                 {"SOL/USDC", "SOL/USDC"},  {"1INCHUSD", "1INCH/USD"}, {"BTCBUSD", NULL},
                 {"BTC-EUR", NULL},         {"BTCEUR", NULL},         {"EURUSD", NULL},
                 {"EUR/USD", NULL},         {"AAPL", NULL},           {"USD", NULL},
                 {"BTC/USDT:USDT", NULL},   {"BRK.B", NULL},          {"XAUUSD", NULL},
                 {"-USD", NULL},            {"BTC-", NULL},           {"", NULL},
                 {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFUSD", NULL}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char symbol[LIMIT_SYMBOL] = "";
        bool coin = coin_named(str_from(cases[i].name), symbol);
        if (coin != (cases[i].symbol != NULL)) {
            print_message("%s: %s\n", cases[i].name, coin ? symbol : "none");
        }
        CHECK_EQ(coin, cases[i].symbol != NULL);
        if (coin) {
            CHECK_STR(symbol, cases[i].symbol);
        }
    }
}

static void take(const char *home, const char *name, const char *text, import_report_t *r)
{
    char path[512];
    diag_t diag = {0};
    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    CHECK(fputs(text, f) >= 0);
    CHECK_EQ(fclose(f), 0);
    import_spec_t spec = {.home = home, .path = path, .format = "plain_daily", .now_ns = NOW};
    bool minutes = strstr(text, ":00,") != NULL;
    spec.resolution = minutes ? "5m" : NULL;
    err_t err = import_file(&spec, &diag, r);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
}

static u32 bars_of(const char *home, const char *symbol, timeframe_t tf, bar_t **own)
{
    bars_t *b = NULL;
    u32 n = 0;
    bars_query_t q = {.symbol = symbol, .timeframe = tf, .from = I64_MIN};
    CHECK_OK(bars_open(home, true, NULL, &b));
    CHECK_OK(bars_read_all(b, &q, NULL, own, &n));
    bars_close(b);
    return n;
}

/* Saturday to Monday; the same file has a share, whose day of rest is refused as ever. */
TEST(days_of_coins_are_days_of_utc)
{
    UNUSED_STATE;
    static const char text[] = "symbol,date,open,high,low,close,volume\n"
                               "AAPL,2024-06-07,10,12,9,11,500\n"
                               "AAPL,2024-06-08,10,12,9,11,500\n"
                               "btc/usd,2024-06-08,70000,70500,69000,69500,123.456789012345\n"
                               "btc/usd,2024-06-09,69500,70500,69000,69600,0.00000001\n"
                               "btc/usd,2024-06-10,69600,70500,69000,69700,5\n";
    char home[HOME_SIZE];
    import_report_t r;
    bar_t *own = NULL;
    home_make(home);
    take(home, "mine.csv", text, &r);
    CHECK_EQ(r.rows_rejected, 1);
    CHECK_EQ(r.rule_count[RULE_HOLIDAY_DATE], 1);
    CHECK_EQ(bars_of(home, "BTC/USD", TF_1D, &own), 3);
    i64 midnight = (i64)date_from_ymd(2024, 6, 8) * NS_PER_DAY;
    CHECK_EQ(own[0].t_event, midnight);
    CHECK_EQ(own[0].t_known, midnight + NS_PER_DAY);
    CHECK_EQ(own[2].t_event, midnight + 2 * NS_PER_DAY);
    CHECK_EQ(own[0].volume, 12345678901);
    CHECK_EQ(own[1].volume, 1);
    CHECK_EQ(own[2].volume, 500000000);
    CHECK_EQ(own[0].flags | own[1].flags | own[2].flags, 0); /* no weekend is missing */
    free(own);
    home_remove(home);
}

/* Stamps without a zone are UTC for a coin, and any moment of the week is one of its session. */
TEST(minutes_of_coins_know_no_bell)
{
    UNUSED_STATE;
    static const char text[] = "symbol,date,open,high,low,close,volume\n"
                               "ETH/USDT,2024-06-08 23:50:00,3600,3610,3590,3605,1.5\n"
                               "ETH/USDT,2024-06-08 23:55:00,3605,3620,3600,3610,0.25\n"
                               "ETH/USDT,2024-06-09 00:00:00,3610,3611,3580,3590,2\n";
    char home[HOME_SIZE];
    import_report_t r;
    bar_t *own = NULL;
    home_make(home);
    take(home, "mine.csv", text, &r);
    CHECK_EQ(r.rows_rejected, 0);
    CHECK_EQ(bars_of(home, "ETH/USDT", TF_5M, &own), 3);
    i64 midnight = (i64)date_from_ymd(2024, 6, 9) * NS_PER_DAY;
    CHECK_EQ(own[0].t_event, midnight - 10 * NS_PER_MIN);
    CHECK_EQ(own[2].t_event, midnight);
    free(own);
    CHECK_EQ(bars_of(home, "ETH/USDT", TF_1D, &own), 2); /* built along, by days of UTC */
    CHECK_EQ(own[0].t_event, midnight - NS_PER_DAY);
    CHECK_EQ(own[0].t_known, midnight);
    CHECK_EQ(own[0].volume, 175000000);
    CHECK_EQ(own[0].high.v, 3620 * PRICE_SCALE);
    CHECK_EQ(own[1].close.v, 3590 * PRICE_SCALE);
    free(own);
    home_remove(home);
}

static void records(const char *home, const char *name, const char *text)
{
    import_spec_t spec = {.home = home, .path = name, .now_ns = NOW};
    import_input_t in = {.name = name, .p = (const u8 *)text, .n = strlen(text), .written_ns = NS_PER_DAY};
    import_report_t r;
    diag_t diag = {0};
    const record_format_desc_t *f = record_format_guess(&spec, &in);
    assert_non_null(f);
    CHECK_OK(import_records(&spec, &in, f, &diag, &r));
}

TEST(bars_of_coins_out_of_records)
{
    UNUSED_STATE;
    static const char text[] = "symbol,datetime,open,high,low,close,volume\n"
                               "btcusd,20180602 00:00,7500,7600,7400,7550,1000.5\n"
                               "btcusd,20180603 00:00,7550,7700,7500,7650,2000\n"
                               "btceur,20180603 00:00,6550,6700,6500,6650,2000\n"
                               "btcusd,20180604 00:00,7650,7700,7500,7600,3000.00000001\n";
    char home[HOME_SIZE];
    diag_t diag = {0};
    records_build_t r;
    bar_t *own = NULL;
    home_make(home);
    records(home, "coinbase_daily_trade.csv", text);
    records_build_spec_t s = {.home = home, .source = "lean_crypto_daily_trade", .now_ns = NOW};
    for (u32 i = 0; i < 2; i++) { /* building again changes nothing */
        CHECK_OK(records_build(&s, &diag, &r));
        CHECK_EQ(r.rows_read, 4);
        CHECK_EQ(r.rows_used, 3);
        CHECK_EQ(r.rows_made, 3);
        CHECK_EQ(bars_of(home, "BTC/USD", TF_1D, &own), 3);
        CHECK_EQ(own[0].t_event, (i64)date_from_ymd(2018, 6, 2) * NS_PER_DAY);
        CHECK_EQ(own[0].t_known, own[0].t_event + NS_PER_DAY);
        CHECK_EQ(own[2].volume, 300000000001);
        free(own);
    }
    const char *symbols[] = {"BTC/USD"};
    feed_spec_t fs = {.home = home, .timeframe = TF_1D, .symbols = symbols, .symbol_count = 1};
    feed_t *f = NULL;
    u32 n = 0;
    slice_t slice;
    CHECK_OK(feed_open(&fs, &diag, &f));
    const instrument_t *t = feed_instruments(f, &n);
    CHECK_EQ(n, 1);
    CHECK_EQ(t->cls, CLASS_CRYPTO);
    CHECK_EQ(t->calendar, CAL_CRYPTO);
    CHECK_EQ(t->qty_exponent, -8);
    CHECK_OK(feed_next(f, &slice, &diag));
    CHECK_EQ(slice.session, date_from_ymd(2018, 6, 2)); /* a Saturday */
    CHECK(slice.session_last);
    feed_close(f);
    home_remove(home);
}

TEST(coins_and_shares_are_no_one_run)
{
    UNUSED_STATE;
    static const char text[] = "symbol,date,open,high,low,close,volume\n"
                               "AAPL,2024-06-07,10,12,9,11,500\n"
                               "BTC/USD,2024-06-08,70000,70500,69000,69500,123\n";
    char home[HOME_SIZE];
    import_report_t r;
    diag_t diag = {0};
    feed_t *f = NULL;
    home_make(home);
    take(home, "mine.csv", text, &r);
    feed_spec_t fs = {.home = home, .timeframe = TF_1D};
    CHECK_EQ(feed_open(&fs, &diag, &f), ERR_USAGE);
    CHECK(strstr(diag.text, "coins and shares do not trade in one run") != NULL);
    CHECK(strstr(diag.text, "AAPL keeps the hours of the stock exchange, BTC/USD does not") != NULL);
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vendors_names_become_pairs),
                                       cmocka_unit_test(days_of_coins_are_days_of_utc),
                                       cmocka_unit_test(minutes_of_coins_know_no_bell),
                                       cmocka_unit_test(bars_of_coins_out_of_records),
                                       cmocka_unit_test(coins_and_shares_are_no_one_run)};
    return RUN_TESTS(tests);
}
