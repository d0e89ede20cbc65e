/* Users who copy one decision are one sample: the interval of the mean trade and the smallest edge are those
 * of the distinct trades, and the report says how many those are. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "faces/report/report.h"
#include "quant/stats/metrics.h"
#include "trade/portfolio/account.h"

enum { DAY0 = 14610, TRADES = 60, COPIES = 20 };

/* `copies` users take the same TRADES trades, one a day. What each makes of it differs by `apart` R around
 * the trade's own. */
static report_t *report_of(u32 copies, f64 apart)
{
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    report_facts_t *f = &r->facts;
    f->inst_count = 1;
    f->own_insts = calloc(1, sizeof *f->own_insts);
    f->own_trades = calloc((size_t)TRADES * copies, sizeof *f->own_trades);
    f->own_days = calloc(TRADES, sizeof *f->own_days);
    f->users.own_v = calloc(copies, sizeof *f->users.own_v);
    assert_non_null(f->own_insts);
    assert_non_null(f->own_trades);
    assert_non_null(f->own_days);
    assert_non_null(f->users.own_v);
    f->users.count = copies;
    f->own_insts[0] = (report_inst_t){.symbol = "A", .cls = CLASS_STOCK, .multiplier = 1};
    f->start.v = 100000 * (i64)MONEY_SCALE;
    for (u32 i = 0; i < TRADES; i++) {
        f64 made = i % 3 == 0 ? 1.5 : -0.5 - 0.01 * (i % 7);
        for (u32 k = 0; k < copies; k++) {
            f64 own = made + apart * (k % 2 == 0 ? 1.0 : -1.0);
            f->own_trades[f->trade_count].account = k + 1;
            f->own_trades[f->trade_count++].l = (lesson_record_t){.version = 1,
                                                                  .strategy = 2,
                                                                  .reason = EXIT_STOP,
                                                                  .direction = 1,
                                                                  .qty = 100,
                                                                  .entry = 20 * PRICE_SCALE,
                                                                  .t_entry = (DAY0 + (i64)i) * NS_PER_DAY,
                                                                  .t_exit = (DAY0 + 1 + (i64)i) * NS_PER_DAY,
                                                                  .exit_date = DAY0 + i,
                                                                  .entry_date = DAY0 + i,
                                                                  .r = PRICE_SCALE / 2,
                                                                  .net = (i64)(own * 50e6),
                                                                  .net_r = (i64)(own * 1e6)};
        }
        f->own_days[i] = (report_day_t){.session = DAY0 + (date_t)i, .equity = f->start.v + i};
    }
    f->day_count = TRADES;
    for (u32 k = 0; k < copies; k++) {
        f->users.own_v[k].account = k + 1;
    }
    CHECK_OK(report_compute(r));
    return r;
}

static void drop(report_t *r)
{
    report_free(r);
    free(r);
}

static char *printed(const report_t *r, bool page)
{
    char *own = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&own, &n);
    if (page) {
        CHECK_OK(report_html(r, f));
    } else {
        report_print_first(r, f, false);
    }
    CHECK_EQ(fclose(f), 0);
    return own;
}

TEST(copies_are_one_sample)
{
    UNUSED_STATE;
    char edge[64];
    report_t *one = report_of(1, 0);
    report_t *many = report_of(COPIES, 0.25);
    CHECK_EQ(one->distinct, TRADES);
    CHECK_EQ(many->distinct, TRADES);
    CHECK_EQ(many->facts.trade_count, TRADES * COPIES);
    CHECK(one->r_known && many->r_known);
    CHECK(many->r.point - one->r.point < 1e-6 && one->r.point - many->r.point < 1e-6);
    CHECK(many->r.low - one->r.low < 1e-6 && one->r.low - many->r.low < 1e-6);
    (void)snprintf(edge, sizeof edge, "%.3f R", metrics_detectable_edge(TRADES, METRICS_TRADE_SD));
    for (u32 page = 0; page < 2; page++) {
        char *text = printed(many, page != 0);
        CHECK(strstr(text, edge) != NULL);
        CHECK(strstr(text, "1200 closed") != NULL);
        CHECK(strstr(text, "of 60 distinct by name, moment and side") != NULL);
        free(text);
        text = printed(one, page != 0);
        CHECK(strstr(text, edge) != NULL && strstr(text, "distinct by") == NULL);
        free(text);
    }
    drop(one);
    drop(many);
}

/* One trade of twenty users weighs as much as one of a single user. */
TEST(a_crowd_does_not_drown_the_others)
{
    UNUSED_STATE;
    report_t *r = report_of(2, 0);
    f64 sum = 0;
    for (u32 i = 0; i < TRADES; i++) { /* the copies of every other trade become trades of their own */
        lesson_record_t *copy = &r->facts.own_trades[2 * i + 1].l;
        if (i % 2 == 0) {
            copy->t_entry += 60 * (i64)NS_PER_SEC;
        }
        sum += (i % 2 == 0 ? 2.0 : 1.0) * (f64)copy->net_r / 1e6;
    }
    for (u32 d = 0; d < DIM_COUNT; d++) {
        free(r->by[d].own_v);
        r->by[d] = (report_groups_t){0};
    }
    CHECK_OK(report_compute(r));
    CHECK_EQ(r->distinct, TRADES + TRADES / 2);
    f64 mean = sum / (TRADES + TRADES / 2);
    CHECK(r->r.point - mean < 1e-9 && mean - r->r.point < 1e-9);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_one_sample),
        cmocka_unit_test(a_crowd_does_not_drown_the_others),
    };
    return RUN_TESTS(tests);
}
