/* Rows of the tear sheet that stand beside its figures: what was planted, when the deepest fall was, how long
 * trades were held, how far they went. */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "faces/report/report.h"
#include "faces/report/report_parts.h"
#include "scan/record.h"
#include "trade/portfolio/account.h"

#include "tests/faces/made_report.h"

/* What was planted stands beside what was found, in each form; a run on stored bars says nothing of it. */
TEST(what_was_planted_stands_beside_what_was_found)
{
    UNUSED_STATE;
    static const struct {
        const char *edge;
        f64 shift; /* of each result, in dollars; one R is fifty */
        const char *says;
    } as[] = {{"", 0, NULL},
              {"none", 0, "nothing: before costs no rule earns anything in this market"},
              {"breakout", 0,
               "breakout; the strategy of that name: +0.0000 R +- 0.1414 a trade, net, over 50: it does "
               "not show"},
              {"breakout:2.5", 25,
               "breakout:2.5; the strategy of that name: +0.5000 R +- 0.1414 a trade, net, over 50: it "
               "shows"},
              {"momentum", 25, "momentum; the strategy of that name made no trade"}};
    for (u32 k = 0; k < COUNT_OF(as); k++) {
        f64 net[50];
        for (u32 i = 0; i < COUNT_OF(net); i++) {
            net[i] = (i % 2 == 0 ? 49.497474683 : -49.497474683) + as[k].shift;
        }
        report_t *r = report_of(net, COUNT_OF(net));
        (void)snprintf(r->facts.edge, sizeof r->facts.edge, "%s", as[k].edge);
        char *own = unwrapped(text_of(r, true));
        CHECK_EQ(strstr(own, "planted ") != NULL, as[k].says != NULL);
        CHECK(as[k].says == NULL || strstr(own, as[k].says) != NULL);
        free(own);
        own = printed(r, report_html);
        CHECK_EQ(strstr(own, ">planted<") != NULL, as[k].says != NULL);
        CHECK(as[k].says == NULL || strstr(own, as[k].says) != NULL);
        free(own);
        CHECK_EQ(strstr(json_of(r), "\"planted_edge\":null") != NULL, as[k].says == NULL);
        drop(r);
    }
}

/* Trades are one a day, i % 2 the name, every third a short, entered at midnight of day i. */
static err_t made_plants(const run_spec_t *spec, diag_t *diag, report_plant_t **own_out, u32 *count)
{
    static const struct {
        u32 inst;
        i32 direction;
        i64 from, to; /* hours around midnight of the first day */
    } at[] = {{1, 1, 24, 25},       /* trade 1: its first moment is in */
              {0, 1, 47, 48},       /* trade 2: the end is not */
              {1, -1, 71, 73},      /* trade 3 */
              {0, -1, 95, 97},      /* trade 4 is a long */
              {1, -1, 143, 145},    /* trade 6 is of the other name */
              {1, 1, 167, 169},     /* trade 7 */
              {0, 1, 191, 193}};    /* trade 8 */
    CHECK(spec != NULL && diag == NULL);
    report_plant_t *own = calloc(COUNT_OF(at), sizeof *own);
    assert_non_null(own);
    for (u32 i = 0; i < COUNT_OF(at); i++) { /* in any order */
        i64 day0 = DAY0 * NS_PER_DAY;
        own[COUNT_OF(at) - 1 - i] = (report_plant_t){at[i].inst, at[i].direction,
                                                     day0 + at[i].from * NS_PER_HOUR,
                                                     day0 + at[i].to * NS_PER_HOUR};
    }
    *own_out = own;
    *count = COUNT_OF(at);
    return ERR_OK;
}

/* Entries within a planted move, on its side, are counted apart: 1, 3, 7 and 8 of ten trades. */
TEST(entries_within_what_was_planted)
{
    UNUSED_STATE;
    static const f64 net[10] = {0, 50, 0, 100, 0, 0, 0, 0, 50, 25};
    report_t *r = report_of(net, COUNT_OF(net));
    (void)snprintf(r->facts.edge, sizeof r->facts.edge, "breakout:2");
    CHECK_OK(report_plants(r, NULL, NULL));
    char line[REPORT_SENTENCE];
    CHECK(!r->found.known && !report_found(r, 0, line));
    CHECK(strstr(json_of(r), "\"planted_moves\":null") != NULL);
    r->facts.origin.other_logic = true;
    CHECK_OK(report_plants(r, made_plants, NULL));
    CHECK(!r->found.known);
    r->facts.origin.other_logic = false;
    r->facts.own_trades[8].l.strategy = 1; /* of another strategy, within one */
    r->facts.own_trades[9].l.strategy = 1; /* and elsewhere */
    CHECK_OK(report_plants(r, made_plants, NULL));
    CHECK(r->found.known && r->found.moves == 7);
    CHECK(r->found.met.n == 3 && r->found.elsewhere.n == 5 && r->found.others.n == 1);
    NEAR(r->found.met.sum, 3.0);
    NEAR(r->found.others.sum, 1.0);
    char *own = unwrapped(text_of(r, true));
    CHECK(strstr(own, "7 moves were planted; it entered within one, on its side: 3, +1.0000 R +- 0.5774 "));
    CHECK(strstr(own, "elsewhere: 5, +0.0000 R +- 0.0000;  others within one: 1, +1.0000 R +- 0.0000\n"));
    free(own);
    own = printed(r, report_html);
    CHECK(strstr(own, "7 moves were planted; it entered within one, on its side: 3,") != NULL);
    free(own);
    CHECK(strstr(json_of(r), "\"planted_moves\":{\"moves\":7,\"entered\":{\"trades\":3,\"mean_r\":1"));
    (void)snprintf(r->facts.edge, sizeof r->facts.edge, "none");
    CHECK_OK(report_plants(r, made_plants, NULL));
    CHECK(!r->found.known);
    drop(r);
}

/* What twins share and what is drawn is said, and what the run's own entries bring when left like twins. */
TEST(twins_say_what_they_share)
{
    UNUSED_STATE;
    static const f64 net[2] = {60, -20};
    static const struct {
        bool by_session;
        const char *text, *html;
    } as[] = {{true, "session (of 21 from the entry) and side drawn, no ratchets, no flips;",
               "session and side drawn; these entries without ratchets and flips: -0.0625 R"},
              {false, "hour of the same day and side drawn, no ratchets, no flips;",
               "hour and side drawn; these entries without ratchets and flips: -0.0625 R"}};
    for (u32 k = 0; k < COUNT_OF(as); k++) {
        report_t *r = report_of(net, COUNT_OF(net));
        r->twin = (report_twin_t){.known = true,
                                  .by_session = as[k].by_session,
                                  .trades = 2,
                                  .own = -0.125,
                                  .held = -0.0625,
                                  .beaten = 0.25};
        char *own = text_of(r, true);
        CHECK(strstr(own, as[k].text) != NULL);
        CHECK(strstr(own, "the run's own entries, left like that, bring -0.0625 R") != NULL);
        free(own);
        own = printed(r, report_html);
        CHECK(strstr(own, as[k].html) != NULL);
        free(own);
        CHECK(strstr(json_of(r), "\"own_entries_twin_exits_r\":-0.0625") != NULL);
        drop(r);
    }
}

/* Four trades of 100 shares at $20, of which the second half was held a day longer; each was two dollars a
 * share up and a quarter down at its ends, in R of half a dollar. */
TEST(falls_holding_times_and_excursions_by_hand)
{
    UNUSED_STATE;
    static const f64 net[4] = {60, -20, -30, 90};
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    make_facts(&r->facts, net, COUNT_OF(net));
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        lesson_record_t *l = &r->facts.own_trades[i].l;
        l->mfe = 2 * PRICE_SCALE;
        l->mae = -PRICE_SCALE / 4;
        l->t_exit += i >= 2 ? NS_PER_DAY : 0;
    }
    CHECK_OK(report_compute(r));
    report_more_t m = report_more(r);
    CHECK(m.fell_from == DAY0 && m.fell_to == DAY0 + 2 && m.back_on == DAY0 + 3);
    NEAR(m.best_r.value, 4.0);
    NEAR(m.worst_r.value, -0.5);
    NEAR(m.of_used.value, 100.0 / 8000.0);
    char *own = text_of(r, false);
    CHECK(strstr(own, "Deepest fall          2010-01-01 to 2010-01-03, back on 2010-01-04\n") != NULL);
    CHECK(strstr(own, "Winner / loser, mean  $75.00 held 13.0 hours / -$25.00 held 13.0 hours\n") != NULL);
    CHECK(strstr(own, "Best / worst trade    $90.00 / -$30.00\n") != NULL);
    CHECK(strstr(own, "Best / worst point    +4.00 R / -0.50 R of a trade while it was open, mean\n") !=
          NULL);
    CHECK(strstr(own, "Of the capital used   +1.250 % a trade, net\n") != NULL);
    CHECK(strstr(own, "Expectancy") == NULL); /* under thirty trades */
    free(own);
    own = printed(r, report_html);
    CHECK(strstr(own, "<th>Deepest fall</th><td>2010-01-01 to 2010-01-03, back on 2010-01-04</td>") != NULL);
    free(own);
    const char *json = json_of(r);
    CHECK(strstr(json, "\"max_drawdown_start\":\"2010-01-01\"") != NULL);
    CHECK(strstr(json, "\"max_drawdown_end\":\"2010-01-03\"") != NULL);
    CHECK(strstr(json, "\"mean_winner_seconds\":46800,") != NULL);
    CHECK(strstr(json, "\"mean_mfe_r\":4,\"mean_mae_r\":-0.5,\"net_of_capital_used\":0.0125") != NULL);
    drop(r);
    r = report_of((const f64[]){60, -20}, 2); /* it ends below */
    m = report_more(r);
    CHECK(m.fell_to == DAY0 + 1 && m.back_on == 0);
    CHECK(strstr(json_of(r), "\"max_drawdown_recovered\":null") != NULL);
    drop(r);
    r = report_of(NULL, 0);
    own = text_of(r, false);
    CHECK(strstr(own, "Deepest fall") == NULL && strstr(own, "Best / worst trade") == NULL);
    free(own);
    drop(r);
}

/* Days end at 60, 40, 10 and 100 dollars above the start: the first is the highest mark until the last. In
 * the second day a twentieth of it was gone, in the last a tenth. */
TEST(the_fall_within_days_goes_down_to_the_lowest_mark)
{
    UNUSED_STATE;
    static const f64 net[4] = {60, -20, -30, 90};
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    make_facts(&r->facts, net, COUNT_OF(net));
    report_facts_t *f = &r->facts;
    for (u32 i = 0; i < f->day_count; i++) {
        f->own_days[i].low = f->own_days[i].equity;
    }
    f->own_days[1].low = f->own_days[0].equity - f->own_days[0].equity / 20;
    f->own_days[3].low = f->own_days[0].equity - f->own_days[0].equity / 10;
    CHECK_OK(report_compute(r));
    report_more_t m = report_more(r);
    CHECK(m.fell_within.ok && m.within_on == DAY0 + 3);
    NEAR(m.fell_within.value, 0.1);
    CHECK(m.fell_to == DAY0 + 2); /* that of the days' ends is another */
    char *own = text_of(r, false);
    CHECK(strstr(own, "Fall within days      10.00 % down to the lowest mark, on 2010-01-04\n") != NULL);
    free(own);
    CHECK(strstr(json_of(r), "\"max_drawdown_within_days_on\":\"2010-01-04\"") != NULL);
    f->own_days[2].low = 0; /* recorded before there was such a figure */
    CHECK(!report_more(r).fell_within.ok);
    own = text_of(r, false);
    CHECK(strstr(own, "Fall within days") == NULL);
    free(own);
    CHECK(strstr(json_of(r), "\"max_drawdown_within_days\":null,\"max_drawdown_within_days_on\":null") !=
          NULL);
    drop(r);
}

/* A forecaster whose word is known to be a fifth too high: each bin is measured within its error, and Brier's
 * score is what follows from it, q (1 - q) and the square of the fifth. */
TEST(a_forecaster_that_is_wrong_is_measured)
{
    UNUSED_STATE;
    enum { N = 6000 };
    static f64 net[N];
    static const f64 fifth = 0.2;
    f64 expected = 0;
    for (u32 i = 0; i < N; i++) {
        f64 said = 0.35 + 0.1 * (i % 6);
        f64 true_chance = said - fifth;
        net[i] = rng_unit((rng_key_t){.seed = 3, .purpose = RNG_TEST}, i) < true_chance ? 50 : -50;
        expected += (true_chance * (1 - true_chance) + fifth * fifth) / N;
    }
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    make_facts(&r->facts, net, N);
    for (u32 i = 0; i < N; i++) {
        r->facts.own_trades[i].l.confidence = 3500 + 1000 * (i % 6);
    }
    CHECK_OK(report_compute(r));
    CHECK(fabs(r->brier - expected) < 0.012);
    for (u32 k = 3; k < 9; k++) {
        const report_bin_t *b = &r->bin[k];
        f64 said = 0.05 + 0.1 * k;
        CHECK(b->n == N / 6 && fabs(b->confidence - said) < 1e-9);
        metrics_interval_t w = metrics_wilson(b->wins, b->n, 0.99);
        CHECK(w.low < said - fifth &&
              w.high > said - fifth); /* what is true lies in it, what was said does not */
        CHECK(w.high < said);
        CHECK(fabs(b->r / b->n - (2 * (said - fifth) - 1)) < 0.12);
    }
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_planted_stands_beside_what_was_found),
        cmocka_unit_test(entries_within_what_was_planted),
        cmocka_unit_test(twins_say_what_they_share),
        cmocka_unit_test(a_forecaster_that_is_wrong_is_measured),
        cmocka_unit_test(falls_holding_times_and_excursions_by_hand),
        cmocka_unit_test(the_fall_within_days_goes_down_to_the_lowest_mark),
    };
    return RUN_TESTS(tests);
}
