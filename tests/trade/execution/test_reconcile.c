/* The broker's own list of orders, compared: an end whose word was lost is found, an order that lives though
 * it ended here closes entries, and no answer of any bytes does harm. */
#include "tests/trade/bench_account.h"

#include "trade/execution/reconcile.h"

/* The list as the simulated broker has it, and what the account holds. */
static broker_told_t told_of(const desk_t *d)
{
    broker_told_t t = {.count = 0};
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &d->account.positions[i];
        if (p->inst != INST_NONE) {
            t.positions[t.count++] = (broker_position_t){.inst = p->inst, .qty = p->qty};
        }
    }
    for (u32 i = 0; i < d->paper.count; i++) {
        if (d->paper.orders[i].dead == 0) {
            t.orders[t.order_count++] = d->paper.orders[i].intent.id;
        }
    }
    return t;
}

/* Compares after `ns`, asked just then; the effects stay in the outbox. */
static bool compare(desk_t *d, const broker_told_t *t, i64 ns)
{
    broker_view_t v = {.cash_untold = true, .positions = t->positions, .count = t->count,
                       .orders_told = true, .orders = t->orders, .order_count = t->order_count};
    d->now += ns;
    v.t_asked = d->now;
    outbox_reset(&d->out);
    bool agree = exec_reconcile(&d->account, &v, d->now, &d->out);
    desk_invariants(d);
    return agree;
}

static paper_order_t *at_broker(desk_t *d, id128_t id)
{
    for (u32 i = 0; i < d->paper.count; i++) {
        if (id128_eq(d->paper.orders[i].intent.id, id)) {
            return &d->paper.orders[i];
        }
    }
    fail();
    return NULL;
}

/* The broker ended a stop by itself and its word was lost: nothing else would ever ask, and the position
 * stood without protection. The list shows it, the look proves it, and a new stop is sent. */
TEST(an_end_that_nobody_heard_is_found)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    id128_t stop = p->stop_id;
    at_broker(d, stop)->dead = 1;
    CHECK_EQ(desk_covered(d), 100);
    broker_told_t t = told_of(d);
    CHECK_EQ(t.order_count, 1);
    CHECK(compare(d, &t, EXEC_LIST_LAG_NS));
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 1);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, p->target_id), 0);
    CHECK_EQ(d->account.reconcile, 0);
    for (u32 i = 0; i < 4; i++) {
        desk_flush(d);
        d->now += 5 * NS_PER_SEC;
        (void)exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out);
    }
    desk_flush(d);
    CHECK_EQ(desk_state(d, stop), ORDER_CANCELED);
    CHECK(!id128_eq(p->stop_id, stop));
    CHECK_EQ(desk_state(d, p->stop_id), ORDER_NEW);
    CHECK_EQ(desk_covered(d), 100);
    t = told_of(d);
    CHECK(compare(d, &t, EXEC_LIST_LAG_NS));
    CHECK_EQ(d->out.effect_count, 0);
    desk_close(d);
}

/* A view says nothing of what was sent since it was asked for, and one look at a time is enough. */
TEST(what_is_too_young_or_already_looked_for_is_left_alone)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    const order_t *o = account_order_const(&d->account, p->stop_id);
    broker_told_t none = told_of(d);
    none.order_count = 0;
    d->drop_all = true;
    i64 since = MAX_OF(o->t_sent, o->t_state);
    CHECK(compare(d, &none, since - d->now));
    CHECK_EQ(d->out.effect_count, 0);
    CHECK(compare(d, &none, 1));
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, p->stop_id), 1);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, p->target_id), 1);
    none.order_count = 0;
    CHECK(compare(d, &none, 0));
    CHECK_EQ(d->out.effect_count, 0);
    desk_close(d);
}

TEST(a_broker_that_tells_no_list_is_asked_nothing)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    broker_position_t held = {.inst = p->inst, .qty = p->qty};
    broker_view_t v = {.cash_untold = true, .positions = &held, .count = 1};
    d->now += NS_PER_HOUR;
    CHECK(exec_reconcile(&d->account, &v, d->now, &d->out));
    CHECK_EQ(d->out.effect_count, 0);
    desk_close(d);
}

/* Whoever sent it, it may still fill: nothing opens until it is gone, and a person is told once. */
TEST(what_lives_there_and_ended_here_closes_entries)
{
    UNUSED_STATE;
    for (u32 stranger = 0; stranger < 2; stranger++) {
        desk_t *d = desk_open(100000);
        position_t *p = desk_hold(d);
        id128_t stop = p->stop_id;
        broker_told_t t = told_of(d);
        d->drop_all = true;
        if (stranger != 0) {
            t.orders[t.order_count++] = (id128_t){{1, 2, 3}};
        } else {
            desk_say(d, BROKER_CANCELED, stop, 0, (price_t){0}, 0);
            CHECK(compare(d, &t, EXEC_LIST_LAG_NS - 1)); /* its end may be younger than the list */
        }
        CHECK(!compare(d, &t, 1));
        CHECK_EQ(desk_alerts(d, EXEC_ALERT_ALIVE), 1);
        CHECK_EQ(desk_alerts(d, EXEC_ALERT_DIFFERS), 0);
        CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, p->target_id), 0);
        CHECK_EQ(d->account.reconcile, 1);
        CHECK(!compare(d, &t, 1));
        CHECK_EQ(desk_alerts(d, EXEC_ALERT_ALIVE), 0);
        t = told_of(d);
        t.order_count = 0;
        CHECK(compare(d, &t, 1));
        CHECK_EQ(d->account.reconcile, 0);
        desk_close(d);
    }
}

/* What the broker's books explain ends when they agree; what a person has to look at does not. */
TEST(only_a_person_ends_what_waits_for_one)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    (void)desk_hold(d);
    broker_told_t t = told_of(d);
    d->account.reconcile = RECONCILE_BROKER;
    CHECK(compare(d, &t, EXEC_LIST_LAG_NS));
    CHECK_EQ(d->account.reconcile, 0);
    d->account.reconcile = RECONCILE_ALL;
    CHECK(compare(d, &t, 1));
    CHECK_EQ(d->account.reconcile, RECONCILE_PERSON);
    t.positions[0].qty.v++;
    CHECK(!compare(d, &t, 1));
    CHECK_EQ(d->account.reconcile, RECONCILE_ALL);
    CHECK_EQ(desk_alerts(d, EXEC_ALERT_DIFFERS), 1); /* a new reason, told as one */
    desk_close(d);
}

/* A look for what ended says nothing new of its end: it does not make it young again. */
TEST(a_look_does_not_excuse_what_ended_long_ago)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    id128_t stop = p->stop_id;
    broker_told_t t = told_of(d);
    d->drop_all = true;
    desk_say(d, BROKER_CANCELED, stop, 0, (price_t){0}, 0);
    t.positions[0].qty.v++;
    CHECK(!compare(d, &t, EXEC_LIST_LAG_NS));
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 1);
    t.positions[0].qty.v--;
    CHECK(!compare(d, &t, 1));
    CHECK_EQ(d->account.reconcile, 1);
    desk_close(d);
}

TEST(an_answer_is_whole_or_none)
{
    UNUSED_STATE;
    static u8 body[BROKER_VIEW_BYTES + 1];
    static broker_told_t t;
    static broker_told_t back;
    t.count = LIMIT_POSITIONS;
    t.order_count = LIMIT_ORDERS;
    for (u32 i = 0; i < LIMIT_ORDERS; i++) {
        t.orders[i].b[0] = (u8)i;
        t.orders[i].b[15] = (u8)(i >> 8);
    }
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        i64 qty = i % 2 == 0 ? -(I64_MAX / 4) : 7;
        t.positions[i] = (broker_position_t){.inst = (inst_t)(i + 1), .qty = {qty}};
    }
    writer_t w = writer_of(body, BROKER_VIEW_BYTES);
    CHECK_OK(broker_view_encode(&t, &w));
    CHECK_EQ(w.used, BROKER_VIEW_BYTES);
    CHECK_OK(broker_view_decode((blob_t){.p = body, .n = BROKER_VIEW_BYTES}, &back));
    CHECK_EQ(back.count, t.count);
    CHECK_EQ(back.order_count, t.order_count);
    CHECK(memcmp(back.orders, t.orders, sizeof t.orders) == 0);
    for (u32 i = 0; i < t.count; i++) {
        CHECK_EQ(back.positions[i].inst, t.positions[i].inst);
        CHECK_EQ(back.positions[i].qty.v, t.positions[i].qty.v);
    }
    for (u32 n = 0; n < BROKER_VIEW_BYTES; n++) {
        CHECK(broker_view_decode((blob_t){.p = body, .n = n}, &back) == ERR_TRUNCATED);
    }
    CHECK_EQ(broker_view_decode((blob_t){.p = body, .n = BROKER_VIEW_BYTES + 1}, &back), ERR_CORRUPT);
    const i64 absurd[] = {I64_MIN, I64_MAX, I64_MAX / 4 + 1}; /* which no difference could hold */
    for (u32 i = 0; i < COUNT_OF(absurd); i++) {
        t.positions[3].qty.v = absurd[i];
        w = writer_of(body, BROKER_VIEW_BYTES);
        CHECK_OK(broker_view_encode(&t, &w));
        CHECK_EQ(broker_view_decode((blob_t){.p = body, .n = BROKER_VIEW_BYTES}, &back), ERR_CORRUPT);
    }
    body[0] = LIMIT_POSITIONS + 1;
    CHECK_EQ(broker_view_decode((blob_t){.p = body, .n = BROKER_VIEW_BYTES}, &back), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_end_that_nobody_heard_is_found),
        cmocka_unit_test(what_is_too_young_or_already_looked_for_is_left_alone),
        cmocka_unit_test(a_broker_that_tells_no_list_is_asked_nothing),
        cmocka_unit_test(what_lives_there_and_ended_here_closes_entries),
        cmocka_unit_test(a_look_does_not_excuse_what_ended_long_ago),
        cmocka_unit_test(only_a_person_ends_what_waits_for_one),
        cmocka_unit_test(an_answer_is_whole_or_none),
    };
    return RUN_TESTS(tests);
}
