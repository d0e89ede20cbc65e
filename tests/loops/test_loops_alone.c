/* Loops one by one, on an account with a simulated broker: the guard of positions, the costs of a night, the
 * sums, the breaker. */
#include "tests/test.h"

#include "loops/plan.h"
#include "loops/tell.h"
#include "tests/trade/bench_account.h"
#include "trade/execution/slicing.h"

extern const loop_desc_t loop_position_guard;
extern const loop_desc_t loop_order_lookup;
extern const loop_desc_t loop_overnight_carry;
extern const loop_desc_t loop_consistency_check;
extern const loop_desc_t loop_breaker_watch;
extern const loop_desc_t loop_slice_scheduler;
extern const loop_desc_t loop_halt_watch;

typedef struct {
    desk_t *desk;
    arena_t arena;
    user_t user;
    scan_shared_t shared;
    loop_memory_t memory;
    loop_env_t env;
    slice_t slice;
} stand_t;

static stand_t *stand_open(void)
{
    stand_t *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->desk = desk_open(100000);
    CHECK_OK(arena_open(&s->arena, 8 << 20));
    CHECK_OK(user_init(&s->user, &s->arena, DESK_INSTRUMENTS, &s->desk->config, &s->desk->account));
    s->shared.session = DESK_DAY;
    s->env = (loop_env_t){.user = &s->user, .shared = &s->shared, .out = &s->desk->out, .memory = &s->memory,
                          .slice = &s->slice};
    return s;
}

static void stand_close(stand_t *s)
{
    desk_close(s->desk);
    arena_close(&s->arena);
    free(s);
}

static bool run(stand_t *s, const loop_desc_t *loop)
{
    s->env.now = s->desk->now;
    s->shared.now = s->desk->now;
    bool wrote = loop->run(&s->env);
    desk_flush(s->desk);
    return wrote;
}

static u32 alerts(const stand_t *s, u16 code)
{
    u32 n = 0;
    for (u32 i = 0; i < s->desk->log_count; i++) {
        const event_t *e = &s->desk->log[i];
        n += e->head.kind == EV_ALERT && e->as.ALERT.code == code ? 1 : 0;
    }
    return n;
}

static const order_t *live_of(const stand_t *s, order_role_t role)
{
    const account_t *a = &s->desk->account;
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->state != 0 && o->intent.role == role && !order_state_is_terminal((order_state_t)o->state)) {
            return o;
        }
    }
    return NULL;
}

static void hold(stand_t *s, side_t side)
{
    f64 away = side == SIDE_BUY ? -1.0 : 1.0;
    desk_enter(s->desk, side, 100, 50.0, 50.0 + away, 50.0 - 3 * away);
    desk_step(s->desk, 50.0, 50.2, 49.8, 50.0);
    CHECK_EQ(account_position_count(&s->desk->account), 1);
    CHECK(live_of(s, ROLE_STOP) != NULL);
}

TEST(a_position_whose_stops_are_refused_leaves_at_market)
{
    UNUSED_STATE;
    stand_t *s = stand_open();
    hold(s, SIDE_BUY);
    CHECK(!run(s, &loop_position_guard));
    CHECK_EQ(alerts(s, LOOP_ALERT_LEAVES), 0);
    s->desk->drop_all = true; /* the broker takes no stop any more: each one sent is refused */
    const position_t *p = account_position_const(&s->desk->account, 0);
    u32 refused = 0;
    const order_t *target = live_of(s, ROLE_TARGET);
    CHECK(target != NULL);
    desk_say(s->desk, BROKER_CANCELED, target->intent.id, 0, (price_t){0}, 0);
    for (u32 round = 0; round < 10; round++) {
        const order_t *stop = live_of(s, ROLE_STOP);
        if (stop != NULL) {
            desk_say(s->desk, BROKER_REJECT, stop->intent.id, 0, (price_t){0}, 0);
            refused++;
        }
        s->desk->now += 5 * NS_PER_SEC;
        if (p->protect_tries < 3) {
            CHECK(!run(s, &loop_position_guard)); /* it waits until protecting has been tried */
        }
        run(s, &loop_order_lookup);
    }
    CHECK(refused >= 3);
    account_position(&s->desk->account, 0)->exit_failures = 3; /* an exit's cool-down is the guard's, too: */
    account_position(&s->desk->account, 0)->t_exit_failed = s->desk->now;
    CHECK(!run(s, &loop_position_guard));
    account_position(&s->desk->account, 0)->exit_failures = 2; /* the first two failures have none */
    CHECK_EQ(p->protect_tries, 3);
    CHECK_EQ(exec_unprotected(&s->desk->account), 1);
    s->desk->drop_all = false;
    CHECK(run(s, &loop_position_guard));
    CHECK_EQ(alerts(s, LOOP_ALERT_LEAVES), 1);
    CHECK(desk_count(s->desk, EV_DECISION) == 1); /* with a record of why */
    CHECK(!run(s, &loop_position_guard));         /* it leaves already */
    s->desk->bar_open = s->desk->now;             /* the first open after the decision */
    desk_step(s->desk, 50.0, 50.2, 49.8, 50.0);
    CHECK_EQ(account_position_count(&s->desk->account), 0);
    desk_invariants(s->desk);
    stand_close(s);
}

/* Nothing before its time, nothing without a bar, then what is due; at the end it says how far it came. */
TEST(slices_leave_with_the_bar_at_their_time)
{
    UNUSED_STATE;
    static const inst_t inst[] = {0};
    stand_t *s = stand_open();
    market_t market = {.instruments = s->desk->instruments, .count = DESK_INSTRUMENTS};
    s->shared.market = &market;
    permit_request_t r = desk_request(s->desk, SIDE_BUY, 90, 100, 98, 104);
    r.draft.flags = INTENT_SLICED;
    gates_t g = desk_gates();
    risk_permit_t permit;
    slice_schedule_t plan = {.algo = SLICING_TWAP, .count = 3, .least = 1};
    plan.t_end = s->desk->now + 15 * NS_PER_MIN;
    for (u32 i = 0; i < plan.count; i++) {
        plan.t[i] = s->desk->now + (i64)i * 5 * NS_PER_MIN;
        plan.until[i] = 30 * (i64)(i + 1);
    }
    CHECK_OK(permit_open(&s->desk->account, &r, &g, &permit));
    CHECK_OK(exec_submit_sliced(&s->desk->account, &permit, &plan, s->desk->now, &s->desk->out));
    desk_flush(s->desk);
    for (u32 i = 1; i <= 3; i++) {
        bar_t bar = desk_bar(s->desk, 100, 100.1, 99.9, 100);
        s->slice = (slice_t){.count = 0, .inst = inst, .bar = &bar};
        s->desk->now += 4 * NS_PER_MIN;
        CHECK(!run(s, &loop_slice_scheduler));
        desk_slice(s->desk, &bar, false, NULL);
        s->env.slice = NULL;
        CHECK(!run(s, &loop_slice_scheduler)); /* time alone has no price */
        s->env.slice = &s->slice;
        CHECK(i == 3 || !run(s, &loop_slice_scheduler)); /* halted */
        s->slice.count = 1;
        CHECK(run(s, &loop_slice_scheduler));
        CHECK(!run(s, &loop_slice_scheduler));
        CHECK_EQ(account_position_const(&s->desk->account, 0)->qty.v, 30 * i);
    }
    CHECK_EQ(desk_count(s->desk, EV_SLICE_END), 1);
    desk_invariants(s->desk);
    stand_close(s);
}

TEST(a_night_costs_by_the_calendar)
{
    UNUSED_STATE;
    static const struct { i32 nights; side_t side; bool charged; } cases[] = {
        {1, SIDE_SELL_SHORT, true}, {3, SIDE_SELL_SHORT, true}, {1, SIDE_BUY, false},
        {0, SIDE_SELL_SHORT, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        stand_t *s = stand_open();
        hold(s, cases[i].side);
        s->env.session_before = DESK_DAY;
        s->slice.session = DESK_DAY + cases[i].nights;
        i64 before = s->desk->account.cash.v;
        CHECK_EQ(run(s, &loop_overnight_carry), cases[i].charged);
        i64 fee = before - s->desk->account.cash.v;
        /* 100 x 50 $ at 0.30 % a year of 360 days, by hand */
        i64 want = cases[i].charged ? 5000 * (i64)MONEY_SCALE * 3 * cases[i].nights / (1000 * 360) : 0;
        CHECK(fee >= want - MONEY_SCALE / 1000 && fee <= want + MONEY_SCALE / 1000);
        CHECK((fee > 0) == cases[i].charged);
        desk_invariants(s->desk);
        s->env.session_before = 0; /* the first session of a run: nothing was held through anything */
        CHECK(!run(s, &loop_overnight_carry));
        stand_close(s);
    }
}

TEST(a_broken_sum_stops_entries_and_is_told_once)
{
    UNUSED_STATE;
    stand_t *s = stand_open();
    hold(s, SIDE_BUY);
    CHECK(!run(s, &loop_consistency_check));
    CHECK_EQ(s->desk->account.reconcile, 0);
    s->desk->account.cash.v += 1;
    CHECK(run(s, &loop_consistency_check));
    CHECK(!run(s, &loop_consistency_check));
    CHECK_EQ(alerts(s, LOOP_ALERT_INCONSISTENT), 1);
    CHECK_EQ(s->desk->account.reconcile, RECONCILE_PERSON); /* which no comparison with a broker ends */
    s->desk->account.reconcile |= RECONCILE_BROKER;
    s->desk->account.cash.v -= 1;
    CHECK(!run(s, &loop_consistency_check));
    s->desk->account.cash.v += 1; /* a new fault is news again */
    CHECK(run(s, &loop_consistency_check));
    CHECK_EQ(alerts(s, LOOP_ALERT_INCONSISTENT), 2);
    s->desk->account.cash.v -= 1;
    stand_close(s);
}

TEST(an_open_breaker_is_told_once_a_session)
{
    UNUSED_STATE;
    stand_t *s = stand_open();
    CHECK(!run(s, &loop_breaker_watch));
    s->user.breaker_open = true;
    CHECK(run(s, &loop_breaker_watch));
    CHECK(!run(s, &loop_breaker_watch));
    s->shared.session++;
    CHECK(run(s, &loop_breaker_watch));
    CHECK_EQ(alerts(s, LOOP_ALERT_BREAKER), 2);
    stand_close(s);
}

static void halts(stand_t *s, inst_t inst, halt_kind_t kind, bool halted)
{
    halt_t h = {.t_event = s->desk->now, .inst = inst, .kind = (u8)kind, .halted = halted ? 1 : 0};
    exec_on_halt(&s->desk->account, &h, s->desk->now, &s->desk->out);
    desk_flush(s->desk);
}

/* How often the watch of halts has told of instrument 0 that it is halted, or that it is no longer. */
static u32 told(const stand_t *s, bool halted)
{
    u32 n = 0;
    for (u32 i = 0; i < s->desk->log_count; i++) {
        const event_t *e = &s->desk->log[i];
        bool mine = e->head.kind == EV_NOTICE && e->as.NOTICE.loop == PLAN_HALT_WATCH;
        n += mine && e->as.NOTICE.about == 0 && (e->as.NOTICE.state != 0) == halted ? 1 : 0;
    }
    return n;
}

static stand_t *halt_stand(market_t *market)
{
    stand_t *s = stand_open();
    *market = (market_t){.instruments = s->desk->instruments, .count = DESK_INSTRUMENTS};
    memcpy(s->desk->instruments[0].symbol, "AAA", 4);
    s->shared.market = market;
    hold(s, SIDE_BUY);
    return s;
}

/* Of what is held a person hears once that it stopped and once that it goes on; of the rest nothing. */
TEST(a_halt_of_what_is_held_is_told_once)
{
    UNUSED_STATE;
    market_t market;
    stand_t *s = halt_stand(&market);
    halts(s, 1, HALT_NEWS, true);
    CHECK(!run(s, &loop_halt_watch));
    CHECK_EQ(s->memory.told_count, 0);
    halts(s, 0, HALT_PAUSE, true);
    for (u32 i = 0; i < 3; i++) {
        CHECK(!run(s, &loop_halt_watch));
        CHECK_EQ(told(s, true), 1);
    }
    CHECK_EQ(s->memory.told_count, 1);
    halts(s, INST_NONE, HALT_MARKET_1, true);
    halts(s, 0, HALT_PAUSE, false); /* the market's stands: no end yet */
    (void)run(s, &loop_halt_watch);
    CHECK_EQ(told(s, false), 0);
    halts(s, INST_NONE, HALT_MARKET_1, false);
    (void)run(s, &loop_halt_watch);
    (void)run(s, &loop_halt_watch);
    CHECK(told(s, true) == 1 && told(s, false) == 1);
    CHECK_EQ(s->memory.told_count, 0);
    halts(s, 0, HALT_NEWS, true); /* another halt is news again */
    (void)run(s, &loop_halt_watch);
    CHECK_EQ(told(s, true), 2);
    CHECK_EQ(loop_halt_watch.period_ms.open, 15000);
    stand_close(s);
}

/* A process that begins again knows from the facts what it told, and tells the end that came meanwhile; of a
 * name that is gone too. */
TEST(a_restart_in_a_halt_repeats_nothing)
{
    UNUSED_STATE;
    for (u32 gone = 0; gone < 2; gone++) {
        market_t market;
        stand_t *s = halt_stand(&market);
        halts(s, 0, HALT_NEWS, true);
        (void)run(s, &loop_halt_watch);
        CHECK_EQ(told(s, true), 1);
        loop_memory_t again = {0};
        for (u32 i = 0; i < s->desk->log_count; i++) {
            loop_memory_note(&again, &s->desk->log[i], DESK_DAY);
        }
        s->memory = again;
        (void)run(s, &loop_halt_watch);
        CHECK_EQ(told(s, true), 1);
        action_t payout = {.kind = ACTION_PAYOUT, .amount = USD(90)};
        if (gone != 0) {
            CHECK_OK(account_on_action(&s->desk->account, &payout, &s->desk->instruments[0], USD(90),
                                       &s->desk->out));
        } else {
            halts(s, 0, HALT_NEWS, false);
        }
        (void)run(s, &loop_halt_watch);
        (void)run(s, &loop_halt_watch);
        CHECK(told(s, true) == 1 && told(s, false) == 1);
        CHECK_EQ(s->memory.told_count, 0);
        stand_close(s);
    }
}

/* The word names the symbol and the kind. */
TEST(a_halt_is_told_by_name)
{
    UNUSED_STATE;
    market_t market;
    stand_t *s = halt_stand(&market);
    halts(s, INST_NONE, HALT_MARKET_2, true);
    s->env.now = s->desk->now;
    (void)loop_halt_watch.run(&s->env);
    const event_t *e = &s->desk->out.facts[s->desk->out.fact_count - 1]; /* its text lives with the outbox */
    CHECK_EQ(e->head.kind, EV_NOTICE);
    CHECK(str_eq_c((str_t){e->as.NOTICE.text.p, e->as.NOTICE.text.n},
                   "AAA: market-wide halt, level 2; no stop protects until it trades again"));
    stand_close(s);
}

/* In a halt nothing leaves; when it trades again what has no stop leaves at once. */
TEST(the_guard_waits_for_the_end_of_a_halt)
{
    UNUSED_STATE;
    stand_t *s = stand_open();
    hold(s, SIDE_BUY);
    position_t *p = account_position(&s->desk->account, 0);
    desk_say(s->desk, BROKER_CANCELED, live_of(s, ROLE_TARGET)->intent.id, 0, (price_t){0}, 0);
    halts(s, 0, HALT_NEWS, true);
    p->protect_tries = 3;
    desk_say(s->desk, BROKER_CANCELED, live_of(s, ROLE_STOP)->intent.id, 0, (price_t){0}, 0);
    CHECK_EQ(exec_unprotected(&s->desk->account), 1);
    CHECK_EQ(loop_position_guard.next(&s->env), I64_MAX);
    CHECK(!run(s, &loop_position_guard));
    CHECK_EQ(alerts(s, LOOP_ALERT_LEAVES), 0);
    halts(s, 0, HALT_NEWS, false);
    CHECK_EQ(loop_position_guard.next(&s->env), 0);
    CHECK(run(s, &loop_position_guard));
    CHECK_EQ(alerts(s, LOOP_ALERT_LEAVES), 1);
    stand_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_whose_stops_are_refused_leaves_at_market),
        cmocka_unit_test(slices_leave_with_the_bar_at_their_time),
        cmocka_unit_test(a_night_costs_by_the_calendar),
        cmocka_unit_test(a_broken_sum_stops_entries_and_is_told_once),
        cmocka_unit_test(an_open_breaker_is_told_once_a_session),
        cmocka_unit_test(a_halt_of_what_is_held_is_told_once),
        cmocka_unit_test(a_restart_in_a_halt_repeats_nothing),
        cmocka_unit_test(a_halt_is_told_by_name),
        cmocka_unit_test(the_guard_waits_for_the_end_of_a_halt),
    };
    return RUN_TESTS(tests);
}
