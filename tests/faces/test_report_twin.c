/* Random twins: one trade by hand at each of its ends, and one trade of a store of made bars. */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>

#include "faces/report/report.h"
#include "model/calendar.h"
#include "store/bars.h"
#include "tests/store/home.h"

#define NEAR(a, b) CHECK(fabs((a) - (b)) < 1e-12)

/* Four bars around 100. */
static const f64 four_open[4] = {100, 101, 103, 99};
static const f64 four_high[4] = {101, 103, 104, 100};
static const f64 four_low[4] = {99.5, 100.5, 102, 94};
static const f64 four_close[4] = {101, 103, 103.5, 95};
static const twin_bars_t bars = {four_open, four_high, four_low, four_close};

TEST(one_trade_at_each_of_its_ends)
{
    UNUSED_STATE;
    static const struct {
        i32 direction;
        f64 stop, target;
        u32 at, end, hold;
        f64 r; /* before costs */
    } cases[] = {
        {1, 0.01, 0, 0, 4, 2, 3.0},         /* held to the close of the second bar: 3 % over 1 % */
        {1, 0.004, 0, 0, 4, 4, -1.0},       /* stopped in its first bar, at the stop */
        {1, 0.01, 0.025, 0, 4, 4, 2.5},     /* target at 102.50, in the second bar */
        {1, 0.01, 0.02, 0, 4, 1, 1.0},      /* the time is over before it is met */
        {1, 0.02, 0, 2, 4, 2, -1.941747572815534}, /* opens below its stop: left at 99 */
        {-1, 0.01, 0, 0, 4, 2, -1.0},       /* a short is stopped at 101 */
        {-1, 0.02, 0.04, 2, 4, 2, 2.0},     /* a target of 98.88 lies in the fourth bar: 4 % over 2 % */
        {-1, 0.02, 0.03, 2, 4, 2, 1.941747572815534}, /* opens past its target, 99.91: left at 99 */
        {1, 0.05, 0, 1, 3, 9, 0.495049504950495}, /* the end of the session comes first */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        twin_trade_t t = {.direction = cases[i].direction,
                          .stop = cases[i].stop,
                          .target = cases[i].target,
                          .hold = cases[i].hold,
                          .cost_r = 0.25};
        f64 r = report_twin_result(&bars, cases[i].at, cases[i].end, &t);
        if (fabs(r - (cases[i].r - 0.25)) > 1e-9) {
            print_error("case %zu: %.12f\n", i, r + 0.25);
        }
        CHECK(fabs(r - (cases[i].r - 0.25)) < 1e-9);
    }
}

/* A trade that left at an open is followed to the open behind its bars, where there is one. */
TEST(left_at_an_open)
{
    UNUSED_STATE;
    twin_trade_t t = {.direction = 1, .stop = 0.5, .hold = 3, .to_open = true};
    NEAR(report_twin_result(&bars, 0, 4, &t), -0.01 / 0.5); /* 99, after a close of 103.50 */
    t.hold = 4;
    NEAR(report_twin_result(&bars, 0, 4, &t), -0.05 / 0.5); /* nothing is behind the fourth */
    t.stop = 0.004;
    NEAR(report_twin_result(&bars, 0, 4, &t), -1.0); /* a stop on the way comes first */
}

enum { DAYS = 40, BARS_A_DAY = 10, ENTRY_DAY = 5, ENTRY_BAR = 3 };

/* A price that rises by a dollar with each bar; the bars of a day begin at the open, five minutes each. */
static u32 rising(timeframe_t tf, bar_t *out, session_t *of)
{
    u32 n = 0;
    session_t day = calendar_next(CAL_NYSE, date_from_ymd(2017, 1, 31), I64_MAX);
    for (u32 d = 0; d < DAYS; d++) {
        of[d] = day;
        for (u32 k = 0; k < (tf == TF_1D ? 1 : BARS_A_DAY); k++) {
            i64 begins = day.open + (i64)k * timeframe_ns(TF_5M);
            i64 price = (100 + (i64)n) * PRICE_SCALE;
            out[n++] = (bar_t){.t_event = begins,
                               .t_known = tf == TF_1D ? day.close : begins + timeframe_ns(TF_5M),
                               .open = {price},
                               .high = {price + PRICE_SCALE},
                               .low = {price},
                               .close = {price + PRICE_SCALE},
                               .volume = 1000};
        }
        day = calendar_next(CAL_NYSE, day.date, I64_MAX);
    }
    return n;
}

static void store_rising(timeframe_t tf, const char *home, session_t *of)
{
    static bar_t rows[DAYS * BARS_A_DAY];
    bars_series_t s = {.timeframe = tf, .source = "made", .symbol = "UP"};
    bars_t *b = NULL;
    bars_put_t io = {0};
    diag_t diag = {0};
    CHECK_OK(bars_open(home, false, &diag, &b));
    CHECK_OK(bars_begin(b, &diag));
    CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows, rising(tf, rows, of), 0}, &io, &diag));
    CHECK_OK(bars_commit(b, &diag));
    bars_close(b);
}

/* What stands beside the trades of these facts. */
static report_t beside(const char *home, const report_facts_t *f)
{
    report_t r = {.facts = *f};
    report_ask_t ask = {.home = home};
    CHECK_OK(report_beside(&ask, NULL, &r));
    free(r.bench.own_proxy);
    return r;
}

typedef struct {
    timeframe_t tf;
    i64 sessions; /* the trade leaves so many sessions after its entry, */
    i64 minutes;  /* so long after the open, or -1: at the close */
    f64 from, to; /* the prices that the twins' exits give its own entry */
} stored_t;

/* One long trade with a stop of half its price that nothing meets. */
static void check_stored(const stored_t *c, u32 number)
{
    char home[HOME_SIZE];
    session_t of[DAYS];
    home_make(home);
    store_rising(c->tf, home, of);
    const session_t *in = &of[ENTRY_DAY];
    const session_t *out = &of[ENTRY_DAY + c->sessions];
    report_inst_t inst = {.symbol = "UP", .cls = CLASS_STOCK, .multiplier = 1};
    report_trade_t trade = {0};
    report_day_t days[2] = {{.session = of[0].date}, {.session = of[DAYS - 1].date}};
    trade.l = (lesson_record_t){
        .direction = 1,
        .qty = 100,
        .entry = 100 * PRICE_SCALE,
        .r = 50 * PRICE_SCALE,
        .t_entry = in->open + (c->tf == TF_1D ? 0 : ENTRY_BAR * timeframe_ns(TF_5M)),
        .t_exit = c->minutes < 0 ? out->close : out->open + c->minutes * NS_PER_MIN,
        .entry_date = in->date,
        .exit_date = out->date};
    report_facts_t f = {.own_insts = &inst,
                        .inst_count = 1,
                        .timeframe = c->tf,
                        .own_trades = &trade,
                        .trade_count = 1,
                        .own_days = days,
                        .day_count = 2,
                        .source = "made"};
    report_t r = beside(home, &f);
    report_twin_t t = r.twin;
    CHECK(t.known && t.trades == 1);
    CHECK_EQ(t.by_session, c->tf == TF_1D);
    f64 want = (c->to / c->from - 1.0) / 0.5;
    if (fabs(t.held - want) > 1e-9) {
        print_error("case %u: %.9f, not %.9f\n", number, t.held, want);
    }
    CHECK(fabs(t.held - want) < 1e-9);
    home_remove(home);
}

/* By day it is held from its session's open to the open or the close that it left at; within the day from its
 * own bar on, as many bars as it was held. */
TEST(the_runs_own_entries_left_as_twins_leave)
{
    UNUSED_STATE;
    static const stored_t cases[] = {
        {TF_1D, 0, -1, 105, 106},
        {TF_1D, 1, 0, 105, 106},
        {TF_1D, 3, 0, 105, 108},
        {TF_1D, 3, -1, 105, 109},
        {TF_5M, 0, 25, 153, 155},
        {TF_5M, 0, 17, 153, 154},
        {TF_5M, 0, -1, 153, 160}, /* the day's bars are over */
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        check_stored(&cases[i], i);
    }
}

/* Bars that never meet a stop: the result is the way from open to close, whatever the side. */
TEST(sides_mirror)
{
    UNUSED_STATE;
    twin_trade_t t = {.direction = 1, .stop = 0.5, .hold = 3};
    f64 up = report_twin_result(&bars, 0, 4, &t);
    t.direction = -1;
    NEAR(report_twin_result(&bars, 0, 4, &t), -up);
    NEAR(up, 0.035 / 0.5);
}

/* Trades before the first session has ended are trades, though no day bounds what could have been instead. */
TEST(without_a_session_it_says_so)
{
    UNUSED_STATE;
    report_trade_t trades[9] = {0};
    report_facts_t f = {.own_trades = trades};
    report_t r = beside("/nowhere", &f);
    CHECK_STR(r.twin.why, "nothing was traded");
    f.trade_count = 9;
    r = beside("/nowhere", &f);
    CHECK(!r.twin.known);
    CHECK_STR(r.twin.why, "no session has ended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_trade_at_each_of_its_ends),
        cmocka_unit_test(left_at_an_open),
        cmocka_unit_test(the_runs_own_entries_left_as_twins_leave),
        cmocka_unit_test(sides_mirror),
        cmocka_unit_test(without_a_session_it_says_so),
    };
    return RUN_TESTS(tests);
}
