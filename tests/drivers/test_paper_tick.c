/* Prices between two steps at the simulated broker: refused, with which price and which step; and after a
 * split of shares it holds what the books hold, on the tick. */
#include "model/tick.h"
#include "tests/trade/bench_account.h"

static intent_t order_of(desk_t *d, order_type_t type, order_role_t role, u8 id)
{
    intent_t i = desk_request(d, role == ROLE_ENTRY ? SIDE_BUY : SIDE_SELL, 10, 100, 0, 0).draft;
    i.id.b[0] = id;
    i.account_id = d->account.account_id;
    i.type = (u8)type;
    i.role = (u8)role;
    i.tif = TIF_GTC;
    i.flags = role == ROLE_ENTRY ? 0 : INTENT_REDUCING;
    return i;
}

TEST(a_price_between_two_steps_is_refused)
{
    UNUSED_STATE;
    static const struct {
        order_type_t type;
        order_role_t role;
        f64 limit, stop, bracket_stop, bracket_target;
        u8 reason; /* 0: taken */
        f64 price, step;
    } cases[] = {
        {ORDER_LIMIT, ROLE_ENTRY, 100.01, 0, 99.99, 101.01, 0, 0, 0},
        {ORDER_LIMIT, ROLE_ENTRY, 100.005, 0, 99.99, 101.01, PAPER_TICK_LIMIT, 100.005, 0.01},
        {ORDER_LIMIT, ROLE_ENTRY, 100.01, 0, 99.9983, 101.01, PAPER_TICK_BRACKET_STOP, 99.9983, 0.01},
        {ORDER_LIMIT, ROLE_ENTRY, 100.01, 0, 99.99, 101.0101, PAPER_TICK_BRACKET_TARGET, 101.0101, 0.01},
        {ORDER_MARKET, ROLE_ENTRY, 0, 0, 33.333333333, 0, PAPER_TICK_BRACKET_STOP, 33.333333333, 0.01},
        {ORDER_MARKET, ROLE_ENTRY, 0.12345, 0.12345, 0, 0, 0, 0, 0}, /* what its kind does not name */
        {ORDER_STOP, ROLE_STOP, 0, 99.999, 0, 0, PAPER_TICK_STOP, 99.999, 0.01},
        {ORDER_STOP, ROLE_STOP, 0, 99.99, 0, 0, 0, 0, 0},
        {ORDER_STOP_LIMIT, ROLE_STOP, 99.985, 99.99, 0, 0, PAPER_TICK_LIMIT, 99.985, 0.01},
        {ORDER_TRAIL, ROLE_STOP, 0, 98.001, 0, 0, PAPER_TICK_STOP, 98.001, 0.01},
        {ORDER_LIMIT, ROLE_TARGET, 0.1234, 0, 0, 0, 0, 0, 0}, /* hundredths of a cent below a dollar */
        {ORDER_LIMIT, ROLE_TARGET, 0.12345, 0, 0, 0, PAPER_TICK_LIMIT, 0.12345, 0.0001},
        {ORDER_LIMIT, ROLE_TARGET, 1.0001, 0, 0, 0, PAPER_TICK_LIMIT, 1.0001, 0.01},
    };
    for (size_t k = 0; k < COUNT_OF(cases); k++) {
        desk_t *d = desk_open(100000);
        door_out_t box = desk_box(d);
        intent_t i = order_of(d, cases[k].type, cases[k].role, 1);
        i.limit = USD(cases[k].limit);
        i.stop = USD(cases[k].stop);
        i.bracket_stop = USD(cases[k].bracket_stop);
        i.bracket_target = USD(cases[k].bracket_target);
        CHECK_OK(paper_submit(&d->paper, &i, d->now, &box.broker));
        CHECK_EQ(box.broker.count, 1);
        const ev_BROKER_t *m = &box.broker.v[0];
        CHECK_EQ(m->kind, cases[k].reason == 0 ? BROKER_ACK : BROKER_REJECT);
        CHECK_EQ(m->reason, cases[k].reason);
        CHECK_EQ(m->price, USD(cases[k].price).v);
        CHECK_EQ(m->qty, USD(cases[k].step).v);
        CHECK(id128_eq(m->intent, i.id) && m->account == i.account_id);
        CHECK_EQ(d->paper.count > 0, cases[k].reason == 0);
        desk_close(d);
    }
}

/* The order stays where it is, and can be moved to a price that there is. */
TEST(a_new_price_between_two_steps_is_refused)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    door_out_t box = desk_box(d);
    intent_t i = order_of(d, ORDER_STOP_LIMIT, ROLE_STOP, 1);
    i.stop = USD(99);
    i.limit = USD(98);
    CHECK_OK(paper_submit(&d->paper, &i, d->now, &box.broker));
    i.stop = USD(99.1234);
    CHECK_OK(paper_replace(&d->paper, &i, d->now, &box.broker));
    const ev_BROKER_t *m = &box.broker.v[box.broker.count - 1];
    CHECK_EQ(m->kind, BROKER_REPLACE_REFUSED);
    CHECK_EQ(m->reason, PAPER_TICK_STOP);
    CHECK_EQ(m->price, USD(99.1234).v);
    CHECK_EQ(m->qty, USD(0.01).v);
    CHECK_EQ(d->paper.orders[0].intent.stop.v, USD(99).v);
    i.stop = USD(99.12);
    i.limit = USD(98.001);
    CHECK_OK(paper_replace(&d->paper, &i, d->now, &box.broker));
    CHECK_EQ(box.broker.v[box.broker.count - 1].reason, PAPER_TICK_LIMIT);
    i.limit = USD(98.01);
    CHECK_OK(paper_replace(&d->paper, &i, d->now, &box.broker));
    CHECK_EQ(box.broker.v[box.broker.count - 1].kind, BROKER_REPLACED);
    CHECK_EQ(d->paper.orders[0].intent.stop.v, USD(99.12).v);
    CHECK_EQ(d->paper.orders[0].intent.limit.v, USD(98.01).v);
    desk_close(d);
}

/* Through the door: the account hears it as a refusal, and nothing of the entry stays. */
TEST(the_account_hears_of_it)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 98.7654, 105);
    CHECK_EQ(desk_state(d, id), ORDER_REJECTED);
    CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_STOP)), ORDER_CANCELED);
    CHECK_EQ(d->paper.count, 0);
    CHECK_EQ(d->account.day.entries, 0);
    position_t *p = desk_hold(d);
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.505), d->now, &d->out));
    desk_flush(d);
    CHECK_EQ(p->stop.v, USD(99).v); /* refused: it stands where it stood */
    CHECK_EQ(desk_covered(d), 100);
    CHECK_EQ(d->account.reconcile, 0);
    desk_close(d);
}

/* One sub-ledger's protective order holds back the order of all. */
TEST(an_order_of_several_is_refused_as_one)
{
    UNUSED_STATE;
    for (u32 off = 0; off < 4; off++) {
        desk_t *d = desk_open(100000);
        door_out_t box = desk_box(d);
        effect_member_t member[3];
        for (u32 k = 0; k < 3; k++) {
            member[k] = (effect_member_t){.intent = order_of(d, ORDER_MARKET, ROLE_ENTRY, (u8)(k + 1))};
            member[k].intent.account_id = k + 1;
            member[k].intent.bracket_stop = off == k ? USD(99.005) : USD(99);
        }
        effect_t e = {.kind = EFFECT_SUBMIT, .member = member, .member_count = 3, .intent = member[0].intent};
        e.intent.id.b[0] = 99;
        e.intent.account_id = USER_SHARED + 1;
        e.intent.bracket_stop = (price_t){0};
        e.intent.qty.v = 30;
        CHECK_OK(paper_submit_bunch(&d->paper, &e, d->now, &box.broker));
        CHECK_EQ(box.broker.count, 1);
        CHECK_EQ(box.broker.v[0].kind, off < 3 ? BROKER_REJECT : BROKER_ACK);
        CHECK_EQ(box.broker.v[0].reason, off < 3 ? PAPER_TICK_BRACKET_STOP : 0);
        CHECK(id128_eq(box.broker.v[0].intent, e.intent.id) && box.broker.v[0].account == USER_SHARED + 1);
        CHECK_EQ(d->paper.count, off < 3 ? 0 : 4);
        CHECK_EQ(d->paper.bunch_count, off < 3 ? 0 : 1);
        desk_close(d);
    }
}

/* What the broker holds of an order of the books, the same and on the tick. */
static const paper_order_t *held_alike(const desk_t *d, const order_t *o)
{
    for (u32 i = 0; i < d->paper.count; i++) {
        const paper_order_t *there = &d->paper.orders[i];
        if (there->dead == 0 && id128_eq(there->intent.id, o->intent.id)) {
            CHECK_EQ(there->intent.stop.v, o->intent.stop.v);
            CHECK_EQ(there->intent.limit.v, o->intent.limit.v);
            CHECK(tick_fits(&d->instruments[0], o->intent.stop));
            CHECK(tick_fits(&d->instruments[0], o->intent.limit));
            return there;
        }
    }
    return NULL;
}

/* Stop and target of what is held, and the stop that is sent anew when the broker drops it. */
TEST(a_split_leaves_book_and_broker_on_the_tick)
{
    UNUSED_STATE;
    static const struct {
        side_t side;
        f64 stop, target;
        i64 num, den;
        f64 stop_after, target_after;
    } cases[] = {
        {SIDE_BUY, 99, 104, 3, 1, 33.00, 34.67},
        {SIDE_BUY, 99.01, 104.02, 3, 1, 33.01, 34.68},        /* 33.003, 34.673 */
        {SIDE_SELL_SHORT, 101, 96.01, 3, 1, 33.66, 32.00},    /* 33.667, 32.003 */
        {SIDE_BUY, 98.51, 103.33, 3, 2, 65.68, 68.89},        /* 65.673, 68.887 */
        {SIDE_SELL_SHORT, 101.51, 96.07, 3, 2, 67.67, 64.04}, /* 67.673, 64.047 */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        id128_t id = desk_enter(d, cases[i].side, 30, 100, cases[i].stop, cases[i].target);
        desk_step(d, 100, 100.1, 99.9, 100);
        action_t a = {.kind = ACTION_SPLIT, .ratio_num = cases[i].num, .ratio_den = cases[i].den};
        f64 now = 100.0 * (f64)a.ratio_den / (f64)a.ratio_num;
        bar_t b = desk_bar(d, now, now + 0.05, now - 0.05, now);
        desk_slice(d, &b, false, &a);
        position_t *p = account_position(&d->account, 0);
        assert_non_null(p);
        CHECK_EQ(p->stop.v, USD(cases[i].stop_after).v);
        CHECK_EQ(p->target.v, USD(cases[i].target_after).v);
        const order_t *stop = account_order_const(&d->account, intent_child_id(id, ROLE_STOP));
        const order_t *target = account_order_const(&d->account, intent_child_id(id, ROLE_TARGET));
        assert_non_null(held_alike(d, stop));
        assert_non_null(held_alike(d, target));
        CHECK_EQ(stop->intent.stop.v, p->stop.v);
        CHECK_EQ(target->intent.limit.v, p->target.v);
        door_out_t box = desk_box(d);
        CHECK_OK(paper_cancel(&d->paper, &target->intent, d->now, &box.broker));
        CHECK_OK(paper_cancel(&d->paper, &stop->intent, d->now, &box.broker));
        desk_pump(d, &box);
        const order_t *again = account_order_const(&d->account, p->stop_id);
        assert_non_null(again);
        CHECK(!id128_eq(again->intent.id, stop->intent.id));
        CHECK_EQ(again->state, ORDER_NEW);
        assert_non_null(held_alike(d, again));
        CHECK_EQ(again->intent.stop.v, p->stop.v);
        desk_close(d);
    }
}

/* Orders that wait for their price: a buyer's stands at or below what the ratio gives, a seller's above. */
TEST(a_split_leaves_waiting_entries_on_the_tick)
{
    UNUSED_STATE;
    static const struct {
        side_t side;
        order_type_t type;
        f64 limit, stop, limit_after, stop_after;
    } cases[] = {
        {SIDE_BUY, ORDER_LIMIT, 98.02, 0, 32.67, 0},             /* 32.673 */
        {SIDE_SELL_SHORT, ORDER_LIMIT, 101.02, 0, 33.68, 0},     /* 33.673 */
        {SIDE_BUY, ORDER_TRAIL, 0, 101.02, 0, 33.67},            /* 33.673 */
        {SIDE_SELL_SHORT, ORDER_TRAIL, 0, 98.02, 0, 32.68},      /* 32.673 */
        {SIDE_BUY, ORDER_STOP_LIMIT, 101.03, 101.02, 33.67, 33.67},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        permit_request_t r = desk_request(d, cases[i].side, 10, 100, 0, 0);
        r.draft.type = (u8)cases[i].type;
        r.draft.tif = TIF_GTC;
        r.draft.limit = USD(cases[i].limit);
        r.draft.stop = USD(cases[i].stop);
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        action_t a = {.kind = ACTION_SPLIT, .ratio_num = 3, .ratio_den = 1};
        bar_t b = desk_bar(d, 33.33, 33.34, 33.33, 33.33);
        desk_slice(d, &b, false, &a);
        const order_t *o = account_order_const(&d->account, id);
        CHECK_EQ(o->state, ORDER_NEW);
        CHECK_EQ(o->intent.limit.v, USD(cases[i].limit_after).v);
        CHECK_EQ(o->intent.stop.v, USD(cases[i].stop_after).v);
        const paper_order_t *there = held_alike(d, o);
        assert_non_null(there);
        CHECK(tick_fits(&d->instruments[0], there->trail));
        CHECK_EQ(there->trail.v, cases[i].type == ORDER_TRAIL ? o->intent.stop.v : 0);
        desk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_price_between_two_steps_is_refused),
        cmocka_unit_test(a_new_price_between_two_steps_is_refused),
        cmocka_unit_test(the_account_hears_of_it),
        cmocka_unit_test(an_order_of_several_is_refused_as_one),
        cmocka_unit_test(a_split_leaves_book_and_broker_on_the_tick),
        cmocka_unit_test(a_split_leaves_waiting_entries_on_the_tick),
    };
    return RUN_TESTS(tests);
}
