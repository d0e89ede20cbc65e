/* A market that is made again: what was held in it, and what stood beside a demo's trades. Three names over
 * three sessions of four minutes, behind one day of history. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "model/calendar.h"
#include "trade/portfolio/account.h"
#include "tests/faces/made_report.h"

enum { NAMES = 3, SESSIONS = 3, MINUTES = 4, FUND = 1 };

/* Closes of the sessions' minutes move by these; the last of a day is what is held. */
static const i64 close_of[SESSIONS + 1][NAMES] = {
    {100, 200, 40}, {100, 200, 40}, {110, 210, 40}, {55, 189, 44},
};

static const instrument_t names[NAMES] = {{.symbol = "AA"}, {.symbol = "FUND"}, {.symbol = "ZZ"}};
static date_t day_of[SESSIONS + 1];
static i64 open_of[SESSIONS + 1];
static u32 shown; /* slices, of the last market */

static err_t show(u32 day, u32 minute, report_take_fn take, void *ctx)
{
    static const inst_t inst[NAMES] = {0, 1, 2};
    source_t of = {.instruments = names, .instrument_count = NAMES, .proxy = FUND};
    bar_t row[NAMES];
    bool history = day == 0;
    i64 t = open_of[day] + (i64)minute * NS_PER_MIN;
    for (u32 i = 0; i < NAMES; i++) {
        price_t p = {close_of[day][i] * PRICE_SCALE};
        row[i] = (bar_t){.t_event = t, .t_known = t + NS_PER_MIN, .open = p, .high = p, .low = p, .close = p,
                         .volume = (i64)(1000 * (day + 1) + 100 * minute)};
    }
    /* AA is split two for one before its last session, ZZ pays a tenth before its second. */
    action_t split = {.inst = 0, .kind = ACTION_SPLIT, .ratio_num = 2, .ratio_den = 1, .ex_date = day_of[3]};
    action_t paid = {.inst = 2, .kind = ACTION_DIVIDEND, .amount = {4 * PRICE_SCALE}, .ex_date = day_of[2]};
    slice_t s = {.t_open = t,
                 .t_known = t + NS_PER_MIN,
                 .session = day_of[day],
                 .timeframe = history ? TF_1D : TF_1M,
                 .count = NAMES,
                 .inst = inst,
                 .bar = row,
                 .action = day == 3 ? &split : &paid,
                 .action_count = minute == 0 && day >= 2 ? 1 : 0};
    shown++;
    return take(ctx, &of, &s);
}

static err_t market(const run_spec_t *spec, diag_t *diag, report_take_fn take, void *ctx)
{
    CHECK(spec->kind == RUN_DEMO && diag == NULL);
    shown = 0;
    err_t err = show(0, 0, take, ctx);
    for (u32 d = 1; d <= SESSIONS; d++) {
        for (u32 k = 0; k < MINUTES && err == ERR_OK; k++) {
            err = show(d, k, take, ctx);
        }
    }
    return err == ERR_EMPTY ? ERR_OK : err;
}

/* Trades of AA on the second session, of ZZ on the first, and of ZZ on the second; not in order of entry. */
static report_t *demo(void)
{
    static const f64 net[3] = {10, -20, 5};
    static const struct {
        u32 inst, day, minute;
        i64 qty;
    } at[3] = {{0, 2, 1, 3}, {2, 1, 2, 22}, {2, 2, 3, 165}};
    session_t s = calendar_next(CAL_NYSE, DAY0, I64_MAX);
    for (u32 i = 0; i <= SESSIONS; i++) {
        day_of[i] = s.date;
        open_of[i] = s.open;
        s = calendar_next(CAL_NYSE, s.date, I64_MAX);
    }
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    report_facts_t *f = &r->facts;
    make_facts(f, net, 3);
    free(f->own_insts);
    f->own_insts = calloc(NAMES, sizeof *f->own_insts);
    assert_non_null(f->own_insts);
    f->inst_count = NAMES;
    for (u32 i = 0; i < NAMES; i++) {
        (void)snprintf(f->own_insts[i].symbol, LIMIT_SYMBOL, "%.31s", names[i].symbol);
        f->own_insts[i].multiplier = 1;
    }
    f->day_count = SESSIONS;
    f->timeframe = TF_1M;
    f->made_of.kind = RUN_DEMO;
    for (u32 i = 0; i < SESSIONS; i++) {
        f->own_days[i].session = day_of[i + 1];
    }
    for (u32 i = 0; i < 3; i++) {
        report_trade_t *t = &f->own_trades[i];
        t->bar = open_of[at[i].day] + at[i].minute * NS_PER_MIN;
        t->l.inst = at[i].inst;
        t->l.qty = at[i].qty;
        t->l.entry_date = t->l.exit_date = day_of[at[i].day];
        t->l.t_entry = t->bar;
        t->l.t_exit = t->bar + NS_PER_MIN;
        t->l.spread_cost = t->l.slippage_cost = t->l.impact_cost = 0;
        t->l.fees = dollars(1 + i);
    }
    return r;
}

static void look(report_t *r, report_market_fn fn)
{
    report_ask_t ask = {.home = "/nowhere", .market = fn};
    free(r->bench.own_proxy);
    CHECK_OK(report_beside(&ask, NULL, r));
}

/* FUND: 200, 210, 189. AA: 100, 110, 55 that are 110. ZZ: 40, 40 behind a dividend of a tenth, 44. */
TEST(what_was_held_by_hand)
{
    UNUSED_STATE;
    report_t *r = demo();
    look(r, market);
    CHECK(r->bench.proxy.known && r->bench.equal.known);
    CHECK_STR(r->bench.proxy_symbol, "FUND");
    NEAR(r->bench.proxy.total, 189.0 / 200.0 - 1.0);
    NEAR(r->bench.own_proxy[0], 0.05);
    NEAR(r->bench.own_proxy[1], -0.1);
    CHECK_EQ(r->bench.equal.names, 2); /* the fund is none of them */
    NEAR(r->bench.equal.total, (1.0 + (0.1 + 1.0 / 9.0) / 2.0) * (1.0 + (0.0 + 0.1) / 2.0) - 1.0);
    CHECK_EQ(shown, 1 + SESSIONS * MINUTES);
    drop(r);
}

/* Volumes are 1,000 more a day and 100 more a minute: 3 of 3,100, 22 of 2,200, 165 of 3,300. */
TEST(each_trade_meets_the_bar_of_its_entry)
{
    UNUSED_STATE;
    report_t *r = demo();
    look(r, market);
    CHECK(r->twin.known && r->twin.trades == 3 && !r->twin.by_session);
    CHECK_EQ(r->share.known, 3);
    CHECK_EQ(r->share.part[0].n, 1);
    CHECK_EQ(r->share.part[1].n, 1); /* one in a hundred, to the share */
    CHECK_EQ(r->share.part[2].n, 1);
    NEAR(r->share.part[0].r, 0.2);
    NEAR(r->share.part[1].r, -0.4);
    CHECK_EQ(r->share.part[2].costs, dollars(3));
    CHECK_OK(report_compute(r));
    char *own = text_of(r, false);
    CHECK(strstr(own, "up to 1 %                      1       -0.4000      0.0000          33.3 %\n"));
    CHECK(strstr(own, "FUND held -5.50 %;  its 2 names alike") != NULL);
    CHECK(strstr(own, "not computed here") == NULL);
    free(own);
    CHECK(strstr(json_of(r), "{\"share\":\"up to 5 %\",\"trades\":1,\"mean_net_r\":0.1,") != NULL);
    own = printed(r, report_html);
    CHECK(strstr(own, "up to 0.1 %</th><td>1</td><td>+0.2000</td><td>0.0000</td><td>16.7 %") != NULL);
    free(own);
    drop(r);
}

/* What is larger than a twentieth, what has no volume, and what the record ends before. */
TEST(more_and_unknown)
{
    UNUSED_STATE;
    report_t *r = demo();
    r->facts.own_trades[0].l.qty = 156; /* of 3,100: a little more than 5 % */
    r->facts.own_trades[1].bar = 0;
    look(r, market);
    CHECK_EQ(r->share.known, 2);
    CHECK_EQ(r->share.part[3].n, 1);
    CHECK_EQ(r->share.part[1].n, 0);
    CHECK_OK(report_compute(r));
    char *own = text_of(r, false);
    CHECK(strstr(own, "unknown               1 of 3 trades: no bar with a volume is at hand\n") != NULL);
    free(own);
    drop(r);
}

/* The record ends in the second session: its benchmark ends there, and the market is not made to its end. */
TEST(no_further_than_the_run)
{
    UNUSED_STATE;
    report_t *r = demo();
    r->facts.day_count = 2;
    look(r, market);
    NEAR(r->bench.proxy.total, 0.05);
    CHECK_EQ(r->twin.trades, 3);
    CHECK_EQ(shown, 1 + 2 * MINUTES + 1);
    drop(r);
}

/* Another program's market, other names, no market, and a run that had none: nothing is claimed. */
TEST(a_market_that_is_not_the_runs)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 4; k++) {
        report_t *r = demo();
        r->facts.origin.other_logic = k == 0;
        (void)snprintf(r->facts.own_insts[2].symbol, LIMIT_SYMBOL, "%s", k == 1 ? "ZY" : "ZZ");
        r->facts.made_of.kind = k == 3 ? RUN_BACKTEST : RUN_DEMO;
        shown = 0;
        look(r, k == 2 ? NULL : market);
        CHECK_EQ(shown, k == 1 ? 1 : 0);
        CHECK(!r->bench.proxy.known && !r->bench.equal.known && !r->twin.known);
        CHECK_EQ(r->share.known, 0);
        drop(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_held_by_hand),
        cmocka_unit_test(each_trade_meets_the_bar_of_its_entry),
        cmocka_unit_test(more_and_unknown),
        cmocka_unit_test(no_further_than_the_run),
        cmocka_unit_test(a_market_that_is_not_the_runs),
    };
    return RUN_TESTS(tests);
}
