/* Sliced entries against the simulated broker and by hand: partial fills, halts, cancel, exit, kill switch, a
 * crash at every fact in between; filled and open of all slices never exceed the order. */
#include "tests/trade/bench_account.h"

#include "base/rng.h"
#include "model/event.h"
#include "trade/execution/exec_steps.h"
#include "trade/execution/recover.h"
#include "trade/execution/slicing.h"
#include "trade/portfolio/account_state.h"
#include "trade/risk/reserve.h"

enum { STATE_BYTES = ACCOUNT_STATE_BYTES };

static slice_schedule_t schedule_of(const desk_t *d, u32 count, i64 qty)
{
    slice_schedule_t s = {.algo = SLICING_TWAP, .count = (u8)count, .least = 1};
    for (u32 i = 0; i < count; i++) {
        s.t[i] = d->now + (i64)i * 5 * NS_PER_MIN;
        s.until[i] = qty * (i + 1) / count;
    }
    s.t_end = s.t[count - 1] + 5 * NS_PER_MIN;
    return s;
}

/* Permitted as a whole, first slice sent. Limit entries as the engine makes them: what the first price does
 * not give comes back. */
static id128_t enter(desk_t *d, u32 slices, i64 qty)
{
    permit_request_t r = desk_request(d, SIDE_BUY, qty, 100, 98, 104);
    r.draft.flags = INTENT_SLICED;
    r.draft.type = ORDER_LIMIT;
    r.draft.tif = TIF_IOC;
    r.draft.limit = USD(101);
    gates_t g = desk_gates();
    risk_permit_t permit;
    slice_schedule_t s = schedule_of(d, slices, qty);
    CHECK_OK(permit_open(&d->account, &r, &g, &permit));
    CHECK_OK(exec_submit_sliced(&d->account, &permit, &s, d->now, &d->out));
    desk_flush(d);
    return permit.intent.id;
}

static const order_t *order(const desk_t *d, id128_t id)
{
    const order_t *o = account_order_const(&d->account, id);
    assert_non_null(o);
    return o;
}

/* I1 from the orders alone, and that the counts of the parent say the same. */
static void conserved(const desk_t *d, id128_t parent)
{
    const order_t *p = order(d, parent);
    i64 filled = 0;
    i64 open = 0;
    for (u32 i = 0; i < d->account.orders_used; i++) {
        const order_t *o = &d->account.orders[i];
        if (o->intent.role == ROLE_ENTRY && id128_eq(o->intent.parent, parent)) {
            filled += o->filled.v;
            open += order_state_is_terminal((order_state_t)o->state) ? 0 : o->live.v - o->filled.v;
        }
    }
    CHECK(filled + open <= p->intent.qty.v);
    CHECK_EQ(p->filled.v, filled);
    CHECK_EQ(p->live.v, p->intent.qty.v - open);
    desk_invariants(d);
}

static bool look(desk_t *d, f64 mid)
{
    slice_market_t m = {.mid = USD(mid), .last = USD(mid), .market = USD(100), .cancel_r = 0.25,
                        .asked = SLICE_RULES};
    bool wrote = exec_slice_step(&d->account, 0, &m, d->now, &d->out);
    desk_flush(d);
    return wrote;
}

static void bar(desk_t *d, f64 price, i64 volume)
{
    bar_t b = desk_bar(d, price, price + 0.05, price - 0.05, price);
    b.volume = volume;
    desk_slice(d, &b, false, NULL);
}

static const ev_SLICE_END_t *last_end(const desk_t *d)
{
    for (u32 i = d->log_count; i > 0; i--) {
        if (d->log[i - 1].head.kind == EV_SLICE_END) {
            return &d->log[i - 1].as.SLICE_END;
        }
    }
    return NULL;
}

TEST(four_slices_make_the_whole)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    CHECK_EQ(desk_state(d, id), ORDER_HELD);
    CHECK_EQ(desk_state(d, intent_slice_id(id, 1)), ORDER_NEW);
    CHECK_EQ(d->account.day.entries, 1);
    CHECK_EQ(d->paper.count, 3); /* the slice and its bracket; never the order itself */
    for (u32 i = 1; i <= 4; i++) {
        conserved(d, id);
        bar(d, 100, 1000000);
        CHECK_EQ(account_position(&d->account, 0)->qty.v, 100 * i);
        CHECK_EQ(desk_covered(d), 100 * i);
        CHECK(look(d, 100));
    }
    CHECK_EQ(desk_state(d, id), ORDER_FILLED);
    CHECK_EQ(d->account.day.entries, 1);
    CHECK_EQ(desk_count(d, EV_SLICE_PLAN), 1);
    CHECK_EQ(desk_count(d, EV_SLICE_END), 1);
    CHECK_EQ(last_end(d)->reason, SLICE_END_FILLED);
    CHECK_EQ(last_end(d)->filled, 400);
    CHECK_EQ(last_end(d)->sent, 4);
    position_t *p = account_position(&d->account, 0);
    CHECK(id128_eq(p->entry_id, id)); /* the trade is the order's, not its first slice's */
    CHECK_EQ(exec_slice_next(&d->account), I64_MAX);
    CHECK(!look(d, 100));
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out)); /* one order: exits are never sliced */
    desk_flush(d);
    CHECK_EQ(order(d, p->exit_id)->intent.qty.v, 400);
    bar(d, 100, 1000000);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].qty.v, 400);
    desk_close(d);
}

TEST(a_lot_less_volume_rolls_on)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    bar(d, 100, 600); /* 5 % of it: 30 of the 100, the rest comes back */
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 30);
    CHECK(look(d, 100));
    CHECK_EQ(order(d, intent_slice_id(id, 2))->intent.qty.v, 170);
    conserved(d, id);
    bar(d, 100, 1000000);
    CHECK(look(d, 100));
    CHECK_EQ(order(d, intent_slice_id(id, 3))->intent.qty.v, 100);
    bar(d, 100, 1000000);
    CHECK(look(d, 100));
    bar(d, 100, 400); /* 20 of the last 100; then its time is over */
    CHECK(look(d, 100));
    conserved(d, id);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 320);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    CHECK_EQ(last_end(d)->reason, SLICE_END_TIME);
    CHECK_EQ(last_end(d)->qty - last_end(d)->filled, 80);
    desk_close(d);
}

TEST(a_halt_waits)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    bar(d, 100, 1000000);
    slice_market_t none = {.cancel_r = 0.25};
    CHECK(!exec_slice_step(&d->account, 0, &none, d->now, &d->out));
    d->now += 5 * NS_PER_MIN;
    CHECK(!exec_slice_step(&d->account, 0, &none, d->now, &d->out));
    CHECK(look(d, 100)); /* it trades again: what was due meanwhile goes at once */
    CHECK_EQ(order(d, intent_slice_id(id, 2))->intent.qty.v, 200);
    conserved(d, id);
    desk_close(d);
}

TEST(what_ends_it)
{
    UNUSED_STATE;
    for (u32 how = 0; how < 6; how++) {
        desk_t *d = desk_open(1000000);
        id128_t id = enter(d, 4, 400);
        bar(d, 100, 1000000);
        position_t *p = account_position(&d->account, 0);
        u32 sent = desk_count(d, EV_PERMIT);
        if (how == 0) {
            CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
        } else if (how == 1) {
            CHECK_OK(exec_exit(&d->account, p, EXIT_FLIP, d->now, &d->out));
        } else if (how == 2) {
            exec_kill(&d->account, d->now, &d->out);
        } else if (how == 3) {
            bar(d, 97, 1000000); /* through the stop at 98 */
            CHECK_EQ(d->closed.count, 1);
        }
        desk_flush(d);
        bool told = how == 4 ? look(d, 100.3) : how == 5 ? look(d, 97.9) : look(d, 100);
        CHECK(told);
        CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
        CHECK_EQ(last_end(d)->reason, how >= 4 ? SLICE_END_MOVED : SLICE_END_STOPPED);
        CHECK_EQ(last_end(d)->filled, 100);
        d->now += 5 * NS_PER_MIN;
        CHECK(!look(d, 100));
        u32 exits = how == 1 ? 1 : 0; /* the exit's own permit */
        CHECK_EQ(desk_count(d, EV_PERMIT), sent + exits);
        conserved(d, id);
        desk_close(d);
    }
}

/* The permit was given before the freeze: what it has bought stays, the rest is not bought. */
TEST(a_freeze_ends_it)
{
    UNUSED_STATE;
    for (u32 frozen = 0; frozen < 2; frozen++) {
        desk_t *d = desk_open(1000000);
        id128_t id = enter(d, 4, 400);
        bar(d, 100, 1000000);
        d->account.frozen_until = frozen == 1 ? DESK_DAY : 0;
        CHECK(look(d, 100));
        CHECK_EQ(desk_state(d, id), frozen == 1 ? ORDER_CANCELED : ORDER_HELD);
        CHECK_EQ(desk_count(d, EV_SLICE_END), frozen);
        CHECK_EQ(account_position(&d->account, 0)->qty.v, 100);
        if (frozen == 1) {
            CHECK_EQ(last_end(d)->reason, SLICE_END_STOPPED);
            CHECK_EQ(last_end(d)->sent, 1);
        } else {
            CHECK_EQ(desk_state(d, intent_slice_id(id, 2)), ORDER_NEW);
        }
        conserved(d, id);
        desk_close(d);
    }
}

/* The price restriction of shorts sets in meanwhile: it ends a short's slices, and nobody else's. */
TEST(a_restricted_short_sends_no_more)
{
    UNUSED_STATE;
    static const side_t sides[] = {SIDE_BUY, SIDE_SELL_SHORT};
    for (u32 i = 0; i < COUNT_OF(sides); i++) {
        desk_t *d = desk_open(1000000);
        bool buys = sides[i] == SIDE_BUY;
        permit_request_t r = desk_request(d, sides[i], 400, 100, buys ? 98 : 102, buys ? 104 : 96);
        r.draft.flags = INTENT_SLICED;
        gates_t g = desk_gates();
        risk_permit_t permit;
        slice_schedule_t s = schedule_of(d, 4, 400);
        CHECK_OK(permit_open(&d->account, &r, &g, &permit));
        CHECK_OK(exec_submit_sliced(&d->account, &permit, &s, d->now, &d->out));
        desk_flush(d);
        bar(d, 100, 1000000);
        slice_market_t m = {.mid = USD(100), .last = USD(100), .market = USD(100), .asked = SLICE_RULES,
                            .no_short = true};
        CHECK(exec_slice_step(&d->account, 0, &m, d->now, &d->out));
        desk_flush(d);
        CHECK_EQ(desk_state(d, permit.intent.id), buys ? ORDER_HELD : ORDER_CANCELED);
        CHECK_EQ(desk_count(d, EV_SLICE_END), buys ? 0 : 1);
        conserved(d, permit.intent.id);
        desk_close(d);
    }
}

/* The price moved against it: that is cheaper, and it goes on. */
TEST(a_better_price_goes_on)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    bar(d, 99.5, 1000000);
    CHECK(look(d, 99.5));
    CHECK_EQ(order(d, intent_slice_id(id, 2))->intent.reference.v, USD(99.5).v);
    CHECK_EQ(order(d, intent_slice_id(id, 2))->intent.limit.v, USD(101).v);
    desk_close(d);
}

/* A cancel that reaches a slice which is still out. */
TEST(cancel_takes_the_open_slice_along)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    id128_t slice = intent_slice_id(id, 1);
    CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
    CHECK_EQ(d->out.effect_count, 1);
    CHECK(id128_eq(d->out.effects[0].intent.id, slice));
    slice_market_t m = {.mid = USD(100), .asked = SLICE_RULES};
    CHECK(!exec_slice_step(&d->account, 0, &m, d->now, &d->out));
    desk_flush(d);
    CHECK_EQ(desk_state(d, slice), ORDER_CANCELED);
    CHECK(look(d, 100));
    CHECK_EQ(last_end(d)->filled, 0);
    CHECK_EQ(exec_cancel(&d->account, id, d->now, &d->out), ERR_ORDER_STATE);
    desk_close(d);
}

/* The last door: a slice of more than is left, of a dead order, or an order that only its slices may send. */
TEST(the_last_door)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    slice_request_t q = {.parent = order(d, id), .number = 2, .qty = {301}, .mid = USD(100), .stop = USD(98),
                         .asked = SLICE_RULES};
    risk_permit_t one;
    risk_permit_t two;
    CHECK_EQ(permit_slice(&d->account, &q, d->now, &one), ERR_PERMIT);
    q.qty.v = 200;
    for (u32 rule = SLICE_ENTRIES_STAND; rule < SLICE_RULES; rule *= 2) {
        q.failed = (u8)rule;
        CHECK_EQ(permit_slice(&d->account, &q, d->now, &one), ERR_RISK_LIMIT);
        q.failed = 0;
        q.asked = (u8)(SLICE_RULES & ~rule); /* not asked is not permitted */
        CHECK_EQ(permit_slice(&d->account, &q, d->now, &one), ERR_RISK_LIMIT);
        q.asked = SLICE_RULES;
    }
    CHECK_OK(permit_slice(&d->account, &q, d->now, &one));
    q.number = 3;
    CHECK_OK(permit_slice(&d->account, &q, d->now, &two)); /* both fit, together they do not */
    CHECK_OK(exec_submit(&d->account, &one, d->now, &d->out));
    CHECK_EQ(exec_submit(&d->account, &two, d->now, &d->out), ERR_PERMIT);
    q.parent = order(d, id);
    q.qty.v = 50;
    q.number = 4;
    q.stop = USD(100);
    CHECK_EQ(permit_slice(&d->account, &q, d->now, &two), ERR_PARAM_RANGE);
    q.stop = USD(98);
    CHECK_OK(permit_slice(&d->account, &q, d->now, &two));
    CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
    CHECK_EQ(exec_submit(&d->account, &two, d->now, &d->out), ERR_PERMIT);
    desk_flush(d);
    permit_request_t r = desk_request(d, SIDE_BUY, 400, 100, 98, 104);
    r.draft.flags = INTENT_SLICED;
    gates_t g = desk_gates();
    CHECK_OK(permit_open(&d->account, &r, &g, &one));
    CHECK_EQ(exec_submit(&d->account, &one, d->now, &d->out), ERR_PERMIT);
    exec_kill(&d->account, d->now, &d->out);
    CHECK_EQ(permit_slice(&d->account, &q, d->now, &two), ERR_KILLED);
    desk_close(d);
}

/* What was not sent is reserved like an order, no more and no less. */
TEST(reserved_as_a_whole)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    (void)enter(d, 4, 400);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 98, 104);
    for (u32 i = 0; i < 4; i++) {
        risk_summary_t s;
        reserve_summary(&d->account, &r.draft, 5, d->now, &s);
        CHECK_EQ(s.long_reserved.v, CASHES(101 * (400 - 100 * (i64)i)).v); /* at the limit */
        CHECK_EQ(s.positions, 1);
        bar(d, 100, 1000000);
        CHECK(look(d, 100));
    }
    desk_close(d);
}

/* Later slices are protected where the ratchet has the stop by now. */
TEST(a_slice_takes_the_stop_of_its_position)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    bar(d, 100, 1000000);
    position_t *p = account_position(&d->account, 0);
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99), d->now, &d->out));
    desk_flush(d);
    CHECK_EQ(p->stop.v, USD(99).v);
    CHECK(look(d, 100));
    CHECK_EQ(order(d, intent_slice_id(id, 2))->intent.bracket_stop.v, USD(99).v);
    bar(d, 100, 1000000);
    bar(d, 98.9, 1000000); /* through the moved stop: all of it leaves */
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].qty.v, 200);
    desk_close(d);
}

TEST(a_slice_of_unknown_outcome_counts_as_open)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    id128_t slice = intent_slice_id(id, 1);
    d->drop_all = true;
    desk_say(d, BROKER_SILENT, slice, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, slice), ORDER_NEW); /* it was acknowledged: silence proves nothing new */
    d->now += 10 * NS_PER_MIN;
    CHECK(look(d, 100));
    CHECK_EQ(order(d, intent_slice_id(id, 2))->intent.qty.v, 200);
    desk_say(d, BROKER_SILENT, intent_slice_id(id, 2), 0, (price_t){0}, 0);
    d->now += 5 * NS_PER_MIN;
    CHECK(look(d, 100));
    CHECK_EQ(order(d, intent_slice_id(id, 3))->intent.qty.v, 100);
    conserved(d, id);
    desk_say(d, BROKER_FILL, slice, 100, USD(100), 501);
    desk_say(d, BROKER_FILL, intent_slice_id(id, 2), 150, USD(100), 502);
    desk_say(d, BROKER_CANCELED, intent_slice_id(id, 2), 0, (price_t){0}, 0);
    conserved(d, id);
    desk_say(d, BROKER_FILL, intent_slice_id(id, 2), 50, USD(100), 503); /* late, after its end: booked */
    CHECK_EQ(order(d, id)->filled.v, 300);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 300);
    d->account.reconcile = 0;
    desk_close(d);
}

/* ---- crash -------------------------------------------------------------------------------------------- */

/* Without the parts of a fill's cost: they stand in the broker's messages, which are not played here. */
static u8 *facts(const account_t *a, size_t *used)
{
    u8 *bytes = calloc(1, STATE_BYTES);
    account_t *copy = calloc(1, sizeof *copy);
    assert_non_null(bytes);
    assert_non_null(copy);
    *copy = *a;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        copy->positions[i].spread_cost = copy->positions[i].slippage_cost = copy->positions[i].impact_cost =
            (money_t){0};
    }
    writer_t w = writer_of(bytes, STATE_BYTES);
    CHECK_OK(account_encode_facts(copy, &w));
    free(copy);
    *used = w.used;
    return bytes;
}

/* The account from its facts alone, at the end and after every fact; then it goes on where it stood. */
TEST(a_crash_goes_on)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 4, 400);
    bar(d, 100, 600);
    CHECK(look(d, 100));
    bar(d, 100, 1000000);
    desk_t *r = desk_open(1000000);
    recover_t rec = {.account = &r->account, .instruments = r->instruments,
                     .instrument_count = DESK_INSTRUMENTS, .loss_min_r = 0.1, .epoch = r->account.epoch};
    for (u32 i = 0; i < d->log_count; i++) {
        CHECK_OK(recover_apply(&rec, &d->log[i]));
    }
    size_t a = 0;
    size_t b = 0;
    u8 *was = facts(&d->account, &a);
    u8 *is = facts(&r->account, &b);
    CHECK_EQ(a, b);
    assert_memory_equal(was, is, a);
    free(was);
    free(is);
    conserved(r, id);
    CHECK_EQ(r->account.plans[0].sent, 2);
    CHECK_EQ(exec_slice_next(&r->account), exec_slice_next(&d->account));
    /* Nothing leaves before the broker's account agrees; then the third slice is the one that was due. */
    r->now = d->now;
    r->account.reconcile = 1;
    CHECK(!look(r, 100));
    r->account.reconcile = 0;
    r->drop_all = true;
    CHECK(look(r, 100));
    CHECK(look(d, 100));
    id128_t third = intent_slice_id(id, 3);
    CHECK_EQ(order(r, third)->intent.qty.v, order(d, third)->intent.qty.v);
    desk_close(r);
    desk_close(d);
}

/* A look at a plan that is not due drops nothing from a pool that is short: no fact would tell recovery. */
TEST(a_look_that_sends_nothing_leaves_the_pool)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    (void)enter(d, 4, 400);
    account_t *a = &d->account;
    const order_t *first = &a->orders[0];
    while (a->orders_used < LIMIT_ORDERS) { /* of long ago: nothing needs them */
        order_t *o = &a->orders[a->orders_used++];
        *o = (order_t){.state = ORDER_CANCELED, .multiplier = 1, .intent = first->intent};
        o->intent.inst = 2;
        o->intent.id.b[15] = (u8)(0x80 | (a->orders_used >> 8));
        o->intent.id.b[14] = (u8)a->orders_used;
        o->intent.flags = 0;
    }
    CHECK(!look(d, 100)); /* nothing is due yet */
    CHECK_EQ(a->orders_used, LIMIT_ORDERS);
    CHECK(!account_orders_room(a, LIMIT_ORDERS)); /* nor for what does not fit */
    CHECK_EQ(a->orders_used, LIMIT_ORDERS);
    CHECK(account_orders_fit(a, EXEC_ORDERS_ENTRY));
    CHECK(account_orders_room(a, EXEC_ORDERS_ENTRY));
    CHECK(a->orders_used < LIMIT_ORDERS / 2);
    desk_close(d);
}

TEST(the_end_is_recovered_too)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = enter(d, 2, 200);
    bar(d, 100, 1000000);
    CHECK(look(d, 100));
    bar(d, 100, 1000000);
    CHECK(look(d, 100));
    desk_t *r = desk_open(1000000);
    recover_t rec = {.account = &r->account, .instruments = r->instruments,
                     .instrument_count = DESK_INSTRUMENTS, .loss_min_r = 0.1, .epoch = r->account.epoch};
    for (u32 i = 0; i < d->log_count; i++) {
        CHECK_OK(recover_apply(&rec, &d->log[i]));
    }
    CHECK_EQ(r->account.plans[0].schedule.count, 0);
    CHECK_EQ(desk_state(r, id), ORDER_FILLED);
    /* A plan whose order is not there, and a schedule that does not add up. */
    event_t e = {.head = {.kind = EV_SLICE_END}};
    e.as.SLICE_END = (ev_SLICE_END_t){.parent = id, .account = r->account.account_id};
    CHECK_EQ(recover_apply(&rec, &e), ERR_CORRUPT);
    u8 bytes[32] = {1};
    event_t p = {.head = {.kind = EV_SLICE_PLAN}};
    p.as.SLICE_PLAN = (ev_SLICE_PLAN_t){.parent = id, .account = r->account.account_id, .least = 1,
                                        .schedule = {.p = bytes, .n = 31}};
    CHECK_EQ(recover_apply(&rec, &p), ERR_CORRUPT);
    p.as.SLICE_PLAN.schedule.n = 32;
    CHECK_EQ(recover_apply(&rec, &p), ERR_CORRUPT);
    desk_close(r);
    desk_close(d);
}

TEST(a_snapshot_keeps_the_plan)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    (void)enter(d, 4, 400);
    u8 *bytes = calloc(1, STATE_BYTES);
    account_t *spare = calloc(1, sizeof *spare);
    assert_non_null(bytes);
    assert_non_null(spare);
    writer_t w = writer_of(bytes, STATE_BYTES);
    CHECK_OK(account_save(&d->account, &w));
    reader_t r = reader_of(bytes, w.used);
    CHECK_OK(account_load(&r, ACCOUNT_STATE_VERSION, DESK_INSTRUMENTS, spare));
    CHECK(memcmp(&spare->plans[0], &d->account.plans[0], sizeof spare->plans[0]) == 0);
    CHECK(memcmp(spare->plans, d->account.plans, sizeof spare->plans) == 0);
    CHECK_EQ(spare->plans[0].sent, 1);
    /* Version 1 ended before the plans, whose one number of places in use are the whole of an empty list;
     * version 2 before the law of cash accounts, of an account without positions so many numbers of one byte;
     * version 3 before the halts: the market's and how many others. */
    enum { HALT_NUMBERS = 2, LAW_NUMBERS = 4 + ACCOUNT_GOOD_FAITH + 3, PLAN_NUMBERS = 1 };
    desk_t *old = desk_open(1000);
    w = writer_of(bytes, STATE_BYTES);
    CHECK_OK(account_save(&old->account, &w));
    u32 third = (u32)w.used - HALT_NUMBERS;
    r = reader_of(bytes, third);
    CHECK_OK(account_load(&r, 3, DESK_INSTRUMENTS, spare));
    CHECK_EQ(r.at, third);
    r = reader_of(bytes, third);
    CHECK_EQ(account_load(&r, 4, DESK_INSTRUMENTS, spare), ERR_TRUNCATED);
    u32 second = third - LAW_NUMBERS;
    r = reader_of(bytes, second);
    CHECK_OK(account_load(&r, 2, DESK_INSTRUMENTS, spare));
    CHECK_EQ(r.at, second);
    r = reader_of(bytes, second);
    CHECK_EQ(account_load(&r, 3, DESK_INSTRUMENTS, spare), ERR_TRUNCATED);
    u32 first = second - PLAN_NUMBERS;
    r = reader_of(bytes, first);
    CHECK_OK(account_load(&r, 1, DESK_INSTRUMENTS, spare));
    CHECK_EQ(r.at, first);
    CHECK_EQ(spare->cash.v, CASHES(1000).v);
    r = reader_of(bytes, first);
    CHECK_EQ(account_load(&r, 2, DESK_INSTRUMENTS, spare), ERR_TRUNCATED);
    free(bytes);
    free(spare);
    desk_close(old);
    desk_close(d);
}

/* Damage that would make sums of days overflow is refused. */
TEST(days_of_a_damaged_law_are_refused)
{
    UNUSED_STATE;
    u8 *bytes = calloc(1, STATE_BYTES);
    account_t *spare = calloc(1, sizeof *spare);
    assert_non_null(bytes);
    assert_non_null(spare);
    for (u32 k = 0; k < 5; k++) {
        desk_t *d = desk_open(1000);
        date_t *days[] = {&d->account.law.freeze_days, &d->account.law.good_faith_from,
                          &d->account.good_faith[3], &d->account.frozen_until};
        for (u32 i = 0; i < COUNT_OF(days); i++) {
            *days[i] = i == k ? (k % 2 == 0 ? -1 : INT32_MAX) : 90;
        }
        writer_t w = writer_of(bytes, STATE_BYTES);
        CHECK_OK(account_save(&d->account, &w));
        reader_t r = reader_of(bytes, w.used);
        err_t err = account_load(&r, ACCOUNT_STATE_VERSION, DESK_INSTRUMENTS, spare);
        CHECK_EQ(err, k < 4 ? ERR_TRUNCATED : ERR_OK);
        desk_close(d);
    }
    free(bytes);
    free(spare);
}

/* Bars of any volume and price, looks at any time, now and then a cancel: never more than was asked for. */
TEST(never_more_than_the_order)
{
    UNUSED_STATE;
    for (u64 seed = 0; seed < 200; seed++) {
        desk_t *d = desk_open(1000000);
        rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
        i64 qty = 12 + (i64)(rng_at(key, 0) % 2000);
        id128_t id = enter(d, 2 + (u32)(seed % 11), qty);
        for (u64 i = 1; i < 20 && account_order_const(&d->account, id) != NULL; i++) {
            u64 r = rng_at(key, i);
            f64 price = 99.5 + (f64)(r % 90) / 100;
            if (r >> 40 & 1) {
                bar(d, price, (i64)(r >> 8 & 0x3fff));
            } else {
                d->now += 2 * NS_PER_MIN;
            }
            if (d->account.orders_used > 0 && account_order_const(&d->account, id) != NULL) {
                conserved(d, id);
                (void)look(d, price);
                conserved(d, id);
            }
            if ((r >> 50) % 16 == 0) {
                err_t err = exec_cancel(&d->account, id, d->now, &d->out);
                CHECK(err == ERR_OK || err == ERR_ORDER_STATE || err == ERR_NOT_FOUND);
                desk_flush(d);
            }
        }
        const position_t *p = account_position_const(&d->account, 0);
        CHECK(p == NULL || p->qty.v <= qty);
        CHECK(exec_unprotected(&d->account) == 0);
        desk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_slices_make_the_whole),
        cmocka_unit_test(a_lot_less_volume_rolls_on),
        cmocka_unit_test(a_halt_waits),
        cmocka_unit_test(what_ends_it),
        cmocka_unit_test(a_freeze_ends_it),
        cmocka_unit_test(a_restricted_short_sends_no_more),
        cmocka_unit_test(a_better_price_goes_on),
        cmocka_unit_test(cancel_takes_the_open_slice_along),
        cmocka_unit_test(the_last_door),
        cmocka_unit_test(reserved_as_a_whole),
        cmocka_unit_test(a_slice_takes_the_stop_of_its_position),
        cmocka_unit_test(a_slice_of_unknown_outcome_counts_as_open),
        cmocka_unit_test(a_crash_goes_on),
        cmocka_unit_test(a_look_that_sends_nothing_leaves_the_pool),
        cmocka_unit_test(the_end_is_recovered_too),
        cmocka_unit_test(a_snapshot_keeps_the_plan),
        cmocka_unit_test(days_of_a_damaged_law_are_refused),
        cmocka_unit_test(never_more_than_the_order),
    };
    return RUN_TESTS(tests);
}
