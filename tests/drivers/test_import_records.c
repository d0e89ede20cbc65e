/* Records: every layout is told and reads its sample; bad input is one clear error and nothing is kept; a
 * folder goes on where it stopped; Lean's archives give what the joined tables give; the recorded data are
 * counted to the row. */
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "drivers/import_path.h"
#include "drivers/import_sec.h"
#include "tests/drivers/record_samples.h"
#include "tests/store/home.h"

static const i64 NOW = 1790000000LL * NS_PER_SEC;

static void file_write(const char *dir, const char *name, const char *text, size_t n, char path[512])
{
    (void)snprintf(path, 512, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    CHECK_EQ(fwrite(text, 1, n, f), n);
    CHECK_EQ(fclose(f), 0);
}

static err_t import_bytes(const char *home, const char *name, const char *text, bool lenient, diag_t *diag,
                          import_report_t *r)
{
    import_spec_t spec = {.home = home, .path = name, .lenient = lenient, .now_ns = NOW};
    import_input_t in = {.name = name, .p = (const u8 *)text, .n = strlen(text), .written_ns = NOW};
    const record_format_desc_t *f = record_format_guess(&spec, &in);
    *diag = (diag_t){0};
    *r = (import_report_t){0};
    return f == NULL ? ERR_NOT_FOUND : import_records(&spec, &in, f, diag, r);
}

TEST(every_layout_is_told)
{
    UNUSED_STATE;
    u32 layouts = 0;
    while (record_format_at(layouts) != NULL) {
        CHECK(strlen(record_format_at(layouts)->name) < RECORDS_SOURCE);
        layouts++;
    }
    const record_sample_t *s = NULL;
    u32 i = 0;
    for (; (s = record_sample(i)) != NULL; i++) {
        char home[HOME_SIZE];
        diag_t diag;
        import_report_t r;
        home_make(home);
        err_t err = import_bytes(home, s->name, s->text, false, &diag, &r);
        if (err != ERR_OK || strcmp(r.format, s->format) != 0) {
            print_message("%s as %s: %s %s\n", s->format, r.format, err_name(err), diag.text);
        }
        CHECK_OK(err);
        CHECK_STR(r.format, s->format);
        CHECK_EQ(r.rows_read, s->rows);
        CHECK_EQ(r.rows_stored, s->rows);
        CHECK_OK(import_bytes(home, s->name, s->text, false, &diag, &r)); /* twice is once */
        CHECK_EQ(r.rows_same, s->rows);
        CHECK_EQ(r.rows_revision, 0);
        home_remove(home);
    }
    CHECK_EQ(i, layouts);
}

/* Property over all samples: cut anywhere, the import ends with an error that has a remedy, or with counts
 * that agree; with every digit turned into a word or a giant, likewise. */
TEST(every_layout_refuses_or_counts)
{
    UNUSED_STATE;
    static const char *const bad[] = {"nan", "1e308", "-1", "9999999999999999999", ""};
    const record_sample_t *s = NULL;
    for (u32 i = 0; (s = record_sample(i)) != NULL; i++) {
        size_t n = strlen(s->text);
        const record_format_desc_t *f = record_format_find(str_from(s->format));
        for (size_t at = 0; at < n; at++) {
            for (u32 k = 0; k <= COUNT_OF(bad); k++) {
                char text[4096];
                bool cut = k == COUNT_OF(bad);
                bool digit = s->text[at] >= '0' && s->text[at] <= '9' &&
                             (at == 0 || strchr(",:[\"> ", s->text[at - 1]) != NULL);
                if (!cut && !digit) {
                    continue;
                }
                size_t end = at;
                while (!cut && end < n && strchr("0123456789.", s->text[end]) != NULL) {
                    end++;
                }
                (void)snprintf(text, sizeof text, "%.*s%s%s", (int)at, s->text, cut ? "" : bad[k],
                               cut ? "" : s->text + end);
                for (u32 lenient = 0; lenient < 2; lenient++) {
                    import_spec_t spec = {.path = s->name, .lenient = lenient == 1, .now_ns = NOW};
                    import_input_t in = {
                        .name = s->name, .p = (const u8 *)text, .n = strlen(text), .written_ns = NOW};
                    diag_t diag = {0};
                    import_report_t r = {0};
                    err_t err = import_records(&spec, &in, f, &diag, &r);
                    bool fair = err == ERR_OK ? r.rows_read == r.rows_stored + r.rows_rejected
                                              : diag.set && strstr(diag.text, "do: ") != NULL;
                    if (!fair) {
                        print_message("%s at %zu (%s): %s %s\n", s->format, at, text, err_name(err),
                                      diag.text);
                    }
                    CHECK(fair);
                }
            }
        }
    }
}

static const struct {
    const char *name;
    const char *text;
    err_t err;
    const char *says;
} refused[] = {
    {"tick_trade.csv",
     "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
     "usa,spy,20131007,34200000,nan,5,P,0,0\n",
     ERR_NUMBER, ":2, column price (5): 'nan'"},
    {"tick_trade.csv",
     "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
     "usa,spy,20131007,34200000,1e308,5,P,0,0\n",
     ERR_OVERFLOW, "'1e308'"},
    {"tick_trade.csv",
     "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
     "usa,spy,20131307,34200000,1000,5,P,0,0\n",
     ERR_SYNTAX, "column date"},
    {"tick_trade.csv",
     "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
     "usa,spy,20131007,99999999,1000,5,P,0,0\n",
     ERR_PARAM_RANGE, "column time_ms"},
    {"tick_trade.csv",
     "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
     "usa,spy,20131007,34200000,0.000001,5,P,0,0\n",
     ERR_NUMBER, "column price"},
    {"tick_trade.csv",
     "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
     "usa,spy,20131007,34200000,1000,5,P\n",
     ERR_COLUMN, "fields"},
    {"tick_trade.csv", "market,symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n",
     ERR_EMPTY, "none of its 0 rows"},
    {"tick_trade.csv",
     "market,symbol,date,time_ms,price,exchange,sale_condition,suspicious\n"
     "usa,spy,20131007,34200000,1000,P,0,0\n",
     ERR_COLUMN, "size"},
    {"x.csv",
     "symbol,Datetime,Close,High,Low,Open,Volume\nBTC-USD,2026-01-21 00:00:00+00:00,10,12,9,11,5\n"
     "BTC-USD,2026-01-21 00:05:00-05:00,10,12,9,11,5\n",
     ERR_ZONE, "another time zone"},
    {"trades.json", "[[1570752011620,\"13\",null,\"sell\",0.0014,23.0", ERR_TRUNCATED, "trades.json:1"},
    {"trades.json", "[[1570752011620,\"13\",null,\"sell\",\"x\",23.0,1]]", ERR_NUMBER, "price"},
    {"trades.json", "[[1570752011620,\"13\",null,\"sell\",0.0014,23.0,1],7]", ERR_SYNTAX, "trades.json:1"},
    {"fear.csv", "Date,Fear Greed,Rating\n2011-01-03,,greed\n", ERR_EMPTY,
     "none of its 1 rows can be stored\nread as fear_greed; bad_number, first at line 2\ndo: correct"},
    {"es_minute_oi.csv", "market,symbol,date,contract,time_ms,open_interest\ncme,es,20131006,201313,0,5\n",
     ERR_SYNTAX, "YYYYMM"},
};

/* Where no row can be had, `lenient` has none to refuse. */
TEST(lenient_does_not_excuse_a_whole_file)
{
    UNUSED_STATE;
    static const struct {
        const char *name, *text, *says;
    } whole[] = {
        {"cboe_spx_x.csv",
         "\nIndex,Last: x,Change:  3\n\"Date: September 14, 2023 at 4:31 PM EDT\",Bid: 1\n"
         "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,"
         "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n",
         "preamble"},
        {"x.json", "{\"cik\": \"1\", \"filings\": {\"recent\": {\"accessionNumber\": [\"1\"]}}}",
         "is missing"},
    };
    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        char home[HOME_SIZE];
        diag_t diag;
        import_report_t r;
        home_make(home);
        CHECK(import_bytes(home, whole[i].name, whole[i].text, true, &diag, &r) != ERR_OK);
        CHECK(strstr(diag.text, whole[i].says) != NULL && strstr(diag.text, "do: ") != NULL);
        home_remove(home);
    }
}

TEST(bad_input)
{
    UNUSED_STATE;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char home[HOME_SIZE];
        diag_t diag;
        import_report_t r;
        records_t *store = NULL;
        records_chunk_t *own = NULL;
        u32 n = 0;
        home_make(home);
        CHECK_OK(import_bytes(home, record_sample(0)->name, record_sample(0)->text, false, &diag, &r));
        err_t err = import_bytes(home, refused[i].name, refused[i].text, false, &diag, &r);
        if (err != refused[i].err || strstr(diag.text, refused[i].says) == NULL) {
            print_message("case %zu: %s: %s\n", i, err_name(err), diag.text);
        }
        CHECK_EQ(err, refused[i].err);
        CHECK(strstr(diag.text, refused[i].says) != NULL && strstr(diag.text, "do: ") != NULL);
        CHECK_OK(records_open(home, true, &diag, &store));
        CHECK_OK(records_chunks(store, NULL, &diag, &own, &n));
        CHECK_EQ(n, 1); /* what was there before, and nothing else */
        free(own);
        records_close(store);
        home_remove(home);
    }
}

#define FUTURE(first)                                                                                        \
    "{\"Date\":\"2009-11-30T00:00:00\",\"BackwardsRatioScale\":[" first                                      \
    ",0.88,0.89],\"BackwardsPanamaCanalScale\":[-244.0,-241.0,-216.75],"                                     \
    "\"ForwardPanamaCanalScale\":[0.0,0.0,0.0],\"DataMappingMode\":1}\n"
#define HOLDING(cusip, value, amount)                                                                        \
    "<infoTable><nameOfIssuer>3M</nameOfIssuer><cusip>" cusip "</cusip><value>" value                        \
    "</value><shrsOrPrnAmt><sshPrnamt>" amount "</sshPrnamt></shrsOrPrnAmt></infoTable>"

/* One row of several cannot be taken; the others stand. */
static const struct {
    const char *name;
    const char *text;
    u32 read, stored;
} part_bad[] = {
    {"trades.json",
     "[[1570752011620,\"13\",null,\"sell\",\"x\",\"y\",1],[1570752011621,\"14\",null,\"sell\",2,3,6],"
     "[\"t\",\"15\",null,\"sell\",2,3,6]]",
     3, 1},
    {"company_tickers.json",
     "{\"0\":{\"cik_str\":1,\"ticker\":\"A\",\"title\":\"A\"},\"1\":{\"cik_str\":\"x\",\"ticker\":\"B\","
     "\"title\":\"B\"},\"2\":{\"cik_str\":3,\"ticker\":\"C\",\"title\":\"C\"}}",
     3, 2},
    {"x.jsonl", FUTURE("0.87") FUTURE("\"x\"") FUTURE("0.86"), 3, 2},
    {"x.xml",
     "<informationTable>" HOLDING("88579Y101", "four", "two") HOLDING("88579Y102", "4", "2") HOLDING(
         "88579Y103", "4", "two") "</informationTable>\n",
     3, 1},
    {"x.json",
     "{\"cik\": \"0001997711\", \"entityName\": \"L\", \"facts\": {\"dei\": {\"Shares\": {\"label\": "
     "\"l\", \"units\": {\"shares\": [{\"end\": \"2024-03-28\", \"val\": \"x\", \"accn\": \"1\", \"filed\": "
     "\"2024-04-26\"},{\"end\": \"2023-03-28\", \"val\": 5, \"accn\": \"2\", \"filed\": "
     "\"2023-04-26\"}]}}}}}\n",
     2, 1},
    {"book.jsonl",
     "{\"topic\":\"orderbook.200.X\",\"ts\":1700000000000,\"type\":\"snapshot\",\"data\":{\"s\":\"X\",\"b\":"
     "[[\"1\",\"2\"],[\"x\",\"y\"],[\"3\",\"4\"]],\"a\":[[\"5\",\"6\"]]}}\n",
     4, 3},
    {"book.jsonl",
     "{\"topic\":\"orderbook.200.X\",\"ts\":1700000000000,\"type\":\"snapshot\",\"data\":{\"b\":[[\"1\","
     "\"2\"]],\"s\":\"X\",\"a\":[[\"5\",\"6\"]]}}\n",
     2, 1},
};

TEST(lenient_refuses_rows_and_keeps_the_others)
{
    UNUSED_STATE;
    for (size_t i = 0; i < COUNT_OF(part_bad); i++) {
        char home[HOME_SIZE];
        diag_t diag;
        import_report_t r;
        home_make(home);
        err_t err = import_bytes(home, part_bad[i].name, part_bad[i].text, true, &diag, &r);
        if (err != ERR_OK || r.rows_stored != part_bad[i].stored) {
            print_message("case %zu: %s: %s\n", i, err_name(err), diag.text);
        }
        CHECK_OK(err);
        CHECK_EQ(r.rows_read, part_bad[i].read);
        CHECK_EQ(r.rows_stored, part_bad[i].stored);
        CHECK_EQ(r.rows_rejected, part_bad[i].read - part_bad[i].stored);
        u64 told = 0;
        for (u32 k = 0; k < QUALITY_RULES; k++) {
            told += quality_rule_verdict((quality_rule_t)k) == VERDICT_REJECT ? r.rule_count[k] : 0;
        }
        CHECK_EQ(told, r.rows_rejected); /* each refused row by one rule */
        home_remove(home);
    }
}

/* Years that no nanosecond count can hold, and days outside 1900 to 2099, are no dates anywhere. */
TEST(far_years)
{
    UNUSED_STATE;
    static const char *const stamps[] = {"1012-01-01 00:00:00", "9999-01-01 00:00:00", "1850-01-01 00:00:00"};
    for (size_t i = 0; i < COUNT_OF(stamps); i++) {
        i64 t = 7;
        date_t d = 7;
        err_t err = time_parse(str_from(stamps[i]), &t);
        CHECK_EQ(err, i == 2 ? ERR_OK : ERR_SYNTAX);
        t = 7;
        CHECK_EQ(text_stamp(str_from(stamps[i]), &t), ERR_SYNTAX);
        CHECK_EQ(sec_date(str_slice(str_from(stamps[i]), 0, 10), &d), ERR_SYNTAX);
        CHECK(t == 7 && d == 7);
    }
    date_t d = 0;
    CHECK_EQ(text_us_date(STR("01/01/1012"), &d), ERR_SYNTAX);
    CHECK_OK(sec_date(STR("01-31-2022"), &d));
    CHECK_EQ(d, date_from_ymd(2022, 1, 31));
}

TEST(rules_over_rows)
{
    UNUSED_STATE;
    static const char text[] =
        "market,symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,"
        "ask_open,ask_high,ask_low,ask_close,ask_size\n"
        "usa,spy,20131007,60000,10000,10000,10000,10000,1,20000,20000,20000,20000,1\n"
        "usa,spy,20131007,60000,10000,10000,10000,10000,1,20000,20000,20000,20000,1\n" /* duplicate */
        "usa,spy,20131007,0,30000,30000,30000,30000,1,20000,20000,20000,20000,1\n" /* crossed, out of order */
        "usa,spy,20131007,120000,,,,,0,20000,20000,20000,20000,1\n"                /* one side */
        "usa,spy,20131007,180000,,,,,0,,,,,0\n"                                    /* none */
        "usa,spy,20131007,240000,10000,9000,10000,10000,1,20000,20000,20000,20000,1\n"; /* high below low */
    char home[HOME_SIZE];
    diag_t diag;
    import_report_t r;
    home_make(home);
    CHECK_OK(import_bytes(home, "equity_minute_quote.csv", text, false, &diag, &r));
    CHECK_EQ(r.rows_read, 6);
    CHECK_EQ(r.rows_stored, 3);
    CHECK_EQ(r.rule_count[RULE_DUPLICATE], 1);
    CHECK_EQ(r.rule_line[RULE_DUPLICATE], 3);
    CHECK_EQ(r.rule_count[RULE_CROSSED_QUOTE], 1);
    CHECK_EQ(r.rule_count[RULE_ONE_SIDED], 1);
    CHECK_EQ(r.rule_count[RULE_EMPTY_ROW], 1);
    CHECK_EQ(r.rule_count[RULE_OHLC_ORDER], 1);
    CHECK_EQ(r.rule_line[RULE_OHLC_ORDER], 7);
    home_remove(home);
}

TEST(rules_over_chains)
{
    UNUSED_STATE;
    static const char text[] =
        "underlying,date,expiry,strike,right,spot,bid,ask\n"
        "SPY,2025-01-22,2025-02-21,400.00,C,401.25,9.10,9.30\n"
        "SPY,2025-01-22,2025-02-21,600.00,C,401.25,0.00,0.01\n" /* nobody bids */
        "SPY,2025-01-22,2025-02-21,400.00,P,401.25,9.30,9.10\n" /* crossed */
        "SPY,2025-01-22,2025-02-21,405.00,C,401.25,-1,9.30\n"
        "SPY,2025-01-22,2025-02-21,405.00,P,401.25,1,0\n"
        "SPY,2025-01-22,2025-02-21,410.00,C,0,1,2\n";
    char home[HOME_SIZE];
    diag_t diag;
    import_report_t r;
    home_make(home);
    CHECK_OK(import_bytes(home, "mine.csv", text, false, &diag, &r));
    CHECK_EQ(r.rows_read, 6);
    CHECK_EQ(r.rows_stored, 3);
    CHECK_EQ(r.rule_count[RULE_CROSSED_QUOTE], 1);
    CHECK_EQ(r.rule_line[RULE_CROSSED_QUOTE], 4);
    CHECK_EQ(r.rule_count[RULE_NON_POSITIVE], 3);
    home_remove(home);
}

/* Known times of the release rules, as days after the event. */
TEST(known_times)
{
    UNUSED_STATE;
    static const struct {
        const char *format;
        i64 seconds; /* t_known - t_event */
    } cases[] = {
        {"lean_equity_minute_trade", 60},
        {"lean_equity_tick_trade", 0},
        {"lean_forex_daily_quote", 86400},
        {"fear_greed", 86400},
        {"senate_trades", 46 * 86400},
        {"yahoo_headlines", 0},
        {"fred_series", 41 * 86400},
        {"cboe_chain", 0},
        {"plain_chain", 0},
        {"lean_option_daily_quote", 16 * 3600},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        diag_t diag;
        import_report_t r;
        records_t *store = NULL;
        record_table_t t;
        const record_sample_t *s = NULL;
        for (u32 k = 0; (s = record_sample(k)) != NULL && strcmp(s->format, cases[i].format) != 0; k++) {
        }
        assert_non_null(s);
        const record_kind_desc_t *kind =
            record_kind_named(str_from(record_format_find(str_from(s->format))->kind));
        records_query_t q = {.source = s->format, .kind = kind, .as_of = I64_MAX, .from = I64_MIN};
        home_make(home);
        CHECK_OK(import_bytes(home, s->name, s->text, false, &diag, &r));
        CHECK_OK(record_table_open(&t, kind->count));
        CHECK_OK(records_open(home, true, &diag, &store));
        CHECK_OK(records_read(store, &q, &diag, &t));
        CHECK(t.own_head[0].t_known - t.own_head[0].t_event == cases[i].seconds * NS_PER_SEC);
        q.as_of = t.own_head[0].t_known - 1;
        CHECK_EQ(records_read(store, &q, &diag, &t), ERR_EMPTY);
        records_close(store);
        record_table_close(&t);
        home_remove(home);
    }
}

TEST(lean_places)
{
    UNUSED_STATE;
    static const struct {
        const char *path;
        const char *member;
        const char *name;
        const char *prefix;
    } cases[] = {
        {"/d/equity/usa/minute/spy/20131007_trade.zip", "20131007_spy_minute_trade.csv",
         "lean_equity_minute_trade", "usa,spy,20131007,"},
        {"equity/usa/daily/spy.zip", "spy.csv", "lean_equity_daily_trade", "usa,spy,"},
        {"forex/oanda/minute/eurusd/20140501_quote.zip", "20140501_eurusd_minute_quote.csv",
         "lean_forex_minute_quote", "oanda,eurusd,20140501,"},
        {"crypto/coinbase/daily/btcusd_trade.zip", "btcusd.csv", "lean_crypto_daily_trade",
         "coinbase,btcusd,"},
        {"future/cme/minute/es/20131006_openinterest.zip",
         "20131006_es_minute_openinterest_201312_20131220.csv", "lean_future_minute_oi",
         "cme,es,20131006,201312,"},
        {"option/usa/minute/goog/20151224_quote_american.zip",
         "20151224_goog_minute_quote_american_call_6000000_20151224.csv", "lean_option_minute_quote",
         "usa,goog,20151224,american_call_6000000_20151224,"},
        {"equity/usa/factor_files/spy.csv", NULL, "lean_factor_files", "spy,"},
        {"equity/usa/map_files/spy.csv", NULL, "lean_map_files", "spy,"},
        {"equity/usa/weekly/spy.zip", "spy.csv", NULL, NULL},
        {"spy.zip", "spy.csv", NULL, NULL},
        {"option/usa/minute/goog/20151224_quote_american.zip", "x.csv", NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lean_place_t p;
        CHECK_EQ(lean_place(cases[i].path, cases[i].member, &p), cases[i].name != NULL);
        if (cases[i].name != NULL) {
            CHECK_STR(p.name, cases[i].name);
            CHECK_STR(p.prefix, cases[i].prefix);
        }
    }
}

static void hash_of(const char *home, char hex[65])
{
    records_t *r = NULL;
    diag_t diag = {0};
    digest_t d;
    CHECK_OK(records_open(home, true, &diag, &r));
    CHECK_OK(records_manifest_hash(r, &diag, &d));
    records_close(r);
    hex_print(hex, d.b, sizeof d.b);
}

static err_t import_folder(const char *home, const char *path, i64 now, import_sum_t *sum)
{
    import_spec_t spec = {.home = home, .path = path, .now_ns = now};
    import_sink_t sink = {0};
    diag_t diag = {0};
    *sum = (import_sum_t){0};
    err_t err = import_path(&spec, &sink, &diag, sum);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    return err;
}

/* A folder of every sample, killed at any moment and imported again at another time: the same manifest as if
 * it had not been killed, and the second time everything is passed over. */
TEST(killed_and_gone_on)
{
    UNUSED_STATE;
    char dir[HOME_SIZE];
    char home[HOME_SIZE];
    char path[512];
    char want[65];
    char got[65];
    import_sum_t sum;
    const record_sample_t *s = NULL;
    u32 files = 0;
    home_make(dir);
    home_make(home);
    for (u32 i = 0; (s = record_sample(i)) != NULL; i++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%03u_%s", i, s->name);
        file_write(dir, name, s->text, strlen(s->text), path);
        files++;
    }
    file_write(dir, "readme.md", "a,a\n", 4, path); /* no header: a name twice */
    CHECK_OK(import_folder(home, dir, NOW, &sum));
    CHECK_EQ(sum.files, files + 1);
    CHECK_EQ(sum.other, 1);
    CHECK_EQ(sum.faulty, 0);
    CHECK(sum.rows_read == sum.rows_stored + sum.rows_rejected);
    hash_of(home, want);
    CHECK_OK(import_folder(home, dir, NOW, &sum));
    CHECK_EQ(sum.done, files);
    home_remove(home);
    for (u32 round = 0; round < 8; round++) {
        home_make(home);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            import_sum_t ignored;
            _exit(import_folder(home, dir, NOW, &ignored) == ERR_OK ? 0 : 1);
        }
        usleep(2000 + round * round * 5000);
        CHECK_EQ(kill(child, SIGKILL), 0);
        int status = 0;
        CHECK_EQ(waitpid(child, &status, 0), child);
        CHECK_OK(import_folder(home, dir, NOW + NS_PER_DAY, &sum));
        hash_of(home, got);
        CHECK_STR(got, want);
        home_remove(home);
    }
    home_remove(dir);
}

TEST(recorded_sets)
{
    UNUSED_STATE;
    static const struct {
        const char *path;
        u64 rows;
        u64 rejected;
        quality_rule_t rule;
        u64 count;
    } cases[] = {
        {"ticks/lean_equity_tick_trade.csv.zst", 376996, 0, RULE_SOUND, 0},
        {"options/lean_option_chain_eod.csv.zst", 57009, 4, RULE_OHLC_ORDER, 4},
        {"options/cboe_spx_2023-09-14.csv.zst", 9960 * 2, 0, RULE_SOUND, 0},
        {"futures/lean_es_minute_trade.csv.zst", 23948, 0, RULE_SOUND, 0},
        {"crypto/crypto_5min_2026.csv.zst", 41468, 0, RULE_ZERO_VOLUME, 21220},
        {"events/fear_greed.csv", 3834, 0, RULE_OUT_OF_RANGE, 1},
        {"events/senate_all_transactions.json.zst", 8350, 0, RULE_SOUND, 0},
        {"events/fred_series.csv.zst", 70359, 0, RULE_SOUND, 0},
        {"sentiment/yahoo_headlines_2017_2019.jsonl.zst", 2398, 0, RULE_SOUND, 0},
        {"daily/us_reports_2016.csv.zst", 12364, 0, RULE_SOUND, 0},
        {"reference/sp500_constituents_2026.csv", 503, 0, RULE_SOUND, 0},
    };
    char home[HOME_SIZE];
    char path[512];
    if (!data_path(cases[0].path, path, sizeof path)) {
        skip();
    }
    home_make(home);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        import_sum_t sum;
        (void)data_path(cases[i].path, path, sizeof path);
        CHECK_OK(import_folder(home, path, NOW, &sum));
        if (sum.rows_read != cases[i].rows || sum.rows_rejected != cases[i].rejected) {
            print_message("%s: %llu read, %llu rejected\n", path, (unsigned long long)sum.rows_read,
                          (unsigned long long)sum.rows_rejected);
        }
        CHECK_EQ(sum.rows_read, cases[i].rows);
        CHECK_EQ(sum.rows_rejected, cases[i].rejected);
    }
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layout_is_told),
        cmocka_unit_test(every_layout_refuses_or_counts),
        cmocka_unit_test(lenient_does_not_excuse_a_whole_file),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(lenient_refuses_rows_and_keeps_the_others),
        cmocka_unit_test(far_years),
        cmocka_unit_test(rules_over_rows),
        cmocka_unit_test(rules_over_chains),
        cmocka_unit_test(known_times),
        cmocka_unit_test(lean_places),
        cmocka_unit_test(killed_and_gone_on),
        cmocka_unit_test(recorded_sets),
    };
    return RUN_TESTS(tests);
}
