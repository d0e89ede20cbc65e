/* Rules over whole sets of records: each fault is found where it was planted, and nowhere else. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "drivers/import_records.h"
#include "drivers/records_check.h"
#include "tests/store/home.h"

enum { TEXT_SIZE = 1 << 20, STRIKES = 120 };

static const char HEAD[] =
    "underlying,file_date,expiry,strike,right,open,high,low,close,volume,open_interest,"
    "implied_volatility,delta,gamma,vega,theta,rho\n";

typedef struct {
    char text[TEXT_SIZE];
    size_t n;
} page_t;

static void line(page_t *p, const char *date, u32 strike, char right, f64 price, f64 iv)
{
    p->n += (size_t)snprintf(p->text + p->n, TEXT_SIZE - p->n,
                             "abc,%s,20140718,%u,%c,%.2f,%.2f,%.2f,%.2f,5,%u,%.4f,0,0,0,0,0\n", date, strike,
                             right, price, price, price, price, strike, iv);
}

/* A chain around 500 with a volatility of 0.2 for a month: a straddle at the money is worth about
 * 500 x 0.2 x 0.7979 x sqrt(30 / 365). `iv` is what the file states, `shift` moves the prices. */
static void chain(page_t *p, const char *date, f64 iv, f64 shift)
{
    p->n += (size_t)snprintf(p->text + p->n, TEXT_SIZE - p->n, "abc,%s,,,,500,500,500,500,9,,,,,,,\n", date);
    for (u32 i = 0; i < STRIKES; i++) {
        u32 strike = 440 + i;
        f64 inner = (f64)strike > 500 ? (f64)strike - 500 : 500 - (f64)strike;
        f64 half = 22.87 / 2 * (inner < 25 ? 1 : 0.3);
        line(p, date, strike, 'C', half + shift, iv);
        line(p, date, strike, 'P', half + shift, iv);
    }
}

typedef struct {
    u32 n;
    records_fault_t fault[16];
} found_t;

static void keep(void *ctx, const records_fault_t *f)
{
    found_t *found = ctx;
    CHECK(found->n < COUNT_OF(found->fault));
    found->fault[found->n++] = *f;
}

static void check(const char *home, const char *name, const char *text, found_t *found)
{
    import_spec_t spec = {.home = home, .path = name, .now_ns = 1790000000LL * NS_PER_SEC};
    import_input_t in = {.name = name, .p = (const u8 *)text, .n = strlen(text), .written_ns = NS_PER_DAY};
    import_report_t r;
    records_check_t out;
    diag_t diag = {0};
    records_check_sink_t sink = {.fault = keep, .ctx = found};
    const record_format_desc_t *f = record_format_guess(&spec, &in);
    assert_non_null(f);
    CHECK_OK(import_records(&spec, &in, f, &diag, &r));
    CHECK_OK(records_check(home, NULL, &sink, &diag, &out));
    CHECK(out.rows == r.rows_stored);
}

TEST(chains)
{
    UNUSED_STATE;
    static const struct {
        f64 iv;
        f64 shift; /* of the second session */
        quality_rule_t rule;
        const char *date;
    } cases[] = {
        {0.20, 0.05, RULE_SOUND, ""},
        {0.80, 0.05, RULE_GREEKS_WRONG, "2014-06-19"}, /* both sessions */
        {0.00, 0.05, RULE_GREEKS_WRONG, "2014-06-19"},
        {0.20, 0, RULE_STALE_CHAIN, "2014-06-20"},
    };
    static page_t page;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        char date[11] = "";
        found_t found = {0};
        home_make(home);
        page.n = (size_t)snprintf(page.text, TEXT_SIZE, "%s", HEAD);
        chain(&page, "20140619", cases[i].iv, 0);
        chain(&page, "20140620", cases[i].iv, cases[i].shift);
        check(home, "x.csv", page.text, &found);
        u32 want = cases[i].rule == RULE_SOUND ? 0 : cases[i].rule == RULE_GREEKS_WRONG ? 2 : 1;
        CHECK_EQ(found.n, want);
        if (want > 0) {
            date_print(date, found.fault[0].fault.date);
            CHECK_EQ(found.fault[0].fault.rule, cases[i].rule);
        }
        CHECK_STR(date, cases[i].date);
        home_remove(home);
    }
}

TEST(volume)
{
    UNUSED_STATE;
    static page_t page;
    for (u32 zeros = 0; zeros < 2; zeros++) {
        char home[HOME_SIZE];
        found_t found = {0};
        home_make(home);
        page.n = (size_t)snprintf(page.text, TEXT_SIZE, "symbol,Datetime,Close,High,Low,Open,Volume\n");
        for (u32 i = 0; i < 1200; i++) {
            page.n += (size_t)snprintf(page.text + page.n, TEXT_SIZE - page.n,
                                       "X,2026-01-%02u %02u:%02u:00+00:00,10,12,9,11,%u\n", 10 + i / 288,
                                       i % 288 / 12, i % 12 * 5, zeros == 1 && i % 2 == 0 ? 0 : 5);
        }
        check(home, "x.csv", page.text, &found);
        CHECK_EQ(found.n, zeros);
        if (zeros == 1) {
            CHECK_EQ(found.fault[0].fault.rule, RULE_ZERO_VOLUME);
            CHECK_STR(found.fault[0].series, "X");
        }
        home_remove(home);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chains), cmocka_unit_test(volume)};
    return RUN_TESTS(tests);
}
