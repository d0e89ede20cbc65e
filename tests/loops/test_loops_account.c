/* Loops that watch an account: each tells what it should, once, and is silent where nothing is to be told. */
#include "tests/loops/tell_stand.h"

#include "model/sector.h"
#include "trade/risk/gates.h"

extern const loop_desc_t loop_risk, loop_trim, loop_pdt_counter, loop_margin_watch, loop_sector_exposure,
    loop_correlation_matrix, loop_anomaly, loop_sell_confidence, loop_performance_report, loop_daily_planning;

TEST(an_empty_account_is_told_of_by_nobody)
{
    UNUSED_STATE;
    static const loop_desc_t *const silent[] = {
        &loop_risk, &loop_trim, &loop_pdt_counter, &loop_margin_watch, &loop_sector_exposure,
        &loop_correlation_matrix, &loop_anomaly, &loop_sell_confidence};
    tell_stand_t *s = tell_open(100000);
    for (u32 i = 0; i < COUNT_OF(silent); i++) {
        CHECK_EQ(tell_fire(s, silent[i]), 0);
    }
    tell_close(s);
}

/* Of 100,000 $: 8 positions of 10,000 $ each are 80 % exposure of at most 100. */
TEST(limits_are_told_of_before_they_are_reached)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    s->user.config.risk_max_gross_pct = 100;
    s->user.config.risk_portfolio_heat_pct = 4;
    for (u32 i = 0; i < 7; i++) {
        (void)tell_hold(s, i, (inst_t)i, 100, 100);
    }
    CHECK_EQ(tell_fire(s, &loop_risk), 0); /* 70 % exposure, 0.7 % open risk */
    position_t *p = tell_hold(s, 7, 7, 100, 100);
    CHECK_EQ(tell_fire(s, &loop_risk), 1);
    CHECK_EQ(s->told.about, 2);
    CHECK_EQ(s->told.state, 1);
    CHECK_EQ(s->told.value, 800000);
    CHECK_EQ(s->told.limit, 1000000);
    CHECK_EQ(tell_fire(s, &loop_risk), 0);
    p->stop.v = 70 * PRICE_SCALE; /* open risk 7 x 100 + 3,000 $: 3.7 of 4 % */
    CHECK_EQ(tell_fire(s, &loop_risk), 1);
    CHECK_EQ(s->told.about, 1);
    CHECK_EQ(s->told.state, 1);
    s->account.cash.v -= 2900 * (i64)MONEY_SCALE; /* the day has lost 2.9 of 3 % */
    CHECK(tell_fire(s, &loop_risk) >= 1);
    CHECK_EQ(s->told.about, 3);
    *p = (position_t){.inst = INST_NONE};
    s->account.cash.v += 12900 * (i64)MONEY_SCALE;
    CHECK_EQ(tell_fire(s, &loop_risk), 3); /* all three are over */
    CHECK_EQ(s->told.state, 0);
    tell_close(s);
}

TEST(a_position_that_outgrew_its_cap_is_named)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    position_t *p = tell_hold(s, 0, 3, 80, 100); /* 8 %: the cap */
    CHECK_EQ(tell_fire(s, &loop_trim), 0);
    p->mark.v = 124 * PRICE_SCALE; /* 9,920 of 101,920 $: 9.7 % */
    CHECK_EQ(tell_fire(s, &loop_trim), 0);
    p->mark.v = 130 * PRICE_SCALE; /* 10,400 of 102,400 $: 10.2 % */
    CHECK_EQ(tell_fire(s, &loop_trim), 1);
    CHECK_EQ(s->told.about, 3);
    CHECK(strstr(s->text, "N3 is 10.2 % of equity") != NULL);
    CHECK_EQ(tell_fire(s, &loop_trim), 0);
    p->qty.v = 40;
    CHECK_EQ(tell_fire(s, &loop_trim), 1);
    CHECK_EQ(s->told.state, 0);
    CHECK_EQ(account_position_count(&s->account), 1); /* it tells; it trims nothing */
    tell_close(s);
}

/* The gate counts three in five days below 25,000 $ before mid-2026. */
TEST(the_last_day_trade_is_told_before_it_is_made)
{
    UNUSED_STATE;
    static const struct {
        i64 cash;
        u32 before, today;
        u32 told;
        u8 state;
    } cases[] = {{20000, 1, 0, 0, 0}, {20000, 2, 0, 1, 1}, {20000, 1, 1, 1, 1},
                 {20000, 2, 1, 1, 2}, {20000, 5, 0, 1, 2}, {30000, 3, 1, 0, 0}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        tell_stand_t *s = tell_open(cases[i].cash);
        s->account.day_trades[2] = cases[i].before;
        s->account.day.day_trades = cases[i].today;
        CHECK_EQ(tell_fire(s, &loop_pdt_counter), cases[i].told);
        CHECK(cases[i].told == 0 || s->told.state == cases[i].state);
        CHECK_EQ(tell_fire(s, &loop_pdt_counter), 0);
        if (cases[i].told != 0) { /* the window moves on */
            s->account.day_trades[2] = 0;
            s->account.day.day_trades = 0;
            CHECK_EQ(tell_fire(s, &loop_pdt_counter), 1);
            CHECK_EQ(s->told.state, 0);
        }
        tell_close(s);
    }
    tell_stand_t *s = tell_open(20000); /* what was opened today may have to be closed today */
    s->account.day_trades[0] = 1;
    s->account.day.entries = 1;
    (void)tell_hold(s, 0, 0, 10, 100);
    CHECK_EQ(tell_fire(s, &loop_pdt_counter), 1);
    CHECK_EQ(s->told.value, 20000);
    tell_close(s);
}

/* A quarter of what is held is asked for: 400,000 $ on 100,000 $ of equity use it up. */
TEST(margin_is_told_of_when_it_is_nearly_used_and_when_it_is_short)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    position_t *p = tell_hold(s, 0, 0, 3000, 100);
    CHECK_EQ(tell_fire(s, &loop_margin_watch), 0); /* 75 % */
    p = tell_hold(s, 1, 1, 500, 100);
    CHECK_EQ(tell_fire(s, &loop_margin_watch), 1); /* 87.5 % */
    CHECK_EQ(s->told.state, 1);
    CHECK_EQ(s->told.value, 875000);
    CHECK_EQ(tell_fire(s, &loop_margin_watch), 0);
    s->account.positions[0].mark.v = 90 * PRICE_SCALE; /* equity 70,000 $, required 80,000 $ */
    CHECK_EQ(tell_fire(s, &loop_margin_watch), 1);
    CHECK_EQ(s->told.state, 2);
    s->account.positions[0] = (position_t){.inst = INST_NONE};
    account_positions_count(&s->account);
    *p = (position_t){.inst = INST_NONE};
    CHECK_EQ(tell_fire(s, &loop_margin_watch), 1);
    CHECK_EQ(s->told.state, 0);
    tell_close(s);
}

/* What the loop counts is what the gates count, of every sector. */
TEST(sectors_are_told_by_the_gates_own_count)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    (void)tell_hold(s, 0, 0, 100, 100); /* sector 1 */
    (void)tell_hold(s, 1, 3, 100, 100); /* sector 1 */
    (void)tell_hold(s, 2, 1, -100, 100); /* sector 2 */
    s->account.orders_used = 1;
    s->account.orders[0] = (order_t){.state = ORDER_PARTIAL, .multiplier = 1, .live = {30}, .filled = {10},
                                     .tag = {.sector = 2}};
    s->account.orders[0].intent = (intent_t){.inst = 4, .side = SIDE_BUY, .role = ROLE_ENTRY, .qty = {30},
                                             .reference = {100 * PRICE_SCALE}};
    money_t all[SECTOR_COUNT];
    CHECK(reserve_sectors(&s->account, all));
    for (u16 k = 0; k < SECTOR_COUNT; k++) {
        risk_summary_t one;
        intent_t none = {.inst = INST_NONE};
        reserve_summary(&s->account, &none, k, s->env.now, &one);
        CHECK_EQ(all[k].v, one.sector_value.v);
    }
    CHECK_EQ(all[1].v, 20000 * (i64)MONEY_SCALE);
    CHECK_EQ(all[2].v, 12000 * (i64)MONEY_SCALE);
    CHECK_EQ(tell_fire(s, &loop_sector_exposure), 0); /* 20 and 12 of 30 % */
    (void)tell_hold(s, 3, 6, 60, 100);
    CHECK_EQ(tell_fire(s, &loop_sector_exposure), 1); /* 26 % */
    CHECK_EQ(s->told.about, 1);
    CHECK_EQ(s->told.state, 1);
    CHECK(strstr(s->text, sector_name(1)) != NULL);
    CHECK_EQ(tell_fire(s, &loop_sector_exposure), 0);
    s->account.positions[0].mark.v = 190 * PRICE_SCALE; /* 35,000 of 109,000 $ */
    CHECK_EQ(tell_fire(s, &loop_sector_exposure), 1);
    CHECK_EQ(s->told.state, 2);
    tell_close(s);
}

/* Closes that move by `factor` of a common walk, and otherwise by their own. */
static void walk(tell_stand_t *s, inst_t inst, f64 common, f64 own)
{
    series_t *d = &s->day[inst];
    f64 close = 100;
    d->count = STAND_DAYS;
    for (u32 i = 0; i < STAND_DAYS; i++) {
        f64 a = (f64)(i * 7919 % 13) - 6.0;
        f64 b = (f64)(i * 104729 % 17) - 8.0;
        close *= 1.0 + 1e-3 * (common * a + own * b);
        d->close[i] = close;
        d->session[i] = STAND_SESSION - STAND_DAYS + (date_t)i;
        d->slot[i] = -1;
        d->t_known[i] = 0;
    }
}

TEST(positions_that_move_as_one_are_named)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    walk(s, 0, 1, 0);
    walk(s, 1, 1, 0.1);
    walk(s, 2, 0, 1);
    (void)tell_hold(s, 0, 0, 10, 100);
    CHECK_EQ(tell_fire(s, &loop_correlation_matrix), 0); /* one alone */
    (void)tell_hold(s, 1, 2, 10, 100);
    CHECK_EQ(tell_fire(s, &loop_correlation_matrix), 0); /* each by itself */
    (void)tell_hold(s, 2, 1, 10, 100);
    s->shared.view.clock = 1;
    CHECK_EQ(tell_fire(s, &loop_correlation_matrix), 0); /* not at every bar */
    s->shared.view.clock = 6;
    CHECK_EQ(tell_fire(s, &loop_correlation_matrix), 1);
    CHECK_EQ(s->told.state, 1);
    CHECK(strstr(s->text, "N0 and N1 move as one") != NULL && strstr(s->text, "1 of 3 pairs") != NULL);
    s->shared.session++; /* another day, and still so */
    CHECK_EQ(tell_fire(s, &loop_correlation_matrix), 0);
    s->account.positions[2].qty.v = -10; /* against each other they are none */
    s->account.positions[2].direction = -1;
    CHECK_EQ(tell_fire(s, &loop_correlation_matrix), 1);
    CHECK_EQ(s->told.state, 0);
    tell_close(s);
}

/* Thirty quiet days of a twentieth of a percent, up and down. */
static void quiet_days(tell_stand_t *s)
{
    s->memory.equity_count = 31;
    for (u32 i = 0; i < 31; i++) {
        s->memory.equity[i] = 100000 * (i64)MONEY_SCALE + (i % 2 == 0 ? 0 : 50 * (i64)MONEY_SCALE);
    }
}

TEST(a_day_far_from_the_accounts_own_days_is_told)
{
    UNUSED_STATE;
    static const struct {
        i64 lost;
        u32 told;
    } cases[] = {{300, 0}, {470, 0}, {1200, 1}, {-1500, 1}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        tell_stand_t *s = tell_open(100000 - cases[i].lost);
        CHECK_EQ(tell_fire(s, &loop_anomaly), 0); /* too few days are known */
        quiet_days(s);
        CHECK_EQ(tell_fire(s, &loop_anomaly), cases[i].told);
        CHECK(cases[i].told == 0 || s->told.state == (cases[i].lost > 0 ? 2 : 1));
        CHECK_EQ(tell_fire(s, &loop_anomaly), 0);
        tell_close(s);
    }
}

TEST(a_wild_bar_and_a_wild_fill_are_told)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    (void)tell_hold(s, 0, 2, 10, 100);
    *tell_feature(s, FEATURE_CLOSE, 2) = 95.5;
    *tell_feature(s, FEATURE_CLOSE, 3) = 50; /* not held */
    CHECK_EQ(tell_fire(s, &loop_anomaly), 0);
    *tell_feature(s, FEATURE_CLOSE, 2) = 94.9; /* 5.1 ranges */
    CHECK_EQ(tell_fire(s, &loop_anomaly), 1);
    CHECK(strstr(s->text, "N2 moved -5.1") != NULL);
    CHECK_EQ(tell_fire(s, &loop_anomaly), 0);
    for (u32 i = 0; i < 25; i++) {
        s->memory.fill[i] = (loop_fill_t){.t = s->env.now, .tag = i, .bps = 3.0 + (f64)(i % 3)};
    }
    s->memory.fill_count = 25;
    CHECK_EQ(tell_fire(s, &loop_anomaly), 0);
    s->memory.fill[25] = (loop_fill_t){.t = s->env.now, .tag = 25, .bps = 9.9}; /* far, and yet near */
    s->memory.fill[26] = (loop_fill_t){.t = s->env.now, .tag = 26, .bps = -40};  /* a gift */
    s->memory.fill[27] = (loop_fill_t){.t = s->shared.session_open - 1, .tag = 27, .bps = 40};
    s->memory.fill_count = 28;
    CHECK_EQ(tell_fire(s, &loop_anomaly), 0);
    s->memory.fill[28] = (loop_fill_t){.t = s->env.now, .tag = 28, .bps = 40};
    s->memory.fill_count = 29;
    CHECK_EQ(tell_fire(s, &loop_anomaly), 1);
    CHECK(strstr(s->text, "filled 40.0 bps past its decision") != NULL);
    s->memory.fills_seen = 0; /* as after a restart */
    CHECK_EQ(tell_fire(s, &loop_anomaly), 0);
    tell_close(s);
}

TEST(what_speaks_for_leaving_is_told_per_holding)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    position_t *p = tell_hold(s, 0, 1, 10, 100); /* stop at 99 */
    *tell_feature(s, FEATURE_VWAP, 1) = 100.5;
    *tell_feature(s, FEATURE_EMA9, 1) = 99;
    *tell_feature(s, FEATURE_EMA21, 1) = 100;
    p->mark.v = 99 * PRICE_SCALE + PRICE_SCALE / 10;
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 0); /* 36 + 15 + 15 */
    s->shared.regime.label = REGIME_BULL;
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 0);
    s->shared.regime.label = REGIME_BEAR;
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 1);
    CHECK_EQ(s->told.value, 810000);
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 0);
    p->mark = p->avg;
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 1);
    CHECK_EQ(s->told.state, 0);
    p->direction = -1; /* the same market speaks for a short */
    p->qty.v = -10;
    p->stop_initial.v = 101 * PRICE_SCALE;
    p->mark.v = 100 * PRICE_SCALE + PRICE_SCALE * 9 / 10;
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 0);
    *tell_feature(s, FEATURE_VWAP, 1) = 99;
    *tell_feature(s, FEATURE_EMA9, 1) = 101;
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 0); /* a falling market speaks for it */
    s->shared.regime.label = REGIME_BULL;
    CHECK_EQ(tell_fire(s, &loop_sell_confidence), 1);
    tell_close(s);
}

TEST(a_day_is_planned_once_and_recapped)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(100000);
    (void)tell_hold(s, 0, 1, 10, 100);
    CHECK_EQ(tell_fire(s, &loop_daily_planning), 1);
    CHECK(strstr(s->text, "entries are free; 1 of 5 positions open, 6 entries and 3.0 % loss at most") !=
          NULL);
    CHECK(strstr(s->text, "means") == NULL); /* no proxy */
    CHECK_EQ(tell_fire(s, &loop_daily_planning), 0);
    s->shared.session++;
    s->shared.proxy = 4;
    s->account.killed = 1;
    *tell_feature(s, FEATURE_SMA20, 4) = 99;
    *tell_feature(s, FEATURE_SMA50, 4) = 101;
    CHECK_EQ(tell_fire(s, &loop_daily_planning), 1);
    CHECK(strstr(s->text, "nothing opens: killed") != NULL &&
          strstr(s->text, "N4 above 1 of 2 means") != NULL);
    s->account.day.entries = 2;
    s->account.positions[0].mark.v = 200 * PRICE_SCALE; /* 1,000 $ more on 100,000 */
    CHECK_EQ(tell_fire(s, &loop_performance_report), 1);
    CHECK(strstr(s->text, "day +1.00 %") != NULL && strstr(s->text, "2 entries") != NULL);
    CHECK(strstr(s->text, "1 open, equity $101,000.00") != NULL);
    tell_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_account_is_told_of_by_nobody),
        cmocka_unit_test(limits_are_told_of_before_they_are_reached),
        cmocka_unit_test(a_position_that_outgrew_its_cap_is_named),
        cmocka_unit_test(the_last_day_trade_is_told_before_it_is_made),
        cmocka_unit_test(margin_is_told_of_when_it_is_nearly_used_and_when_it_is_short),
        cmocka_unit_test(sectors_are_told_by_the_gates_own_count),
        cmocka_unit_test(positions_that_move_as_one_are_named),
        cmocka_unit_test(a_day_far_from_the_accounts_own_days_is_told),
        cmocka_unit_test(a_wild_bar_and_a_wild_fill_are_told),
        cmocka_unit_test(what_speaks_for_leaving_is_told_per_holding),
        cmocka_unit_test(a_day_is_planned_once_and_recapped),
    };
    return RUN_TESTS(tests);
}
