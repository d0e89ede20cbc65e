/* Words that are lost, late or told twice, and requests that never arrived: nothing waits for ever, nothing
 * is believed that was said before it was asked. */
#include "tests/trade/bench_account.h"

#include "trade/execution/reconcile.h"
#include "trade/execution/recover.h"

#define EVERY (5 * NS_PER_SEC)

/* One message; its effects stay in the outbox to be looked at, and reach nobody. */
static void tell(desk_t *d, const ev_BROKER_t *said)
{
    ev_BROKER_t m = *said;
    m.account = d->account.account_id;
    m.t_event = m.t_event != 0 ? m.t_event : d->now;
    outbox_reset(&d->out);
    exec_on_broker(&d->account, &m, d->loss_min_r, d->now, &d->closed, &d->out);
    desk_invariants(d);
}

static void say(desk_t *d, broker_msg_kind_t kind, id128_t id)
{
    tell(d, &(ev_BROKER_t){.kind = (u8)kind, .intent = id});
}

/* `cum` is what the broker has filled with this one; 0: it does not say. */
static void filled(desk_t *d, id128_t id, i64 qty, u64 exec, i64 cum)
{
    tell(d, &(ev_BROKER_t){.kind = BROKER_FILL, .intent = id, .qty = qty, .price = USD(100).v,
                           .exec_id = exec, .cum_qty = cum});
}

/* The timer's run after a while; its effects stay in the outbox. */
static void timer_after(desk_t *d, i64 ns)
{
    d->now += ns;
    outbox_reset(&d->out);
    (void)exec_lookup_unknown(&d->account, d->now, EVERY, &d->out);
    desk_invariants(d);
}

/* A hundred held, stop and target at work, and from here on effects vanish. */
static position_t *hold(desk_t *d)
{
    position_t *p = desk_hold(d);
    d->drop_all = true;
    return p;
}

/* The cancel of a stop never arrived, and nobody says so. The look finds the stop alive: it is cancelled
 * again, and the exit leaves. */
TEST(a_cancel_that_never_arrived_is_sent_again)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_exit(&d->account, p, EXIT_END_OF_DAY, d->now, &d->out));
    desk_flush(d);
    say(d, BROKER_CANCELED, p->target_id);
    i64 before = d->now - 1;
    timer_after(d, 4 * EVERY);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 1);
    tell(d, &(ev_BROKER_t){.kind = BROKER_LOOKUP_FOUND, .intent = stop, .t_event = before});
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, stop), 0); /* it lived before it was to die: no news */
    say(d, BROKER_LOOKUP_FOUND, stop);
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, stop), 1);
    CHECK_EQ(desk_state(d, stop), ORDER_PENDING_CANCEL);
    say(d, BROKER_CANCELED, stop);
    CHECK_EQ(p->exiting, EXITING_SENT);
    CHECK_EQ(desk_effects(d, EFFECT_SUBMIT, p->exit_id), 1);
    desk_close(d);
}

/* The same of an entry that a person cancels: the wish stands. */
TEST(a_lost_cancel_of_an_entry_is_sent_again)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    d->drop_all = true;
    CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
    desk_flush(d);
    d->now += NS_PER_MIN;
    say(d, BROKER_LOOKUP_FOUND, id);
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, id), 1);
    CHECK_EQ(desk_state(d, id), ORDER_PENDING_CANCEL);
    desk_close(d);
}

/* A replace never arrived, or its answer did not: the stop is found alive and can be moved, or cancelled for
 * an exit, again. Where it stands the look does not say, so a late word of the replace still moves it. */
TEST(a_replace_without_an_answer_ends)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
    i64 asked = d->now;
    timer_after(d, 4 * EVERY);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 1);
    tell(d, &(ev_BROKER_t){.kind = BROKER_LOOKUP_FOUND, .intent = stop, .t_event = asked - 1});
    CHECK_EQ(desk_state(d, stop), ORDER_PENDING_REPLACE);
    say(d, BROKER_LOOKUP_FOUND, stop);
    CHECK_EQ(desk_state(d, stop), ORDER_NEW);
    CHECK_EQ(p->stop.v, USD(99).v);
    tell(d, &(ev_BROKER_t){.kind = BROKER_REPLACED, .intent = stop, .t_event = asked});
    CHECK_EQ(p->stop.v, USD(99.5).v);
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, stop), 1);
    desk_close(d);
}

/* "Replaced" told twice: the second telling arrives while the next replace is on its way, and is not its
 * answer, whether that one is still open or has become unknown. */
TEST(replaced_told_twice_confirms_nothing_later)
{
    UNUSED_STATE;
    for (u32 unknown = 0; unknown < 2; unknown++) {
        desk_t *d = desk_open(100000);
        position_t *p = hold(d);
        id128_t stop = p->stop_id;
        CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
        ev_BROKER_t done = {.kind = BROKER_REPLACED, .intent = stop, .t_event = d->now + NS_PER_SEC};
        d->now += 2 * NS_PER_SEC;
        tell(d, &done);
        CHECK_EQ(p->stop.v, USD(99.5).v);
        CHECK_OK(exec_replace_stop(&d->account, p, USD(99.8), d->now, &d->out));
        order_state_t waits = ORDER_PENDING_REPLACE;
        if (unknown == 1) {
            say(d, BROKER_SILENT, stop);
            waits = ORDER_UNKNOWN;
        }
        tell(d, &done);
        CHECK_EQ(p->stop.v, USD(99.5).v);
        CHECK_EQ(desk_state(d, stop), waits);
        say(d, BROKER_REPLACED, stop);
        CHECK_EQ(p->stop.v, USD(99.8).v);
        CHECK_EQ(desk_state(d, stop), ORDER_NEW);
        desk_close(d);
    }
}

/* The refusal of an earlier replace, told twice, does not end the next one: its "replaced" would find nobody
 * waiting for it, and the stop would stand elsewhere than the account believes. */
TEST(a_refusal_told_twice_ends_nothing_later)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
    ev_BROKER_t refused = {.kind = BROKER_REPLACE_REFUSED, .intent = stop, .t_event = d->now};
    tell(d, &refused);
    d->now += NS_PER_SEC;
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.8), d->now, &d->out));
    tell(d, &refused);
    CHECK_EQ(desk_state(d, stop), ORDER_PENDING_REPLACE);
    say(d, BROKER_REPLACED, stop);
    CHECK_EQ(p->stop.v, USD(99.8).v);
    CHECK_EQ(account_order(&d->account, stop)->intent.stop.v, USD(99.8).v);
    desk_close(d);
}

/* An exit left the process and was lost on the way. The looks say that nobody has it, and after the second
 * one it is over: the position is protected, and may leave again. */
TEST(an_exit_that_never_arrived_is_given_up)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    CHECK_OK(exec_exit(&d->account, p, EXIT_END_OF_DAY, d->now, &d->out));
    desk_flush(d);
    say(d, BROKER_CANCELED, p->target_id);
    say(d, BROKER_CANCELED, p->stop_id);
    id128_t exit = p->exit_id;
    exec_on_send_result(&d->account, &(ev_SEND_RESULT_t){.intent = exit, .sent = 1}, d->now, &d->out);
    CHECK_EQ(desk_state(d, exit), ORDER_PENDING_NEW);
    timer_after(d, 4 * EVERY);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, exit), 1);
    say(d, BROKER_LOOKUP_ABSENT, exit);
    CHECK_EQ(desk_state(d, exit), ORDER_UNKNOWN);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, exit), 1);
    CHECK_EQ(p->exiting, EXITING_SENT);
    say(d, BROKER_LOOKUP_ABSENT, exit);
    CHECK_EQ(desk_state(d, exit), ORDER_CANCELED);
    CHECK_EQ(p->exiting, EXITING_NO);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    CHECK_OK(exec_exit(&d->account, p, EXIT_END_OF_DAY, d->now, &d->out));
    desk_close(d);
}

/* The entry filled, and of its stop nothing is heard. It is asked for; if it is not there, a stop is sent. */
TEST(a_child_of_which_nothing_is_heard_is_looked_up)
{
    UNUSED_STATE;
    for (u32 gone = 0; gone < 2; gone++) {
        desk_t *d = desk_open(100000);
        id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
        id128_t stop = intent_child_id(id, ROLE_STOP);
        d->drop_all = true;
        timer_after(d, NS_PER_MIN);
        CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 0); /* its entry has brought nothing yet */
        say(d, BROKER_LOOKUP_ABSENT, stop);
        CHECK_EQ(desk_state(d, stop), ORDER_HELD);
        filled(d, id, 100, 901, 100);
        position_t *p = account_position(&d->account, 0);
        account_mark(&d->account, 0, USD(100));
        timer_after(d, 4 * EVERY - 1);
        CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 0);
        timer_after(d, 1);
        CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 1);
        if (gone == 0) {
            say(d, BROKER_LOOKUP_FOUND, stop);
            CHECK_EQ(desk_state(d, stop), ORDER_NEW);
            CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
        } else {
            say(d, BROKER_LOOKUP_ABSENT, stop);
            CHECK(exec_is_naked(&d->account, 0));
            say(d, BROKER_LOOKUP_ABSENT, stop);
            CHECK_EQ(desk_state(d, stop), ORDER_CANCELED);
            CHECK_EQ(desk_effects(d, EFFECT_SUBMIT, p->stop_id), 1);
            CHECK_EQ(exec_unprotected(&d->account), 0);
        }
        desk_close(d);
    }
}

/* A kill whose cancel is refused, or that met a cancel which is: the entry is cancelled again, also by a
 * process that has forgotten the wish. */
TEST(under_the_switch_an_entry_is_cancelled_until_it_dies)
{
    UNUSED_STATE;
    for (u32 cancelling = 0; cancelling < 2; cancelling++) {
        desk_t *d = desk_open(100000);
        id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
        d->drop_all = true;
        if (cancelling == 1) {
            CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
        }
        exec_kill(&d->account, d->now, &d->out);
        desk_flush(d);
        say(d, BROKER_CANCEL_REFUSED, id);
        CHECK_EQ(desk_state(d, id), ORDER_NEW);
        timer_after(d, EVERY);
        CHECK_EQ(desk_effects(d, EFFECT_CANCEL, id), 1);
        risk_release(&d->account);
        say(d, BROKER_CANCEL_REFUSED, id);
        timer_after(d, EVERY);
        CHECK_EQ(desk_effects(d, EFFECT_CANCEL, id), 0);
        desk_close(d);
    }
}

/* More executions than ids are kept of, and the last two change places: both count. What is told again does
 * not. */
TEST(many_executions_out_of_order_all_count)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    d->drop_all = true;
    for (u32 i = 1; i <= 30; i++) {
        filled(d, id, 1, 900 + i, i);
    }
    filled(d, id, 1, 932, 32);
    filled(d, id, 1, 931, 31);
    CHECK_EQ(account_order(&d->account, id)->filled.v, 32);
    filled(d, id, 1, 901, 1); /* long forgotten */
    filled(d, id, 1, 931, 31);
    CHECK_EQ(account_order(&d->account, id)->filled.v, 32);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 32);
    desk_close(d);
}

/* Figures that no sum can hold are a broker's error: nothing is booked, and a person is told. */
TEST(an_execution_beyond_all_sums_is_not_booked)
{
    UNUSED_STATE;
    static const struct {
        i64 qty, fee;
        f64 price;
    } wild[] = {{10, I64_MAX, 100},      {10, I64_MAX - 100000, 100},         {I64_MAX, 0, 100},
                {I64_MAX - 60, 0, 1e-9}, {(i64)1000000000000000, 0, 0.000001}, {10000000000, 0, 100}};
    for (u32 i = 0; i < COUNT_OF(wild); i++) {
        desk_t *d = desk_open(100000);
        id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
        d->drop_all = true;
        filled(d, id, 50, 901, 50);
        i64 cash = d->account.cash.v;
        CHECK_EQ(d->account.reconcile, 0);
        tell(d, &(ev_BROKER_t){.kind = BROKER_FILL, .intent = id, .qty = wild[i].qty,
                               .price = USD(wild[i].price).v, .exec_id = 902, .fee = wild[i].fee});
        CHECK_EQ(d->account.reconcile, 1);
        CHECK_EQ(d->account.cash.v, cash);
        CHECK_EQ(account_position(&d->account, 0)->qty.v, 50);
        account_mark(&d->account, 0, USD(1000)); /* whatever is held can be valued */
        desk_close(d);
    }
}

/* A stop that is being cancelled may be dead, with the answer lost: while nothing is heard a person is told,
 * and it is asked for. */
TEST(a_stop_under_cancel_is_no_protection)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    exec_watch_t w = {0};
    position_t *p = hold(d);
    CHECK(!exec_is_naked(&d->account, 0));
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    desk_flush(d);
    CHECK(exec_is_naked(&d->account, 0));
    CHECK_EQ(exec_watch(&w, &d->account, d->now, 2 * NS_PER_SEC, NS_PER_MIN, &d->out), 0);
    d->now += 2 * NS_PER_SEC;
    CHECK_EQ(exec_watch(&w, &d->account, d->now, 2 * NS_PER_SEC, NS_PER_MIN, &d->out), 1);
    desk_close(d);
}

/* A late fill of the stop closed the position while the exit was out, and a person has looked at the alarm.
 * While the exit lives nothing is opened in the name: it could close what it was not made for, beside that
 * one's own stop. */
TEST(nothing_opens_beside_an_order_that_outlived_its_position)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    say(d, BROKER_CANCELED, p->target_id);
    say(d, BROKER_CANCELED, stop);
    id128_t exit = p->exit_id;
    say(d, BROKER_ACK, exit);
    filled(d, stop, 100, 901, 100);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(desk_state(d, exit), ORDER_PENDING_CANCEL);
    d->account.reconcile = 0;
    permit_request_t r = desk_request(d, SIDE_BUY, 50, 100, 99, 0);
    gates_t g = desk_gates();
    risk_permit_t permit;
    CHECK_EQ(permit_open(&d->account, &r, &g, &permit), ERR_PERMIT);
    r.draft.inst = 1;
    CHECK_OK(permit_open(&d->account, &r, &g, &permit));
    say(d, BROKER_CANCELED, exit);
    r.draft.inst = 0;
    CHECK_OK(permit_open(&d->account, &r, &g, &permit));
    desk_close(d);
}

/* The freeze falls while an entry rests that was let in before it. */
TEST(a_freeze_cancels_what_rests)
{
    UNUSED_STATE;
    for (u32 allowed = 0; allowed < 2; allowed++) {
        desk_t *d = desk_open(100000);
        account_law_t law = {.cash = 1, .freeze_days = 90, .good_faith_max = allowed,
                             .good_faith_from = DESK_DAY - 300};
        account_law_set(&d->account, &law);
        position_t *p = hold(d);
        p->funds_due = DESK_DAY + 1;
        permit_request_t r = desk_request(d, SIDE_BUY, 10, 50, 49, 53);
        r.draft.inst = 1;
        id128_t rests = desk_submit(d, &r);
        say(d, BROKER_ACK, rests);
        filled(d, p->stop_id, 100, 901, 100);
        CHECK_EQ(d->account.good_faith_ever, 1);
        CHECK_EQ(desk_effects(d, EFFECT_CANCEL, rests), allowed == 0 ? 1 : 0);
        desk_close(d);
    }
}

/* "It lives" of the very moment of the request may be of before it: the answer is waited for. */
TEST(found_at_the_moment_of_the_request_proves_nothing)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
    ev_BROKER_t found = {.kind = BROKER_LOOKUP_FOUND, .intent = stop, .t_event = d->now};
    d->now += NS_PER_SEC;
    tell(d, &found);
    CHECK_EQ(desk_state(d, stop), ORDER_PENDING_REPLACE);
    found.t_event += 1;
    tell(d, &found);
    CHECK_EQ(desk_state(d, stop), ORDER_NEW);
    desk_close(d);
}

/* Nobody knows what became of the cancel; the entry is found alive, and is cancelled again. */
TEST(a_cancel_of_unknown_outcome_is_asked_for_anew)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    d->drop_all = true;
    filled(d, id, 40, 900, 40);
    CHECK_OK(exec_cancel(&d->account, id, d->now, &d->out));
    say(d, BROKER_SILENT, id);
    CHECK_EQ(desk_state(d, id), ORDER_UNKNOWN);
    d->now += NS_PER_SEC;
    say(d, BROKER_LOOKUP_FOUND, id);
    CHECK_EQ(desk_state(d, id), ORDER_PENDING_CANCEL);
    CHECK_EQ(desk_effects(d, EFFECT_CANCEL, id), 1);
    say(d, BROKER_CANCELED, id);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    desk_close(d);
}

/* A stop whose new price nobody has confirmed may be gone. */
TEST(a_stop_under_replace_is_no_protection)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    CHECK(!exec_is_naked(&d->account, p->inst));
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
    CHECK(exec_is_naked(&d->account, p->inst));
    say(d, BROKER_REPLACED, p->stop_id);
    CHECK(!exec_is_naked(&d->account, p->inst));
    desk_close(d);
}

/* A replace may be refused because the order is no more, and nobody said so. */
TEST(a_refused_replace_is_asked_about)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
    say(d, BROKER_REPLACE_REFUSED, stop);
    CHECK_EQ(desk_state(d, stop), ORDER_NEW);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, stop), 1);
    CHECK(exec_is_naked(&d->account, p->inst)); /* until the answer is there */
    say(d, BROKER_LOOKUP_FOUND, stop);
    CHECK(!exec_is_naked(&d->account, p->inst));
    CHECK_OK(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out));
    say(d, BROKER_REPLACE_REFUSED, stop);
    say(d, BROKER_CANCELED, stop); /* what the look finds */
    CHECK_EQ(exec_closing_proven(&d->account, p->inst), 0);
    desk_close(d);
}

/* The cancel of an entry was lost, its stop has ended: what it still fills, heard or not, nothing covers. */
TEST(an_entry_that_has_lost_its_stop_is_asked_for)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    id128_t stop = intent_child_id(id, ROLE_STOP);
    d->drop_all = true;
    filled(d, id, 40, 900, 40);
    say(d, BROKER_ACK, stop);
    position_t *p = account_position(&d->account, 0);
    assert_non_null(p);
    CHECK_OK(exec_exit(&d->account, p, EXIT_END_OF_DAY, d->now, &d->out));
    CHECK_EQ(desk_state(d, id), ORDER_PENDING_CANCEL);
    d->now += NS_PER_SEC;
    filled(d, stop, 40, 901, 40);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, id), 1);
    say(d, BROKER_CANCELED, stop);
    CHECK_EQ(desk_state(d, stop), ORDER_CANCELED);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, id), 0); /* not twice */
    CHECK(exec_is_naked(&d->account, 0)); /* sixty may have filled */
    timer_after(d, EVERY);
    CHECK_EQ(desk_effects(d, EFFECT_LOOKUP, id), 1); /* again, as any doubt */
    say(d, BROKER_CANCELED, id);
    CHECK(!exec_is_naked(&d->account, 0));
    desk_close(d);
}

/* Refused before anything filled, an entry is none of its day's; one of yesterday is none of today's. */
TEST(a_refusal_of_yesterday_frees_nothing_today)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->drop_all = true;
    id128_t old = desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    account_day_begin(&d->account, DESK_DAY + 1, DESK_DAY + 2);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 0);
    r.draft.inst = 1;
    id128_t young = desk_submit(d, &r);
    CHECK_EQ(d->account.day.entries, 1);
    say(d, BROKER_REJECT, old);
    CHECK_EQ(desk_state(d, old), ORDER_REJECTED);
    CHECK_EQ(d->account.day.entries, 1);
    say(d, BROKER_REJECT, young);
    CHECK_EQ(d->account.day.entries, 0);
    say(d, BROKER_REJECT, young);
    CHECK_EQ(d->account.day.entries, 0);
    desk_close(d);
}

/* The confirmation of a new price that comes while the stop is being cancelled moves nothing else, and
 * recovery finds the same. */
TEST(a_confirmation_under_cancel_is_recovered)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = hold(d);
    id128_t stop = p->stop_id;
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    desk_flush(d);
    const order_t *o = account_order_const(&d->account, stop);
    CHECK_EQ(o->state, ORDER_PENDING_CANCEL);
    event_t fact = {.head = {.kind = EV_ORDER_STATE, .t_event = d->now + NS_PER_SEC}};
    fact.as.ORDER_STATE = (ev_ORDER_STATE_t){.intent = stop,
                                             .account = d->account.account_id,
                                             .from = o->state,
                                             .to = o->state,
                                             .proof = BROKER_REPLACED};
    order_t before = *o;
    recover_t rec = {.account = &d->account, .instruments = d->instruments,
                     .instrument_count = DESK_INSTRUMENTS, .loss_min_r = 0.1};
    CHECK_OK(recover_apply(&rec, &fact));
    CHECK_EQ(o->state, before.state);
    CHECK_EQ(o->before, before.before);
    CHECK_EQ(o->t_state, before.t_state);
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancel_that_never_arrived_is_sent_again),
        cmocka_unit_test(a_lost_cancel_of_an_entry_is_sent_again),
        cmocka_unit_test(a_replace_without_an_answer_ends),
        cmocka_unit_test(replaced_told_twice_confirms_nothing_later),
        cmocka_unit_test(a_refusal_told_twice_ends_nothing_later),
        cmocka_unit_test(an_exit_that_never_arrived_is_given_up),
        cmocka_unit_test(a_child_of_which_nothing_is_heard_is_looked_up),
        cmocka_unit_test(under_the_switch_an_entry_is_cancelled_until_it_dies),
        cmocka_unit_test(many_executions_out_of_order_all_count),
        cmocka_unit_test(an_execution_beyond_all_sums_is_not_booked),
        cmocka_unit_test(a_stop_under_cancel_is_no_protection),
        cmocka_unit_test(nothing_opens_beside_an_order_that_outlived_its_position),
        cmocka_unit_test(a_freeze_cancels_what_rests),
        cmocka_unit_test(found_at_the_moment_of_the_request_proves_nothing),
        cmocka_unit_test(a_cancel_of_unknown_outcome_is_asked_for_anew),
        cmocka_unit_test(a_stop_under_replace_is_no_protection),
        cmocka_unit_test(a_refused_replace_is_asked_about),
        cmocka_unit_test(an_entry_that_has_lost_its_stop_is_asked_for),
        cmocka_unit_test(a_refusal_of_yesterday_frees_nothing_today),
        cmocka_unit_test(a_confirmation_under_cancel_is_recovered),
    };
    return RUN_TESTS(tests);
}
