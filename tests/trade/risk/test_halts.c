/* The law of halts: every figure on both sides of its edge, and every day on which one changed. */
#include "tests/test.h"

#include "model/calendar.h"
#include "trade/risk/halts.h"

#define USD(x) ((price_t){(i64)((x)*1e9 + 0.5)})

static date_t ymd(i32 n)
{
    return date_from_ymd(n / 10000, n / 100 % 100, n % 100);
}

/* A moment of the day's session, HHMMSS of New York. */
static i64 at(date_t day, i32 hms)
{
    return zone_to_utc(ZONE_NEW_YORK, day, hms / 10000 * 3600 + hms / 100 % 100 * 60 + hms % 100);
}

typedef struct {
    i32 day, hms;
    luld_tier_t tier;
    f64 close, reference;
    i32 leverage;
    f64 lower, upper; /* 0: no band */
} band_case_t;

static void check_band(const band_case_t *c)
{
    date_t day = ymd(c->day);
    session_t s;
    CHECK(calendar_session(CAL_NYSE, day, I64_MAX, &s));
    luld_ask_t ask = {.day = day,
                      .t = at(day, c->hms),
                      .open = s.open,
                      .close = s.close,
                      .tier = c->tier,
                      .leverage = c->leverage,
                      .close_previous = USD(c->close),
                      .reference = USD(c->reference)};
    luld_band_t b = {{0}, {0}};
    CHECK_EQ(luld_band(&ask, &b), c->upper > 0);
    CHECK_EQ(b.lower.v, USD(c->lower).v);
    CHECK_EQ(b.upper.v, USD(c->upper).v);
}

TEST(bands_by_tier_price_and_clock)
{
    UNUSED_STATE;
    static const band_case_t cases[] = {
        {20230614, 120000, LULD_TIER_1, 50, 100, 0, 95, 105},
        {20230614, 120000, LULD_TIER_2, 50, 100, 0, 90, 110},
        {20230614, 120000, LULD_TIER_2, 50, 100, 3, 70, 130}, /* a threefold fund */
        {20230614, 120000, LULD_TIER_1, 50, 100, 3, 95, 105}, /* tier 1 knows no factor */
        /* the class is the prior close's, whatever the price is now */
        {20230614, 120000, LULD_TIER_1, 3.01, 2, 0, 1.90, 2.10},
        {20230614, 120000, LULD_TIER_1, 3.00, 2, 0, 1.60, 2.40},
        {20230614, 120000, LULD_TIER_2, 0.75, 2, 0, 1.60, 2.40},
        {20230614, 120000, LULD_TIER_2, 0.7499, 2, 0, 1.85, 2.15},
        {20230614, 120000, LULD_TIER_1, 0.50, 0.20, 0, 0.05, 0.35}, /* 15 cents and 75 % meet */
        {20230614, 120000, LULD_TIER_1, 0.50, 0.16, 0, 0.04, 0.28}, /* below it 75 % is less */
        {20230614, 120000, LULD_TIER_1, 0.50, 0.40, 0, 0.25, 0.55}, /* above it 15 cents */
        /* to the cent, below a dollar to a hundredth of it */
        {20230614, 120000, LULD_TIER_1, 50, 33.33, 0, 31.66, 35.00},
        /* the open: doubled until 2020-02-23 */
        {20200221, 93000, LULD_TIER_1, 50, 100, 0, 90, 110},
        {20200221, 94459, LULD_TIER_2, 50, 100, 0, 80, 120},
        {20200221, 94500, LULD_TIER_1, 50, 100, 0, 95, 105},
        {20200224, 93000, LULD_TIER_1, 50, 100, 0, 95, 105},
        {20200224, 93000, LULD_TIER_2, 2, 2, 0, 1.60, 2.40},
        /* the close: doubled from 15:35; for tier 2 above $3 until 2020-02-23 */
        {20200221, 153459, LULD_TIER_2, 50, 100, 0, 90, 110},
        {20200221, 153500, LULD_TIER_2, 50, 100, 0, 80, 120},
        {20200224, 153500, LULD_TIER_2, 50, 100, 0, 90, 110},
        {20200224, 153500, LULD_TIER_2, 3, 2, 0, 1.20, 2.80},
        {20200224, 153500, LULD_TIER_1, 50, 100, 0, 90, 110},
        {20230614, 155959, LULD_TIER_1, 50, 100, 0, 90, 110},
        {20230614, 160000, LULD_TIER_1, 50, 100, 0, 0, 0},
        {20230614, 92959, LULD_TIER_1, 50, 100, 0, 0, 0},
        /* a half day ends at 13:00 */
        {20231124, 123459, LULD_TIER_1, 50, 100, 0, 95, 105},
        {20231124, 123500, LULD_TIER_1, 50, 100, 0, 90, 110},
        {20231124, 130000, LULD_TIER_1, 50, 100, 0, 0, 0},
        /* Phase I: tier 1, 09:45 to 15:30, nothing doubled */
        {20130405, 120000, LULD_TIER_1, 50, 100, 0, 0, 0},
        {20130408, 94459, LULD_TIER_1, 50, 100, 0, 0, 0},
        {20130408, 94500, LULD_TIER_1, 50, 100, 0, 95, 105},
        {20130408, 152959, LULD_TIER_1, 50, 100, 0, 95, 105},
        {20130408, 153000, LULD_TIER_1, 50, 100, 0, 0, 0},
        {20130408, 120000, LULD_TIER_2, 50, 100, 0, 0, 0},
        /* Phase II: from the open, until 15:45, tier 2 in steps */
        {20130805, 93000, LULD_TIER_1, 50, 100, 0, 90, 110},
        {20130805, 154459, LULD_TIER_1, 50, 100, 0, 90, 110},
        {20130805, 154500, LULD_TIER_1, 50, 100, 0, 0, 0},
        {20130830, 120000, LULD_TIER_2, 50, 100, 0, 0, 0},
        {20130903, 120000, LULD_TIER_2, 50, 100, 0, 90, 110},
        {20140221, 154500, LULD_TIER_1, 50, 100, 0, 0, 0},
        {20140224, 154500, LULD_TIER_1, 50, 100, 0, 90, 110},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        check_band(&cases[i]);
    }
}

static bar_t bar_at(i64 t, f64 close)
{
    return (bar_t){.t_event = t,
                   .t_known = t + NS_PER_MIN,
                   .open = USD(close),
                   .high = USD(close),
                   .low = USD(close),
                   .close = USD(close),
                   .volume = 100};
}

/* The mean of the last five closes, once it is a percent away and the old one has stood for thirty seconds.
 */
TEST(reference_price_follows_five_minutes)
{
    UNUSED_STATE;
    date_t day = ymd(20230614);
    i64 t = at(day, 93000);
    luld_reference_t r = {0};
    bar_t b = bar_at(t, 100);
    luld_reference_bar(&r, &b, day);
    CHECK_EQ(r.price.v, USD(100).v); /* the opening print */
    b = bar_at(t + NS_PER_MIN, 101.99);
    luld_reference_bar(&r, &b, day);
    CHECK_EQ(r.price.v, USD(100).v); /* mean 100.995: not yet a percent */
    b = bar_at(t + 2 * NS_PER_MIN, 101.01);
    luld_reference_bar(&r, &b, day);
    CHECK_EQ(r.price.v, USD(101).v); /* mean 101.00: exactly one */
    for (i64 k = 3; k < 7; k++) {
        b = bar_at(t + k * NS_PER_MIN, 101);
        luld_reference_bar(&r, &b, day);
    }
    CHECK_EQ(r.count, 5);
    CHECK_EQ(r.price.v, USD(101).v);
    b = bar_at(t + 30 * NS_PER_MIN, 50); /* after a silence nothing else is in the window */
    luld_reference_bar(&r, &b, day);
    CHECK_EQ(r.count, 1);
    CHECK_EQ(r.price.v, USD(50).v);
    luld_reference_begin(&r, USD(70), t);
    b = (bar_t){.t_event = t, .t_known = t + 29 * NS_PER_SEC, .open = USD(80), .close = USD(80)};
    luld_reference_bar(&r, &b, day);
    CHECK_EQ(r.price.v, USD(70).v); /* 29 seconds */
    b.t_known = t + 30 * NS_PER_SEC;
    luld_reference_bar(&r, &b, day);
    CHECK_EQ(r.price.v, USD(80).v);
    for (i64 k = 1; k < 40; k++) { /* bars of a second: the eight newest count */
        b.t_known = t + (30 + k) * NS_PER_SEC;
        luld_reference_bar(&r, &b, day);
    }
    CHECK_EQ(r.count, LULD_BARS);
}

TEST(pauses_end_after_five_minutes_or_with_the_close)
{
    UNUSED_STATE;
    date_t day = ymd(20230614);
    i64 close = at(day, 160000);
    CHECK_EQ(luld_resumes(day, at(day, 120000), close), at(day, 120500));
    CHECK_EQ(luld_resumes(day, at(day, 154959), close), at(day, 155459));
    CHECK_EQ(luld_resumes(day, at(day, 155000), close), 0);
    CHECK_EQ(luld_limit_ns(day), 15 * NS_PER_SEC);
    CHECK_EQ(luld_limit_ns(ymd(20130405)), 0);
    luld_band_t band = {USD(95), USD(105)};
    luld_band_t c = luld_collar(day, &band, -1, 0);
    CHECK_EQ(c.lower.v, USD(90.25).v); /* 5 % of 95 beyond the band that was met */
    CHECK_EQ(c.upper.v, USD(105).v);
    c = luld_collar(day, &band, -1, 2);
    CHECK_EQ(c.lower.v, USD(80.75).v);
    CHECK_EQ(c.upper.v, USD(114.50).v);
    c = luld_collar(day, &band, 1, 0);
    CHECK_EQ(c.lower.v, USD(95).v);
    CHECK_EQ(c.upper.v, USD(110.25).v);
    c = luld_collar(day, &band, -1, 100000); /* however often: a price is left */
    CHECK(c.lower.v > 0 && c.upper.v > c.lower.v);
    c = luld_collar(ymd(20171117), &band, -1, 0);
    CHECK(c.lower.v == 1 && c.upper.v == I64_MAX);
}

TEST(market_wide_levels_and_their_hours)
{
    UNUSED_STATE;
    date_t day = ymd(20200309);
    static const struct {
        f64 index;
        u32 level;
    } falls[] = {{2000, 0},    {1860.01, 0}, {1860, 1}, {1740.01, 1}, {1740, 2},
                 {1600.01, 2}, {1600, 3},    {1, 3},    {2500, 0}};
    for (size_t i = 0; i < COUNT_OF(falls); i++) {
        CHECK_EQ(market_decline(day, USD(2000), USD(falls[i].index)), falls[i].level);
        CHECK_EQ(market_decline(ymd(20130405), USD(2000), USD(falls[i].index)), 0);
    }
    CHECK_EQ(market_decline(ymd(20130408), USD(2000), USD(1860)), 1);
    static const struct {
        i32 hms;
        u32 level, before;
        bool halts;
        i32 resumes;
    } cases[] = {
        {93413, 1, 0, true, 94913},   {152500, 1, 0, true, 154000}, {152501, 1, 0, false, 0},
        {152500, 2, 1, true, 154000}, {152501, 2, 1, false, 0},     {155900, 3, 0, true, 0},
        {93000, 3, 2, true, 0},       {120000, 1, 1, false, 0},     {120000, 1, 2, false, 0},
        {120000, 2, 2, false, 0},     {120000, 2, 0, true, 121500}, {120000, 3, 3, false, 0},
        {120000, 0, 0, false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        market_halt_t h =
            market_halt(day, cases[i].level, cases[i].before, at(day, cases[i].hms), at(day, 160000));
        CHECK_EQ(h.halts, cases[i].halts);
        CHECK_EQ(h.resumes, cases[i].resumes == 0 ? 0 : at(day, cases[i].resumes));
    }
    date_t half = ymd(20231124);
    CHECK(market_halt(half, 1, 0, at(half, 122500), at(half, 130000)).halts);
    CHECK(!market_halt(half, 1, 0, at(half, 122501), at(half, 130000)).halts);
    CHECK(!market_halt(ymd(20130405), 3, 0, at(day, 120000), at(day, 160000)).halts);
}

/* Each figure names where it comes from. */
TEST(every_figure_has_a_source)
{
    UNUSED_STATE;
    for (law_t law = LAW_LULD_TIER1; law < LAW_COUNT; law++) {
        bool over = law == LAW_LULD_FROM_MIN || law == LAW_LULD_UNTIL_MIN; /* ended before that day */
        CHECK_EQ(rulebook_number(law, ymd(20190614)) > 0, !over);
        CHECK_EQ(rulebook_citation(law, ymd(20190614)) != NULL, !over);
        CHECK_EQ(rulebook_number(law, ymd(20130405)), 0);
        CHECK(rulebook_citation(law, ymd(20130405)) == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_by_tier_price_and_clock),
        cmocka_unit_test(reference_price_follows_five_minutes),
        cmocka_unit_test(pauses_end_after_five_minutes_or_with_the_close),
        cmocka_unit_test(market_wide_levels_and_their_hours),
        cmocka_unit_test(every_figure_has_a_source),
    };
    return RUN_TESTS(tests);
}
