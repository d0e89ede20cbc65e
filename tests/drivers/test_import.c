/* Import: rows read = stored + rejected, one clear error for bad input and nothing kept then; on the
 * recorded sets the flaws that their description names are found by rule. */
#include "tests/test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "drivers/feed.h"
#include "drivers/import.h"
#include "drivers/import_check.h"
#include "tests/store/home.h"

static const char DAILY[] = "symbol,timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,"
                            "split_coefficient\n";
static const char INTRADAY[] = "symbol,datetime,open,high,low,close,volume\n";

static void file_write(const char *home, const char *name, const char *head, const char *body, char path[512])
{
    (void)snprintf(path, 512, "%s/%s", home, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    CHECK(fputs(head, f) >= 0);
    CHECK(fputs(body, f) >= 0);
    CHECK_EQ(fclose(f), 0);
}

static err_t import(const char *home, const char *path, bool lenient, diag_t *diag, import_report_t *r)
{
    import_spec_t s = {.home = home, .path = path, .lenient = lenient, .now_ns = 1790000000LL * NS_PER_SEC};
    *diag = (diag_t){0};
    return import_file(&s, diag, r);
}

static u64 stored_rows(const char *home)
{
    bars_t *b = NULL;
    bars_chunk_t *own = NULL;
    diag_t diag = {0};
    u32 n = 0;
    u64 rows = 0;
    bars_query_t q = {.from = I64_MIN};
    CHECK_OK(bars_open(home, true, &diag, &b));
    CHECK_OK(bars_chunks(b, &q, &diag, &own, &n));
    for (u32 i = 0; i < n; i++) {
        rows += own[i].rows;
    }
    free(own);
    bars_close(b);
    return rows;
}

TEST(bad_input)
{
    UNUSED_STATE;
    static const struct {
        const char *name;
        const char *head;
        const char *body;
        err_t err;
        const char *says;
    } cases[] = {
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,nan,1,5,0.0,1.0\n", ERR_NUMBER,
         ":2, column close (6): 'nan'"},
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,1,1,5,0.0,1.0\nA,2015-03-03,1e308,2,1,1,1,5,0.0,1.0\n",
         ERR_OVERFLOW,
         ":3, column open (3): '1e308'"},
        {"sp500.csv", DAILY, "A,2015-03-02,99999999999,2,1,1,1,5,0.0,1.0\n", ERR_OVERFLOW, "column open"},
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,1,1,1.5,0.0,1.0\n", ERR_NUMBER, "column volume (8)"},
        {"sp500.csv", DAILY, "A,2015-02-30,1,2,1,1,1,5,0.0,1.0\n", ERR_SYNTAX, "column timestamp (2)"},
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,1,1,5,-3,1.0\n", ERR_NUMBER, "column dividend_amount"},
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,1,1,5,0.0,0,0\n", ERR_COLUMN, "fields"},
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,1,1,5,0.0,-2\n", ERR_NUMBER, "split"},
        {"sp500.csv", DAILY, "A,1850-03-02,1,2,1,1,1,5,0.0,1.0\n", ERR_PARAM_RANGE, "1900 to 2099"},
        {"sp500.csv", DAILY, "A b,2015-03-02,1,2,1,1,1,5,0.0,1.0\n", ERR_SYNTAX, "'A b'"},
        {"sp500.csv", DAILY, "A,2015-03-02,0,2,1,1,1,5,0.0,1.0\n", ERR_EMPTY,
         "none of its 1 rows can be stored\nread as sp500_daily; non_positive, first at line 2\ndo: correct"},
        {"sp500.csv", DAILY,
         "A,2015-03-02,1,2,1,1,1,5,0.0,1.0\nA,2015-03-03 00:00:00-05:00,1,2,1,1,1,5,0.0,1.0\n",
         ERR_ZONE, ":3, column timestamp"},
        {"yahoo_X_daily.csv", "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n",
         "2015-03-02 00:00:00-05:00,1,2,1,1,5,0,0\n2015-03-03 00:00:00-04:00,1,2,1,1,5,0,0\n", ERR_ZONE,
             ":3, column Date"},
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,1,1,1200.5,0.0,1.0\n", ERR_NUMBER,
         "'1200.5' is a part of a share, and volumes are counted in whole ones\ndo: round"},
        {"sp500.csv", DAILY, "A,2015-03-02,1,2,1,1,1,inf,0.0,1.0\n", ERR_NUMBER,
         "'inf' is not a finite number"},
        {"x.csv", "symbol;date;open;high;low;close;volume\n", "A;2015-03-02;1;2;1;1;5\n", ERR_HEADER,
         "separated by semicolons, and only commas are read\ndo: write it with commas"},
        {"x.csv", "symbol\tdate\topen\n", "A\t2015-03-02\t1\n", ERR_HEADER, "tr '\\t' ','"},
        {"x.csv", "Date,Open,High,Low,Close,Volume\n", "2015-03-02,1,2,1,1,5\n", ERR_COLUMN,
         "there is no column 'symbol'"},
        {"x.csv", "Symbol,Date,Open,High,Low,CLOSE,Close,Volume\n", "A,2015-03-02,1,2,1,1,1,5\n", ERR_COLUMN,
         "there is no column 'close'"},
        {"x.csv", "Symbol,Date,Open,High,Low,Close,Volume,AdjClose,DivCash,SplitFactor\n",
         "A,2015-03-02,1,2,1,1,5,1,0,1\n", ERR_HEADER, "--format: plain_daily, us_daily_2024_2026"},
        {"x.csv", "symbol,date,open\n", "A,2015-03-02,1\n", ERR_HEADER, "do: "},
        {"x.csv", INTRADAY, "A,2025-06-02 09:30:00,1,2,1,1,5\n", ERR_HEADER, "several layouts"},
        {"x_5min.csv", INTRADAY, "A,2025-06-02 09:61:00,1,2,1,1,5\n", ERR_SYNTAX, "column datetime"},
        {"empty.csv", "", "", ERR_HEADER, "empty"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        char path[512];
        diag_t diag;
        import_report_t r;
        home_make(home);
        /* What was there before must be there after. */
        file_write(home, "good_sp500.csv", DAILY, "A,2014-03-03,1,2,1,1,1,5,0.0,1.0\n", path);
        CHECK_OK(import(home, path, false, &diag, &r));
        file_write(home, cases[i].name, cases[i].head, cases[i].body, path);
        err_t err = import(home, path, false, &diag, &r);
        if (err != cases[i].err || strstr(diag.text, cases[i].says) == NULL) {
            print_message("case %zu: %s: %s\n", i, err_name(err), diag.text);
        }
        CHECK_EQ(err, cases[i].err);
        CHECK(strstr(diag.text, cases[i].says) != NULL);
        CHECK(strstr(diag.text, cases[i].name) != NULL);
        CHECK_EQ(stored_rows(home), 1);
        home_remove(home);
    }
}

/* Every layout is told by header and name, and reads a row of its own. */
TEST(layouts_are_told_apart)
{
    UNUSED_STATE;
    static const struct {
        const char *format;
        const char *name;
        const char *text;
    } cases[] = {
        {"cboe_vix_daily", "vix.csv", "DATE,OPEN,HIGH,LOW,CLOSE\n2015-03-02,14,15,13,14.5\n"},
        {"lean_equity_daily", "lean_daily.csv",
         "market,symbol,datetime,open,high,low,close,volume\nusa,spy,20150302 00:00,2100000,2110000,2090000,"
         "2105000,5\n"},
        {"plain_daily", "mine.csv", "symbol,date,open,high,low,close,volume\nA,2015-03-02,1,2,1,1,5\n"},
        {"sp500_daily", "a.csv",
         "symbol,timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n"
         "A,2015-03-02,1,2,1,1,1,5,0.0,1.0\n"},
        {"us_1min", "a_1min.csv",
         "symbol,datetime,open,high,low,close,volume\nA,2025-06-02 09:30:00,1,2,1,1,5\n"},
        {"us_5min", "a_5min.csv",
         "symbol,datetime,open,high,low,close,volume\nA,2025-06-02 09:30:00,1,2,1,1,5\n"},
        {"us_all_2016", "a.csv",
         "symbol,date,open,high,low,close,volume,adj_close,file\nA,2016-03-02,1,2,1,1,5,1,20160302\n"},
        {"us_daily_2024_2026", "a.csv",
         "symbol,date,Close,High,Low,Open,Volume,AdjClose,divcash,splitfactor\n"
         "A,2024-04-01 00:00:00+00:00,1,2,1,1,5,1,0.0,1.0\n"},
        {"plain_daily", "any_case.csv", "Date,Open,High,LOW,Close,Volume,Symbol\n2015-03-02,1,2,1,1,5,A\n"},
        {"yahoo_daily", "yahoo_SPY_daily.csv",
         "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n"
         "2015-03-02 00:00:00-05:00,1,2,1,1,5,0.0,0.0\n"},
    };
    u32 listed = 0;
    while (import_format_at(listed) != NULL) {
        listed++;
    }
    CHECK_EQ(listed, COUNT_OF(cases) - 1); /* one of them twice: as written, and in other letters */
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        char path[512];
        diag_t diag;
        import_report_t r;
        home_make(home);
        file_write(home, cases[i].name, "", cases[i].text, path);
        err_t err = import(home, path, false, &diag, &r);
        if (err != ERR_OK) {
            print_message("%s: %s\n", cases[i].format, diag.text);
        }
        CHECK_OK(err);
        CHECK_STR(r.format, cases[i].format);
        CHECK_EQ(r.rows_stored, 1);
        CHECK(import_format_find(str_from(cases[i].format)) != NULL);
        home_remove(home);
    }
}

TEST(missing_file)
{
    UNUSED_STATE;
    diag_t diag;
    import_report_t r;
    CHECK_EQ(import("/nonexistent-home", "/nonexistent.csv", false, &diag, &r), ERR_NOT_FOUND);
    CHECK(strstr(diag.text, "/nonexistent.csv") != NULL);
}

TEST(every_row_is_counted)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char path[512];
    diag_t diag;
    import_report_t r;
    home_make(home);
    file_write(home, "sp500.csv", DAILY,
               "A,2015-03-02,10,11,9,10,10,5,0.0,1.0\n"
               "A,2015-03-02,10,11,9,10,10,5,0.0,1.0\n"  /* duplicate */
               "A,2015-03-03,10,11,9,12,10,5,0.0,1.0\n"  /* close above high */
               "A,2015-03-04,0,11,9,10,10,5,0.0,1.0\n"   /* zero */
               "A,2015-03-07,10,11,9,10,10,5,0.0,1.0\n"  /* Saturday */
               "A,2015-03-05,10,11,9,x,10,5,0.0,1.0\n"   /* no number */
               "A,2015-03-06,10,11\n"                     /* short */
               "A,2015-03-10,10,11,9,10,10,0,0.0,1.0\n"  /* no volume */
               "A,2015-03-09,10,11,9,10,10,7,0.5,2.0\n", path); /* out of order, stored */
    CHECK_OK(import(home, path, true, &diag, &r));
    CHECK_EQ(r.rows_read, 9);
    CHECK_EQ(r.rows_stored, 3);
    CHECK_EQ(r.rows_rejected, 6);
    static const quality_rule_t once[] = {RULE_DUPLICATE, RULE_OHLC_ORDER, RULE_NON_POSITIVE,
                                          RULE_HOLIDAY_DATE,
                                          RULE_BAD_NUMBER, RULE_BAD_SHAPE, RULE_ZERO_VOLUME,
                                              RULE_OUT_OF_ORDER};
    for (size_t i = 0; i < COUNT_OF(once); i++) {
        CHECK_EQ(r.rule_count[once[i]], 1);
    }
    CHECK_EQ(r.rule_line[RULE_DUPLICATE], 3);
    CHECK_EQ(r.rule_line[RULE_HOLIDAY_DATE], 6);
    CHECK_EQ(r.actions, 2);
    CHECK_EQ(stored_rows(home), 3);
    CHECK_OK(import(home, path, true, &diag, &r));
    CHECK_EQ(r.rows_same, 3);
    CHECK_EQ(stored_rows(home), 3);
    home_remove(home);
}

/* Columns by name: the same rows with the columns turned round give the same bars; known at the session's
 * close. */
TEST(columns_by_name_and_known_time)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char path[512];
    diag_t diag;
    import_report_t r;
    home_make(home);
    file_write(home, "a.csv", "date,splitfactor,divcash,AdjClose,symbol,Volume,Open,Low,High,Close\n",
               "2024-07-03 00:00:00+00:00,1.0,0.0,10.5,AAA,700,10.25,10,11,10.5\n"
               "2024-07-05 00:00:00+00:00,1.0,0.0,10.5,AAA,700,10.25,10,11,10.5\n", path);
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_STR(r.format, "us_daily_2024_2026");
    feed_history_spec_t s = {.home = home, .symbol = "AAA", .timeframe = TF_1D};
    feed_history_t h;
    CHECK_OK(feed_history(&s, &diag, &h));
    CHECK_EQ(h.bar_count, 2);
    CHECK_EQ(h.own_bars[0].open.v, 10250000000);
    CHECK_EQ(h.own_bars[0].low.v, 10000000000);
    CHECK_EQ(h.own_bars[0].high.v, 11000000000);
    CHECK_EQ(h.own_bars[0].close.v, 10500000000);
    char text[36];
    time_print(text, h.own_bars[0].t_known);
    CHECK_STR(text, "2024-07-03T17:00:00Z"); /* half day before the holiday */
    time_print(text, h.own_bars[1].t_known);
    CHECK_STR(text, "2024-07-05T20:00:00Z");
    feed_history_free(&h);
    home_remove(home);
}

/* Killed at any moment, an import has kept all of its file or nothing, and can be run again. */
TEST(killed_at_any_moment)
{
    UNUSED_STATE;
    enum { DAYS = 3000, KILLS = 12 };
    char home[HOME_SIZE];
    char path[512];
    diag_t diag;
    import_report_t r;
    home_make(home);
    char *text = malloc(DAYS * 80);
    CHECK(text != NULL);
    size_t n = 0;
    u64 rows = 0;
    for (date_t d = date_from_ymd(2001, 1, 1); rows < DAYS; d++) {
        session_t s;
        char day[11];
        date_print(day, d);
        if (calendar_session(CAL_NYSE, d, I64_MAX, &s)) {
            n += (size_t)snprintf(text + n, DAYS * 80 - n, "%s,%s,10,11,9,10,10,%d,0.0,1.0\n", rows % 2 == 0
                                  ? "A" : "B", day,
                                  (int)rows + 1);
            rows++;
        }
    }
    file_write(home, "sp500.csv", DAILY, text, path);
    free(text);
    bars_t *b = NULL;
    CHECK_OK(bars_open(home, false, &diag, &b)); /* the tables are there before the first kill */
    bars_close(b);
    for (u32 i = 0; i < KILLS; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            _exit(import(home, path, false, &diag, &r) == ERR_OK ? 0 : 1);
        }
        (void)usleep(1000 + i * 4000);
        (void)kill(child, SIGKILL);
        CHECK_EQ(waitpid(child, NULL, 0), child);
        u64 kept = stored_rows(home);
        CHECK(kept == 0 || kept == DAYS);
    }
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(stored_rows(home), DAYS);
    import_check_spec_t spec = {.home = home};
    import_check_sink_t sink = {0};
    import_check_t found;
    CHECK_OK(import_check(&spec, &sink, &diag, &found)); /* every chunk matches its hash */
    CHECK_EQ(found.rows, DAYS);
    home_remove(home);
}

/* ---- recorded sets ---- */

typedef struct { const char *symbol; const char *date; quality_rule_t rule; bool seen; } flaw_t;

typedef struct {
    flaw_t *flaw;
    u32 flaws;
    u32 missing_days;
    u32 missing_bars;
} seen_t;

static void note(void *ctx, const bars_series_t *s, const quality_fault_t *f)
{
    seen_t *x = ctx;
    char date[11];
    date_print(date, f->date);
    for (u32 i = 0; i < x->flaws; i++) {
        flaw_t *w = &x->flaw[i];
        w->seen |= strcmp(w->symbol, s->symbol) == 0 && strcmp(w->date, date) == 0 && w->rule == f->rule;
    }
    x->missing_days += f->rule == RULE_MISSING_SESSION ? (u32)f->a : 0;
    x->missing_bars += f->rule == RULE_MISSING_BARS ? (u32)(f->a - f->b) : 0;
}

TEST(sp500_flaws_are_found)
{
    UNUSED_STATE;
    static flaw_t flaws[] = {
        {"ABT", "2013-01-02", RULE_DIVIDEND_LARGE, false}, {"EBAY", "2015-07-20", RULE_DIVIDEND_LARGE, false},
        {"HPQ", "2015-11-02", RULE_DIVIDEND_LARGE, false}, {"NI", "2015-07-02", RULE_DIVIDEND_LARGE, false},
        {"JCI", "2012-10-01", RULE_DIVIDEND_LARGE, false}, {"PENN", "2013-11-04", RULE_DIVIDEND_LARGE, false},
        {"DISCK", "2014-08-07", RULE_DIVIDEND_LARGE, false}, {"GOOGL", "2014-04-03", RULE_DIVIDEND_LARGE,
                                                              false},
        {"GNRC", "2010-02-12", RULE_SPLIT_MISMATCH, false}, {"MSI", "2011-01-04", RULE_SPLIT_MISMATCH, false},
        {"SO", "2001-04-03", RULE_DIVIDEND_MISMATCH, false}, {"TRMB", "2007-02-23", RULE_ADJUSTED_COLUMN,
                                                              false},
        {"TRMB", "2007-02-26", RULE_UNBOOKED_ACTION, false}, {"WST", "2004-09-30", RULE_UNBOOKED_ACTION,
                                                              false},
        {"ZBRA", "2003-08-21", RULE_ADJUSTED_COLUMN, false}, {"ZBRA", "2004-08-25", RULE_ADJUSTED_COLUMN,
                                                              false},
        {"TMUS", "2013-05-01", RULE_DIVIDEND_MISMATCH, false}, {"RHI", "2006-07-14", RULE_MISSING_SESSION,
                                                                false},
    };
    char path[512];
    char home[HOME_SIZE];
    diag_t diag;
    import_report_t r;
    if (!data_path("daily/sp500_daily.csv.zst", path, sizeof path)) {
        skip();
    }
    home_make(home);
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(r.rows_read, 1703716);
    CHECK_EQ(r.rows_stored, 1703716);
    CHECK_EQ(r.symbols, 383);
    CHECK_EQ(r.rule_count[RULE_ZERO_VOLUME], 135);
    seen_t seen = {.flaw = flaws, .flaws = COUNT_OF(flaws)};
    import_check_spec_t spec = {.home = home};
    import_check_sink_t sink = {.fault = note, .ctx = &seen};
    import_check_t found;
    CHECK_OK(import_check(&spec, &sink, &diag, &found));
    for (size_t i = 0; i < COUNT_OF(flaws); i++) {
        if (!flaws[i].seen) {
            print_message("not found: %s %s %s\n", flaws[i].symbol, flaws[i].date,
                          quality_rule_name(flaws[i].rule));
        }
        CHECK(flaws[i].seen);
    }
    CHECK_EQ(seen.missing_days, 15); /* SPGI 6, VIAC 5, KIM 3, RHI 1 */
    CHECK_EQ(found.count[RULE_ZERO_VOLUME], 135);
    /* true crashes (AAPL 2000, AIG 2008) are not called splits */
    CHECK(found.count[RULE_UNBOOKED_ACTION] < 10);
    CHECK_EQ(found.rows, 1703716);
    home_remove(home);
}

TEST(intraday_sets)
{
    UNUSED_STATE;
    char path[512];
    char home[HOME_SIZE];
    diag_t diag;
    import_report_t r;
    if (!data_path("intraday/us_1min.csv.zst", path, sizeof path)) {
        skip();
    }
    home_make(home);
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(r.rows_read, 645344);
    CHECK_EQ(r.rows_read, r.rows_stored + r.rows_rejected);
    CHECK_EQ(r.partial_before, date_from_ymd(2026, 1, 22)); /* found by rule */
    CHECK(data_path("intraday/us_5min.csv.zst", path, sizeof path));
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(r.rows_read, 1280320);
    CHECK_EQ(r.rule_count[RULE_OUTSIDE_SESSION], r.rows_rejected);
    CHECK_EQ(r.rows_rejected, 14606 + 62); /* outside 09:30-16:00, and after 13:00 on half days */
    CHECK_EQ(r.partial_before, 0);
    seen_t seen = {0};
    import_check_spec_t spec = {.home = home, .source = "us_5min"};
    import_check_sink_t sink = {.fault = note, .ctx = &seen};
    import_check_t found;
    CHECK_OK(import_check(&spec, &sink, &diag, &found));
    /* The set's description counts 1,213 missing bars against a grid that keeps the few bars printed after
     * 13:00 on half days: (52 - 42 + 47 - 42) x 85 - 62. Against the exchange's hours none is missing. */
    CHECK_EQ(seen.missing_bars, 0);
    home_remove(home);
}

TEST(lean_and_vix)
{
    UNUSED_STATE;
    char path[512];
    char home[HOME_SIZE];
    diag_t diag;
    import_report_t r;
    if (!data_path("daily/lean_equity_daily_trade.csv.zst", path, sizeof path)) {
        skip();
    }
    home_make(home);
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(r.rows_read, 70025);
    CHECK_EQ(r.rows_read, r.rows_stored + r.rows_rejected);
    feed_history_spec_t s = {.home = home, .symbol = "AAPL", .timeframe = TF_1D};
    feed_history_t h;
    CHECK_OK(feed_history(&s, &diag, &h));
    /* Public record: 7:1 on 2014-06-09; dividends of 2.65 on 2012-08-09 and 3.29 on 2014-05-08. */
    u32 found = 0;
    for (u32 i = 0; i < h.action_count; i++) {
        const action_t *a = &h.own_actions[i];
        bool seven = a->kind == ACTION_SPLIT && a->ratio_num == 7 && a->ratio_den == 1;
        found += seven && a->ex_date == date_from_ymd(2014, 6, 9) ? 1 : 0;
        i64 amount = (a->amount.v + 5000000) / 10000000; /* cents: the factors carry seven digits */
        found += a->kind == ACTION_DIVIDEND && a->ex_date == date_from_ymd(2012, 8, 9) && amount == 265 ? 1
            : 0;
        found += a->kind == ACTION_DIVIDEND && a->ex_date == date_from_ymd(2014, 5, 8) && amount == 329 ? 1
            : 0;
    }
    CHECK_EQ(found, 3);
    CHECK_EQ(h.adjusted_to, 0);
    feed_history_free(&h);
    CHECK(data_path("daily/cboe_vix_daily.csv.zst", path, sizeof path));
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(r.rule_count[RULE_OHLC_ORDER], 47);
    CHECK(data_path("daily/yahoo_SPY_daily.csv.zst", path, sizeof path));
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(r.rows_stored, 8318);
    CHECK_EQ(r.adjusted_to, date_from_ymd(2026, 2, 14));
    CHECK(data_path("daily/us_daily_2024_2026.csv.zst", path, sizeof path));
    CHECK_OK(import(home, path, false, &diag, &r));
    CHECK_EQ(r.rows_stored, 10362);
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input),
        cmocka_unit_test(layouts_are_told_apart), cmocka_unit_test(missing_file),
        cmocka_unit_test(every_row_is_counted),
        cmocka_unit_test(columns_by_name_and_known_time), cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(sp500_flaws_are_found),
        cmocka_unit_test(intraday_sets), cmocka_unit_test(lean_and_vix)};
    return RUN_TESTS(tests);
}
