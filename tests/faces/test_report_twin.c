/* Random twins: one trade by hand at each of its ends. */
#include "tests/test.h"

#include <math.h>

#include "faces/report/report_twin.h"

#define NEAR(a, b) CHECK(fabs((a) - (b)) < 1e-12)

/* Four bars around 100. */
static const f64 open[4] = {100, 101, 103, 99};
static const f64 high[4] = {101, 103, 104, 100};
static const f64 low[4] = {99.5, 100.5, 102, 94};
static const f64 close[4] = {101, 103, 103.5, 95};
static const twin_bars_t bars = {open, high, low, close};

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
    report_twin_t t;
    report_facts_t f = {0};
    CHECK_OK(report_twins("/nowhere", &f, &t));
    CHECK_STR(t.why, "nothing was traded");
    f.trade_count = 9;
    CHECK_OK(report_twins("/nowhere", &f, &t));
    CHECK(!t.known);
    CHECK_STR(t.why, "no session has ended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_trade_at_each_of_its_ends),
        cmocka_unit_test(sides_mirror),
        cmocka_unit_test(without_a_session_it_says_so),
    };
    return RUN_TESTS(tests);
}
