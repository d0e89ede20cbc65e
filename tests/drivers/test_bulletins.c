/* Bulletins out of stored records: what each kind tells and when, what is covered, the order, the window; the
 * same for any order of imports; and the errors of a person who names a set. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "drivers/bulletins.h"
#include "drivers/import_path.h"
#include "drivers/import_records.h"
#include "model/calendar.h"
#include "scan/heard.h"
#include "tests/store/home.h"

static const i64 NOW = 1790000000LL * NS_PER_SEC;
enum { AAPL, GOOG, GOOGL, MSFT, TSLA, NAMES };

static const instrument_t run_names[NAMES] = {
    {.symbol = "AAPL"}, {.symbol = "GOOG"}, {.symbol = "GOOGL"}, {.symbol = "MSFT"}, {.symbol = "TSLA"}};

typedef struct {
    const char *name, *format, *text;
} input_t;

static const input_t inputs[] = {
    {"x.jsonl", "yahoo_headlines",
     "{\"date_publish\": \"2022-03-01 14:00:00\", \"title\": \"Two\\u001b[31m at once\", \"url\": \"u\", "
     "\"mentioned_companies\": [\"AAPL\", \"MSFT\", \"XXX\"], \"sentiment\": {\"negative\": 0.9, "
     "\"neutral\": "
     "0.05, \"positive\": 0.05}}\n"
     "{\"date_publish\": \"2022-03-02 14:00:00\", \"title\": \"Unjudged\", \"url\": \"u\", "
     "\"mentioned_companies\": [\"AAPL\"]}\n"
     "{\"date_publish\": \"2022-06-02 14:00:00\", \"title\": \"Late\", \"url\": \"u\", "
     "\"mentioned_companies\": [\"MSFT\"], \"sentiment\": {\"negative\": 0.1, \"neutral\": 0.1, "
     "\"positive\": "
     "0.8}}\n"},
    {"x.json", "sec_tickers",
     "{\"0\":{\"cik_str\":1318605,\"ticker\":\"TSLA\",\"title\":\"T\"},\"1\":{\"cik_str\":1652044,\"ticker\":"
     "\"GOOG\",\"title\":\"G\"},\"2\":{\"cik_str\":1652044,\"ticker\":\"GOOGL\",\"title\":\"G\"}}\n"},
    {"t.json", "sec_submissions",
     "{\"cik\": \"1318605\", \"name\": \"T\", \"filings\": {\"recent\": {\"accessionNumber\": [\"1\", \"2\", "
     "\"3\", \"4\", \"5\"], \"reportDate\": [\"2022-03-01\", \"2022-03-02\", \"2022-03-31\", \"2022-03-31\", "
     "\"2022-04-01\"], \"acceptanceDateTime\": [\"2022-03-01T16:42:36.000Z\", \"2022-03-02T16:42:36.000Z\", "
     "\"2022-04-25T16:42:36.000Z\", \"2022-04-26T16:42:36.000Z\", \"2022-04-27T16:42:36.000Z\"], \"form\": "
     "[\"8-K\", \"8-K\", \"10-Q\", \"10-Q/A\", \"S-8\"], \"items\": [\"2.02,9.01\", \"5.02\", \"\", \"\", "
     "\"\"], \"primaryDocument\": [\"d\", \"d\", \"d\", \"d\", \"d\"]}}}\n"},
    {"g.json", "sec_submissions",
     "{\"cik\": \"1652044\", \"name\": \"G\", \"filings\": {\"recent\": {\"accessionNumber\": [\"6\"], "
     "\"reportDate\": [\"2022-03-03\"], \"acceptanceDateTime\": [\"2022-03-03T21:01:00.000Z\"], \"form\": "
     "[\"8-K\"], \"items\": [\"7.01\"], \"primaryDocument\": [\"d\"]}}}\n"},
    {"x.xml", "sec_ownership",
     "<ownershipDocument><documentType>4</documentType><periodOfReport>2022-04-28</periodOfReport>"
     "<issuer><issuerCik>0000320193</issuerCik><issuerName>N</issuerName><issuerTradingSymbol>AAPL"
     "</issuerTradingSymbol></issuer><reportingOwner><reportingOwnerId><rptOwnerCik>1</rptOwnerCik>"
     "<rptOwnerName>Cook T</rptOwnerName></reportingOwnerId></reportingOwner><nonDerivativeTable>"
     "<nonDerivativeTransaction><securityTitle><value>Common</value></securityTitle><transactionDate><value>"
     "2022-04-28</value></transactionDate><transactionCoding><transactionFormType>4</transactionFormType>"
     "<transactionCode>S</transactionCode></transactionCoding><transactionAmounts><transactionShares><value>"
     "1000</value></transactionShares><transactionPricePerShare><value>160.5</value>"
     "</transactionPricePerShare></transactionAmounts></nonDerivativeTransaction>"
     "<nonDerivativeTransaction><securityTitle><value>Common</value></securityTitle><transactionDate><value>"
     "2022-04-28</value></transactionDate><transactionCoding><transactionFormType>4</transactionFormType>"
     "<transactionCode>G</transactionCode></transactionCoding><transactionAmounts><transactionShares><value>"
     "1000</value></transactionShares><transactionPricePerShare><value>160.5</value>"
     "</transactionPricePerShare></transactionAmounts></nonDerivativeTransaction>"
     "</nonDerivativeTable><ownerSignature><signatureDate>2022-05-02</signatureDate></ownerSignature>"
     "</ownershipDocument>\n"},
    {"s.json", "senate_trades",
     "[{\"transaction_date\": \"03/10/2022\", \"owner\": \"Self\", \"ticker\": \"MSFT\", "
     "\"asset_description\": \"B\", \"asset_type\": \"Stock\", \"type\": \"Sale (Full)\", \"amount\": "
     "\"$50,001 - $100,000\", \"comment\": \"--\", \"senator\": \"N N\", \"ptr_link\": \"x\"},"
     "{\"transaction_date\": \"03/10/2022\", \"owner\": \"Self\", \"ticker\": \"MSFT\", "
     "\"asset_description\": \"B\", \"asset_type\": \"Stock\", \"type\": \"Exchange\", \"amount\": "
     "\"$50,001 - $100,000\", \"comment\": \"--\", \"senator\": \"N N\", \"ptr_link\": \"x\"}]"},
    {"f.csv", "fear_greed", "Date,Fear Greed,Rating\n2022-03-07,0,fear\n2022-03-08,15.0,fear\n"},
    {"m.csv", "fred_series", "series,date,value\nDGS10,2022-03-08,1.86\nUNRATE,2022-01-01,4.0\n"},
    {"e.csv", "plain_earnings",
     "symbol,due,announced\nMSFT,2022-04-26,2022-03-29\nXXX,2022-04-26,2022-03-29\n"},
};

static void put(const char *home, const input_t *x)
{
    diag_t diag = {0};
    import_report_t r = {0};
    import_spec_t spec = {.home = home, .path = x->name, .format = x->format, .now_ns = NOW};
    import_input_t in = {.name = x->name, .p = (const u8 *)x->text, .n = strlen(x->text), .written_ns = NOW};
    const record_format_desc_t *f = record_format_guess(&spec, &in);
    assert_non_null(f);
    err_t err = import_records(&spec, &in, f, &diag, &r);
    if (err != ERR_OK) {
        print_message("%s: %s\n", x->format, diag.text);
    }
    CHECK_OK(err);
}

static void stock(char home[HOME_SIZE], bool backwards)
{
    home_make(home);
    for (u32 i = 0; i < COUNT_OF(inputs); i++) {
        put(home, &inputs[backwards ? COUNT_OF(inputs) - 1 - i : i]);
    }
}

static bulletins_t hear(const char *home, const char *sources, date_t from, date_t to)
{
    diag_t diag = {0};
    bulletins_t b;
    bulletins_spec_t spec = {.home = home,
                             .sources = sources,
                             .instruments = run_names,
                             .count = NAMES,
                             .from = (i64)from * NS_PER_DAY,
                             .to = (i64)to * NS_PER_DAY};
    err_t err = bulletins_open(&spec, &diag, &b);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
    for (u32 i = 0; i < b.count; i++) {
        CHECK(bulletin_is_sound(&b.own_v[i], NAMES));
        CHECK(i == 0 || b.own_v[i - 1].t_known <= b.own_v[i].t_known);
    }
    return b;
}

static u32 count(const bulletins_t *b, bulletin_kind_t kind, inst_t inst)
{
    u32 n = 0;
    for (u32 i = 0; i < b->count; i++) {
        n += b->own_v[i].kind == kind && b->own_v[i].inst == inst ? 1 : 0;
    }
    return n;
}

static u32 of_kind(const bulletins_t *b, bulletin_kind_t kind)
{
    u32 n = count(b, kind, INST_NONE);
    for (u32 i = 0; i < NAMES; i++) {
        n += count(b, kind, (inst_t)i);
    }
    return n;
}

static const bulletin_t *first(const bulletins_t *b, bulletin_kind_t kind, inst_t inst)
{
    for (u32 i = 0; i < b->count; i++) {
        if (b->own_v[i].kind == kind && b->own_v[i].inst == inst) {
            return &b->own_v[i];
        }
    }
    fail();
    return NULL;
}

static date_t day_of(i64 t)
{
    return (date_t)(t / NS_PER_DAY);
}

TEST(each_kind_tells_its_own)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    stock(home, false);
    bulletins_t b = hear(home, "all", date_from_ymd(2022, 1, 3), 0);
    CHECK_EQ(count(&b, BULLETIN_NEWS, AAPL), 2);
    CHECK_EQ(count(&b, BULLETIN_NEWS, MSFT), 2);
    const bulletin_t *x = first(&b, BULLETIN_NEWS, AAPL);
    CHECK_EQ(x->value, -850000);
    CHECK_STR(x->text, "Two [31m at once"); /* no terminal is steered by a headline */
    CHECK_EQ(x->t_known, (i64)date_from_ymd(2022, 3, 1) * NS_PER_DAY + 14 * NS_PER_HOUR);
    CHECK_EQ(count(&b, BULLETIN_REPORT, TSLA), 2); /* results, and a quarter's report, not its amendment */
    CHECK_EQ(count(&b, BULLETIN_FILING, TSLA), 2); /* who leaves, and the amendment; no S-8 */
    CHECK_STR(first(&b, BULLETIN_REPORT, TSLA)->text, "form 8-K, items 2.02,9.01");
    CHECK_EQ(count(&b, BULLETIN_REPORT, GOOG), 1); /* one filer, two symbols */
    CHECK_EQ(count(&b, BULLETIN_REPORT, GOOGL), 1);
    CHECK_EQ(count(&b, BULLETIN_INSIDER, AAPL), 1); /* a gift is no sale */
    CHECK_EQ(first(&b, BULLETIN_INSIDER, AAPL)->value, -160500 * (i64)BULLETIN_SCALE);
    CHECK_EQ(count(&b, BULLETIN_CONGRESS, MSFT), 1);
    x = first(&b, BULLETIN_CONGRESS, MSFT);
    CHECK_EQ(x->value, -(i64)(75000.5 * BULLETIN_SCALE));
    CHECK_EQ(day_of(x->t_known), date_from_ymd(2022, 4, 25)); /* the longest the law allows */
    CHECK_EQ(count(&b, BULLETIN_MOOD, INST_NONE), 1); /* 0 is a gap of its maker's: marked, not told */
    CHECK_EQ(first(&b, BULLETIN_MOOD, INST_NONE)->value, 15 * (i64)BULLETIN_SCALE);
    CHECK_EQ(first(&b, BULLETIN_YIELD, INST_NONE)->value, 1860000);
    CHECK_EQ(count(&b, BULLETIN_DOLLAR, INST_NONE), 0);
    x = first(&b, BULLETIN_CALENDAR, MSFT);
    CHECK_EQ(calendar_date_at(CAL_NYSE, x->t_event), date_from_ymd(2022, 4, 26));
    CHECK_EQ(calendar_date_at(CAL_NYSE, x->t_known - 1), date_from_ymd(2022, 3, 29));
    for (u32 i = 0; i < b.count; i++) { /* a date is known until it has come */
        bool ends = b.own_v[i].kind == BULLETIN_COVERS && b.own_v[i].value == -(i64)BULLETIN_CALENDAR;
        CHECK(!ends || day_of(b.own_v[i].t_known) == date_from_ymd(2022, 4, 27));
    }
    CHECK_EQ(of_kind(&b, BULLETIN_NEWS), 4);
    CHECK_EQ(of_kind(&b, BULLETIN_REPORT), 4);
    bulletins_close(&b);
    home_remove(home);
}

TEST(a_name_is_covered_from_its_first_word_to_the_last_of_the_kind)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    stock(home, false);
    bulletins_t b = hear(home, "yahoo_headlines", date_from_ymd(2022, 1, 3), 0);
    CHECK_EQ(b.count, 4 + 2 + 1);
    CHECK_EQ(b.own_v[0].kind, BULLETIN_COVERS);
    CHECK_EQ(b.own_v[0].inst, AAPL);
    CHECK_EQ(b.own_v[0].value, BULLETIN_NEWS);
    CHECK_EQ(b.own_v[1].kind, BULLETIN_COVERS);
    CHECK_EQ(b.own_v[1].inst, MSFT);
    CHECK_EQ(b.own_v[0].t_known, b.own_v[2].t_known); /* with the first word, not before it */
    const bulletin_t *end = &b.own_v[b.count - 1];
    CHECK_EQ(end->kind, BULLETIN_COVERS);
    CHECK_EQ(end->inst, INST_NONE);
    CHECK_EQ(end->value, -(i64)BULLETIN_NEWS);
    CHECK_EQ(end->t_known, (i64)date_from_ymd(2022, 6, 3) * NS_PER_DAY + 14 * NS_PER_HOUR);
    bulletins_close(&b);
    b = hear(home, "fear_greed,fred_series", date_from_ymd(2022, 1, 3), 0); /* numbers cover nobody */
    CHECK_EQ(b.count, 2);
    bulletins_close(&b);
    home_remove(home);
}

TEST(the_window_is_the_run_and_a_year_before)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    stock(home, false);
    bulletins_t all = hear(home, "all", date_from_ymd(2022, 1, 3), 0);
    bulletins_t early = hear(home, "all", date_from_ymd(2023, 3, 1), 0); /* a year and a day before */
    bulletins_t late = hear(home, "all", date_from_ymd(2023, 6, 1), 0);
    bulletins_t cut = hear(home, "all", date_from_ymd(2022, 1, 3), date_from_ymd(2022, 3, 2));
    CHECK_EQ(of_kind(&early, BULLETIN_NEWS), of_kind(&all, BULLETIN_NEWS));
    CHECK_EQ(of_kind(&late, BULLETIN_NEWS), 1);
    CHECK_EQ(of_kind(&cut, BULLETIN_NEWS), 2);
    CHECK_EQ(of_kind(&cut, BULLETIN_REPORT), 1);
    for (u32 i = 0; i < cut.count; i++) { /* what ends later is not told to have ended */
        CHECK(cut.own_v[i].t_known < (i64)date_from_ymd(2022, 3, 2) * NS_PER_DAY);
    }
    bulletins_close(&all);
    bulletins_close(&early);
    bulletins_close(&late);
    bulletins_close(&cut);
    home_remove(home);
}

TEST(the_same_rows_tell_the_same)
{
    UNUSED_STATE;
    char a[HOME_SIZE];
    char b[HOME_SIZE];
    stock(a, false);
    stock(b, true);
    bulletins_t x = hear(a, "all", date_from_ymd(2022, 1, 3), 0);
    bulletins_t y = hear(b, "all", date_from_ymd(2022, 1, 3), 0);
    bulletins_t named = hear(a,
                             "fred_series, senate_trades,fear_greed,sec_ownership,plain_earnings,"
                             "sec_submissions,yahoo_headlines,fear_greed",
                             date_from_ymd(2022, 1, 3), 0);
    bulletins_t less = hear(a, "senate_trades", date_from_ymd(2022, 1, 3), 0);
    CHECK_EQ(x.count, y.count);
    CHECK(digest_eq(&x.content, &y.content));
    CHECK(digest_eq(&x.content, &named.content)); /* twice named is once */
    CHECK(!digest_eq(&x.content, &less.content));
    bulletins_close(&x);
    bulletins_close(&y);
    bulletins_close(&named);
    bulletins_close(&less);
    home_remove(a);
    home_remove(b);
}

/* Sessions until the results of MSFT as they are known at the open of that day of March 2022; -1 unknown. */
static f64 due_in(const bulletins_t *b, i32 march)
{
    arena_t arena;
    heard_t h = {0};
    f64 days = -1;
    session_t s;
    CHECK_OK(arena_open(&arena, 1 << 20));
    CHECK_OK(heard_init(&h, &arena, NAMES));
    CHECK(calendar_session(CAL_NYSE, date_from_ymd(2022, 3, march), I64_MAX, &s));
    for (u32 i = 0; i < b->count && b->own_v[i].t_known <= s.open; i++) {
        heard_take(&h, &b->own_v[i]);
    }
    days = heard_earnings(&h, MSFT, s.date, &days) ? days : -1;
    arena_close(&arena);
    return days;
}

/* What is announced on a weekend is known by Monday and not on Friday, and counted in sessions; what is due
 * on a weekend comes behind Friday's session and is past on Monday. */
TEST(weekends_are_no_sessions)
{
    UNUSED_STATE;
    static const struct {
        const char *row;
        struct {
            i32 march;
            f64 days;
        } asked[5];
    } cases[] = {
        {"MSFT,2022-03-09,2022-03-05", {{4, -1}, {7, 2}, {8, 1}, {9, 0}, {10, -1}}}, /* Saturday */
        {"MSFT,2022-03-09,2022-03-06", {{4, -1}, {7, 2}, {8, 1}, {9, 0}, {10, -1}}}, /* Sunday */
        {"MSFT,2022-03-15,2022-03-05", {{4, -1}, {7, 6}, {11, 2}, {14, 1}, {15, 0}}},
        {"MSFT,2022-03-12,2022-03-05", {{4, -1}, {7, 4}, {10, 1}, {11, 0}, {14, -1}}}, /* due on a Saturday */
        {"MSFT,2022-03-13,2022-03-06", {{4, -1}, {7, 4}, {10, 1}, {11, 0}, {14, -1}}},
        {"MSFT,2022-03-05,2022-03-05", {{3, -1}, {4, -1}, {7, -1}, {8, -1}, {9, -1}}}, /* told when it came */
        {"MSFT,2022-03-11,2022-03-04", {{4, -1}, {7, 4}, {8, 3}, {11, 0}, {14, -1}}},  /* Friday's close */
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char text[256];
        char home[HOME_SIZE];
        home_make(home);
        /* Another name's later date keeps the kind covered. */
        (void)snprintf(text, sizeof text, "symbol,due,announced\n%s\nAAPL,2022-04-20,2022-03-01\n",
                       cases[i].row);
        put(home, &(input_t){"e.csv", "plain_earnings", text});
        bulletins_t b = hear(home, "plain_earnings", date_from_ymd(2022, 1, 3), 0);
        for (u32 k = 0; k < COUNT_OF(cases[i].asked); k++) {
            f64 days = due_in(&b, cases[i].asked[k].march);
            if (days != cases[i].asked[k].days) {
                print_message("%s on 2022-03-%d: %g\n", cases[i].row, (int)cases[i].asked[k].march, days);
            }
            CHECK(days == cases[i].asked[k].days);
        }
        bulletins_close(&b);
        home_remove(home);
    }
}

/* ---- who may be traded ---- */

static const input_t lists[] = {
    {"l.csv", "lean_etf_universe",
     "etf,file_date,symbol,sid,constituent_date,weight,shares,market_value\n"
     "spy,20220301,AAPL,A B,20220228,0.01,5,6\nspy,20220301,MSFT,A B,20220228,0.01,5,6\n"
     "spy,20220302,MSFT,A B,20220301,0.01,5,6\nspy,20220302,TSLA,A B,20220301,0.01,5,6\n"
     "spy,20220302,XXX,A B,20220301,0.01,5,6\nqqq,20220301,GOOG,A B,20220228,0.01,5,6\n"
     "dia,20220301,XXX,A B,20220228,0.01,5,6\n"},
    {"c.csv", "sp500_constituents",
     "Symbol,Security,GICS Sector,GICS Sub-Industry,Headquarters Location,Date added,CIK,Founded\n"
     "MSFT,M,Information Technology,X,Y,1994-06-01,789019,1975\n"
     "TSLA,T,Consumer Discretionary,X,Y,2020-12-21,1318605,2003\n"},
};

static err_t open_members(const char *home, const char *members, date_t to, bulletins_t *b, diag_t *diag)
{
    bulletins_spec_t spec = {.home = home,
                             .members = members,
                             .instruments = run_names,
                             .count = NAMES,
                             .from = (i64)date_from_ymd(2022, 1, 3) * NS_PER_DAY,
                             .to = (i64)to * NS_PER_DAY};
    *diag = (diag_t){0};
    return bulletins_open(&spec, diag, b);
}

static void expect_member(const bulletins_t *b, u32 i, inst_t inst, i64 value, date_t day)
{
    CHECK(i < b->count);
    CHECK_EQ(b->own_v[i].kind, BULLETIN_MEMBER);
    CHECK_EQ(b->own_v[i].inst, inst);
    CHECK_EQ(b->own_v[i].value, value * BULLETIN_SCALE);
    CHECK_EQ(day_of(b->own_v[i].t_known), day);
}

TEST(a_list_says_who_may_be_traded_when)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    diag_t diag;
    bulletins_t b;
    home_make(home);
    for (u32 i = 0; i < COUNT_OF(lists); i++) {
        put(home, &lists[i]);
    }
    CHECK_OK(open_members(home, "lean_etf_universe/spy", 0, &b, &diag));
    CHECK_EQ(b.count, 1 + 2 + 2);
    CHECK_EQ(b.own_v[0].kind, BULLETIN_COVERS);
    CHECK_EQ(b.own_v[0].value, BULLETIN_MEMBER);
    CHECK(!b.members_since);
    expect_member(&b, 1, AAPL, 1, date_from_ymd(2022, 3, 1));
    expect_member(&b, 2, MSFT, 1, date_from_ymd(2022, 3, 1));
    expect_member(&b, 3, AAPL, -1, date_from_ymd(2022, 3, 2));
    expect_member(&b, 4, TSLA, 1, date_from_ymd(2022, 3, 2));
    bulletins_close(&b);
    CHECK_OK(open_members(home, "lean_etf_universe/SPY", date_from_ymd(2022, 3, 2), &b, &diag));
    CHECK_EQ(b.count, 1 + 2); /* what is known later is not told */
    bulletins_close(&b);
    CHECK_OK(open_members(home, "sp500_constituents", 0, &b, &diag));
    CHECK(b.members_since);
    CHECK_EQ(b.count, 1 + 2);
    expect_member(&b, 1, MSFT, 1, date_from_ymd(1994, 6, 1));
    expect_member(&b, 2, TSLA, 1, date_from_ymd(2020, 12, 21));
    bulletins_close(&b);
    home_remove(home);
}

TEST(a_list_that_says_nothing_is_named)
{
    UNUSED_STATE;
    static const struct {
        const char *members;
        i32 to; /* of January 2022; 0 none */
        err_t err;
        const char *says;
    } cases[] = {{"lean_etf_universe", 0, ERR_USAGE, "name one, as in --members lean_etf_universe/"},
                 {"lean_etf_universe", 0, ERR_USAGE, "\nit has DIA, QQQ, SPY\n"},
                 {"lean_etf_universe/XXX", 0, ERR_USAGE, "has no such list\nit has DIA, QQQ, SPY\n"},
                 {"lean_etf_universe/DIA", 0, ERR_EMPTY, "no name of the run stands in the list"},
                 {"lean_etf_universe/SPY", 20, ERR_EMPTY, "known from 2022-03-01 on"},
                 {"yahoo_headlines", 0, ERR_NOT_FOUND, "no such set of members"},
                 {"", 0, ERR_NOT_FOUND, "no such set of members"}};
    char home[HOME_SIZE];
    home_make(home);
    for (u32 i = 0; i < COUNT_OF(lists); i++) {
        put(home, &lists[i]);
    }
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        diag_t diag;
        bulletins_t b;
        date_t to = cases[i].to == 0 ? 0 : date_from_ymd(2022, 1, cases[i].to);
        CHECK_EQ(open_members(home, cases[i].members, to, &b, &diag), cases[i].err);
        CHECK(strstr(diag.text, cases[i].says) != NULL);
        CHECK(strstr(diag.text, "do: ") != NULL);
    }
    home_remove(home);
}

/* As many as there is room for, and how many those are not. */
TEST(many_lists_are_counted)
{
    UNUSED_STATE;
    static char text[4096];
    char home[HOME_SIZE];
    diag_t diag;
    bulletins_t b;
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "etf,file_date,symbol,sid,constituent_date,weight,shares,market_value\n");
    for (u32 i = 10; i < 60; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "fund%u,20220301,AAPL,A B,20220228,0.01,5,6\n", i);
    }
    home_make(home);
    put(home, &(input_t){"l.csv", "lean_etf_universe", text});
    CHECK_EQ(open_members(home, "lean_etf_universe", 0, &b, &diag), ERR_USAGE);
    u32 told = 0;
    for (const char *at = strstr(diag.text, "it has "); (at = strstr(at, "FUND")) != NULL; at++) {
        told++;
    }
    u32 more = 0;
    const char *and = strstr(diag.text, " and ");
    CHECK(and != NULL && sscanf(and, " and %u more\ndo: name one", &more) == 1);
    CHECK(told > 10 && told + more == 50 + 1); /* the remedy names one of them again */
    home_remove(home);
}

TEST(a_set_that_cannot_be_heard_is_named)
{
    UNUSED_STATE;
    static const struct {
        const char *sources;
        err_t err;
        const char *says;
    } cases[] = {{"yahoo_headline", ERR_NOT_FOUND, "did you mean yahoo_headlines?"},
                 {"fear_greed,nothing_of_it", ERR_NOT_FOUND, "there is no such set of records"},
                 {"sec_tickers", ERR_USAGE, "nothing in this set can be heard"}};
    char home[HOME_SIZE];
    stock(home, false);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        diag_t diag = {0};
        bulletins_t b;
        bulletins_spec_t spec = {
            .home = home, .sources = cases[i].sources, .instruments = run_names, .count = NAMES};
        CHECK_EQ(bulletins_open(&spec, &diag, &b), cases[i].err);
        CHECK(strstr(diag.text, cases[i].says) != NULL);
        CHECK(strstr(diag.text, "do: ") != NULL);
    }
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_tells_its_own),
        cmocka_unit_test(a_name_is_covered_from_its_first_word_to_the_last_of_the_kind),
        cmocka_unit_test(the_window_is_the_run_and_a_year_before),
        cmocka_unit_test(the_same_rows_tell_the_same),
        cmocka_unit_test(weekends_are_no_sessions),
        cmocka_unit_test(a_list_says_who_may_be_traded_when),
        cmocka_unit_test(a_list_that_says_nothing_is_named),
        cmocka_unit_test(many_lists_are_counted),
        cmocka_unit_test(a_set_that_cannot_be_heard_is_named)};
    return RUN_TESTS(tests);
}
