/* What one account does in a halt: entries go, stops and exits stay, nothing is sent twice, nothing shouts.
 */
#include "tests/trade/bench_account.h"

#include "trade/execution/kill_drill.h"
#include "trade/execution/reconcile.h"
#include "trade/portfolio/account_state.h"

static void halt(desk_t *d, inst_t inst, halt_kind_t kind, bool halted)
{
    halt_t h = {.t_event = d->now, .inst = inst, .kind = (u8)kind, .halted = halted ? 1 : 0};
    outbox_reset(&d->out);
    exec_on_halt(&d->account, &h, d->now, &d->out);
    paper_on_halt(&d->paper, &h);
}

static u32 intents(const desk_t *d, order_role_t role)
{
    u32 n = 0;
    for (u32 i = 0; i < d->log_count; i++) {
        n += d->log[i].head.kind == EV_INTENT && d->log[i].as.INTENT.role == role ? 1 : 0;
    }
    return n;
}

/* An entry of no fixed time rests; a halt of its name, or of all, cancels it, a halt elsewhere does not. */
TEST(resting_entries_are_cancelled)
{
    UNUSED_STATE;
    static const struct {
        inst_t inst;
        halt_kind_t kind;
        bool cancels;
    } cases[] = {{0, HALT_PAUSE, true},
                 {1, HALT_PAUSE, false},
                 {INST_NONE, HALT_MARKET_1, true},
                 {0, HALT_NEWS, true}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
        CHECK_EQ(desk_state(d, id), ORDER_NEW);
        halt(d, cases[i].inst, cases[i].kind, true);
        CHECK_EQ(d->out.effect_count, cases[i].cancels ? 1 : 0);
        desk_flush(d);
        CHECK_EQ(desk_state(d, id), cases[i].cancels ? ORDER_CANCELED : ORDER_NEW);
        CHECK_EQ(account_position_count(&d->account), 0);
        CHECK_EQ(desk_count(d, EV_ALERT), 0);
        desk_close(d);
    }
}

/* An entry that outlived its cancel is asked to go again: the price behind the halt is not the one it was
 * decided at. The end of the halt ends that. */
TEST(an_entry_whose_cancel_was_refused_is_cancelled_again)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    halt(d, 1, HALT_PAUSE, true); /* another name's */
    (void)exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out);
    CHECK_EQ(desk_state(d, id), ORDER_NEW);
    d->drop_all = true;
    halt(d, 0, HALT_PAUSE, true);
    desk_flush(d);
    CHECK_EQ(desk_state(d, id), ORDER_PENDING_CANCEL);
    desk_say(d, BROKER_CANCEL_REFUSED, id, 0, (price_t){0}, 0);
    CHECK_EQ(desk_state(d, id), ORDER_NEW);
    d->drop_all = false;
    (void)exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out);
    desk_flush(d);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED);
    halt(d, 0, HALT_PAUSE, false);
    id = desk_enter(d, SIDE_BUY, 100, 100, 99, 102);
    (void)exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out);
    CHECK_EQ(desk_state(d, id), ORDER_NEW);
    desk_close(d);
}

TEST(nothing_new_is_permitted_or_sent)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    price_t stop = p->stop;
    halt(d, 0, HALT_PAUSE, true);
    CHECK_EQ(d->out.effect_count, 0); /* stop and target stay where they are */
    CHECK_EQ(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out), ERR_HALTED);
    CHECK_EQ(p->exiting, EXITING_NO);
    CHECK_EQ(exec_replace_stop(&d->account, p, USD(99.5), d->now, &d->out), ERR_HALTED);
    CHECK_EQ(d->out.fact_count + d->out.effect_count, 0);
    CHECK_EQ(p->stop.v, stop.v);
    CHECK(account_is_halted(&d->account, 0) && !account_is_halted(&d->account, 1));
    halt(d, INST_NONE, HALT_MARKET_2, true);
    halt(d, 0, HALT_PAUSE, false);
    CHECK(account_is_halted(&d->account, 0) && account_is_halted(&d->account, 3)); /* the market's stands */
    halt(d, INST_NONE, HALT_MARKET_1, false);
    CHECK(account_is_halted(&d->account, 0)); /* another level's end */
    halt(d, INST_NONE, HALT_MARKET_2, false);
    CHECK(!account_is_halted(&d->account, 0));
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    desk_flush(d);
    desk_step(d, 90, 90.5, 89.5, 90);
    CHECK_EQ(d->closed.count, 1);
    desk_close(d);
}

/* The exit's cancels are out when the halt comes: it waits without a second one, and leaves once when trading
 * goes on. */
TEST(an_exit_under_way_waits_and_is_sent_once)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    id128_t stop = p->stop_id;
    id128_t target = p->target_id;
    d->drop_all = true;
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    desk_flush(d);
    halt(d, 0, HALT_PAUSE, true);
    desk_say(d, BROKER_CANCELED, stop, 0, (price_t){0}, 0);
    desk_say(d, BROKER_CANCELED, target, 0, (price_t){0}, 0);
    CHECK_EQ(p->exiting, EXITING_CANCEL);
    CHECK_EQ(intents(d, ROLE_EXIT), 0);
    exec_watch_t w = {0};
    for (u32 k = 0; k < 60; k++) { /* minutes of timers: no stop, no exit, no shout */
        d->now += NS_PER_SEC;
        CHECK_EQ(exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out), 0);
        CHECK_EQ(exec_watch(&w, &d->account, d->now, 2 * NS_PER_SEC, 30 * NS_PER_SEC, &d->out), 0);
        CHECK_EQ(d->out.fact_count + d->out.effect_count, 0);
    }
    CHECK_EQ(exec_watch_next(&w, &d->account, 2 * NS_PER_SEC, 30 * NS_PER_SEC), I64_MAX);
    halt(d, 0, HALT_PAUSE, false);
    CHECK_EQ(p->exiting, EXITING_SENT);
    d->drop_all = false;
    desk_flush(d);
    CHECK_EQ(intents(d, ROLE_EXIT), 1);
    halt(d, 0, HALT_PAUSE, false); /* told twice */
    CHECK_EQ(d->out.effect_count, 0);
    desk_step(d, 95, 95.5, 94.5, 95);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(intents(d, ROLE_EXIT), 1);
    desk_close(d);
}

/* An exit that works at the broker when the halt comes meets the auction; no other is sent. */
TEST(a_sent_exit_stays_and_meets_the_auction)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    position_t *p = desk_hold(d);
    CHECK_OK(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    desk_flush(d);
    CHECK_EQ(p->exiting, EXITING_SENT);
    halt(d, 0, HALT_NEWS, true);
    CHECK_EQ(d->out.effect_count, 0);
    d->now += 600 * NS_PER_SEC;
    (void)exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out);
    CHECK_EQ(intents(d, ROLE_EXIT), 1);
    halt(d, 0, HALT_NEWS, false);
    CHECK_EQ(d->out.effect_count, 0);
    desk_step(d, 92, 92.5, 91.5, 92);
    CHECK_EQ(d->closed.count, 1);
    CHECK(d->closed.v[0].exit.v < USD(92).v);
    CHECK_EQ(intents(d, ROLE_EXIT), 1);
    desk_close(d);
}

/* A stop that died while nothing trades is replaced when trading goes on, and the watch counts from there. */
TEST(what_lost_its_stop_is_protected_afterwards)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 0);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    position_t *p = account_position(&d->account, 0);
    halt(d, INST_NONE, HALT_MARKET_1, true);
    desk_say(d, BROKER_CANCELED, p->stop_id, 0, (price_t){0}, 0);
    u32 stops = intents(d, ROLE_STOP);
    exec_watch_t w = {0};
    d->now += 900 * NS_PER_SEC;
    (void)exec_lookup_unknown(&d->account, d->now, 5 * NS_PER_SEC, &d->out);
    CHECK_EQ(exec_watch(&w, &d->account, d->now, 2 * NS_PER_SEC, 30 * NS_PER_SEC, &d->out), 0);
    CHECK_EQ(intents(d, ROLE_STOP), stops);
    CHECK_EQ(d->out.fact_count + d->out.effect_count, 0);
    CHECK_EQ(p->protect_tries, 0);
    halt(d, INST_NONE, HALT_MARKET_1, false);
    CHECK_EQ(exec_watch(&w, &d->account, d->now + NS_PER_SEC, 2 * NS_PER_SEC, 30 * NS_PER_SEC, &d->out), 0);
    desk_flush(d);
    CHECK_EQ(intents(d, ROLE_STOP), stops + 1);
    CHECK_EQ(exec_unprotected(&d->account), 0);
    desk_close(d);
}

/* Halts stand in the account's bytes, and what cannot be is refused. */
TEST(halts_are_saved_and_loaded)
{
    UNUSED_STATE;
    static u8 bytes[2][ACCOUNT_STATE_BYTES];
    static account_t spare;
    desk_t *d = desk_open(100000);
    halt(d, 3, HALT_NEWS, true);
    halt(d, 0, HALT_PAUSE, true);
    halt(d, INST_NONE, HALT_MARKET_3, true);
    writer_t w = writer_of(bytes[0], sizeof bytes[0]);
    CHECK_OK(account_save(&d->account, &w));
    reader_t r = reader_of(bytes[0], w.used);
    CHECK_OK(account_load(&r, ACCOUNT_STATE_VERSION, DESK_INSTRUMENTS, &spare));
    CHECK_EQ(reader_left(&r), 0);
    CHECK_EQ(spare.halt_market, HALT_MARKET_3);
    CHECK(spare.halts[0] == HALT_PAUSE && spare.halts[1] == HALT_NONE && spare.halts[3] == HALT_NEWS);
    writer_t again = writer_of(bytes[1], sizeof bytes[1]);
    CHECK_OK(account_save(&spare, &again));
    CHECK(again.used == w.used && memcmp(bytes[0], bytes[1], w.used) == 0);
    r = reader_of(bytes[0], w.used); /* an instrument that this run does not have */
    CHECK_EQ(account_load(&r, ACCOUNT_STATE_VERSION, 3, &spare), ERR_TRUNCATED);
    for (u32 cut = 1; cut <= 6; cut++) {
        r = reader_of(bytes[0], w.used - cut);
        CHECK(account_load(&r, ACCOUNT_STATE_VERSION, DESK_INSTRUMENTS, &spare) != ERR_OK);
    }
    for (u8 kind = 0; kind < 250; kind++) { /* the last byte is the kind of instrument 3's halt */
        bytes[0][w.used - 1] = kind;
        r = reader_of(bytes[0], w.used);
        bool sound = kind == HALT_PAUSE || kind == HALT_NEWS || kind == HALT_OTHER;
        CHECK_EQ(account_load(&r, ACCOUNT_STATE_VERSION, DESK_INSTRUMENTS, &spare) == ERR_OK, sound);
    }
    desk_close(d);
}

/* The kill switch is tried as if all traded. */
TEST(a_halt_is_no_reason_to_fail_the_drill)
{
    UNUSED_STATE;
    static account_t scratch;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    halt(d, INST_NONE, HALT_MARKET_1, true);
    halt(d, 0, HALT_PAUSE, true);
    kill_drill_t k;
    exec_kill_drill(&d->account, d->now, &scratch, &d->out, &k);
    CHECK(kill_drill_passed(&k));
    CHECK(account_is_halted(&d->account, 0));
    desk_close(d);
}

/* What ceases to be is not halted for ever: its payout ends the halt, in an account that holds it and in one
 * that does not. The market's halt and other names' stand. */
TEST(a_payout_ends_the_halt_of_what_is_gone)
{
    UNUSED_STATE;
    for (u32 held = 0; held < 2; held++) {
        desk_t *d = desk_open(100000);
        if (held != 0) {
            desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
            desk_step(d, 100, 100.5, 99.5, 100.2);
        }
        halt(d, 0, HALT_NEWS, true);
        halt(d, 1, HALT_NEWS, true);
        halt(d, INST_NONE, HALT_MARKET_1, true);
        action_t split = {.kind = ACTION_SPLIT, .ratio_num = 2, .ratio_den = 1};
        action_t gone = {.kind = ACTION_PAYOUT, .amount = USD(55)};
        CHECK_OK(account_on_action(&d->account, &split, &d->instruments[split.inst], USD(50), &d->out));
        CHECK_EQ(d->account.halts[0], HALT_NEWS);
        CHECK_OK(account_on_action(&d->account, &gone, &d->instruments[gone.inst], USD(55), &d->out));
        CHECK_EQ(d->account.halts[0], HALT_NONE);
        CHECK_EQ(d->account.halts[1], HALT_NEWS);
        CHECK(account_is_halted(&d->account, 0)); /* the market's */
        exec_end_flat(&d->account, d->loss_min_r, d->now, &d->closed, &d->out);
        desk_flush(d); /* cancels may leave in a halt */
        CHECK_EQ(d->closed.count, held);
        CHECK(held == 0 || d->closed.v[0].reason == EXIT_PAYOUT);
        for (u32 i = 0; i < d->account.orders_used; i++) {
            CHECK(order_state_is_terminal((order_state_t)d->account.orders[i].state));
        }
        halt(d, INST_NONE, HALT_MARKET_1, false);
        CHECK(!account_is_halted(&d->account, 0) && account_is_halted(&d->account, 1));
        CHECK_EQ(d->out.effect_count, 0);
        desk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resting_entries_are_cancelled),
        cmocka_unit_test(an_entry_whose_cancel_was_refused_is_cancelled_again),
        cmocka_unit_test(nothing_new_is_permitted_or_sent),
        cmocka_unit_test(an_exit_under_way_waits_and_is_sent_once),
        cmocka_unit_test(a_sent_exit_stays_and_meets_the_auction),
        cmocka_unit_test(what_lost_its_stop_is_protected_afterwards),
        cmocka_unit_test(a_payout_ends_the_halt_of_what_is_gone),
        cmocka_unit_test(halts_are_saved_and_loaded),
        cmocka_unit_test(a_halt_is_no_reason_to_fail_the_drill),
    };
    return RUN_TESTS(tests);
}
