/* Loops that tell of option chains: what each tells, and where it is silent. */
#include "tests/loops/tell_stand.h"

#include "model/calendar.h"

extern const loop_desc_t loop_iv_rank, loop_gex, loop_max_pain, loop_earnings_iv, loop_options_monitor;

typedef struct {
    tell_stand_t *s;
    heard_t heard;
    bulletin_t b;
    i64 close;  /* of the session before */
    i64 before; /* and of the one before that */
} ear_t;

static ear_t *ear_open(void)
{
    ear_t *e = calloc(1, sizeof *e);
    assert_non_null(e);
    e->s = tell_open(100000);
    e->s->env.user = NULL;
    CHECK_OK(heard_init(&e->heard, &e->s->arena, STAND_NAMES));
    e->s->shared.heard = &e->heard;
    e->s->env.bulletin = &e->b;
    session_t last = calendar_previous(CAL_NYSE, STAND_SESSION, I64_MAX);
    e->close = last.close;
    e->before = calendar_previous(CAL_NYSE, last.date, I64_MAX).close;
    for (i64 k = BULLETIN_CALENDAR; k < BULLETIN_KINDS; k++) {
        heard_take(&e->heard, &(bulletin_t){.kind = BULLETIN_COVERS, .inst = INST_NONE, .value = k});
    }
    return e;
}

static void ear_close(ear_t *e)
{
    tell_close(e->s);
    free(e);
}

/* Hears one of the chain at `close`, known a quarter of an hour later, and fires the loop: how many notices.
 */
static u32 hear(ear_t *e, const loop_desc_t *loop, bulletin_t b, i64 close)
{
    e->b = b;
    e->b.t_known = close + 15 * NS_PER_MIN;
    e->b.t_event = b.t_event != 0 ? b.t_event : close;
    CHECK(bulletin_is_sound(&e->b, STAND_NAMES));
    heard_take(&e->heard, &e->b);
    return tell_fire(e->s, loop);
}

static bulletin_t of(bulletin_kind_t kind, inst_t inst, f64 value)
{
    bulletin_t b = {.kind = (u8)kind,
                    .inst = inst,
                    .value = (i64)(value * BULLETIN_SCALE + (value < 0 ? -0.5 : 0.5)),
                    .text = "105.00"};
    return b;
}

/* A year of a name, 0.20 and 0.30 in turn, up to two sessions before this one. */
static void year_of(ear_t *e, inst_t inst)
{
    i64 close[HEARD_IV_SESSIONS];
    session_t s = calendar_previous(CAL_NYSE, STAND_SESSION, I64_MAX);
    for (u32 k = HEARD_IV_SESSIONS; k-- > 0;) {
        s = calendar_previous(CAL_NYSE, s.date, I64_MAX);
        close[k] = s.close;
    }
    for (u32 k = 0; k < HEARD_IV_SESSIONS; k++) {
        bulletin_t b = of(BULLETIN_IV, inst, k == HEARD_IV_SESSIONS - 1 ? 0.25 : k % 2 == 0 ? 0.20 : 0.30);
        CHECK_EQ(hear(e, &loop_iv_rank, b, close[k]), 0); /* of before the last close */
    }
}

TEST(who_comes_to_an_extreme_is_named)
{
    UNUSED_STATE;
    static const struct {
        f64 iv;
        u8 state;
    } cases[] = {{0.2799, 0}, {0.28, 1}, {0.31, 1}, {0.22, 2}, {0.2201, 0}, {0.10, 2}};
    ear_t *e = ear_open();
    for (inst_t i = 0; i < COUNT_OF(cases); i++) {
        year_of(e, i);
        CHECK_EQ(hear(e, &loop_iv_rank, of(BULLETIN_IV, i, cases[i].iv), e->close), cases[i].state != 0);
        CHECK_EQ(loop_told(&e->s->memory, PLAN_IV_RANK, i, STAND_SESSION), cases[i].state);
        CHECK_EQ(tell_fire(e->s, &loop_iv_rank), 0);
    }
    CHECK_STR(e->s->text, "N5: IV rank 0; its options expect 10.0 % a year, more than on 0 % of 252 days");
    e->s->memory.told_count = 0;
    e->s->shared.session =
        calendar_next(CAL_NYSE, STAND_SESSION, I64_MAX).date; /* it is there still: no news */
    e->s->env.now += NS_PER_DAY;
    CHECK_EQ(hear(e, &loop_iv_rank, of(BULLETIN_IV, 5, 0.101),
                  calendar_previous(CAL_NYSE, e->s->shared.session, I64_MAX).close),
             0);
    CHECK_EQ(hear(e, &loop_iv_rank, of(BULLETIN_IV, 4, 0.101),
                  calendar_previous(CAL_NYSE, e->s->shared.session, I64_MAX).close),
             1);
    ear_close(e);
}

TEST(exposure_that_changes_its_sign_is_told)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 3, 200000), e->before), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 3, 300000), e->close), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 3, -90000), e->close), 1);
    CHECK_STR(e->s->text,
              "N3: gamma exposure went from +$200,000 to -$90,000 for a percent: hedges go with moves");
    CHECK_EQ(e->s->told.state, 2);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_FLIP, 3, -0.01), e->before), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_FLIP, 3, 0.01), e->close), 0); /* that has been told */
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 4, -99999), e->before), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 4, 99999), e->close), 0); /* nobody's money */
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 5, -1e6), e->before), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 5, -2e6), e->close), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_FLIP, 5, -0.01), e->before), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_FLIP, 5, 0.02), e->close), 1);
    CHECK_STR(e->s->text, "N5 closed below the price at which its gamma exposure changes sign, 105.00");
    CHECK_EQ(e->s->told.state, 2);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 6, 1e6), e->before - 20 * NS_PER_DAY), 0);
    CHECK_EQ(hear(e, &loop_gex, of(BULLETIN_GAMMA, 6, -1e6), e->close), 0); /* weeks apart */
    ear_close(e);
}

TEST(exposure_that_comes_or_goes_is_told)
{
    UNUSED_STATE;
    static const struct {
        f64 before, last;
        u8 state;
    } cases[] = {{1e6, 1.99e6, 0}, {1e6, 2e6, 1},   {-2e6, -1e6, 2}, {2e6, 1.01e6, 0},
                 {2e6, -2e6, 0},   {4e5, 9.9e5, 0}, {-1e6, -9e6, 1},
                 {3e6, 1e6, 2}};
    ear_t *e = ear_open();
    for (inst_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(hear(e, &loop_options_monitor, of(BULLETIN_GAMMA, i, cases[i].before), e->before), 0);
        CHECK_EQ(hear(e, &loop_options_monitor, of(BULLETIN_GAMMA, i, cases[i].last), e->close),
                 cases[i].state != 0);
        CHECK_EQ(loop_told(&e->s->memory, PLAN_OPTIONS_MONITOR, i, STAND_SESSION), cases[i].state);
    }
    CHECK_STR(e->s->text,
              "N7: gamma exposure near the price went from +$3,000,000 to +$1,000,000 for a percent");
    ear_close(e);
}

TEST(a_close_far_from_max_pain_is_told_in_the_last_days)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    date_t day[5]; /* the next sessions, this one first */
    day[0] = STAND_SESSION;
    for (u32 k = 1; k < COUNT_OF(day); k++) {
        day[k] = calendar_next(CAL_NYSE, day[k - 1], I64_MAX).date;
    }
    bulletin_t b = of(BULLETIN_MAX_PAIN, 3, 0.0499);
    b.t_event = zone_to_utc(ZONE_NEW_YORK, day[0], 12 * 3600);
    CHECK_EQ(hear(e, &loop_max_pain, b, e->close), 0);
    b.value = 50000;
    CHECK_EQ(hear(e, &loop_max_pain, b, e->close), 1);
    char want[160];
    char text[11];
    date_print(text, day[0]);
    (void)snprintf(want, sizeof want,
                   "N3: options that end on %s pay least at 105.00, 5.0 %% above the close", text);
    CHECK_STR(e->s->text, want);
    CHECK_EQ(hear(e, &loop_max_pain, b, e->close), 0);
    b = of(BULLETIN_MAX_PAIN, 4, -0.06);
    b.t_event = zone_to_utc(ZONE_NEW_YORK, day[3], 12 * 3600);
    CHECK_EQ(hear(e, &loop_max_pain, b, e->close), 0); /* four sessions are left */
    b.t_event = zone_to_utc(ZONE_NEW_YORK, day[2], 12 * 3600);
    CHECK_EQ(hear(e, &loop_max_pain, b, e->close), 1);
    CHECK_EQ(e->s->told.state, 2);
    b.inst = 5;
    b.t_event = e->before; /* over */
    CHECK_EQ(hear(e, &loop_max_pain, b, e->close), 0);
    ear_close(e);
}

TEST(what_options_expect_of_near_results_is_told)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    session_t s = {.date = STAND_SESSION};
    session_t today;
    session_t at[8];
    CHECK(calendar_session(CAL_NYSE, STAND_SESSION, I64_MAX, &today));
    for (u32 k = 0; k < COUNT_OF(at); k++) {
        s = calendar_next(CAL_NYSE, s.date, I64_MAX);
        at[k] = s;
    }
    for (inst_t i = 2; i < 8; i++) { /* N2 reports in two sessions, N3 in five, N4 in six, N5 in two, N6 in
                                        one, N7 today */
        static const u32 sessions[] = {2, 5, 6, 2, 1, 0};
        u32 in = sessions[i - 2];
        bulletin_t due = {.kind = BULLETIN_CALENDAR,
                          .inst = i,
                          .value = BULLETIN_NO_VALUE,
                          .t_known = e->before,
                          .t_event = in == 0 ? today.open : at[in - 1].open};
        heard_take(&e->heard, &due);
    }
    bulletin_t b = of(BULLETIN_MOVE, 1, 0.061);
    b.t_event = at[7].open;
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 0); /* no results are known */
    b.inst = 4;
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 0); /* too far ahead */
    b.inst = 5;
    b.t_event = at[1].open;
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 0); /* it may end before they come */
    b.t_event = at[2].open;
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 1);
    b.inst = 3;
    b.t_event = at[7].open;
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 1);
    char want[160];
    char text[11];
    date_print(text, at[7].date);
    (void)snprintf(want, sizeof want,
                   "N3 reports in 5 trading days; its options expect 6.1 %% either way until %s", text);
    CHECK_STR(e->s->text, want);
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 0); /* once a week */
    b.inst = 6;
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 1);
    CHECK(strstr(e->s->text, "N6 reports in 1 trading day; its options") == e->s->text);
    b.inst = 7;
    CHECK_EQ(hear(e, &loop_earnings_iv, b, e->close), 1);
    CHECK(strstr(e->s->text, "N7 reports today; its options") == e->s->text);
    ear_close(e);
}

TEST(nothing_is_told_where_nothing_is_heard_and_no_more_than_a_handful_a_day)
{
    UNUSED_STATE;
    static const loop_desc_t *const all[] = {&loop_iv_rank, &loop_gex, &loop_max_pain, &loop_earnings_iv,
                                             &loop_options_monitor};
    ear_t *e = ear_open();
    for (inst_t i = 0; i < STAND_NAMES; i++) {
        (void)hear(e, &loop_options_monitor, of(BULLETIN_GAMMA, i, 1e6), e->before);
        (void)hear(e, &loop_options_monitor, of(BULLETIN_GAMMA, i, 9e6), e->close);
    }
    CHECK_EQ(loop_told_of(&e->s->memory, PLAN_OPTIONS_MONITOR, STAND_SESSION), 5);
    e->s->env.bulletin = NULL;
    for (u32 k = 0; k < COUNT_OF(all); k++) {
        CHECK_EQ(tell_fire(e->s, all[k]), 0);
    }
    e->s->env.bulletin = &e->b;
    e->s->shared.heard = NULL;
    for (bulletin_kind_t kind = BULLETIN_IV; kind <= BULLETIN_MOVE; kind++) {
        e->b = of(kind, 3, kind == BULLETIN_MAX_PAIN ? 0.01 : 0.5);
        e->b.t_known = e->s->env.now;
        for (u32 k = 0; k < COUNT_OF(all); k++) {
            CHECK_EQ(tell_fire(e->s, all[k]), 0);
        }
    }
    ear_close(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_to_an_extreme_is_named),
        cmocka_unit_test(exposure_that_changes_its_sign_is_told),
        cmocka_unit_test(exposure_that_comes_or_goes_is_told),
        cmocka_unit_test(a_close_far_from_max_pain_is_told_in_the_last_days),
        cmocka_unit_test(what_options_expect_of_near_results_is_told),
        cmocka_unit_test(nothing_is_told_where_nothing_is_heard_and_no_more_than_a_handful_a_day)};
    return RUN_TESTS(tests);
}
