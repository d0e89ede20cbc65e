/* Loops that tell of bulletins: what each tells, and where it is silent. */
#include "tests/loops/tell_stand.h"

#include "model/calendar.h"

extern const loop_desc_t loop_news, loop_sec_filings, loop_insider, loop_congress, loop_fear_greed,
    loop_macro, loop_earnings, loop_earnings_reaction, loop_universe_refresh;

typedef struct {
    tell_stand_t *s;
    heard_t heard;
    setup_news_t news[STAND_NAMES];
    bulletin_t b;
} ear_t;

static ear_t *ear_open(void)
{
    ear_t *e = calloc(1, sizeof *e);
    assert_non_null(e);
    e->s = tell_open(100000);
    CHECK_OK(heard_init(&e->heard, &e->s->arena, STAND_NAMES));
    e->s->shared.heard = &e->heard;
    e->s->shared.news = e->news;
    e->s->env.bulletin = &e->b;
    return e;
}

static void ear_close(ear_t *e)
{
    tell_close(e->s);
    free(e);
}

/* Hears one of now (or `ago` before) and fires the loop: how many notices. */
static u32 hear(ear_t *e, const loop_desc_t *loop, bulletin_t b, i64 ago)
{
    e->b = b;
    e->b.t_known = e->s->env.now - ago;
    heard_take(&e->heard, &e->b);
    return tell_fire(e->s, loop);
}

static bulletin_t of(bulletin_kind_t kind, inst_t inst, f64 value, const char *text)
{
    bulletin_t b = {.kind = (u8)kind, .inst = inst, .value = (i64)(value * BULLETIN_SCALE)};
    str_clip(b.text, sizeof b.text, str_from(text));
    return b;
}

TEST(headlines_of_weight_are_named_once_a_day_each)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    e->s->env.user = NULL;
    CHECK_EQ(hear(e, &loop_news, of(BULLETIN_NEWS, 3, 0.59, "mild"), 0), 0);
    CHECK_EQ(hear(e, &loop_news, of(BULLETIN_NEWS, 3, -0.6, "bad"), 0), 1);
    CHECK_STR(e->s->text, "N3 -0.60: bad");
    CHECK_EQ(e->s->told.state, 2);
    CHECK_EQ(hear(e, &loop_news, of(BULLETIN_NEWS, 3, -0.9, "worse"), 0), 0);
    CHECK_EQ(hear(e, &loop_news, of(BULLETIN_NEWS, 3, 0.9, "turned"), 0), 1); /* another state */
    CHECK_EQ(hear(e, &loop_news, of(BULLETIN_FILING, 4, 0.9, "a form"), 0), 0);
    CHECK_EQ(hear(e, &loop_news, of(BULLETIN_REPORT, 4, 0.9, "results"), 0), 1);
    CHECK_EQ(hear(e, &loop_news, of(BULLETIN_NEWS, 5, 1.0, "old"), 5 * NS_PER_DAY),
             0); /* of before the close */
    for (inst_t i = 6; i < 12; i++) {
        (void)hear(e, &loop_news, of(BULLETIN_NEWS, i, 1.0, "x"), 0);
    }
    CHECK_EQ(loop_told_of(&e->s->memory, PLAN_NEWS, STAND_SESSION), 5);
    ear_close(e);
}

TEST(filings_are_named_as_they_come)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    e->s->env.user = NULL;
    CHECK_EQ(hear(e, &loop_sec_filings, of(BULLETIN_FILING, 3, 0, "form 8-K, items 5.02"), 0), 1);
    CHECK_STR(e->s->text, "N3: form 8-K, items 5.02");
    CHECK_EQ(hear(e, &loop_sec_filings, of(BULLETIN_REPORT, 3, 0, "form 10-Q"), NS_PER_HOUR), 1);
    CHECK_STR(e->s->text, "N3: form 10-Q; results or guidance");
    CHECK_EQ(hear(e, &loop_sec_filings, of(BULLETIN_NEWS, 3, 1, "talk"), 0), 0);
    CHECK_EQ(hear(e, &loop_sec_filings, of(BULLETIN_FILING, 4, 0, "form 8-K"), 5 * NS_PER_DAY), 0);
    ear_close(e);
}

TEST(insiders_are_named_when_they_trade_much_or_buy_often)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    e->s->env.user = NULL;
    CHECK_EQ(hear(e, &loop_insider, of(BULLETIN_INSIDER, 2, -999999, "A B"), 0), 0);
    CHECK_EQ(hear(e, &loop_insider, of(BULLETIN_INSIDER, 2, -1000000, "A B, CFO"), 0), 1);
    CHECK_STR(e->s->text, "N2: A B, CFO sold $1000000");
    CHECK_EQ(hear(e, &loop_insider, of(BULLETIN_INSIDER, 5, 1000, "C D"), 20 * NS_PER_DAY), 0);
    CHECK_EQ(hear(e, &loop_insider, of(BULLETIN_INSIDER, 5, 1000, "C D"), NS_PER_HOUR), 0);
    CHECK_EQ(hear(e, &loop_insider, of(BULLETIN_INSIDER, 5, 1000, "E F"), 0), 1);
    CHECK_STR(e->s->text, "N5: E F bought $1000; the third purchase of insiders within a month");
    CHECK_EQ(e->s->told.state, 2);
    CHECK_EQ(hear(e, &loop_insider, of(BULLETIN_INSIDER, 6, 1e6, "G H"), 0), 1);
    CHECK_EQ(e->s->told.state, 1);
    ear_close(e);
}

TEST(disclosures_above_the_lowest_band_are_named)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    e->s->env.user = NULL;
    CHECK_EQ(hear(e, &loop_congress, of(BULLETIN_CONGRESS, 2, 8000, "N N"), 0), 0);
    CHECK_EQ(hear(e, &loop_congress, of(BULLETIN_CONGRESS, 2, -32500, "N N"), 0), 1);
    CHECK_STR(e->s->text, "N2: N N sold about $32500");
    CHECK_EQ(hear(e, &loop_congress, of(BULLETIN_INSIDER, 3, -32500, "N N"), 0), 0);
    ear_close(e);
}

TEST(who_joins_and_who_leaves_is_named)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    e->s->env.user = NULL;
    CHECK_EQ(hear(e, &loop_universe_refresh, of(BULLETIN_MEMBER, 2, 1, "lists"), 20 * NS_PER_DAY), 0);
    CHECK_EQ(hear(e, &loop_universe_refresh, of(BULLETIN_MEMBER, 2, -1, "lists"), 0), 1);
    CHECK_STR(e->s->text, "N2 leaves lists");
    CHECK_EQ(hear(e, &loop_universe_refresh, of(BULLETIN_MEMBER, 2, 1, "lists"), 0), 1);
    CHECK_STR(e->s->text, "N2 joins lists");
    CHECK_EQ(hear(e, &loop_universe_refresh, of(BULLETIN_NEWS, 3, 1, "lists"), 0), 0);
    u32 told = 0;
    for (u32 i = 3; i < 20; i++) {
        told += hear(e, &loop_universe_refresh, of(BULLETIN_MEMBER, (inst_t)i, 1, "lists"), 0);
    }
    CHECK_EQ(told, 7); /* with the first name eight a day */
    ear_close(e);
}

TEST(extremes_of_mood_are_told_once)
{
    UNUSED_STATE;
    static const struct {
        f64 value;
        u32 told;
        u8 state;
    } steps[] = {{50, 0, 0}, {20, 0, 0}, {19, 1, 1}, {24, 0, 1}, {10, 0, 1}, {25, 1, 0},
                 {80, 0, 0}, {81, 1, 2}, {76, 0, 2}, {75, 1, 0}, {90, 1, 2}, {5, 1, 1}};
    ear_t *e = ear_open();
    e->s->env.user = NULL;
    for (u32 i = 0; i < COUNT_OF(steps); i++) {
        CHECK_EQ(hear(e, &loop_fear_greed, of(BULLETIN_MOOD, INST_NONE, steps[i].value, ""), 0),
                 steps[i].told);
        CHECK_EQ(loop_told(&e->s->memory, PLAN_FEAR_GREED, 0, 0), steps[i].state);
    }
    CHECK_STR(e->s->text, "fear and greed stand at 5 of 100: extreme fear");
    CHECK_EQ(hear(e, &loop_fear_greed, of(BULLETIN_MOOD, INST_NONE, 90, ""), 5 * NS_PER_DAY), 0);
    ear_close(e);
}

TEST(shocks_of_the_market_are_told)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    e->s->env.user = NULL;
    CHECK_EQ(hear(e, &loop_macro, of(BULLETIN_YIELD, INST_NONE, 4.0, ""), 0), 0);
    CHECK_EQ(hear(e, &loop_macro, of(BULLETIN_YIELD, INST_NONE, 4.14, ""), 0), 0);
    CHECK_EQ(hear(e, &loop_macro, of(BULLETIN_YIELD, INST_NONE, 4.30, ""), 0), 1);
    CHECK_STR(e->s->text, "the ten-year yield moved +0.16 points, to 4.30 %");
    CHECK_EQ(hear(e, &loop_macro, of(BULLETIN_DOLLAR, INST_NONE, 120, ""), 0), 0);
    CHECK_EQ(hear(e, &loop_macro, of(BULLETIN_DOLLAR, INST_NONE, 118.7, ""), 0), 1);
    CHECK_STR(e->s->text, "the dollar moved -1.1 % against its partners' money, to 118.7");
    e->s->env.bulletin = NULL;
    e->s->shared.vix = 24;
    e->s->shared.vix_move_pct = 20;
    e->s->shared.vix_t = e->s->env.now - NS_PER_HOUR;
    CHECK_EQ(tell_fire(e->s, &loop_macro), 0); /* no index is read */
    e->s->shared.vix_known = true;
    CHECK_EQ(tell_fire(e->s, &loop_macro), 1);
    CHECK_STR(e->s->text, "the volatility index rose 20 % in a day, to 24.0");
    CHECK_EQ(tell_fire(e->s, &loop_macro), 0);
    e->s->memory.told_count = 0;
    e->s->shared.vix_t = e->s->env.now - 5 * NS_PER_DAY;
    CHECK_EQ(tell_fire(e->s, &loop_macro), 0); /* of another day */
    ear_close(e);
}

TEST(what_is_held_over_results_is_told)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    tell_stand_t *s = e->s;
    bulletin_t covers = {.kind = BULLETIN_COVERS, .inst = INST_NONE, .value = BULLETIN_CALENDAR};
    bulletin_t due = {.kind = BULLETIN_CALENDAR, .inst = 4, .value = BULLETIN_NO_VALUE};
    session_t next = calendar_next(CAL_NYSE, STAND_SESSION, I64_MAX);
    session_t after = calendar_next(CAL_NYSE, next.date, I64_MAX);
    session_t third = calendar_next(CAL_NYSE, after.date, I64_MAX);
    heard_take(&e->heard, &covers);
    due.t_event = third.open;
    CHECK_EQ(hear(e, &loop_earnings, due, 0), 0); /* nothing is held */
    (void)tell_hold(s, 0, 4, 10, 50);
    (void)tell_hold(s, 1, 5, 10, 50);
    CHECK_EQ(tell_fire(s, &loop_earnings), 0); /* in three trading days */
    due.t_event = after.open;
    CHECK_EQ(hear(e, &loop_earnings, due, 0), 1);
    CHECK_STR(s->text, "N4 is held and reports in 2 trading days; nothing is added");
    CHECK_EQ(s->told.account, 7);
    CHECK_EQ(tell_fire(s, &loop_earnings), 0);
    bulletin_t report = {.kind = BULLETIN_REPORT, .inst = 4, .value = BULLETIN_NO_VALUE};
    CHECK_EQ(hear(e, &loop_earnings, report, 0), 1);
    CHECK_STR(s->text, "N4 is held; its report is no longer ahead");
    ear_close(e);
}

TEST(what_moves_after_results_is_named_and_that_it_gave_it_back)
{
    UNUSED_STATE;
    ear_t *e = ear_open();
    tell_stand_t *s = e->s;
    s->env.user = NULL;
    *tell_feature(s, FEATURE_CLOSE, 2) = 104; /* without results */
    *tell_feature(s, FEATURE_CLOSE, 3) = 97;
    *tell_feature(s, FEATURE_CLOSE, 4) = 101.9;
    e->news[3].report = true;
    e->news[4].report = true;
    CHECK_EQ(tell_fire(s, &loop_earnings_reaction), 1);
    CHECK_STR(s->text, "N3 -3.0 % from its last close, after results");
    CHECK_EQ(tell_fire(s, &loop_earnings_reaction), 0);
    *tell_feature(s, FEATURE_CLOSE, 3) = 99;
    CHECK_EQ(tell_fire(s, &loop_earnings_reaction), 0);
    *tell_feature(s, FEATURE_CLOSE, 3) = 100.5;
    CHECK_EQ(tell_fire(s, &loop_earnings_reaction), 1);
    CHECK_STR(s->text, "N3 +0.5 % from its last close, after results; the move is given back");
    *tell_feature(s, FEATURE_CLOSE, 3) = 95;
    CHECK_EQ(tell_fire(s, &loop_earnings_reaction), 0); /* once a day */
    s->shared.heard = NULL;
    *tell_feature(s, FEATURE_CLOSE, 4) = 110;
    CHECK_EQ(tell_fire(s, &loop_earnings_reaction), 0);
    ear_close(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headlines_of_weight_are_named_once_a_day_each),
        cmocka_unit_test(filings_are_named_as_they_come),
        cmocka_unit_test(insiders_are_named_when_they_trade_much_or_buy_often),
        cmocka_unit_test(disclosures_above_the_lowest_band_are_named),
        cmocka_unit_test(who_joins_and_who_leaves_is_named),
        cmocka_unit_test(extremes_of_mood_are_told_once),
        cmocka_unit_test(shocks_of_the_market_are_told),
        cmocka_unit_test(what_is_held_over_results_is_told),
        cmocka_unit_test(what_moves_after_results_is_named_and_that_it_gave_it_back)};
    return RUN_TESTS(tests);
}
