/* Loops that watch the market, what was learnt, and the loops themselves: what each tells, and where it is
 * silent. */
#include "tests/loops/tell_stand.h"

extern const loop_desc_t loop_volatility_regime, loop_momentum, loop_breadth_heatmap, loop_signal_expiry,
    loop_strategy_health, loop_calibration, loop_adaptive_threshold, loop_loop_supervisor,
    loop_crypto_momentum, loop_factor_rotation, loop_health_update;

static f64 volatility_now;

static f64 volatility(void *ctx)
{
    (void)ctx;
    return volatility_now;
}

TEST(volatility_is_told_when_its_band_changes)
{
    UNUSED_STATE;
    static const struct {
        f64 volatility;
        u32 told;
        u8 state;
    } steps[] = {{0, 0, 0},  {15, 1, 2}, {20.5, 0, 2}, {21.1, 1, 3}, {19.5, 0, 3}, {18.9, 1, 2},
                 {50, 1, 4}, {34, 0, 4}, {9, 1, 1},    {10.4, 0, 1}, {0, 0, 1}};
    tell_stand_t *s = tell_open(1000);
    s->env.user = NULL;
    s->env.proxy_volatility = volatility;
    for (u32 i = 0; i < COUNT_OF(steps); i++) {
        volatility_now = steps[i].volatility;
        CHECK_EQ(tell_fire(s, &loop_volatility_regime), steps[i].told);
        CHECK_EQ(loop_told(&s->memory, PLAN_VOLATILITY_REGIME, 0, 0), steps[i].state);
        CHECK_EQ(s->told.account, 0);
    }
    tell_close(s);
}

TEST(movers_are_named_the_widest_first_and_a_handful_a_day)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    s->env.user = NULL;
    *tell_feature(s, FEATURE_CLOSE, 0) = 110; /* without volume */
    *tell_feature(s, FEATURE_RVOL, 1) = 9;    /* without a move */
    *tell_feature(s, FEATURE_CLOSE, 2) = 90;  /* not in this bar */
    *tell_feature(s, FEATURE_RVOL, 2) = 9;
    *tell_feature(s, FEATURE_PRESENT, 2) = 0;
    CHECK_EQ(tell_fire(s, &loop_momentum), 0);
    *tell_feature(s, FEATURE_CLOSE, 5) = 97;
    *tell_feature(s, FEATURE_RVOL, 5) = 2.5;
    CHECK_EQ(tell_fire(s, &loop_momentum), 1);
    CHECK_STR(s->text, "N5 -3.0 % on 2.5 times its usual volume; 1 moved so");
    CHECK_EQ(s->told.state, 2);
    CHECK_EQ(tell_fire(s, &loop_momentum), 0);
    for (u32 i = 6; i < 14; i++) {
        *tell_feature(s, FEATURE_CLOSE, i) = 120 - i;
        *tell_feature(s, FEATURE_RVOL, i) = 3;
    }
    CHECK_EQ(tell_fire(s, &loop_momentum), 4); /* with the first one five */
    CHECK_EQ(s->out.facts[0].as.NOTICE.about, 6);
    CHECK_EQ(s->told.about, 9);
    CHECK_EQ(tell_fire(s, &loop_momentum), 0);
    s->shared.session++;
    CHECK_EQ(tell_fire(s, &loop_momentum), 5);
    s->shared.session++;
    s->market.profile = PROFILE_SWING;
    CHECK_EQ(tell_fire(s, &loop_momentum), 1);
    CHECK_EQ(s->told.about, 6);
    CHECK(strstr(s->text, "; 9 moved so") != NULL);
    tell_close(s);
}

/* Days of a name, oldest first; the last one is yesterday, or today's where daily bars decide. */
static void days_put(tell_stand_t *s, u32 inst, u32 count, f64 first, f64 step)
{
    series_t *d = &s->day[inst];
    CHECK_OK(series_init(d, &s->arena, count + 2));
    for (u32 i = 0; i < count; i++) {
        series_row_t r = {.close = first + step * i, .dollar = 1e6, .session = STAND_SESSION, .slot = -1};
        series_append(d, &r);
    }
}

TEST(coins_whose_windows_agree_are_named)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    s->env.user = NULL;
    for (u32 i = 0; i < STAND_NAMES; i++) {
        days_put(s, i, i == 4 ? 29 : 30, 100, 0);
        *tell_feature(s, FEATURE_CLOSE, i) = 112;
    }
    CHECK_EQ(tell_fire(s, &loop_crypto_momentum), 0); /* shares are none of its business */
    s->market.calendar = CAL_CRYPTO;
    for (u32 i = 0; i < STAND_NAMES; i++) {
        *tell_feature(s, FEATURE_CLOSE, i) = 109.9; /* short of a tenth */
    }
    *tell_feature(s, FEATURE_CLOSE, 4) = 150; /* a day short of a month */
    CHECK_EQ(tell_fire(s, &loop_crypto_momentum), 0);
    *tell_feature(s, FEATURE_CLOSE, 7) = 110.5;
    *tell_feature(s, FEATURE_CLOSE, 2) = 85;
    CHECK_EQ(tell_fire(s, &loop_crypto_momentum), 2);
    CHECK_EQ(s->out.facts[0].as.NOTICE.about, 2); /* the widest first */
    CHECK_STR(s->text, "N7 +10.5 % on the day, +10.5 in a week, +10.5 in a month");
    CHECK_EQ(s->told.state, 1);
    CHECK_EQ(tell_fire(s, &loop_crypto_momentum), 0);
    s->shared.session++;
    s->day[7].close[29] = 111; /* its day points down now */
    s->day[2].close[23] = 84;  /* its week points up now */
    days_put(s, 8, 30, 100, 0);
    *tell_feature(s, FEATURE_CLOSE, 8) = 115;
    s->day[8].close[23] = 116; /* its week points down */
    CHECK_EQ(tell_fire(s, &loop_crypto_momentum), 0);
    /* Where daily bars decide, the last of them is today's own. */
    s->market.profile = PROFILE_SWING;
    days_put(s, 9, 31, 100, 0);
    *tell_feature(s, FEATURE_CLOSE, 9) = 120;
    s->day[9].close[30] = 120;
    CHECK_EQ(tell_fire(s, &loop_crypto_momentum), 1);
    CHECK_STR(s->text, "N9 +20.0 % on the day, +20.0 in a week, +20.0 in a month");
    for (u32 i = 10; i < 16; i++) {
        days_put(s, i, 31, 100, 0);
        *tell_feature(s, FEATURE_CLOSE, i) = 130;
    }
    CHECK_EQ(tell_fire(s, &loop_crypto_momentum), 2); /* with that one three */
    tell_close(s);
}

/* Names that rose for a year and a month and those that fell as long, in equal parts: by
 * what comes after, momentum or reversal leads. */
static void factors_put(tell_stand_t *s, f64 after)
{
    for (u32 i = 0; i < STAND_NAMES; i++) {
        f64 side = i % 2 == 0 ? 1.0 : -1.0;
        days_put(s, i, 290, 100, side * 0.1);
        for (u32 k = 248; k < 269; k++) {
            s->day[i].close[k] += side * (f64)(k - 247);
        }
        for (u32 k = 269; k < 290; k++) {
            s->day[i].close[k] = s->day[i].close[268] + side * after * (f64)(k - 268);
        }
        s->day[i].dollar[268] = 1e6 * (f64)(1 + i / 2);
    }
}

TEST(the_factor_that_paid_is_told_once_a_month)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    s->env.user = NULL;
    s->shared.session = date_from_ymd(2016, 8, 1);
    s->env.session_before = date_from_ymd(2016, 7, 29);
    factors_put(s, 1.0);
    CHECK_EQ(tell_fire(s, &loop_factor_rotation), 0); /* 24 names are too few for fifths */
    static instrument_t more[STAND_NAMES + 8];
    series_t day[STAND_NAMES + 8];
    memcpy(more, s->instruments, sizeof s->instruments);
    memcpy(day, s->day, sizeof s->day);
    for (u32 i = 0; i < 8; i++) {
        more[STAND_NAMES + i] = s->instruments[i];
        day[STAND_NAMES + i] = s->day[i];
    }
    s->market.instruments = more;
    s->market.day = day;
    s->market.count = STAND_NAMES + 8;
    day[STAND_NAMES + 7].session[day[STAND_NAMES + 7].count - 1]--; /* a copy of N7: both have ended */
    CHECK_EQ(tell_fire(s, &loop_factor_rotation), 1);
    CHECK(strstr(s->text, " of 30 names ") != NULL);
    s->memory.told_count = 0;
    day[STAND_NAMES + 7].session[day[STAND_NAMES + 7].count - 1]++;
    CHECK_EQ(tell_fire(s, &loop_factor_rotation), 1);
    CHECK(strstr(s->text, "momentum: best less worst fifth of 32 names +") == s->text);
    CHECK_EQ(s->told.state, 1);
    CHECK_EQ(tell_fire(s, &loop_factor_rotation), 0); /* the same one still leads */
    factors_put(s, -1.0);
    memcpy(day, s->day, sizeof s->day);
    for (u32 i = 0; i < 8; i++) {
        day[STAND_NAMES + i] = s->day[i];
    }
    s->shared.session = date_from_ymd(2016, 8, 31);
    s->env.session_before = date_from_ymd(2016, 8, 30);
    CHECK_EQ(tell_fire(s, &loop_factor_rotation), 0); /* not before the next month */
    s->shared.session = date_from_ymd(2016, 9, 1);
    s->env.session_before = date_from_ymd(2016, 8, 31);
    CHECK_EQ(tell_fire(s, &loop_factor_rotation), 1);
    CHECK(strstr(s->text, "reversal: best less worst fifth") == s->text);
    CHECK_EQ(s->told.state, 2);
    factors_put(s, 0.0);
    memcpy(day, s->day, sizeof s->day);
    s->shared.session = date_from_ymd(2017, 9, 1);
    s->env.session_before = date_from_ymd(2016, 9, 30);
    for (u32 i = 0; i < 8; i++) {
        day[STAND_NAMES + i] = s->day[i];
    }
    CHECK_EQ(tell_fire(s, &loop_factor_rotation), 1);
    CHECK(strstr(s->text, "nothing leads; nearest is ") == s->text);
    tell_close(s);
}

static void go(tell_stand_t *s, u32 up, u32 down)
{
    for (u32 i = 0; i < STAND_NAMES; i++) {
        *tell_feature(s, FEATURE_CLOSE, i) = i < up ? 101 + i % 3 : i < up + down ? 98 : 100;
        *tell_feature(s, FEATURE_SMA20, i) = 99;
    }
}

TEST(breadth_is_told_where_nearly_all_go_one_way_and_at_the_days_end)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    s->env.user = NULL;
    go(s, 19, 5); /* 79 % */
    CHECK_EQ(tell_fire(s, &loop_breadth_heatmap), 0);
    go(s, 20, 4); /* 83 % */
    CHECK_EQ(tell_fire(s, &loop_breadth_heatmap), 1);
    CHECK_EQ(s->told.state, 1);
    CHECK_EQ(tell_fire(s, &loop_breadth_heatmap), 0);
    go(s, 2, 22);
    CHECK_EQ(tell_fire(s, &loop_breadth_heatmap), 1);
    CHECK_EQ(s->told.state, 2);
    s->slice.session_last = true;
    go(s, 18, 3);
    CHECK_EQ(tell_fire(s, &loop_breadth_heatmap), 1);
    CHECK(strstr(s->text, "18 up, 3 down; 88 % above their twenty-day mean") != NULL);
    CHECK(strstr(s->text, "Industrials +") != NULL && strstr(s->text, "Energy +") != NULL); /* best, worst */
    for (u32 i = 0; i < 5; i++) {
        *tell_feature(s, FEATURE_PRESENT, i) = 0; /* 19 names are too few to speak of */
    }
    CHECK_EQ(tell_fire(s, &loop_breadth_heatmap), 0);
    tell_close(s);
}

TEST(what_became_of_the_days_signals_adds_up)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    CHECK_EQ(tell_fire(s, &loop_signal_expiry), 0); /* none began */
    signal_of(&s->user, 0, 1, 1)->today = 2;
    signal_of(&s->user, STAND_NAMES - 1, LIMIT_STRATEGIES - 1, -1)->today = 5;
    signal_of(&s->user, 3, 2, -1)->today = 1;
    signal_of(&s->user, 3, 2, -1)->fresh = 1;
    signal_of(&s->user, 5, 2, 1)->fresh = 1; /* of a name that has no bars any more */
    s->account.day.entries = 2;
    s->user.config.profile = PROFILE_SWING;
    CHECK_EQ(tell_fire(s, &loop_signal_expiry), 0);
    s->user.config.profile = PROFILE_DAY;
    CHECK_EQ(tell_fire(s, &loop_signal_expiry), 1);
    CHECK_STR(s->text, "8 set-ups began today: 2 entered, 5 lapsed, 1 still fresh");
    tell_close(s);
}

TEST(a_strategys_decay_is_told_by_name)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    const strategy_desc_t *d = strategy_at(1);
    health_view_t *h = &s->user.health_view[d->id];
    CHECK_EQ(tell_fire(s, &loop_strategy_health), 0);
    *h = (health_view_t){.status = HEALTH_DEGRADED, .shrunk = -0.5, .results = 60};
    CHECK_EQ(tell_fire(s, &loop_strategy_health), 1);
    CHECK_EQ(s->told.about, d->id);
    CHECK(strstr(s->text, d->name) != NULL && strstr(s->text, "has decayed: Sharpe -0.50 over 60") != NULL);
    CHECK_EQ(tell_fire(s, &loop_strategy_health), 0);
    h->shadow_only = true;
    CHECK_EQ(tell_fire(s, &loop_strategy_health), 1);
    CHECK_EQ(s->told.state, 2);
    *h = (health_view_t){.status = HEALTH_UNPROVEN};
    CHECK_EQ(tell_fire(s, &loop_strategy_health), 0);
    *h = (health_view_t){.status = HEALTH_GOOD};
    CHECK_EQ(tell_fire(s, &loop_strategy_health), 1);
    CHECK_EQ(s->told.state, 0);
    tell_close(s);
}

static void close_trades(tell_stand_t *s, u32 n, f64 m0, f64 net)
{
    for (u32 i = 0; i < n; i++) {
        confidence_result_t r = {.strategy = 1, .side = 1, .conviction = 50, .m0 = m0,
                                 .r_net = net + (i % 2 == 0 ? 0.5 : -0.5)};
        confidence_add(&s->user.confidence, &r);
    }
}

/* Two days, +3 and -1: mean 1, deviation sqrt(8), by the year of the run's market. */
TEST(health_is_by_the_markets_year)
{
    UNUSED_STATE;
    static const struct {
        calendar_id_t calendar;
        f64 sharpe;
    } cases[] = {{CAL_NYSE, 5.6124860802}, {CAL_CRYPTO, 6.7546280430}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        tell_stand_t *s = tell_open(1000);
        s->market.calendar = cases[i].calendar;
        for (u32 day = 0; day < 2; day++) {
            s->user.health_pnl[1] = day == 0 ? 3.0 : -1.0;
            s->user.health_results[1] = 1;
            CHECK(loop_health_update.run(&s->env));
        }
        f64 off = s->user.health_view[1].sharpe - cases[i].sharpe;
        CHECK(off < 1e-9 && off > -1e-9);
        tell_close(s);
    }
}

TEST(a_confidence_that_does_not_come_true_is_told)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    close_trades(s, 29, 0.2, -0.5);
    CHECK_EQ(tell_fire(s, &loop_calibration), 0); /* too few to say so */
    close_trades(s, 1, 0.2, -0.5);
    CHECK_EQ(tell_fire(s, &loop_calibration), 1);
    CHECK_EQ(s->told.state, 1);
    CHECK(strstr(s->text, "-0.6") != NULL || strstr(s->text, "-0.7") != NULL);
    CHECK_EQ(tell_fire(s, &loop_calibration), 0);
    close_trades(s, 50, 0.2, 0.2); /* as expected, and no older ones left */
    CHECK_EQ(tell_fire(s, &loop_calibration), 1);
    CHECK_EQ(s->told.state, 0);
    close_trades(s, 50, 0.2, 0.7);
    CHECK_EQ(tell_fire(s, &loop_calibration), 1);
    CHECK_EQ(s->told.state, 2);
    tell_close(s);
}

TEST(a_gate_that_moved_by_itself_says_so)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    close_trades(s, 49, 0.2, -0.5);
    CHECK_EQ(tell_fire(s, &loop_adaptive_threshold), 0); /* it stands where it was set */
    close_trades(s, 1, 0.2, -0.5);
    f64 shift = confidence_gate_shift(&s->user.confidence);
    CHECK(shift > 0);
    CHECK_EQ(tell_fire(s, &loop_adaptive_threshold), 1);
    CHECK_EQ(s->told.state, 1);
    CHECK(s->told.value >= (i64)(shift * 1e4) - 1 && s->told.value <= (i64)(shift * 1e4) + 1);
    CHECK_EQ(tell_fire(s, &loop_adaptive_threshold), 0);
    tell_close(s);
}

static loop_faults_t faults_now[2];

static u32 faults(void *ctx, loop_faults_t out[LOOPS_MAX])
{
    (void)ctx;
    out[0] = faults_now[0];
    out[1] = faults_now[1];
    return 2;
}

TEST(a_loop_that_did_not_run_as_it_should_is_named)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    s->env.user = NULL;
    s->env.faults = faults;
    faults_now[0] = (loop_faults_t){.loop = &loop_momentum};
    faults_now[1] = (loop_faults_t){.loop = &loop_calibration};
    CHECK_EQ(tell_fire(s, &loop_loop_supervisor), 0);
    faults_now[1].overruns = 2;
    faults_now[1].rested = 3;
    CHECK_EQ(tell_fire(s, &loop_loop_supervisor), 1);
    CHECK(strstr(s->text, "calibration: 5 faults since the last session") == s->text);
    CHECK(strstr(s->text, "3 rested, 2 over budget") != NULL);
    CHECK_EQ(tell_fire(s, &loop_loop_supervisor), 0);
    faults_now[0].blocked = 1;
    faults_now[1].lost = 1;
    CHECK_EQ(tell_fire(s, &loop_loop_supervisor), 2);
    tell_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volatility_is_told_when_its_band_changes),
        cmocka_unit_test(coins_whose_windows_agree_are_named),
        cmocka_unit_test(the_factor_that_paid_is_told_once_a_month),
        cmocka_unit_test(movers_are_named_the_widest_first_and_a_handful_a_day),
        cmocka_unit_test(breadth_is_told_where_nearly_all_go_one_way_and_at_the_days_end),
        cmocka_unit_test(what_became_of_the_days_signals_adds_up),
        cmocka_unit_test(a_strategys_decay_is_told_by_name),
        cmocka_unit_test(health_is_by_the_markets_year),
        cmocka_unit_test(a_confidence_that_does_not_come_true_is_told),
        cmocka_unit_test(a_gate_that_moved_by_itself_says_so),
        cmocka_unit_test(a_loop_that_did_not_run_as_it_should_is_named),
    };
    return RUN_TESTS(tests);
}
