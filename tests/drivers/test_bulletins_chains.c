/* Stored option chains as they are heard: by their own prices, at the moment they were known, by the dates
 * known then; what is marked, crossed, corrected or of no name of the run; and recorded chains. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "drivers/bulletins.h"
#include "drivers/import_path.h"
#include "drivers/import_records.h"
#include "drivers/records_build.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "tests/store/home.h"

static const i64 NOW = 1790000000LL * NS_PER_SEC;
enum { AAPL, GOOG, SPY, TWX, NAMES, TEXT = 1 << 13 };
static const instrument_t run_names[NAMES] = {
    {.symbol = "AAPL"}, {.symbol = "GOOG"}, {.symbol = "SPY"}, {.symbol = "TWX"}};

#define CHECK_NEAR(a, b, most) CHECK(q_abs((a) - (b)) <= (most))
#define HEADER "underlying,date,expiry,strike,right,spot,bid,ask,iv,open_interest\n"
/* The chain of tests/quant/options/test_chain_digest.c, thirty days before its end; its source says that the
 * price is 90 and all volatilities are nine. */
#define THREE(name, date, expiry)                                                                            \
    name "," date "," expiry ",95,C,90,6.4,6.6,9.0,100\n" name "," date "," expiry                           \
         ",95,P,90,0.55,0.65,9.0,300\n" name "," date "," expiry ",100,C,90,2.9,3.1,9.0,500\n" name "," date \
         "," expiry ",100,P,90,1.9,2.1,9.0,200\n" name "," date "," expiry                                   \
         ",105,C,90,0.85,0.95,9.0,400\n" name "," date "," expiry ",105,P,90,5.0,5.2,9.0,50\n"

static void put(const char *home, const char *name, const char *format, const char *text)
{
    diag_t diag = {0};
    import_report_t r = {0};
    import_spec_t spec = {.home = home, .path = name, .format = format, .now_ns = NOW};
    import_input_t in = {.name = name, .p = (const u8 *)text, .n = strlen(text), .written_ns = NOW};
    const record_format_desc_t *f = record_format_guess(&spec, &in);
    assert_non_null(f);
    err_t err = import_records(&spec, &in, f, &diag, &r);
    if (err != ERR_OK) {
        print_message("%s: %s\n", format, diag.text);
    }
    CHECK_OK(err);
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

/* The k-th of a kind and name; NULL. */
static const bulletin_t *find(const bulletins_t *b, bulletin_kind_t kind, inst_t inst, u32 k)
{
    for (u32 i = 0; i < b->count; i++) {
        if (b->own_v[i].kind == kind && b->own_v[i].inst == inst && k-- == 0) {
            return &b->own_v[i];
        }
    }
    return NULL;
}

static f64 value(const bulletins_t *b, bulletin_kind_t kind, inst_t inst, u32 k)
{
    const bulletin_t *x = find(b, kind, inst, k);
    assert_non_null(x);
    return bulletin_value(x);
}

static i64 close_of(i32 y, i32 m, i32 d)
{
    session_t s;
    CHECK(calendar_session(CAL_NYSE, date_from_ymd(y, m, d), I64_MAX, &s));
    return s.close;
}

TEST(a_chain_is_heard_by_its_prices)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    put(home, "c.csv", "plain_chain",
        HEADER THREE("AAPL", "2025-01-15", "2025-02-14") THREE("XXX", "2025-01-15", "2025-02-14")
            THREE("AAPL", "2025-01-16", "2025-02-14"));
    put(home, "e.csv", "plain_earnings",
        "symbol,due,announced\nAAPL,2025-02-13,2025-01-02\nAAPL,2025-02-12,2025-01-20\n");
    for (u32 all = 0; all < 2; all++) {
        bulletins_t b = hear(home, all ? "all" : "plain_chain,plain_earnings", date_from_ymd(2025, 1, 2), 0);
        i64 close = close_of(2025, 1, 15);
        const bulletin_t *iv = find(&b, BULLETIN_IV, AAPL, 0);
        assert_non_null(iv);
        CHECK_NEAR(bulletin_value(iv), 0.212291, 1e-6);
        CHECK(iv->t_known == close && iv->t_event == close);
        CHECK_NEAR(value(&b, BULLETIN_GAMMA, AAPL, 0), 313621.178744, 1e-4);
        CHECK_NEAR(value(&b, BULLETIN_FLIP, AAPL, 0), 92.47904 / 101 - 1, 4e-6);
        CHECK_STR(find(&b, BULLETIN_FLIP, AAPL, 0)->text, "92.48");
        CHECK_NEAR(value(&b, BULLETIN_MAX_PAIN, AAPL, 0), 100.0 / 101 - 1, 1e-6);
        CHECK_STR(find(&b, BULLETIN_MAX_PAIN, AAPL, 0)->text, "100.00");
        CHECK_NEAR(value(&b, BULLETIN_MOVE, AAPL, 0), 0.048553, 1e-6);
        CHECK_EQ(calendar_date_at(CAL_NYSE, find(&b, BULLETIN_MOVE, AAPL, 0)->t_event),
                 date_from_ymd(2025, 2, 14));
        CHECK(find(&b, BULLETIN_IV, AAPL, 1) != NULL && find(&b, BULLETIN_IV, AAPL, 2) == NULL);
        u32 covers = 0, ends = 0;
        for (u32 i = 0; i < b.count; i++) {
            const bulletin_t *x = &b.own_v[i];
            covers += x->kind == BULLETIN_COVERS && x->value == BULLETIN_IV && x->inst == AAPL ? 1 : 0;
            bool end = x->kind == BULLETIN_COVERS && x->value == -(i64)BULLETIN_IV;
            CHECK(!end || x->t_known == close_of(2025, 1, 16) + NS_PER_DAY);
            ends += end ? 1 : 0;
        }
        CHECK(covers == 1 && ends == 1);
        bulletins_close(&b);
    }
    bulletins_t b = hear(home, "plain_chain", date_from_ymd(2025, 1, 2), 0);
    CHECK(find(&b, BULLETIN_MOVE, AAPL, 0) == NULL); /* nobody says when results are due */
    bulletins_close(&b);
    b = hear(home, "plain_chain", date_from_ymd(2025, 1, 2), date_from_ymd(2025, 1, 16));
    CHECK(find(&b, BULLETIN_IV, AAPL, 0) != NULL && find(&b, BULLETIN_IV, AAPL, 1) == NULL);
    bulletins_close(&b);
    home_remove(home);
}

TEST(the_expiry_is_chosen_by_dates_that_were_known)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    put(home, "c.csv", "plain_chain",
        HEADER THREE("GOOG", "2025-01-15", "2025-01-31") THREE("GOOG", "2025-01-15", "2025-02-14")
            THREE("GOOG", "2025-01-21", "2025-01-31") THREE("GOOG", "2025-01-21", "2025-02-14"));
    put(home, "e.csv", "plain_earnings",
        "symbol,due,announced\nGOOG,2025-02-13,2025-01-02\nGOOG,2025-01-22,2025-01-17\nTWX,2025-01-16,2025-"
        "01-02\n");
    bulletins_t b = hear(home, "all", date_from_ymd(2025, 1, 2), 0);
    const bulletin_t *x = find(&b, BULLETIN_MOVE, GOOG, 0);
    const bulletin_t *y = find(&b, BULLETIN_MOVE, GOOG, 1);
    assert_true(x != NULL && y != NULL);
    CHECK_EQ(calendar_date_at(CAL_NYSE, x->t_event), date_from_ymd(2025, 2, 14));
    CHECK_EQ(calendar_date_at(CAL_NYSE, y->t_event), date_from_ymd(2025, 1, 31));
    bulletins_close(&b);
    home_remove(home);
}

/* A company that moves its results to a later day has one date, for chains as for the engine. */
TEST(a_date_that_was_moved_is_gone)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    put(home, "c.csv", "plain_chain",
        HEADER THREE("GOOG", "2025-01-15", "2025-01-31") THREE("GOOG", "2025-01-15", "2025-02-14"));
    put(home, "e.csv", "plain_earnings",
        "symbol,due,announced\nGOOG,2025-01-22,2025-01-02\nGOOG,2025-02-13,2025-01-10\n");
    bulletins_t b = hear(home, "all", date_from_ymd(2025, 1, 2), 0);
    const bulletin_t *x = find(&b, BULLETIN_MOVE, GOOG, 0);
    assert_non_null(x);
    CHECK_EQ(calendar_date_at(CAL_NYSE, x->t_event), date_from_ymd(2025, 2, 14));
    bulletins_close(&b);
    home_remove(home);
}

/* A correction is heard when it was known, as a chain of its own; what was heard before stays as it was. */
TEST(a_correction_is_heard_when_it_is_known)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    put(home, "c.csv", "plain_chain", HEADER THREE("AAPL", "2025-01-15", "2025-02-14"));
    put(home, "c.csv", "plain_chain", HEADER "AAPL,2025-01-15,2025-02-14,105,C,90,1.85,1.95,9.0,4000\n");
    bulletins_t b = hear(home, "plain_chain", date_from_ymd(2025, 1, 2), 0);
    const bulletin_t *first = find(&b, BULLETIN_IV, AAPL, 0);
    const bulletin_t *second = find(&b, BULLETIN_IV, AAPL, 1);
    assert_true(first != NULL && second != NULL && find(&b, BULLETIN_IV, AAPL, 2) == NULL);
    CHECK_NEAR(bulletin_value(first), 0.212291, 1e-6);
    CHECK(first->t_known == close_of(2025, 1, 15) && second->t_event == first->t_event);
    CHECK(second->t_known > first->t_known + 300 * NS_PER_DAY && bulletin_value(second) > 0.22);
    CHECK(value(&b, BULLETIN_GAMMA, AAPL, 1) > 4 * value(&b, BULLETIN_GAMMA, AAPL, 0));
    bulletins_close(&b);
    home_remove(home);
}

/* `data build` writes the same prices again, beside its own figures: what it says is what has been said. */
TEST(a_set_that_was_built_of_it_says_nothing_new)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    diag_t diag = {0};
    records_build_t r;
    home_make(home);
    put(home, "c.csv", "plain_chain", HEADER THREE("AAPL", "2025-01-15", "2025-02-14"));
    bulletins_t once = hear(home, "all", date_from_ymd(2025, 1, 2), 0);
    records_build_spec_t s = {.home = home, .source = "plain_chain", .now_ns = NOW};
    CHECK_OK(records_build(&s, &diag, &r));
    bulletins_t twice = hear(home, "all", date_from_ymd(2025, 1, 2), 0);
    bulletins_t own = hear(home, "plain_chain.own", date_from_ymd(2025, 1, 2), 0);
    CHECK(once.count > 8 && digest_eq(&once.content, &twice.content));
    CHECK(digest_eq(&once.content, &own.content));
    bulletins_close(&once);
    bulletins_close(&twice);
    bulletins_close(&own);
    home_remove(home);
}

TEST(what_no_price_carries_is_not_heard)
{
    UNUSED_STATE;
    static const struct {
        const char *rows;
        bool iv, gamma, pain;
    } cases[] = {
        {"AAPL,2025-01-15,2025-02-14,100,C,90,2.9,3.1,9.0,5\n"
         "AAPL,2025-01-15,2025-02-14,100,P,90,1.9,2.1,9.0,5\n",
         false, true, true}, /* one strike */
        {"AAPL,2025-01-15,2025-02-14,95,P,90,0.55,0.65,9.0,\nAAPL,2025-01-15,2025-02-14,100,C,90,2.9,3.1,9.0,"
         "\n"
         "AAPL,2025-01-15,2025-02-14,100,P,90,1.9,2.1,9.0,\nAAPL,2025-01-15,2025-02-14,105,C,90,0.85,0.95,9."
         "0,\n",
         true, false, false}, /* nothing is known to be open */
        {"AAPL,2025-01-15,2025-02-14,95,P,90,0.55,0.65,9.0,1\nAAPL,2025-01-15,2025-02-14,100,C,90,3.1,2.9,9."
         "0,1\n"
         "AAPL,2025-01-15,2025-02-14,100,P,90,1.9,2.1,9.0,1\nAAPL,2025-01-15,2025-02-14,105,C,90,0.85,0.95,9."
         "0,1\n",
         false, false, false}, /* the only pair's quote is crossed: there is no forward */
        {"AAPL,2025-01-15,2025-02-14,95,P,90,0.55,0.65,9.0,1\nAAPL,2025-01-15,2025-02-14,100,C,90,0,6,9.0,1\n"
         "AAPL,2025-01-15,2025-02-14,100,P,90,1.9,2.1,9.0,1\nAAPL,2025-01-15,2025-02-14,105,C,90,0.85,0.95,9."
         "0,1\n",
         false, false, false},                                            /* nobody bids */
        {THREE("AAPL", "2025-01-15", "2025-01-15"), false, false, false}, /* it ends today */
        {THREE("AAPL", "2025-01-15", "2026-02-13"), false, true, true},   /* a year says nothing of a month */
        {"AAPL,2025-01-15,2025-02-14,95,P,90,55,65,9.0,1\nAAPL,2025-01-15,2025-02-14,100,C,90,2.9,3.1,9.0,1\n"
         "AAPL,2025-01-15,2025-02-14,100,P,90,1.9,2.1,9.0,1\nAAPL,2025-01-15,2025-02-14,105,C,90,850,950,9.0,"
         "1\n",
         false, true, true}, /* nothing believable above the forward; the put at 100 still is */
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        char text[TEXT];
        home_make(home);
        (void)snprintf(text, sizeof text, HEADER "%s", cases[i].rows);
        put(home, "c.csv", "plain_chain", text);
        bulletins_t b = hear(home, "plain_chain", date_from_ymd(2025, 1, 2), 0);
        CHECK_EQ(find(&b, BULLETIN_IV, AAPL, 0) != NULL, cases[i].iv);
        CHECK_EQ(find(&b, BULLETIN_GAMMA, AAPL, 0) != NULL, cases[i].gamma);
        CHECK_EQ(find(&b, BULLETIN_MAX_PAIN, AAPL, 0) != NULL, cases[i].pain);
        bulletins_close(&b);
        home_remove(home);
    }
}

/* The last price stands in only where a source quotes nothing at all. */
TEST(a_last_price_is_no_quote)
{
    UNUSED_STATE;
    static const struct {
        const char *quote; /* of the call at the money, whose last price is 3 */
        bool iv;
    } cases[] = {{",", true}, {"2.9,3.1", true}, {"3.1,2.9", false}, {"0,3.1", false}, {"2.9,", false}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char home[HOME_SIZE];
        char text[TEXT];
        home_make(home);
        (void)snprintf(text, sizeof text,
                       "underlying,date,expiry,strike,right,spot,bid,ask,close\n"
                       "aapl,2025-01-15,2025-02-14,95,P,90,,,0.6\naapl,2025-01-15,2025-02-14,100,C,90,%s,3\n"
                       "aapl,2025-01-15,2025-02-14,100,P,90,,,2\naapl,2025-01-15,2025-02-14,105,C,90,,,0.9\n",
                       cases[i].quote);
        put(home, "c.csv", "plain_chain", text);
        bulletins_t b = hear(home, "plain_chain", date_from_ymd(2025, 1, 2), 0);
        const bulletin_t *x = find(&b, BULLETIN_IV, AAPL, 0);
        CHECK_EQ(x != NULL, cases[i].iv);
        CHECK(x == NULL || q_abs(bulletin_value(x) - 0.212291) < 1e-6);
        bulletins_close(&b);
        home_remove(home);
    }
}

/* False: the data is not here. */
static bool import(const char *home, const char *file)
{
    char path[512];
    diag_t diag = {0};
    import_sum_t sum = {0};
    import_sink_t sink = {0};
    import_spec_t spec = {.home = home, .path = path, .now_ns = NOW};
    if (!data_path(file, path, sizeof path)) {
        return false;
    }
    err_t err = import_path(&spec, &sink, &diag, &sum);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
    return true;
}

/* SPY at the close of 14 September 2023: the volatility index of that day closed at 12.82. Lean's chains are
 * of last prices, their own volatilities four times too high; each is known at the next session's open. */
TEST(recorded_chains)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    if (!import(home, "options/cboe_spy_2023-09-14.csv.zst") ||
        !import(home, "options/lean_option_chain_eod.csv.zst")) {
        home_remove(home);
        skip();
    }
    bulletins_t b = hear(home, "all", date_from_ymd(2014, 6, 1), 0);
    for (u32 k = 0; k < 4; k++) { /* the days on which the set is good, by its notes */
        const bulletin_t *x = find(&b, BULLETIN_IV, AAPL, k);
        assert_non_null(x);
        print_message("# AAPL %u: %.4f\n", k, bulletin_value(x));
        CHECK(bulletin_value(x) > 0.18 && bulletin_value(x) < 0.26);
        CHECK_EQ(x->t_event, close_of(2014, 6, 2 + (i32)k));
        CHECK(x->t_known > x->t_event + 17 * NS_PER_HOUR && x->t_known < x->t_event + 18 * NS_PER_HOUR);
    }
    CHECK(find(&b, BULLETIN_IV, GOOG, 3) != NULL && find(&b, BULLETIN_IV, TWX, 1) != NULL);
    CHECK_NEAR(value(&b, BULLETIN_IV, SPY, 0), 0.106, 0.01);
    CHECK(value(&b, BULLETIN_GAMMA, SPY, 0) > 1e7 && value(&b, BULLETIN_GAMMA, AAPL, 0) > 1e7);
    CHECK(q_abs(value(&b, BULLETIN_MAX_PAIN, SPY, 0)) < 0.05);
    CHECK(find(&b, BULLETIN_MOVE, SPY, 0) == NULL);
    bulletins_close(&b);
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_chain_is_heard_by_its_prices),
                                       cmocka_unit_test(the_expiry_is_chosen_by_dates_that_were_known),
        cmocka_unit_test(a_date_that_was_moved_is_gone),
                                       cmocka_unit_test(a_correction_is_heard_when_it_is_known),
                                       cmocka_unit_test(a_set_that_was_built_of_it_says_nothing_new),
                                       cmocka_unit_test(what_no_price_carries_is_not_heard),
                                       cmocka_unit_test(a_last_price_is_no_quote),
                                       cmocka_unit_test(recorded_chains)};
    return RUN_TESTS(tests);
}
