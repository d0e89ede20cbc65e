/* Bars of coins on their way in: names, days of UTC, parts of a unit, and what is built out of records. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/coin_build.h"
#include "drivers/feed.h"
#include "drivers/import.h"
#include "drivers/import_records.h"
#include "drivers/records_build.h"
#include "tests/drivers/records_text.h"
#include "tests/store/home.h"

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
                 {"DOTUSD", "DOT/USD"},     {"BNBUSD", "BNB/USD"},    {"DOT-USD", "DOT/USD"},
                 {"DOTTUSD", NULL},         {"SHIB-USD", "SHIB/USD"}, {"SHIBUSDT", "SHIB/USDT"},
                 {"-USD", NULL},            {"BTC-", NULL},           {"", NULL},
                 {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFUSD", NULL}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char symbol[LIMIT_SYMBOL] = "";
        bool coin = coin_named(str_from(cases[i].name), symbol) == COIN_NAMED;
        if (coin != (cases[i].symbol != NULL)) {
            print_message("%s: %s\n", cases[i].name, coin ? symbol : "none");
        }
        CHECK_EQ(coin, cases[i].symbol != NULL);
        if (coin) {
            CHECK_STR(symbol, cases[i].symbol);
        }
    }
    char symbol[LIMIT_SYMBOL];
    CHECK_EQ(coin_named(STR("SHIBUSD"), symbol), COIN_UNCLEAR); /* or SHI in BUSD: neither is known */
    CHECK_EQ(coin_named(STR("BTCBUSD"), symbol), COIN_NONE);
    CHECK_EQ(coin_named(STR("GRTUSD"), symbol), COIN_UNCLEAR);
}

/* A file with this text, in the home; one at a time. */
static const char *file_in(const char *home, const char *text)
{
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/mine.csv", home);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    CHECK(fputs(text, f) >= 0);
    CHECK_EQ(fclose(f), 0);
    return path;
}

static void take(const char *home, const char *text, import_report_t *r)
{
    diag_t diag = {0};
    import_spec_t spec = {.home = home, .path = file_in(home, text), .format = "plain_daily", .now_ns = NOW};
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
    take(home, text, &r);
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
    take(home, text, &r);
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
    import_text(home, "coinbase_daily_trade.csv", text);
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

/* A swap on a coin is called like the coin, and trades of coins know no bell: of neither are bars made. */
static u64 slices_of(const char *home, u32 *late)
{
    diag_t diag = {0};
    const char *symbols[] = {"BTC/USD"};
    feed_spec_t fs = {.home = home, .timeframe = TF_1D, .symbols = symbols, .symbol_count = 1};
    feed_t *f = NULL;
    slice_t slice;
    u64 hash = 0;
    *late = 0;
    CHECK_OK(feed_open(&fs, &diag, &f));
    while (feed_next(f, &slice, &diag) == ERR_OK) {
        bool corrects = (slice.bar[0].flags & BAR_LATE) != 0;
        u64 h = slice_hash(&slice);
        *late += corrects ? 1 : 0;
        hash = corrects ? hash : hash64_seed(&h, sizeof h, hash);
    }
    feed_close(f);
    return hash;
}

/* Whatever is imported first, a day of coins is the one that its minutes first told: a correction of years
 * later is none of it. */
TEST(a_day_holds_no_correction_of_later)
{
    UNUSED_STATE;
    static const char *const texts[2] = {"symbol,date,time_ms,open,high,low,close,volume\n"
                                         "btcusd,20161007,0,617,618,616,617,5\n"
                                         "btcusd,20161007,60000,617,619,616,618,5\n"
                                         "btcusd,20161008,0,618,619,617,618,5\n",
                                         "symbol,date,time_ms,open,high,low,close,volume\n"
                                         "btcusd,20161007,60000,617,1238,616,618,5\n"};
    u64 hash[2] = {0};
    for (u32 way = 0; way < 2; way++) { /* built between the two imports, or behind both alone */
        char home[HOME_SIZE];
        diag_t diag = {0};
        records_build_t r;
        u32 late = 0;
        home_make(home);
        records_build_spec_t s = {.home = home, .source = "lean_crypto_minute_trade", .now_ns = NOW};
        import_text(home, "coinbase_minute_trade.csv", texts[0]);
        if (way == 0) {
            CHECK_OK(records_build(&s, &diag, &r));
        }
        import_text(home, "coinbase_minute_trade.csv", texts[1]);
        CHECK_OK(records_build(&s, &diag, &r));
        CHECK_EQ(r.rows_read, 4);
        bar_t *own = NULL;
        CHECK_EQ(bars_of(home, "BTC/USD", TF_1M, &own), 4); /* both words on the corrected minute */
        CHECK(own[1].high.v == 619 * PRICE_SCALE && own[1].t_known == own[1].t_event + NS_PER_MIN);
        CHECK(own[3].high.v == 1238 * PRICE_SCALE && (own[3].flags & BAR_LATE) != 0); /* known last */
        CHECK(own[3].t_event == own[1].t_event && own[3].t_known == NOW);
        free(own);
        CHECK_EQ(bars_of(home, "BTC/USD", TF_1D, &own), 2);
        CHECK_EQ(own[0].high.v, 619 * PRICE_SCALE);
        free(own);
        hash[way] = slices_of(home, &late);
        CHECK_EQ(late, 0);
        home_remove(home);
    }
    CHECK_EQ(hash[0], hash[1]);
}

/* The source says of itself that its volumes mean nothing. */
TEST(volumes_that_mean_nothing_are_none)
{
    UNUSED_STATE;
    char text[4096] = "symbol,Datetime,Close,High,Low,Open,Volume\n";
    for (u32 i = 0; i < 20; i++) {
        size_t n = strlen(text);
        (void)snprintf(text + n, sizeof text - n,
                       "BTC-USD,2026-01-21 0%u:%02u:00+00:00,90000,90010,89990,90000,%u\n",
                       i * 5 / 60, i * 5 % 60, i % 2 == 0 ? 0 : 4000000U);
    }
    char home[HOME_SIZE];
    diag_t diag = {0};
    records_build_t r;
    bar_t *own = NULL;
    home_make(home);
    import_text(home, "crypto_5min_2026.csv", text);
    records_build_spec_t s = {.home = home, .source = "crypto_5min", .now_ns = NOW};
    CHECK_OK(records_build(&s, &diag, &r));
    CHECK(r.coins && r.no_volume && r.rows_used == 20);
    CHECK_EQ(bars_of(home, "BTC/USD", TF_5M, &own), 20);
    for (u32 i = 0; i < 20; i++) {
        CHECK(own[i].volume == 0 && (own[i].flags & BAR_VOLUME_UNKNOWN) != 0);
    }
    free(own);
    CHECK_EQ(bars_of(home, "BTC/USD", TF_1D, &own), 1);
    CHECK(own[0].volume == 0 && (own[0].flags & BAR_VOLUME_UNKNOWN) != 0);
    free(own);
    home_remove(home);
}

TEST(what_is_no_coin_is_not_built)
{
    UNUSED_STATE;
    static const struct {
        const char *file, *text, *source, *says;
    } cases[] = {
        {"binance_perp_minute_trade.csv",
         "symbol,date,time_ms,open,high,low,close,volume\nbtcusdt,20221213,0,17000,17010,16990,17005,12.5\n",
         "lean_perp_minute_trade", "perpetual swaps do not trade here"},
        {"XRP_ETH-trades.json", "[[1570752000000,\"1\",null,\"sell\",0.0015,130,0.195]]", "freqtrade_trades",
         "prints of coins are not made into bars here"}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        diag_t diag = {0};
        records_build_t r;
        home_make(home);
        import_text(home, cases[i].file, cases[i].text);
        records_build_spec_t s = {.home = home, .source = cases[i].source, .now_ns = NOW};
        CHECK_EQ(records_build(&s, &diag, &r), ERR_USAGE);
        if (strstr(diag.text, cases[i].says) == NULL) {
            print_message("# %s\n", diag.text);
        }
        CHECK(strstr(diag.text, cases[i].says) != NULL);
        home_remove(home);
    }
}

/* Bar by bar: when it begins in minutes of its day, what it costs, and whether the day ends with it. */
typedef struct {
    date_t day;
    i32 minute;
    i64 close;
    bool last;
} step_t;

static void steps(const char *home, i64 to, const step_t *want, u32 count)
{
    feed_spec_t fs = {.home = home, .timeframe = TF_5M, .to = to};
    diag_t diag = {0};
    feed_t *f = NULL;
    slice_t s;
    i64 known = 0;
    CHECK_OK(feed_open(&fs, &diag, &f));
    for (u32 i = 0; i < count; i++) {
        CHECK_OK(feed_next(f, &s, &diag));
        CHECK_EQ(s.session, want[i].day);
        CHECK_EQ(s.t_open, (i64)want[i].day * NS_PER_DAY + want[i].minute * NS_PER_MIN);
        CHECK_EQ(s.bar[0].t_event, s.t_open);
        CHECK_EQ(s.bar[0].close.v, want[i].close * PRICE_SCALE);
        CHECK_EQ(s.session_last, want[i].last);
        CHECK_EQ(s.ordinal, i);
        CHECK(s.t_known > known && s.t_known == s.bar[0].t_known);
        CHECK_EQ(s.t_known, s.t_open + 5 * NS_PER_MIN);
        CHECK(bar_is_sane(&s.bar[0]));
        known = s.t_known;
    }
    CHECK_EQ(feed_next(f, &s, &diag), ERR_EMPTY);
    feed_close(f);
}

/* A day ends at midnight, though nothing traded in its last bar: an empty one says so, before the next day's
 * first is known, and not where nobody can tell whether the day goes on. */
TEST(a_silent_evening_ends_the_day)
{
    UNUSED_STATE;
    static const char text[] = "symbol,date,open,high,low,close,volume\n"
                               "ETH/USD,2024-02-28 22:00:00,100,100,100,100,1\n"
                               "BTC/USD,2024-02-28 23:40:00,200,200,200,200,1\n"
                               "BTC/USD,2024-02-29 00:00:00,201,201,201,201,1\n"
                               "BTC/USD,2024-02-29 23:55:00,202,202,202,202,1\n"
                               "BTC/USD,2024-03-03 12:00:00,203,203,203,203,1\n"
                               "BTC/USD,2024-03-04 00:05:00,204,204,204,204,1\n"
                               "BTC/USD,2024-03-05 10:00:00,205,205,205,205,1\n";
    const date_t d = date_from_ymd(2024, 2, 28);
    const step_t want[] = {{d, 1320, 100, false},    {d, 1420, 200, false},    {d, 1435, 200, true},
                           {d + 1, 0, 201, false},   {d + 1, 1435, 202, true}, {d + 4, 720, 203, false},
                           {d + 4, 1435, 203, true}, {d + 5, 5, 204, false},   {d + 5, 1435, 204, true},
                           {d + 6, 600, 205, false}};
    char home[HOME_SIZE];
    import_report_t r;
    home_make(home);
    take(home, text, &r);
    steps(home, 0, want, COUNT_OF(want));
    /* A range ends with a day whose evening is silent: bars behind it show that nothing is to come. */
    steps(home, (i64)(d + 1) * NS_PER_DAY + 1, want, 3);
    steps(home, (i64)(d + 1) * NS_PER_DAY, want, 2); /* midnight itself is not in the range */
    home_remove(home);
}

/* Whoever sells data writes coins as they like; whatever else is money against money is no share. */
TEST(files_of_bars_name_coins_as_vendors_do)
{
    UNUSED_STATE;
    static const struct {
        const char *name, *symbol; /* NULL: refused */
    } cases[] = {{"BTC-USD", "BTC/USD"}, {"btcusdt", "BTC/USDT"},  {"BTC/USDC", "BTC/USDC"},
                 {"btc/usd", "BTC/USD"}, {"BTCUSD", "BTC/USD"},    {"FUSD", "FUSD"},
                 {"BRK-B", "BRK-B"},     {"BF/B", "BF/B"},         {"DX-Y.NYB", "DX-Y.NYB"},
                 {"EURUSD", NULL},       {"EURUSD=X", "EURUSD=X"}, {"BTC/EUR", NULL},
                 {"BTC-EUR", NULL},      {"ETHBTC", NULL},         {"ETH-BTC", NULL},
                 {"BTCBUSD", NULL},      {"SHIBUSD", NULL},        {"DOTUSD", "DOT/USD"},
                 {"GOOGL", "GOOGL"},     {"ABRPRD", "ABRPRD"},     {"BAC-PRB", "BAC-PRB"},
                 {"EUR/USD", NULL},      {"BTC/BUSD", NULL},       {"BTC/USDT:USDT", NULL}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        char text[160];
        diag_t diag = {0};
        import_report_t r;
        bar_t *own = NULL;
        home_make(home);
        /* a Wednesday */
        (void)snprintf(text, sizeof text,
                       "symbol,date,open,high,low,close,volume\n%s,2024-06-12,10,12,9,11,500\n",
                       cases[i].name);
        if (cases[i].symbol != NULL) {
            take(home, text, &r);
            CHECK_EQ(bars_of(home, cases[i].symbol, TF_1D, &own), 1);
            bool coin = strchr(cases[i].symbol, '/') != NULL && cases[i].name[2] != '/';
            CHECK_EQ(own[0].volume, coin ? 50000000000 : 500);
            free(own);
        } else {
            import_spec_t spec = {
                .home = home, .path = file_in(home, text), .format = "plain_daily", .now_ns = NOW};
            CHECK_EQ(import_file(&spec, &diag, &r), ERR_SYNTAX);
            bool clear = strcmp(cases[i].name, "SHIBUSD") != 0;
            CHECK(strstr(diag.text, clear ? "is neither a share nor a coin in dollars"
                                          : "can be read as a coin in dollars or in other money") != NULL);
        }
        home_remove(home);
    }
}

/* A number that does not fit is told as what it is. */
TEST(a_coin_of_too_many_units_is_told)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    diag_t diag = {0};
    import_report_t r;
    home_make(home);
    import_spec_t spec = {.home = home, .format = "plain_daily", .now_ns = NOW};
    spec.path = file_in(home, "symbol,date,open,high,low,close,volume\n"
                              "SHIB/USD,2024-06-12,0.00001,0.00001,0.00001,0.00001,92233720369\n");
    CHECK_EQ(import_file(&spec, &diag, &r), ERR_OVERFLOW);
    CHECK(strstr(diag.text, "more than the 92,233,720,368 units that a bar of a coin can hold") != NULL);
    spec.path = file_in(home, "symbol,date,open,high,low,close,volume\n"
                              "SHIB/USD,2024-06-12,0.00001,0.00001,0.00001,0.00001,92233720368\n");
    CHECK_OK(import_file(&spec, &diag, &r));
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
    take(home, text, &r);
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
                                       cmocka_unit_test(a_day_holds_no_correction_of_later),
                                       cmocka_unit_test(volumes_that_mean_nothing_are_none),
                                       cmocka_unit_test(what_is_no_coin_is_not_built),
                                       cmocka_unit_test(a_silent_evening_ends_the_day),
                                       cmocka_unit_test(files_of_bars_name_coins_as_vendors_do),
                                       cmocka_unit_test(a_coin_of_too_many_units_is_told),
                                       cmocka_unit_test(coins_and_shares_are_no_one_run)};
    return RUN_TESTS(tests);
}
