/* Cash accounts: when money settles under each law of its day, and what a sale before that counts as
 * (Regulation T, 12 CFR 220.8). */
#include "model/calendar.h"
#include "scan/rules_today.h"
#include "tests/trade/bench_account.h"

static date_t ymd(i32 n)
{
    return date_from_ymd(n / 10000, n / 100 % 100, n % 100);
}

/* Begins a session as the loop does. */
static void session(desk_t *d, i32 day)
{
    account_law_t law = account_law_today(&d->config, ymd(day));
    account_law_set(&d->account, &law);
    account_day_begin(&d->account, ymd(day), rulebook_settles_on(ymd(day), I64_MAX));
    CHECK(account_check(&d->account));
}

static void trade(desk_t *d, inst_t inst, side_t side, i64 qty, f64 price)
{
    fill_t f = {.inst = inst,
                .side = (u8)side,
                .role = side == SIDE_BUY ? ROLE_ENTRY : ROLE_EXIT,
                .multiplier = 1,
                .qty = {qty},
                .price = USD(price),
                .fee = {350000}};
    money_t r;
    position_t *p = NULL;
    CHECK_OK(account_book(&d->account, &f, &r, &p));
    if (p->qty.v == 0) {
        closed_trade_t t;
        account_close(&d->account, p, 9, 0.1, &t);
    }
    CHECK(account_check(&d->account));
}

/* An account of $10,000, all settled. */
static desk_t *open_on(i32 day, bool cash_account)
{
    desk_t *d = desk_open(10000);
    d->config.account_margin = cash_account ? 0 : 1;
    d->account.today = 0;
    session(d, day);
    return d;
}

/* Buys and sells with settled money, then buys again with what the sale will bring. */
static void buy_with_unsettled(desk_t *d)
{
    u32 before = account_good_faith(&d->account);
    trade(d, 1, SIDE_BUY, 90, 99);
    trade(d, 1, SIDE_SELL, 90, 105);
    CHECK_EQ(account_good_faith(&d->account), before); /* settled money was all it took */
    trade(d, 2, SIDE_BUY, 100, 100);
    CHECK_EQ(account_unsettled_positions(&d->account), 1);
}

/* T+5, T+3, T+2 and T+1, on both sides of each change: money of a sale on `trade` is settled on `settled` and
 * not on the session before. A purchase with it is free to be sold from that day on and a violation before.
 */
TEST(money_settles_by_the_law_of_its_day)
{
    UNUSED_STATE;
    static const struct {
        i32 trade;
        i32 before;
        i32 settled;
    } cases[] = {
        {19950606, 19950612, 19950613}, {19950607, 19950609, 19950612}, {20170901, 20170906, 20170907},
        {20170905, 20170906, 20170907}, {20240524, 20240528, 20240529}, {20240528, 20240528, 20240529},
        {20240603, 20240603, 20240604}, {20251010, 20251013, 20251014},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (u32 early = 0; early < 2; early++) {
            desk_t *d = open_on(cases[i].trade, true);
            buy_with_unsettled(d);
            i32 day = early != 0 ? cases[i].before : cases[i].settled;
            if (day != cases[i].trade) {
                session(d, day);
            }
            CHECK_EQ(account_settled(&d->account).v == d->account.cash.v, early == 0);
            CHECK_EQ(account_unsettled_positions(&d->account), early);
            trade(d, 2, SIDE_SELL, 40, 101);
            trade(d, 2, SIDE_SELL, 60, 101); /* the rest of it is no second violation */
            CHECK_EQ(account_good_faith(&d->account), early);
            CHECK_EQ(account_frozen_days(&d->account), 0);
            desk_close(d);
        }
    }
}

/* Two purchases, paid by two sales that settle on different days: on the day of the first sale's money what
 * it bought is free, though other money is still on its way. */
TEST(each_purchase_waits_for_its_own_money)
{
    UNUSED_STATE;
    desk_t *d = open_on(20240520, true); /* T+2 */
    trade(d, 1, SIDE_BUY, 49, 100);
    trade(d, 2, SIDE_BUY, 49, 100);
    trade(d, 1, SIDE_SELL, 49, 100); /* Wednesday's money */
    session(d, 20240521);
    trade(d, 2, SIDE_SELL, 49, 100); /* Thursday's */
    trade(d, 3, SIDE_BUY, 49, 100);
    trade(d, 4, SIDE_BUY, 49, 100);
    CHECK_EQ(account_position(&d->account, 3)->funds_due, ymd(20240522));
    CHECK_EQ(account_position(&d->account, 4)->funds_due, ymd(20240523));
    session(d, 20240522);
    CHECK(d->account.settled.v < 0);
    CHECK_EQ(account_unsettled_positions(&d->account), 1);
    trade(d, 3, SIDE_SELL, 49, 100);
    CHECK_EQ(account_good_faith(&d->account), 0);
    trade(d, 4, SIDE_SELL, 49, 100);
    CHECK_EQ(account_good_faith(&d->account), 1);
    desk_close(d);
}

TEST(margin_accounts_know_none_of_it)
{
    UNUSED_STATE;
    desk_t *d = open_on(20240603, false);
    trade(d, 1, SIDE_BUY, 100, 99);
    trade(d, 1, SIDE_SELL, 100, 105);
    trade(d, 2, SIDE_BUY, 200, 100);
    CHECK_EQ(account_unsettled_positions(&d->account), 0);
    trade(d, 2, SIDE_SELL, 200, 100);
    CHECK(d->account.good_faith_ever == 0 && d->account.freerides_ever == 0);
    CHECK_EQ(account_frozen_days(&d->account), 0);
    desk_close(d);
}

/* Two violations pass, the third in twelve months freezes for ninety days; the first has lapsed a year later.
 */
TEST(the_third_violation_freezes)
{
    UNUSED_STATE;
    static const i32 days[] = {20240603, 20240604, 20240605};
    desk_t *d = open_on(days[0], true);
    for (u32 i = 0; i < 3; i++) {
        if (i > 0) {
            session(d, days[i]);
        }
        CHECK_EQ(account_frozen_days(&d->account), 0);
        trade(d, 1, SIDE_BUY, 90, 99);
        trade(d, 1, SIDE_SELL, 90, 99);
        trade(d, 2, SIDE_BUY, 95, 100);
        trade(d, 2, SIDE_SELL, 95, 100);
        CHECK_EQ(account_good_faith(&d->account), i + 1);
    }
    CHECK_EQ(d->account.frozen_until, ymd(20240605) + 90);
    CHECK_EQ(account_frozen_days(&d->account), 91); /* ninety and the day itself */
    session(d, 20240903);
    CHECK_EQ(account_frozen_days(&d->account), 1);
    session(d, 20240904);
    CHECK_EQ(account_frozen_days(&d->account), 0);
    session(d, 20250603);
    CHECK_EQ(account_good_faith(&d->account), 2);
    session(d, 20250604);
    CHECK_EQ(account_good_faith(&d->account), 1);
    session(d, 20250605);
    CHECK_EQ(account_good_faith(&d->account), 0);
    desk_close(d);
}

/* A security sold before anything paid for it freezes at once; money that comes in time makes it whole. */
TEST(free_riding)
{
    UNUSED_STATE;
    desk_t *d = open_on(20240603, true);
    trade(d, 1, SIDE_BUY, 200, 100); /* 20,000 with 10,000 */
    CHECK_EQ(account_position(&d->account, 1)->funds_due, ACCOUNT_NOT_DUE);
    trade(d, 1, SIDE_SELL, 200, 105);
    CHECK_EQ(d->account.freerides_ever, 1);
    CHECK_EQ(account_good_faith(&d->account), 0);
    CHECK_EQ(account_frozen_days(&d->account), 91);
    desk_close(d);
    d = open_on(20240603, true);
    trade(d, 1, SIDE_BUY, 200, 100);
    account_on_cash(&d->account, CASH_DEPOSIT, CASHES(10001), &d->out);
    trade(d, 1, SIDE_SELL, 200, 105);
    CHECK_EQ(d->account.freerides_ever, 0);
    CHECK_EQ(account_good_faith(&d->account), 0);
    CHECK_EQ(account_frozen_days(&d->account), 0);
    desk_close(d);
}

/* The broker's number decides, not ours. */
TEST(a_broker_may_let_less_pass)
{
    UNUSED_STATE;
    desk_t *d = open_on(20240603, true);
    d->config.account_good_faith_max = 1;
    session(d, 20240604);
    for (u32 i = 0; i < 2; i++) {
        buy_with_unsettled(d);
        trade(d, 2, SIDE_SELL, 100, 100);
        CHECK_EQ(account_frozen_days(&d->account) != 0, i == 1);
        session(d, i == 0 ? 20240605 : 20240606);
    }
    desk_close(d);
}

TEST(commissions_are_no_unsettled_money)
{
    UNUSED_STATE;
    desk_t *d = open_on(20240603, true);
    trade(d, 1, SIDE_BUY, 60, 100);
    trade(d, 2, SIDE_BUY, 40, 100); /* all of the 10,000, and 70 cents of commission */
    CHECK(d->account.settled.v < 0);
    CHECK_EQ(account_unsettled_positions(&d->account), 0);
    trade(d, 3, SIDE_BUY, 1, 1); /* a dollar more is not there */
    CHECK_EQ(account_unsettled_positions(&d->account), 1);
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_settles_by_the_law_of_its_day),
        cmocka_unit_test(margin_accounts_know_none_of_it),
        cmocka_unit_test(the_third_violation_freezes),
        cmocka_unit_test(each_purchase_waits_for_its_own_money),
        cmocka_unit_test(free_riding),
        cmocka_unit_test(a_broker_may_let_less_pass),
        cmocka_unit_test(commissions_are_no_unsettled_money),
    };
    return RUN_TESTS(tests);
}
