/* What is told is told once, entered and left; what is remembered of it is a function of the facts. */
#include "tests/loops/tell_stand.h"

enum { ROW = PLAN_RISK, OTHER = PLAN_MOMENTUM };

static bool tell(tell_stand_t *s, u32 about, u8 state, date_t since)
{
    notice_t n = {.row = ROW, .about = about, .state = state, .since = since, .value = 1.23456, .limit = 2};
    return loop_tell(&s->env, &n, "state %u", state);
}

TEST(a_state_is_told_when_it_is_entered_and_when_it_is_left)
{
    UNUSED_STATE;
    static const struct {
        u8 state;
        bool told;
    } steps[] = {{0, false}, {1, true}, {1, false}, {2, true}, {2, false},
                 {1, true},  {0, true}, {0, false}, {1, true}};
    tell_stand_t *s = tell_open(1000);
    for (u32 i = 0; i < COUNT_OF(steps); i++) {
        CHECK_EQ(tell(s, 3, steps[i].state, 0), steps[i].told);
        CHECK_EQ(loop_told(&s->memory, ROW, 3, 0), steps[i].state);
        CHECK_EQ(loop_told(&s->memory, ROW, 4, 0), 0);
        CHECK_EQ(loop_told(&s->memory, OTHER, 3, 0), 0);
    }
    const ev_NOTICE_t *f = &s->out.facts[0].as.NOTICE;
    CHECK_EQ(s->out.fact_count, 5);
    CHECK_EQ(f->account, 7);
    CHECK_EQ(f->value, 12346); /* 1e-4 */
    CHECK_EQ(f->session, STAND_SESSION);
    CHECK(!event_is_hashed(EV_NOTICE) && !event_is_input(EV_NOTICE));
    tell_close(s);
}

TEST(what_counts_from_a_day_on_is_told_anew_each_day)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    CHECK(tell(s, 1, 1, STAND_SESSION));
    CHECK(!tell(s, 1, 1, STAND_SESSION));
    s->shared.session++;
    CHECK(!tell(s, 1, 1, 0)); /* of the day before, and still so */
    CHECK(tell(s, 1, 1, STAND_SESSION + 1));
    CHECK_EQ(s->memory.told_count, 1);
    tell_close(s);
}

/* One row with much to tell costs another nothing; of its own the oldest goes. */
TEST(a_full_memory_forgets_the_oldest_of_the_row_that_holds_most)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    notice_t other = {.row = OTHER, .state = 1};
    CHECK(loop_tell(&s->env, &other, "first of all"));
    for (u32 i = 0; i < LOOP_TOLD + 20; i++) {
        s->shared.session++;
        CHECK(tell(s, i, 1, 0));
    }
    CHECK_EQ(s->memory.told_count, LOOP_TOLD);
    CHECK_EQ(loop_told(&s->memory, OTHER, 0, 0), 1);
    CHECK_EQ(loop_told(&s->memory, ROW, LOOP_TOLD + 19, 0), 1);
    CHECK_EQ(loop_told(&s->memory, ROW, 0, 0), 0);
    tell_close(s);
}

/* What a loop has told today is counted also where others fill the table: it may tell so many things a day.
 */
TEST(a_full_memory_still_counts_what_was_told_today)
{
    UNUSED_STATE;
    tell_stand_t *s = tell_open(1000);
    for (u32 i = 0; i < LOOP_TOLD; i++) {
        s->shared.session += i % 10 == 0 ? 1 : 0;
        CHECK(tell(s, i, 1, 0));
    }
    for (u32 i = 0; i < 5; i++) {
        notice_t other = {.row = OTHER, .about = i, .state = 1, .since = s->shared.session};
        CHECK(loop_tell(&s->env, &other, "one more"));
        CHECK_EQ(loop_told_of(&s->memory, OTHER, s->shared.session), i + 1);
    }
    CHECK_EQ(s->memory.told_count, LOOP_TOLD);
    CHECK_EQ(loop_told(&s->memory, ROW, 0, 0), 0); /* the oldest of the others made room */
    CHECK_EQ(loop_told(&s->memory, ROW, LOOP_TOLD - 1, 0), 1);
    tell_close(s);
}

TEST(levels_tremble_without_news)
{
    UNUSED_STATE;
    static const struct {
        f64 value;
        u8 before, now;
    } cases[] = {{79.9, 0, 0}, {80, 0, 1}, {99.9, 1, 1}, {100, 1, 2}, {95, 2, 2},
                 {94.9, 2, 1}, {76, 1, 1}, {75.9, 1, 0}, {120, 0, 2}, {0, 2, 0}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(loop_level(cases[i].value, 80, 100, cases[i].before), cases[i].now);
    }
}

static event_t fact_of(event_kind_t kind)
{
    event_t e = {0};
    e.head.kind = (u16)kind;
    return e;
}

/* Facts of a day with an entry and its fill; the same ones twice over lead to the same memory. */
static void facts_of_a_day(loop_memory_t *m, const tell_stand_t *s)
{
    for (u32 i = 0; i < s->out.fact_count; i++) {
        loop_memory_note(m, &s->out.facts[i], STAND_SESSION);
    }
    event_t intent = fact_of(EV_INTENT);
    intent.as.INTENT = (ev_INTENT_t){.id = {{9}}, .role = ROLE_ENTRY, .reference = 100 * PRICE_SCALE};
    loop_memory_note(m, &intent, STAND_SESSION);
    event_t fill = fact_of(EV_FILL);
    fill.as.FILL = (ev_FILL_t){.intent = {{9}}, .role = ROLE_ENTRY, .side = SIDE_SELL_SHORT,
                               .price = 99 * PRICE_SCALE, .t_event = 5};
    loop_memory_note(m, &fill, STAND_SESSION);
    fill.as.FILL.intent.b[0] = 8; /* of an order that is not known any more */
    loop_memory_note(m, &fill, STAND_SESSION);
    event_t equity = fact_of(EV_EQUITY);
    equity.as.EQUITY.equity = 77;
    loop_memory_note(m, &equity, STAND_SESSION);
    event_t alert = fact_of(EV_ALERT);
    alert.as.ALERT.code = LOOP_ALERT_BREAKER;
    loop_memory_note(m, &alert, STAND_SESSION);
}

/* Member by member: padding says nothing. */
static bool same_told(const loop_memory_t *a, const loop_memory_t *b)
{
    bool same = a->told_count == b->told_count;
    for (u32 i = 0; i < LOOP_TOLD; i++) {
        const loop_told_t *x = &a->told[i];
        const loop_told_t *y = &b->told[i];
        same = same && x->row == y->row && x->about == y->about && x->state == y->state &&
               x->session == y->session;
    }
    return same;
}

TEST(facts_alone_lead_to_the_same_memory_and_a_snapshot_keeps_it)
{
    UNUSED_STATE;
    static u8 bytes[2][LOOP_MEMORY_BYTES];
    tell_stand_t *s = tell_open(1000);
    loop_memory_t again = {0};
    loop_memory_t loaded;
    for (u32 i = 0; i < 40; i++) { /* states entered and left in disorder */
        (void)tell(s, i * 7 % 11, (u8)(i * 5 % 3), 0);
    }
    notice_t said = {.row = OTHER, .state = LOOP_SAID};
    loop_say(&s->env, &said, "and a recap");
    facts_of_a_day(&again, s);
    CHECK(same_told(&again, &s->memory));
    CHECK(again.told_count > 3 && again.fill_count == 1 && again.equity[0] == 77);
    CHECK(again.fill[0].bps > 99.99 && again.fill[0].bps < 100.01); /* a short sold a percent too low */
    CHECK_EQ(again.breaker_told, STAND_SESSION);
    writer_t w = writer_of(bytes[0], LOOP_MEMORY_BYTES);
    CHECK_OK(loop_memory_save(&again, &w));
    reader_t r = reader_of(bytes[0], w.used);
    CHECK_OK(loop_memory_load(&r, LOOP_MEMORY_VERSION, &loaded));
    writer_t same = writer_of(bytes[1], LOOP_MEMORY_BYTES); /* by what is kept: padding is not */
    CHECK_OK(loop_memory_save(&loaded, &same));
    CHECK(same.used == w.used && memcmp(bytes[1], bytes[0], w.used) == 0);
    reader_t part = reader_of(bytes[0], w.used - 1);
    CHECK(loop_memory_load(&part, LOOP_MEMORY_VERSION, &loaded) != ERR_OK);
    reader_t other = reader_of(bytes[0], w.used);
    CHECK_EQ(loop_memory_load(&other, LOOP_MEMORY_VERSION + 1, &loaded), ERR_VERSION);
    tell_close(s);
}

/* The widest memory there can be fits into what is kept for it. */
TEST(a_full_memory_fits)
{
    UNUSED_STATE;
    static u8 bytes[LOOP_MEMORY_BYTES];
    loop_memory_t m;
    memset(&m, 0x7f, sizeof m);
    m.told_count = LOOP_TOLD;
    for (u32 i = 0; i < LOOP_FILLS; i++) {
        m.fill[i].bps = 1e300;
    }
    writer_t w = writer_of(bytes, sizeof bytes);
    CHECK_OK(loop_memory_save(&m, &w));
    CHECK(w.used > LOOP_MEMORY_BYTES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_is_told_when_it_is_entered_and_when_it_is_left),
        cmocka_unit_test(what_counts_from_a_day_on_is_told_anew_each_day),
        cmocka_unit_test(a_full_memory_forgets_the_oldest_of_the_row_that_holds_most),
        cmocka_unit_test(a_full_memory_still_counts_what_was_told_today),
        cmocka_unit_test(levels_tremble_without_news),
        cmocka_unit_test(facts_alone_lead_to_the_same_memory_and_a_snapshot_keeps_it),
        cmocka_unit_test(a_full_memory_fits),
    };
    return RUN_TESTS(tests);
}
