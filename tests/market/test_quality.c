/* Rules on made series: each fault is found where it was planted, and nowhere else. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "market/daily_build.h"
#include "market/quality.h"
#include "model/calendar.h"

enum { DAYS = 120 };

typedef struct {
    bar_t bar[DAYS];
    date_t date[DAYS];
    action_t action[4];
    u32 count;
    u32 actions;
} made_t;

typedef struct {
    u32 count[QUALITY_RULES];
    quality_fault_t last[QUALITY_RULES];
} found_t;

static void note(void *ctx, const quality_fault_t *f)
{
    found_t *x = ctx;
    x->count[f->rule]++;
    x->last[f->rule] = *f;
}

static void set_prices(bar_t *b, f64 open, f64 close)
{
    f64 high = open > close ? open : close;
    f64 low = open > close ? close : open;
    b->open.v = (i64)(open * 1e9);
    b->close.v = (i64)(close * 1e9);
    b->high.v = (i64)(high * 1.01 * 1e9);
    b->low.v = (i64)(low * 0.99 * 1e9);
}

/* A quiet year's third of a stock near 100. */
static void make(made_t *m)
{
    memset(m, 0, sizeof *m);
    date_t d = date_from_ymd(2015, 3, 2);
    f64 close = 100;
    for (u32 i = 0; i < DAYS; i++) {
        session_t s = calendar_next(CAL_NYSE, d, I64_MAX);
        d = s.date;
        f64 open = close * (0.995 + 0.01 * rng_unit((rng_key_t){5, RNG_TEST, 0, 0}, i));
        close = open * (0.99 + 0.02 * rng_unit((rng_key_t){5, RNG_TEST, 1, 0}, i));
        m->bar[i] = (bar_t){.t_event = s.open, .t_known = s.close, .volume = 1000000 + (i64)i * 1000};
        m->date[i] = d;
        set_prices(&m->bar[i], open, close);
    }
    m->count = DAYS;
}

/* Scales all prices from day i on. */
static void scale_from(made_t *m, u32 i, f64 by)
{
    for (; i < m->count; i++) {
        set_prices(&m->bar[i], price_to_f64(m->bar[i].open) * by, price_to_f64(m->bar[i].close) * by);
    }
}

static found_t judge(const made_t *m)
{
    found_t found = {0};
    quality_series_t s = {.bar = m->bar, .count = m->count, .action = m->action, .action_count = m->actions,
                          .calendar = CAL_NYSE, .timeframe = TF_1D};
    quality_sink_t sink = {.fault = note, .ctx = &found};
    quality_daily(&s, &sink);
    return found;
}

/* Checks that only `rule` was found, once, on day i (any day if i is DAYS); big_move may accompany it. */
static void only(const made_t *m, quality_rule_t rule, u32 i)
{
    found_t f = judge(m);
    for (u32 r = 1; r < QUALITY_RULES; r++) {
        if (r != (u32)RULE_BIG_MOVE || rule == RULE_SOUND) {
            CHECK_EQ(f.count[r], r == (u32)rule ? 1 : 0);
        }
    }
    if (rule != RULE_SOUND && i < DAYS) {
        CHECK_EQ(f.last[rule].date, m->date[i]);
    }
}

static void add_split(made_t *m, u32 i, i64 num, i64 den)
{
    m->action[m->actions++] = (action_t){.kind = ACTION_SPLIT, .ratio_num = num, .ratio_den = den,
                                         .ex_date = m->date[i]};
}

static void add_dividend(made_t *m, u32 i, f64 amount)
{
    m->action[m->actions++] = (action_t){.kind = ACTION_DIVIDEND, .amount = {(i64)(amount * 1e9)},
                                         .ex_date = m->date[i]};
}

TEST(planted_faults)
{
    UNUSED_STATE;
    made_t m;
    make(&m);
    only(&m, RULE_SOUND, 0);

    add_split(&m, 50, 2, 1); /* booked and seen: no fault */
    scale_from(&m, 50, 0.5);
    only(&m, RULE_SOUND, 0);

    make(&m); /* seen, not booked */
    scale_from(&m, 50, 0.5);
    only(&m, RULE_UNBOOKED_ACTION, 50);

    make(&m); /* the same fall on the volume of news is a crash */
    scale_from(&m, 50, 0.5);
    m.bar[50].volume *= 12;
    found_t f = judge(&m);
    CHECK_EQ(f.count[RULE_UNBOOKED_ACTION], 0);
    CHECK_EQ(f.count[RULE_BIG_MOVE], 1);

    make(&m); /* booked, not seen */
    add_split(&m, 50, 2, 1);
    only(&m, RULE_SPLIT_MISMATCH, 50);

    make(&m); /* a spin-off in the dividend column */
    add_dividend(&m, 50, price_to_f64(m.bar[49].close) * 0.5);
    scale_from(&m, 50, 0.5);
    only(&m, RULE_DIVIDEND_LARGE, 50);

    make(&m); /* a dividend that the price does not show */
    add_dividend(&m, 50, price_to_f64(m.bar[49].close) * 0.24);
    only(&m, RULE_DIVIDEND_MISMATCH, 50);

    make(&m); /* a wrong tick: there and back */
    set_prices(&m.bar[50], price_to_f64(m.bar[49].close), price_to_f64(m.bar[49].close) * 1.6);
    only(&m, RULE_SPIKE, 50);
    CHECK_EQ(judge(&m).last[RULE_SPIKE].bar, 51); /* known only a day later */

    make(&m);
    m.bar[50].volume = 0;
    only(&m, RULE_ZERO_VOLUME, 50);

    make(&m); /* a day that repeats the one before */
    i64 event = m.bar[50].t_event;
    i64 known = m.bar[50].t_known;
    m.bar[50] = m.bar[49];
    m.bar[50].t_event = event;
    m.bar[50].t_known = known;
    only(&m, RULE_STALE_REPEAT, 50);

    make(&m); /* two sessions missing */
    memmove(&m.bar[50], &m.bar[52], (DAYS - 52) * sizeof m.bar[0]);
    m.count -= 2;
    only(&m, RULE_MISSING_SESSION, 50);
    CHECK(judge(&m).last[RULE_MISSING_SESSION].a == 2.0);
}

TEST(row_rule)
{
    UNUSED_STATE;
    static const struct { i64 o, h, l, c, v; quality_rule_t want; } cases[] = {
        {10, 12, 9, 11, 5, RULE_SOUND}, {10, 10, 10, 10, 0, RULE_SOUND}, {0, 12, 9, 11, 5, RULE_NON_POSITIVE},
        {10, 12, -9, 11, 5, RULE_NON_POSITIVE}, {10, 12, 9, 11, -1, RULE_NON_POSITIVE},
        {13, 12, 9, 11, 5, RULE_OHLC_ORDER}, {10, 12, 11, 12, 5, RULE_OHLC_ORDER}, {10, 12, 9, 8, 5,
                RULE_OHLC_ORDER},
        {10, 9, 10, 9, 5, RULE_OHLC_ORDER},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bar_t b = {.open = {cases[i].o}, .high = {cases[i].h}, .low = {cases[i].l}, .close = {cases[i].c},
                   .volume = cases[i].v};
        CHECK_EQ(quality_row(&b), cases[i].want);
    }
}

TEST(adjusted_column)
{
    UNUSED_STATE;
    static const struct { quality_adjusted_t q; bool wrong; } cases[] = {
        {{.ratio = 1.01, .close_before = 100, .close = 101, .split = 1}, false},
        {{.ratio = 1.01, .close_before = 100, .close = 50.5, .split = 2}, false},
        {{.ratio = 0.505, .close_before = 100, .close = 50.5, .split = 2}, true},
        {{.ratio = 1.487, .close_before = 80.65, .close = 80.33, .split = 1}, true},
        {{.ratio = 1.039, .close_before = 65.5, .close = 32.05, .split = 1, .dividend = 34.6497}, false},
        {{.ratio = 1.018, .close_before = 65.5, .close = 32.05, .split = 1, .dividend = 34.6497}, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(quality_adjusted_wrong(&cases[i].q), cases[i].wrong);
    }
}

TEST(venue_change)
{
    UNUSED_STATE;
    enum { SESSIONS = 40, SYMBOLS = 6 };
    static f64 v[SESSIONS * SYMBOLS];
    u32 at = 0;
    for (u32 change = 6; change <= 35; change += 7) {
        for (u32 i = 0; i < SESSIONS * SYMBOLS; i++) {
            v[i] = 1e4 * (f64)(i % SYMBOLS + 1) * (0.5 + rng_unit((rng_key_t){9, RNG_TEST, change, 0}, i));
        }
        CHECK(!quality_venue_change(v, SESSIONS, SYMBOLS, &at));
        v[3 * SYMBOLS] *= 100; /* one symbol, one day: news */
        CHECK(!quality_venue_change(v, SESSIONS, SYMBOLS, &at));
        for (u32 i = change * SYMBOLS; i < SESSIONS * SYMBOLS; i++) {
            v[i] *= 50;
        }
        CHECK(quality_venue_change(v, SESSIONS, SYMBOLS, &at));
        CHECK_EQ(at, change);
    }
}

TEST(daily_from_intraday)
{
    UNUSED_STATE;
    daily_build_t d = {0};
    bar_t out = {0};
    const bar_t bars[] = {
        {.t_event = 100, .t_known = 101, .open = {10}, .high = {12}, .low = {9}, .close = {11}, .volume = 5},
        {.t_event = 101, .t_known = 102, .open = {11}, .high = {15}, .low = {11}, .close = {14}, .volume = 7,
         .flags = BAR_PARTIAL_VENUE},
        {.t_event = 200, .t_known = 201, .open = {14}, .high = {14}, .low = {8}, .close = {8},
         .volume = I64_MAX},
        {.t_event = 201, .t_known = 202, .open = {8}, .high = {8}, .low = {8}, .close = {8}, .volume = 1},
    };
    CHECK(!daily_build_end(&d, &out));
    CHECK(!daily_build_add(&d, &bars[0], 100, 150, &out));
    CHECK(!daily_build_add(&d, &bars[1], 100, 150, &out));
    CHECK(daily_build_add(&d, &bars[2], 200, 250, &out));
    CHECK_EQ(out.t_event, 100);
    CHECK_EQ(out.t_known, 150);
    CHECK_EQ(out.open.v, 10);
    CHECK_EQ(out.high.v, 15);
    CHECK_EQ(out.low.v, 9);
    CHECK_EQ(out.close.v, 14);
    CHECK_EQ(out.volume, 12);
    CHECK_EQ(out.flags, BAR_PARTIAL_VENUE);
    CHECK(!daily_build_add(&d, &bars[3], 200, 250, &out));
    CHECK(daily_build_end(&d, &out));
    CHECK_EQ(out.volume, I64_MAX);
    CHECK(!daily_build_end(&d, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_faults), cmocka_unit_test(row_rule), cmocka_unit_test(adjusted_column),
        cmocka_unit_test(venue_change), cmocka_unit_test(daily_from_intraday)};
    return RUN_TESTS(tests);
}
