/* Orders from permit to closed trade, against the simulated broker and against a broker that misbehaves. */
#include "tests/trade/bench_account.h"

#include "trade/execution/exec_steps.h"
#include "trade/execution/reconcile.h"

TEST(bracket_round_trip_long)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    CHECK_EQ(desk_state(d, id), ORDER_NEW);
    CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_STOP)), ORDER_HELD);
    CHECK_EQ(d->account.day.entries, 1);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    position_t *p = account_position(&d->account, 0);
    assert_non_null(p);
    CHECK_EQ(p->qty.v, 100);
    CHECK_EQ(desk_state(d, id), ORDER_FILLED);
    CHECK_EQ(desk_state(d, p->stop_id), ORDER_NEW);
    CHECK_EQ(desk_state(d, p->target_id), ORDER_NEW);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    CHECK(p->avg.v > USD(100).v && p->r.v == p->avg.v - USD(99).v);
    CHECK_EQ(p->mfe.v, USD(100.5).v - p->avg.v);
    desk_step(d, 100.2, 102.5, 100.1, 102.2);
    CHECK_EQ(d->closed.count, 1);
    const closed_trade_t *t = &d->closed.v[0];
    CHECK_EQ(t->reason, EXIT_TARGET);
    CHECK_EQ(t->exit.v, USD(102).v);
    CHECK_EQ(t->qty.v, 100);
    CHECK_EQ(t->gross.v, (t->exit.v - t->entry.v) / 1000 * 100);
    CHECK(t->net_r > 1.5 && t->net_r < 2.0);
    CHECK_EQ(d->account.cash.v, CASHES(100000).v + t->net.v);
    CHECK_EQ(d->account.day.day_trades, 1);
    CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_STOP)), ORDER_CANCELED);
    CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_TARGET)), ORDER_FILLED);
    CHECK_EQ(d->paper.count, 0);
    CHECK_EQ(desk_count(d, EV_FILL), 2);
    CHECK_EQ(desk_count(d, EV_INTENT), 3);
    CHECK_EQ(desk_count(d, EV_ALERT), 0);
    desk_close(d);
}

TEST(stop_out_short_counts_a_loss)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_SELL_SHORT, 100, 100, 101, 98);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, -100);
    desk_step(d, 100.2, 101.5, 100.1, 101.2);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].reason, EXIT_STOP);
    CHECK_EQ(d->closed.v[0].direction, -1);
    CHECK(d->closed.v[0].net_r < -1.0);
    CHECK_EQ(d->account.day.losses_in_row, 1);
    CHECK_EQ(d->account.cash.v, CASHES(100000).v + d->closed.v[0].net.v);
    CHECK_EQ(d->account.reconcile, 0);
    desk_close(d);
}

TEST(exit_cancels_children_first)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_exit(&d->account, p, EXIT_MAX_HOLD, d->now, &d->out));
    CHECK_EQ(p->exiting, EXITING_CANCEL);
    CHECK_EQ(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out), ERR_ORDER_STATE);
    for (u32 i = 0; i < d->out.effect_count; i++) {
        CHECK_EQ(d->out.effects[i].kind, EFFECT_CANCEL); /* the market exit waits for proof */
    }
    desk_flush(d);
    CHECK_EQ(p->exiting, EXITING_SENT);
    CHECK_EQ(desk_state(d, stop), ORDER_CANCELED);
    desk_step(d, 100.1, 100.3, 98, 100.2); /* the old stop would have fired in this bar */
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].reason, EXIT_MAX_HOLD);
    CHECK(d->closed.v[0].exit.v < USD(100.1).v && d->closed.v[0].exit.v > USD(99.9).v);
    desk_close(d);
}

/* The stop fills while its cancel is under way: no exit may leave any more, and nothing is flipped. */
TEST(stop_fill_beats_cancel)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    id128_t stop = p->stop_id;
    id128_t target = p->target_id;
    d->drop_all = true;
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    desk_flush(d);
    desk_say(d, BROKER_FILL, stop, 40, USD(98.9), 9001); /* part of it */
    desk_say(d, BROKER_CANCELED, target, 0, (price_t){0}, 0);
    CHECK_EQ(p->qty.v, 60);
    CHECK_EQ(p->exiting, EXITING_CANCEL);
    desk_say(d, BROKER_CANCEL_REFUSED, stop, 0, (price_t){0}, 0);
    CHECK_EQ(p->exiting, EXITING_CANCEL);
    desk_say(d, BROKER_FILL, stop, 60, USD(98.8), 9002);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].reason, EXIT_STOP);
    CHECK_EQ(d->closed.v[0].qty.v, 100);
    CHECK_EQ(account_position_count(&d->account), 0);
    CHECK_EQ(d->account.reconcile, 0);
    for (u32 i = 0; i < d->log_count; i++) {
        CHECK(d->log[i].head.kind != EV_INTENT || d->log[i].as.INTENT.role != ROLE_EXIT);
    }
    desk_close(d);
}

/* The cancelled stop had filled in part: the exit is for the rest only. */
TEST(exit_shrinks_by_what_the_stop_filled)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    position_t *p = account_position(&d->account, 0);
    d->drop_all = true;
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    desk_flush(d);
    desk_say(d, BROKER_FILL, p->stop_id, 30, USD(98.9), 9001);
    desk_say(d, BROKER_CANCELED, p->stop_id, 0, (price_t){0}, 0);
    CHECK_EQ(p->exiting, EXITING_SENT);
    CHECK_EQ(account_order(&d->account, p->exit_id)->intent.qty.v, 70);
    /* The broker refuses the exit: protected again for what is left. */
    desk_say(d, BROKER_REJECT, p->exit_id, 0, (price_t){0}, 0);
    CHECK_EQ(p->exiting, EXITING_NO);
    CHECK_EQ(p->exit_failures, 1);
    const order_t *again = account_order_const(&d->account, p->stop_id);
    CHECK_EQ(again->intent.qty.v, 70);
    CHECK_EQ(again->intent.stop.v, USD(99).v);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    desk_close(d);
}

/* Its entry has not filled: a child that the broker will not cancel waits for it as before. */
TEST(a_refused_cancel_leaves_a_waiting_child_waiting)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->drop_all = true;
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    id128_t target = intent_child_id(id, ROLE_TARGET);
    desk_say(d, BROKER_ACK, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, target), ORDER_HELD);
    CHECK_EQ(exec_cancel(&d->account, target, d->now, &d->out), ERR_ORDER_STATE); /* its entry is to be */
    exec_t x = {.a = &d->account, .out = &d->out, .now = d->now};
    exec_want_cancel(&x, account_order(&d->account, target)); /* as an exit does */
    desk_flush(d);
    CHECK_EQ(desk_state(d, target), ORDER_PENDING_CANCEL);
    desk_say(d, BROKER_CANCEL_REFUSED, target, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, target), ORDER_HELD);
    CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
    desk_flush(d);
    desk_say(d, BROKER_CANCEL_REFUSED, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_NEW);
    desk_close(d);
}

TEST(silence_is_looked_up_never_sent_again)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->account.visibility_delay_ns = 10 * NS_PER_SEC;
    d->drop_all = true;
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    desk_say(d, BROKER_SILENT, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN);
    desk_say(d, BROKER_LOOKUP_ABSENT, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN); /* too early to be proof */
    desk_say(d, BROKER_NOT_SENT, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN);
    d->now += 13 * NS_PER_SEC;
    CHECK_EQ(exec_lookup_unknown(&d->account, d->now, NS_PER_SEC, &d->out), 1);
    for (u32 i = 0; i < d->out.effect_count; i++) {
        CHECK_EQ(d->out.effects[i].kind, EFFECT_LOOKUP);
    }
    desk_flush(d);
    desk_say(d, BROKER_LOOKUP_ABSENT, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_STOP)), ORDER_CANCELED);
    /* It had filled after all: booked as a correction, told, and nothing more is opened. */
    desk_say(d, BROKER_FILL, id, 100, USD(100), 77);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 100);
    CHECK_EQ(d->account.reconcile, 1);
    CHECK_EQ(exec_unprotected(&d->account), 0); /* a new stop was sent for it */
    desk_close(d);
}

TEST(executions_count_once)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->drop_all = true;
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    desk_say(d, BROKER_ACK, id, 0, (price_t){0}, 0);
    desk_say(d, BROKER_FILL, id, 40, USD(100), 1);
    desk_say(d, BROKER_FILL, id, 40, USD(100), 1);
    CHECK_EQ(account_order(&d->account, id)->filled.v, 40);
    CHECK_EQ(desk_covered(d), 40);
    desk_say(d, BROKER_FILL, id, 60, USD(100.1), 2);
    desk_say(d, BROKER_FILL, id, 60, USD(100.1), 2);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 100);
    CHECK_EQ(desk_state(d, id), ORDER_FILLED);
    CHECK_EQ(d->account.reconcile, 0);
    desk_say(d, BROKER_FILL, id, 1, USD(100.1), 3); /* more than was asked for */
    CHECK_EQ(d->account.reconcile, 1);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 101);
    desk_close(d);
}

/* Numbers that no execution can have are told, and leave the order as it was: it ends by its true word. */
TEST(absurd_numbers_change_no_order)
{
    UNUSED_STATE;
    static const struct { i64 qty, price, fee, cum; } cases[] = {
        {40, 0, 0, 40},
        {40, -PRICE_SCALE, 0, 40},
        {0, PRICE_SCALE, 0, 40},
        {-40, PRICE_SCALE, 0, 40},
        {40, 1, -1, 40},
        {I64_MAX, 1, 0, 40},
        {40, I64_MIN, 0, I64_MAX},
        {40, 1, 0, -1},
        {I64_MAX / 2, I64_MAX, 0, 40},
        {40, I64_MAX, 0, 40},
        {1, I64_MAX, 0, I64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        d->drop_all = true;
        id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
        desk_say(d, BROKER_ACK, id, 0, (price_t){0}, 0);
        ev_BROKER_t m = {.kind = BROKER_FILL, .intent = id, .account = d->account.account_id, .exec_id = 1,
                         .t_event = d->now, .qty = cases[i].qty, .price = cases[i].price,
                         .fee = cases[i].fee, .cum_qty = cases[i].cum};
        u64 alerts = desk_count(d, EV_ALERT);
        exec_on_broker(&d->account, &m, d->loss_min_r, d->now, &d->closed, &d->out);
        desk_flush(d);
        const order_t *o = account_order(&d->account, id);
        CHECK_EQ(o->filled.v, 0);
        CHECK_EQ(o->state, ORDER_NEW);
        CHECK_EQ(o->flags & ORDER_FLAG_CORRECTION, 0); /* no fact says so, so a restart would not know */
        CHECK_EQ(o->told.v, 0); /* nor is its count believed: no execution would ever answer it */
        CHECK_EQ(d->account.reconcile, 1);
        CHECK(desk_count(d, EV_ALERT) > alerts);
        CHECK_EQ(d->account.cash.v, CASHES(100000).v);
        m.qty = 100;
        m.price = USD(100).v;
        m.fee = 0;
        m.cum_qty = 100;
        exec_on_broker(&d->account, &m, d->loss_min_r, d->now, &d->closed, &d->out);
        desk_flush(d);
        CHECK_EQ(desk_state(d, id), ORDER_FILLED);
        desk_close(d);
    }
}

TEST(partial_entry_then_cancel_keeps_the_part)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->drop_all = true;
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    id128_t stop = intent_child_id(id, ROLE_STOP);
    id128_t target = intent_child_id(id, ROLE_TARGET);
    desk_say(d, BROKER_ACK, id, 0, (price_t){0}, 0);
    desk_say(d, BROKER_FILL, id, 30, USD(100), 1);
    desk_say(d, BROKER_ACK, stop, 0, (price_t){0}, 0);
    desk_say(d, BROKER_ACK, target, 0, (price_t){0}, 0);
    CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
    desk_flush(d);
    desk_say(d, BROKER_CANCELED, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    desk_say(d, BROKER_FILL, target, 10, USD(102), 2);
    CHECK_EQ(desk_covered(d), 20);
    desk_say(d, BROKER_FILL, target, 20, USD(102), 3);
    CHECK_EQ(desk_state(d, target), ORDER_FILLED);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].qty.v, 30);
    /* The broker has not said that the stop is gone: it is cancelled by us. */
    CHECK_EQ(desk_state(d, stop), ORDER_PENDING_CANCEL);
    desk_close(d);
}

/* Applies one message and leaves its effects in the outbox to be looked at. */
static void tell(desk_t *d, broker_msg_kind_t kind, id128_t id)
{
    ev_BROKER_t m = {.kind = (u8)kind, .intent = id, .account = 7, .t_event = d->now};
    outbox_reset(&d->out);
    exec_on_broker(&d->account, &m, d->loss_min_r, d->now, &d->closed, &d->out);
    desk_invariants(d);
}

/* The same, said at a moment and with the broker's count of what it filled. */
static void tell_at(desk_t *d, broker_msg_kind_t kind, id128_t id, i64 t_event, i64 cum_qty)
{
    ev_BROKER_t m = {.kind = (u8)kind, .intent = id, .account = 7, .t_event = t_event, .cum_qty = cum_qty};
    outbox_reset(&d->out);
    exec_on_broker(&d->account, &m, d->loss_min_r, d->now, &d->closed, &d->out);
    desk_invariants(d);
}

static void fill_at(desk_t *d, id128_t id, i64 qty, u64 exec, i64 t_event)
{
    ev_BROKER_t m = {.kind = BROKER_FILL, .intent = id, .account = 7, .t_event = t_event, .qty = qty,
                     .price = USD(100).v, .exec_id = exec};
    outbox_reset(&d->out);
    exec_on_broker(&d->account, &m, d->loss_min_r, d->now, &d->closed, &d->out);
    desk_invariants(d);
}

static u32 looks_after(desk_t *d, id128_t id, i64 ns)
{
    d->now += ns;
    outbox_reset(&d->out);
    (void)exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out);
    return desk_effects(d, EFFECT_LOOKUP, id);
}

/* Checkers ask it after every event: each of its faults, planted alone, is one. */
TEST(the_check_of_an_account_sees_every_fault)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    order_t *entry = account_order(&d->account, id);
    order_t *stop = account_order(&d->account, account_position(&d->account, 0)->stop_id);
    CHECK(exec_check(&d->account));
    d->account.reconcile = RECONCILE_BROKER; /* a negative count also covers too much, which this excuses */
    stop->filled.v = -1;
    CHECK(!exec_check(&d->account));
    stop->filled.v = 0;
    CHECK(exec_check(&d->account));
    d->account.reconcile = 0;
    entry->filled.v = 101; /* more than was asked for */
    CHECK(!exec_check(&d->account));
    entry->flags |= ORDER_FLAG_CORRECTION;
    CHECK(exec_check(&d->account));
    entry->filled.v = 99; /* whole, and not whole */
    CHECK(!exec_check(&d->account));
    entry->filled.v = 100;
    CHECK(exec_check(&d->account));
    stop->live.v = 101; /* it would turn the position over */
    CHECK(!exec_check(&d->account));
    d->account.reconcile = RECONCILE_BROKER;
    CHECK(exec_check(&d->account));
    desk_close(d);
}

/* An order that counts as working may have died unheard. Its look is lost on the way; until one is answered
 * the timer asks again, and the order is no protection that anybody can rely on. */
TEST(a_look_without_an_answer_is_made_again)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    d->drop_all = true;
    id128_t stop = account_position(&d->account, 0)->stop_id;
    CHECK_EQ(exec_closing_proven(&d->account, 0), 100);
    CHECK_OK(exec_cancel(&d->account, stop, d->now, &d->out));
    CHECK_EQ(exec_closing_proven(&d->account, 0), 0);
    tell(d, BROKER_CANCEL_REFUSED, stop);
    i64 asked = d->now;
    CHECK_EQ(desk_state(d, stop), ORDER_NEW);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 1);
    CHECK_EQ(exec_closing_proven(&d->account, 0), 0);
    CHECK_EQ(exec_lookup_next(&d->account, 5 * NS_PER_SEC), asked + 5 * NS_PER_SEC);
    CHECK_EQ(looks_after(d, stop, 4 * NS_PER_SEC), 0);
    CHECK_EQ(looks_after(d, stop, NS_PER_SEC), 1);
    tell_at(d, BROKER_LOOKUP_FOUND, stop, asked - 1, 0); /* an answer from before the doubt */
    CHECK_EQ(looks_after(d, stop, 5 * NS_PER_SEC), 1);
    tell_at(d, BROKER_LOOKUP_FOUND, stop, asked, 40); /* of executions that nobody has told */
    CHECK_EQ(looks_after(d, stop, 5 * NS_PER_SEC), 1);
    fill_at(d, stop, 40, 901, asked);
    tell_at(d, BROKER_LOOKUP_FOUND, stop, asked, 40);
    CHECK_EQ(exec_closing_proven(&d->account, 0), 60);
    CHECK_EQ(exec_lookup_next(&d->account, 5 * NS_PER_SEC), I64_MAX);
    CHECK_EQ(looks_after(d, stop, NS_PER_MIN), 0);
    desk_close(d);
}

/* The broker cancelled the rest, and its word of that overtook the fill before it. Late words of the order's
 * life do not bring it back; the execution that was counted has to come before it ends. */
TEST(an_end_that_was_told_stays_told)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    d->drop_all = true;
    d->now += NS_PER_MIN;
    tell_at(d, BROKER_CANCELED, id, d->now, 11);
    CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN);
    static const broker_msg_kind_t late[] = {BROKER_ACK, BROKER_LOOKUP_FOUND, BROKER_REPLACED,
                                             BROKER_LOOKUP_ABSENT};
    for (u32 i = 0; i < COUNT_OF(late); i++) {
        tell_at(d, late[i], id, d->now, 0);
        CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN);
    }
    CHECK_EQ(looks_after(d, id, 5 * NS_PER_SEC), 1);
    fill_at(d, id, 5, 901, d->now);
    CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN);
    fill_at(d, id, 6, 902, d->now);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 11);
    CHECK_EQ(d->account.reconcile, 0);
    desk_close(d);
}

/* A target closed what its entry had brought while its own outcome was unknown, and then the entry ended. It
 * can fill no more, and is over with the first word that proves what became of it. */
TEST(a_child_that_became_whole_while_unknown_ends)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    d->drop_all = true;
    id128_t target = intent_child_id(id, ROLE_TARGET);
    fill_at(d, id, 17, 901, d->now);
    tell(d, BROKER_ACK, target);
    fill_at(d, target, 17, 902, d->now);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(desk_state(d, target), ORDER_PENDING_CANCEL);
    tell(d, BROKER_SILENT, target);
    tell(d, BROKER_CANCELED, id);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    CHECK_EQ(desk_state(d, target), ORDER_UNKNOWN);
    tell(d, BROKER_ACK, target);
    CHECK_EQ(desk_state(d, target), ORDER_FILLED);
    CHECK_EQ(d->out.effect_count, 0);
    desk_close(d);
}

/* A replace of unknown outcome, and the order comes out of the unknown by a fill. That the replace was done
 * is heard after that: the price is taken, and a fact says so. */
TEST(a_late_word_of_a_replace_moves_the_stop)
{
    UNUSED_STATE;
    static const bool cancelling[] = {false, true};
    for (u32 i = 0; i < COUNT_OF(cancelling); i++) {
        desk_t *d = desk_open(100000);
        desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
        desk_step(d, 100, 100.5, 99.5, 100.2);
        d->drop_all = true;
        position_t *p = account_position(&d->account, 0);
        id128_t stop = p->stop_id;
        CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
        tell(d, BROKER_SILENT, stop);
        fill_at(d, stop, 10, 901, d->now);
        CHECK_EQ(desk_state(d, stop), ORDER_PARTIAL);
        if (cancelling[i]) {
            CHECK_OK(exec_cancel(&d->account, stop, d->now, &d->out));
        }
        order_state_t before = desk_state(d, stop);
        tell(d, BROKER_REPLACED, stop);
        CHECK_EQ(desk_state(d, stop), before);
        CHECK_EQ(p->stop.v, USD(99.5).v);
        CHECK_EQ(account_order(&d->account, stop)->intent.stop.v, USD(99.5).v);
        CHECK_EQ(d->out.fact_count, 1);
        CHECK_EQ(d->out.facts[0].head.kind, EV_ORDER_STATE);
        CHECK_EQ(d->out.facts[0].as.ORDER_STATE.proof, BROKER_REPLACED);
        tell(d, BROKER_REPLACED, stop); /* told twice */
        CHECK_EQ(d->out.fact_count, 0);
        desk_close(d);
    }
}

/* Forty are booked of an entry of a hundred when the position is left, and what became of the entry is not
 * known. */
static id128_t leave_with_unknown_entry(desk_t *d)
{
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    d->drop_all = true;
    fill_at(d, id, 40, 901, d->now);
    position_t *p = account_position(&d->account, 0);
    account_mark(&d->account, 0, USD(100));
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    tell(d, BROKER_SILENT, id);
    tell(d, BROKER_CANCELED, intent_child_id(id, ROLE_STOP));
    CHECK_EQ(p->exiting, EXITING_SENT);
    CHECK_EQ(desk_effects(d, EFFECT_SUBMIT, p->exit_id), 1);
    tell(d, BROKER_ACK, p->exit_id);
    return id;
}

/* The exit was sent for what was known. What the entry had filled besides gets a stop when it is heard of,
 * not when the exit is done. */
TEST(a_fill_heard_after_the_exit_is_protected)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = leave_with_unknown_entry(d);
    const position_t *p = account_position(&d->account, 0);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    fill_at(d, id, 60, 902, d->now);
    CHECK_EQ(p->qty.v, 100);
    CHECK_EQ(desk_effects(d, EFFECT_SUBMIT, p->stop_id), 1);
    CHECK_EQ(account_order(&d->account, p->stop_id)->intent.qty.v, 60);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    fill_at(d, p->exit_id, 40, 903, d->now);
    CHECK_EQ(p->qty.v, 60);
    CHECK_EQ(desk_covered(d), 60);
    desk_close(d);
}

static u32 watch_after(desk_t *d, exec_watch_t *w, i64 ns)
{
    outbox_reset(&d->out);
    bool due = exec_watch_next(w, &d->account, 2 * NS_PER_SEC, NS_PER_MIN) <= d->now + ns;
    d->now += ns;
    u32 told = exec_watch(w, &d->account, d->now, 2 * NS_PER_SEC, NS_PER_MIN, &d->out);
    CHECK(due || told == 0); /* a run that was not due has nothing to tell */
    return told;
}

/* Ten minutes of repeats for whoever looks, then fewer: a name whose market is gone for good would fill the
 * record. The next run is always asked for at the moment at which something is told. */
TEST(what_stays_naked_is_told_less_and_less_often)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    exec_watch_t w = {0};
    d->drop_all = true;
    d->account.positions[0] =
        (position_t){.inst = 0, .direction = 1, .multiplier = 1, .qty = {10}, .mark = USD(50)};
    account_positions_count(&d->account);
    i64 from = d->now;
    u32 told = 0;
    u32 first_hour = 0;
    CHECK_EQ(exec_watch(&w, &d->account, from, 2 * NS_PER_SEC, NS_PER_MIN, &d->out), 0);
    while (d->now < from + 10 * NS_PER_DAY) {
        i64 next = exec_watch_next(&w, &d->account, 2 * NS_PER_SEC, NS_PER_MIN);
        CHECK(next > d->now);
        outbox_reset(&d->out);
        CHECK_EQ(exec_watch(&w, &d->account, next - 1, 2 * NS_PER_SEC, NS_PER_MIN, &d->out), 0);
        CHECK_EQ(exec_watch(&w, &d->account, next, 2 * NS_PER_SEC, NS_PER_MIN, &d->out), 1);
        d->now = next;
        told++;
        first_hour += next < from + NS_PER_HOUR ? 1 : 0;
    }
    CHECK_EQ(first_hour, 1 + 60 + 2); /* at two seconds, every ten for ten minutes, then at 20 and 40 */
    CHECK_EQ(told, first_hour + 5 + 10); /* 80 to 1280 minutes, then each day */
    desk_close(d);
}

/* What an entry of unknown outcome may have filled is as naked as a position, also when nothing is left of
 * that: a person is told in time, and again while it lasts. */
TEST(what_may_be_naked_is_told)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    exec_watch_t w = {0};
    id128_t id = leave_with_unknown_entry(d);
    id128_t exit = account_position(&d->account, 0)->exit_id;
    CHECK(exec_is_naked(&d->account, 0));
    CHECK_EQ(watch_after(d, &w, 0), 0);
    fill_at(d, exit, 40, 902, d->now);
    CHECK(account_position(&d->account, 0) == NULL);
    CHECK_EQ(watch_after(d, &w, NS_PER_SEC), 0);
    CHECK_EQ(watch_after(d, &w, NS_PER_SEC), 1);
    CHECK_EQ(d->out.facts[0].as.ALERT.code, EXEC_ALERT_NAKED);
    CHECK_EQ(watch_after(d, &w, NS_PER_SEC), 0);
    CHECK_EQ(watch_after(d, &w, 7 * NS_PER_SEC), 1);
    tell_at(d, BROKER_CANCELED, id, d->now, 40);
    CHECK(!exec_is_naked(&d->account, 0));
    CHECK_EQ(watch_after(d, &w, NS_PER_SEC), 0);
    CHECK_EQ(w.count, 0);
    CHECK_EQ(exec_watch_next(&w, &d->account, 2 * NS_PER_SEC, NS_PER_MIN), I64_MAX);
    desk_close(d);
}

/* An entry whose stop is at the broker with it is not naked, however little is known of it; one that the
 * broker counts more of than was told is, once its stop is gone. */
TEST(a_stop_that_follows_its_entry_covers_it)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->drop_all = true;
    permit_request_t r = desk_request(d, SIDE_BUY, 100, 100, 99, 0);
    id128_t id = desk_submit(d, &r);
    tell(d, BROKER_SILENT, id);
    CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN);
    CHECK(!exec_is_naked(&d->account, 0));
    tell_at(d, BROKER_ACK, id, d->now, 30);
    CHECK_EQ(desk_state(d, id), ORDER_NEW);
    CHECK(!exec_is_naked(&d->account, 0));
    tell(d, BROKER_CANCELED, intent_child_id(id, ROLE_STOP));
    CHECK(exec_is_naked(&d->account, 0));
    desk_close(d);
}

/* "It lives" that was said before a request of unknown outcome is no news of that request. */
TEST(found_before_the_doubt_proves_nothing)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    d->drop_all = true;
    position_t *p = account_position(&d->account, 0);
    i64 before = d->now;
    d->now += NS_PER_SEC;
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
    tell(d, BROKER_SILENT, p->stop_id);
    CHECK_EQ(desk_state(d, p->stop_id), ORDER_UNKNOWN);
    tell_at(d, BROKER_LOOKUP_FOUND, p->stop_id, before, 0);
    CHECK_EQ(desk_state(d, p->stop_id), ORDER_UNKNOWN);
    tell_at(d, BROKER_REPLACED, p->stop_id, d->now, 0);
    CHECK_EQ(desk_state(d, p->stop_id), ORDER_NEW);
    CHECK_EQ(p->stop.v, USD(99.5).v);
    desk_close(d);
}

/* The broker drops the stop: its target could fill beside a new stop and turn the position over, so it goes
 * first. */
TEST(a_target_without_its_stop_goes_first)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    d->drop_all = true;
    const position_t *p = account_position(&d->account, 0);
    id128_t target = p->target_id;
    id128_t old = p->stop_id;
    tell(d, BROKER_CANCELED, old);
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, target), 1);
    CHECK_EQ(d->out.effect_count, 1);
    CHECK_EQ(exec_unprotected(&d->account), 1);
    tell(d, BROKER_CANCEL_REFUSED, target); /* and again, until it is proven dead */
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, target), 1);
    tell(d, BROKER_CANCELED, target);
    CHECK(!id128_eq(p->stop_id, old));
    CHECK_EQ(desk_effects(d, EFFECT_SUBMIT, p->stop_id), 1);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    CHECK_EQ(desk_covered(d), 100);
    /* Three refusals in a row end in an alert, not in a loop. */
    u32 sent = 0;
    for (u32 i = 0; i < 10; i++) {
        id128_t stop = p->stop_id;
        tell(d, BROKER_REJECT, stop);
        sent += d->out.effect_count;
    }
    CHECK_EQ(sent, 2);
    CHECK_EQ(exec_unprotected(&d->account), 1);
    desk_close(d);
}

/* A stop that would not die when the target had closed the position is asked again by the timer. */
TEST(orders_that_outlive_their_position_are_swept)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    d->drop_all = true;
    id128_t stop = account_position(&d->account, 0)->stop_id;
    desk_say(d, BROKER_FILL, account_position(&d->account, 0)->target_id, 100, USD(104), 901);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(desk_state(d, stop), ORDER_PENDING_CANCEL);
    tell(d, BROKER_CANCEL_REFUSED, stop);
    CHECK_EQ(desk_state(d, stop), ORDER_NEW);
    outbox_reset(&d->out);
    (void)exec_lookup_unknown(&d->account, d->now, NS_PER_SEC, &d->out);
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, stop), 1);
    tell(d, BROKER_CANCELED, stop);
    CHECK_EQ(desk_state(d, stop), ORDER_CANCELED);
    desk_close(d);
}

TEST(ratchet_moves_the_stop_and_never_back)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 110);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    position_t *p = account_position(&d->account, 0);
    CHECK_OK(exec_replace_stop(&d->account, p, USD(100.05), d->now, &d->out));
    CHECK_EQ(p->stop.v, USD(99).v); /* not before the broker says so */
    CHECK_EQ(exec_replace_stop(&d->account, p, USD(100.1), d->now, &d->out), ERR_ORDER_STATE);
    desk_flush(d);
    CHECK_EQ(p->stop.v, USD(100.05).v);
    CHECK_EQ(p->stop_initial.v, USD(99).v);
    desk_step(d, 100.2, 100.4, 99.9, 100.1);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].stop_last.v, USD(100.05).v);
    CHECK_EQ(d->closed.v[0].reason, EXIT_STOP);
    desk_close(d);
}

TEST(kill_stops_entries_not_exits)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 110);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 50, 49, 53);
    r.draft.inst = 1;
    id128_t resting = desk_submit(d, &r);
    desk_flush(d);
    CHECK_EQ(desk_state(d, resting), ORDER_NEW);
    gates_t g = desk_gates();
    risk_permit_t before;
    r.draft.inst = 2;
    CHECK_OK(permit_open(&d->account, &r, &g, &before));
    exec_kill(&d->account, d->now, &d->out);
    desk_flush(d);
    CHECK_EQ(desk_state(d, resting), ORDER_CANCELED);
    CHECK_EQ(exec_submit(&d->account, &before, d->now, &d->out), ERR_KILLED);
    risk_permit_t after;
    CHECK_EQ(permit_open(&d->account, &r, &g, &after), ERR_KILLED);
    account_t copy = d->account; /* a snapshot is the value itself */
    CHECK_EQ(copy.killed, 1);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    CHECK_OK(exec_exit(&d->account, account_position(&d->account, 0), EXIT_KILL, d->now, &d->out));
    desk_flush(d);
    desk_step(d, 100.1, 100.2, 100, 100.1);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].reason, EXIT_KILL);
    desk_close(d);
}

TEST(permits_are_exact_and_single)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 102);
    gates_t g = desk_gates();
    gates_t none = {0};
    risk_permit_t p;
    CHECK_EQ(permit_open(&d->account, &r, &none, &p), ERR_RISK_LIMIT);
    gates_t failing = desk_gates();
    failing.failed = 1;
    CHECK_EQ(permit_open(&d->account, &r, &failing, &p), ERR_RISK_LIMIT);
    CHECK_OK(permit_open(&d->account, &r, &g, &p));
    risk_permit_t forged = p;
    forged.intent.qty.v = 1000;
    CHECK_EQ(exec_submit(&d->account, &forged, d->now, &d->out), ERR_PERMIT);
    CHECK_EQ(exec_submit(&d->account, &p, d->now, &d->out), ERR_PERMIT); /* used up by the forgery */
    CHECK_OK(permit_open(&d->account, &r, &g, &p));
    CHECK_OK(exec_submit(&d->account, &p, d->now, &d->out));
    CHECK_EQ(exec_submit(&d->account, &p, d->now, &d->out), ERR_PERMIT);
    CHECK_OK(permit_open(&d->account, &r, &g, &p));
    d->account.epoch++;
    CHECK_EQ(exec_submit(&d->account, &p, d->now, &d->out), ERR_PERMIT);
    p.account_id = 8;
    CHECK_EQ(exec_submit(&d->account, &p, d->now, &d->out), ERR_PERMIT);
    d->account.reconcile = 1;
    CHECK_EQ(permit_open(&d->account, &r, &g, &p), ERR_PERMIT);
    r.draft.bracket_stop = USD(101); /* on the wrong side */
    d->account.reconcile = 0;
    CHECK_EQ(permit_open(&d->account, &r, &g, &p), ERR_PARAM_RANGE);
    r = desk_request(d, SIDE_SELL, 10, 100, 0, 0);
    r.draft.role = ROLE_EXIT;
    CHECK_EQ(permit_reduce(&d->account, &r, &p), ERR_PERMIT); /* nothing to reduce */
    desk_close(d);
}

/* A stop that died while there was no session is asked for, and nothing opens until then. */
TEST(a_session_that_is_back_asks_for_what_lives)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    d->drop_all = true;
    u32 before = d->out.effect_count;
    CHECK_EQ(exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out), 0);
    CHECK_EQ(d->out.effect_count, before); /* a resting order is not polled */
    exec_session_back(&d->account, d->now, &d->out);
    CHECK_EQ(d->out.effect_count, before + 2); /* stop and target; the entry is over */
    for (u32 i = before; i < d->out.effect_count; i++) {
        CHECK_EQ(d->out.effects[i].kind, EFFECT_LOOKUP);
    }
    CHECK_EQ(d->account.reconcile, 1);
    CHECK(exec_is_naked(&d->account, 0)); /* what is doubted covers nothing */
    desk_close(d);
}

TEST(stranger_means_reconcile)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = {{1, 2, 3}};
    desk_say(d, BROKER_FILL, id, 10, USD(5), 1);
    CHECK_EQ(d->account.reconcile, 1);
    CHECK_EQ(desk_count(d, EV_ALERT), 1);
    CHECK_EQ(d->account.cash.v, CASHES(100000).v);
    desk_close(d);
}

TEST(ids_are_functions_of_the_intent)
{
    UNUSED_STATE;
    id128_t a = {{1}};
    id128_t b = {{2}};
    CHECK(id128_eq(intent_id_make(a, 1, 5), intent_id_make(a, 1, 5)));
    CHECK(!id128_eq(intent_id_make(a, 1, 5), intent_id_make(a, 1, 6)));
    CHECK(!id128_eq(intent_id_make(a, 1, 5), intent_id_make(a, 2, 5)));
    CHECK(!id128_eq(intent_id_make(a, 1, 5), intent_id_make(b, 1, 5)));
    CHECK(!id128_eq(intent_child_id(a, ROLE_STOP), intent_child_id(a, ROLE_TARGET)));
}

/* A broker may name what nobody here knows: that is a difference, and entries stop. */
/* An entry that the broker refuses is no entry of the day; one that filled, or that was taken back, is. */
TEST(a_refused_entry_is_no_entry_of_the_day)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->drop_all = true; /* the test speaks for the broker */
    for (u32 i = 0; i < 3; i++) {
        id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 99, 104);
        CHECK_EQ(d->account.day.entries, i + 1);
        desk_say(d, BROKER_ACK, id, 0, (price_t){0}, 0);
        desk_say(d, BROKER_CANCELED, id, 0, (price_t){0}, 0);
        CHECK_EQ(d->account.day.entries, i + 1);
    }
    id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 99, 104);
    CHECK_EQ(d->account.day.entries, 4);
    desk_say(d, BROKER_REJECT, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_REJECTED);
    CHECK_EQ(d->account.day.entries, 3);
    desk_close(d);
}

TEST(a_position_of_no_instrument_is_a_difference)
{
    UNUSED_STATE;
    static const inst_t unknown[] = {INST_NONE, INST_NONE - 1};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        desk_t *d = desk_open(100000);
        broker_position_t held = {.inst = unknown[i], .qty = {5}};
        broker_view_t view = {.positions = &held, .cash_untold = true};
        CHECK(exec_reconcile(&d->account, &view, d->now, &d->out));
        CHECK_EQ(d->account.reconcile, 0);
        view.count = 1;
        CHECK(!exec_reconcile(&d->account, &view, d->now, &d->out));
        CHECK_EQ(d->account.reconcile, 1);
        desk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_of_no_instrument_is_a_difference),
        cmocka_unit_test(a_refused_entry_is_no_entry_of_the_day),
        cmocka_unit_test(bracket_round_trip_long),
        cmocka_unit_test(stop_out_short_counts_a_loss),
        cmocka_unit_test(exit_cancels_children_first),
        cmocka_unit_test(stop_fill_beats_cancel),
        cmocka_unit_test(exit_shrinks_by_what_the_stop_filled),
        cmocka_unit_test(a_refused_cancel_leaves_a_waiting_child_waiting),
        cmocka_unit_test(silence_is_looked_up_never_sent_again),
        cmocka_unit_test(executions_count_once),
        cmocka_unit_test(absurd_numbers_change_no_order),
        cmocka_unit_test(partial_entry_then_cancel_keeps_the_part),
        cmocka_unit_test(a_target_without_its_stop_goes_first),
        cmocka_unit_test(the_check_of_an_account_sees_every_fault),
        cmocka_unit_test(a_look_without_an_answer_is_made_again),
        cmocka_unit_test(found_before_the_doubt_proves_nothing),
        cmocka_unit_test(a_fill_heard_after_the_exit_is_protected),
        cmocka_unit_test(what_may_be_naked_is_told),
        cmocka_unit_test(what_stays_naked_is_told_less_and_less_often),
        cmocka_unit_test(a_stop_that_follows_its_entry_covers_it),
        cmocka_unit_test(a_late_word_of_a_replace_moves_the_stop),
        cmocka_unit_test(a_child_that_became_whole_while_unknown_ends),
        cmocka_unit_test(an_end_that_was_told_stays_told),
        cmocka_unit_test(orders_that_outlive_their_position_are_swept),
        cmocka_unit_test(ratchet_moves_the_stop_and_never_back),
        cmocka_unit_test(kill_stops_entries_not_exits),
        cmocka_unit_test(permits_are_exact_and_single),
        cmocka_unit_test(a_session_that_is_back_asks_for_what_lives),
        cmocka_unit_test(stranger_means_reconcile),
        cmocka_unit_test(ids_are_functions_of_the_intent),
    };
    return RUN_TESTS(tests);
}
