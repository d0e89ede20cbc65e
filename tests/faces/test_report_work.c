/* How long a run could trade at all, and how long and with how much it was in the market. */
#include "tests/test.h"

#include "faces/report/html_parts.h"
#include "trade/portfolio/account.h"

#include "tests/faces/made_report.h"

/* Sessions in which nothing could be traded are in every figure: who reads them is told, if they are many. */
TEST(sessions_before_any_candidate_are_told)
{
    UNUSED_STATE;
    f64 net[40];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 2 == 0 ? 60.0 : -40.0;
    }
    const struct {
        date_t first;
        u32 told;
    } cases[] = {{0, 0}, {DAY0, 0}, {DAY0 + 1, 0}, {DAY0 + 2, 2}, {DAY0 + 10, 10}, {DAY0 + 90, 40}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        report_t *r = report_of(net, COUNT_OF(net));
        r->facts.first_candidate = cases[i].first;
        CHECK_EQ(report_facts_warmup(&r->facts), cases[i].told);
        char *own = text_of(r, true);
        CHECK((strstr(own, "warm-up") != NULL) == (cases[i].told > 0));
        if (cases[i].told == 10) {
            CHECK(strstr(own, "warm-up               10 of 40 sessions before any name") != NULL);
            CHECK(strstr(own, "--trade-from 2010-01-11 leaves them out") != NULL);
        }
        free(own);
        drop(r);
    }
}

/* A run by day is flat at each close and still uses money: overlaps count once in time and twice in money,
 * what is held overnight counts in both sessions and not between them, a day without a session not at all. */
TEST(time_in_the_market_is_counted_within_sessions)
{
    UNUSED_STATE;
    enum { MONDAY = DAY0 + 3, HALF = 14939 /* 2010-11-26, until 13:00 */ };
    const f64 net[4] = {30, -20, 50, 10};
    const i64 hour = NS_PER_HOUR;
    const i64 open = MONDAY * NS_PER_DAY + 14 * hour + hour / 2; /* 09:30 in New York */
    const i64 to[4][2] = {{open, open + hour},
                          {open + hour / 2, open + 2 * hour},
                          {open + 6 * hour, open + 24 * hour + hour},
                          {HALF * NS_PER_DAY + 17 * hour, HALF * NS_PER_DAY + 20 * hour}};
    report_t *r = report_of(net, COUNT_OF(net));
    CHECK(!r->work.known); /* of days nothing is said */
    r->facts.timeframe = TF_5M;
    r->facts.day_count = 4;
    const date_t day[4] = {MONDAY - 1, MONDAY, MONDAY + 1, HALF};
    for (u32 i = 0; i < 4; i++) {
        r->facts.own_days[i].session = day[i];
        r->facts.own_trades[i].l.t_entry = to[i][0];
        r->facts.own_trades[i].l.t_exit = to[i][1];
    }
    CHECK_OK(report_work(r));
    CHECK(r->work.known);
    f64 busy = 2.0 + 0.5 + 1.0 + 1.0; /* hours: two that overlap, an evening, a morning, and until 13:00 */
    NEAR(r->work.time, busy / (6.5 + 6.5 + 3.5));
    f64 capital = 2000.0 * (1.0 + 1.5 + 0.5 + 1.0 + 1.0) / busy;
    NEAR(r->work.capital, capital);
    NEAR(r->work.gain, 70.0 / capital);
    char *own = text_of(r, false);
    CHECK(strstr(own, "In the market         27.3 % of the sessions' time, $2,222.22 at work then") != NULL);
    CHECK(strstr(own, "; net is +3.15 % of that\n") != NULL);
    free(own);
    drop(r);
}

/* Equal days, once of shares and once of coins: yearly ratios grow by sqrt(365 / 252), sums of a year and the
 * turnover by 365 / 252, and each form of the report says by which. */
TEST(coins_have_a_year_of_their_own)
{
    UNUSED_STATE;
    enum { SHARE, COIN };
    f64 net[150];
    report_t *r[2];
    curves_t curves[2];
    arena_t a[2];
    char *page[2];
    char *text[2];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 3 == 0 ? 60.0 : -20.0;
    }
    for (u32 i = 0; i < 2; i++) {
        size_t n = 0;
        r[i] = calloc(1, sizeof *r[i]);
        assert_non_null(r[i]);
        make_facts(&r[i]->facts, net, COUNT_OF(net));
        for (u32 k = 0; i == COIN && k < r[i]->facts.inst_count; k++) {
            r[i]->facts.own_insts[k].cls = CLASS_CRYPTO;
        }
        CHECK_OK(report_compute(r[i]));
        FILE *f = open_memstream(&page[i], &n);
        CHECK(f != NULL);
        CHECK_OK(report_html(r[i], f));
        CHECK_EQ(fclose(f), 0);
        text[i] = text_of(r[i], false);
        CHECK_OK(arena_open(&a[i], 4 << 20));
        CHECK_OK(html_curves(r[i], &a[i], &curves[i]));
    }
    f64 root = 1.2035001862952488;
    NEAR(r[COIN]->equity.sharpe.value, root * r[SHARE]->equity.sharpe.value);
    NEAR(r[COIN]->sharpe.point, root * r[SHARE]->sharpe.point);
    NEAR(r[COIN]->sharpe.low, root * r[SHARE]->sharpe.low);
    CHECK(curves[SHARE].n == COUNT_OF(net) && curves[SHARE].sharpe[COUNT_OF(net) - 1] > 0);
    NEAR(curves[COIN].sharpe[COUNT_OF(net) - 1], root * curves[SHARE].sharpe[COUNT_OF(net) - 1]);
    NEAR(r[COIN]->turnover.value, r[SHARE]->turnover.value * 365 / 252);
    NEAR(r[COIN]->dsr, r[SHARE]->dsr);
    CHECK(strstr(json_of(r[SHARE]), "\"annualisation\":252") != NULL);
    CHECK(strstr(json_of(r[COIN]), "\"annualisation\":365") != NULL);
    CHECK(strstr(text[SHARE], "mean daily return x 252;") != NULL);
    CHECK(strstr(text[SHARE], "flat days, 252 a year") != NULL);
    CHECK(strstr(text[COIN], "mean daily return x 365;") != NULL);
    CHECK(strstr(text[COIN], "flat days, 365 a year") != NULL && strstr(text[COIN], "252") == NULL);
    CHECK(strstr(page[SHARE], "a year (mean day x 252)") != NULL);
    CHECK(strstr(page[SHARE], "flat days, 252 a year") != NULL);
    CHECK(strstr(page[COIN], "a year (mean day x 365)") != NULL);
    CHECK(strstr(page[COIN], "flat days, 365 a year") != NULL);
    char sum[64];
    (void)snprintf(sum, sizeof sum, "%+.2f %% mean daily return x 365", 36500.0 * r[COIN]->day.point);
    CHECK(strstr(text[COIN], sum) != NULL);
    (void)snprintf(sum, sizeof sum, "%+.2f %%; 95 %% ", 36500.0 * r[COIN]->day.point);
    CHECK(strstr(page[COIN], sum) != NULL);
    for (u32 i = 0; i < 2; i++) {
        arena_close(&a[i]);
        free(page[i]);
        free(text[i]);
        drop(r[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sessions_before_any_candidate_are_told),
                                       cmocka_unit_test(time_in_the_market_is_counted_within_sessions),
                                       cmocka_unit_test(coins_have_a_year_of_their_own)};
    return RUN_TESTS(tests);
}
