/* Books: double entry, average cost, settlement, corporate actions, the day's counters. */
#include "base/rng.h"
#include "model/tick.h"
#include "tests/trade/bench_account.h"

static position_t *book(account_t *a, inst_t inst, side_t side, i64 qty, f64 price, money_t *realised)
{
    fill_t f = {.inst = inst,
                .side = (u8)side,
                .role = ROLE_ENTRY,
                .multiplier = 1,
                .t_event = 5,
                .qty = {qty},
                .price = USD(price),
                .fee = {350000}};
    position_t *p = NULL;
    CHECK_OK(account_book(a, &f, realised, &p));
    CHECK(account_check(a));
    return p;
}

TEST(ledger_keeps_balance)
{
    UNUSED_STATE;
    ledger_t l;
    ledger_init(&l);
    ledger_post(&l, LEDGER_CASH, LEDGER_EQUITY_IN, (money_t){100});
    ledger_post(&l, LEDGER_POSITIONS, LEDGER_CASH, (money_t){60});
    ledger_post(&l, LEDGER_POSITIONS, LEDGER_REALISED, (money_t){-7});
    ledger_post(&l, LEDGER_FEES, LEDGER_CASH, (money_t){0});
    CHECK_EQ(l.transactions, 3);
    CHECK_EQ(l.balance[LEDGER_CASH].v, 40);
    CHECK_EQ(l.balance[LEDGER_POSITIONS].v, 53);
    CHECK_EQ(l.balance[LEDGER_REALISED].v, 7);
    CHECK_EQ(l.debits.v, 167);
    CHECK_EQ(ledger_book_value(&l).v, 93);
    CHECK(ledger_balanced(&l));
    l.balance[LEDGER_CASH].v++; /* the checker sees a cent that came from nowhere */
    CHECK(!ledger_balanced(&l));
}

TEST(average_cost_table)
{
    UNUSED_STATE;
    static const struct { side_t side; i64 qty; f64 price; i64 realised; i64 after; i64 cost;
    } steps[] = {
        {SIDE_BUY, 100, 10.00, 0, 100, 1000000000},
        {SIDE_BUY, 50, 10.30, 0, 150, 1515000000},
        {SIDE_SELL, 60, 10.50, 24000000, 90, 909000000},
        {SIDE_SELL, 90, 9.90, -18000000, 0, 0},
        {SIDE_SELL_SHORT, 30, 20.00, 0, -30, -600000000},
        {SIDE_BUY_TO_COVER, 10, 19.00, 10000000, -20, -400000000},
        {SIDE_BUY_TO_COVER, 20, 21.00, -20000000, 0, 0},
    };
    desk_t *d = desk_open(100000);
    i64 fees = 0;
    i64 realised = 0;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        money_t r;
        position_t *p = book(&d->account, 3, steps[i].side, steps[i].qty, steps[i].price, &r);
        CHECK_EQ(r.v, steps[i].realised);
        CHECK_EQ(p->qty.v, steps[i].after);
        CHECK_EQ(p->cost.v, steps[i].cost);
        fees += 350000;
        realised += r.v;
        if (p->qty.v == 0) {
            closed_trade_t t;
            account_close(&d->account, p, 9, 0.1, &t);
            CHECK_EQ(t.net.v, t.gross.v - t.fees.v);
        }
    }
    CHECK_EQ(d->account.cash.v, CASHES(100000).v + realised - fees);
    CHECK_EQ(d->account.day.closed, 2);
    CHECK_EQ(d->account.day.losses_in_row, 1); /* +6 less fees, then -10 less fees */
    desk_close(d);
}

TEST(a_fill_through_zero_turns_over)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    money_t r;
    book(&d->account, 1, SIDE_BUY, 10, 50, &r);
    position_t *p = book(&d->account, 1, SIDE_SELL, 25, 52, &r);
    CHECK_EQ(r.v, 20000000);
    CHECK_EQ(p->qty.v, -15);
    CHECK_EQ(p->direction, -1);
    CHECK_EQ(p->avg.v, USD(52).v);
    desk_close(d);
}

TEST(random_fills_recount)
{
    UNUSED_STATE;
    desk_t *d = desk_open(10000000);
    rng_key_t key = {.seed = 5, .purpose = RNG_TEST};
    i64 cash = d->account.cash.v;
    i64 qty[8] = {0};
    for (u64 i = 0; i < 6000; i++) {
        inst_t inst = (inst_t)rng_below(key, 4 * i, 8);
        i64 n = 1 + (i64)rng_below(key, 4 * i + 1, 300);
        bool buy = rng_below(key, 4 * i + 2, 2) == 0;
        i64 price = 1000000000 + (i64)rng_below(key, 4 * i + 3, 90000000000ULL);
        fill_t f = {.inst = inst,
                    .side = buy ? SIDE_BUY : SIDE_SELL,
                    .role = ROLE_ENTRY,
                    .multiplier = 1,
                    .qty = {n},
                    .price = {price},
                    .fee = {(i64)(i % 7) * 1001}};
        money_t r;
        position_t *p = NULL;
        CHECK_OK(account_book(&d->account, &f, &r, &p));
        i64 value = (i64)(((i128)price * n + 500) / 1000);
        cash += (buy ? -value : value) - f.fee.v;
        qty[inst] += buy ? n : -n;
        CHECK_EQ(d->account.cash.v, cash);
        CHECK_EQ(p->qty.v, qty[inst]);
        CHECK(ledger_balanced(&d->account.ledger));
        CHECK_EQ(d->account.ledger.balance[LEDGER_CASH].v, cash);
        if (p->qty.v == 0) {
            closed_trade_t t;
            account_close(&d->account, p, 0, 0.1, &t);
        }
    }
    CHECK(account_check(&d->account));
    desk_close(d);
}

TEST(fractions_of_a_coin)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    fill_t f = {.inst = 2,
                .side = SIDE_BUY,
                .role = ROLE_ENTRY,
                .exponent = -8,
                .multiplier = 1,
                .qty = {12345678},
                .price = USD(60000)};
    money_t r;
    position_t *p = NULL;
    CHECK_OK(account_book(&d->account, &f, &r, &p));
    CHECK_EQ(p->cost.v, 7407406800); /* 0.12345678 x 60,000 */
    CHECK_EQ(p->avg.v, USD(60000).v);
    f.side = SIDE_SELL;
    f.qty.v = 2345678;
    CHECK_OK(account_book(&d->account, &f, &r, &p));
    CHECK_EQ(p->qty.v, 10000000);
    CHECK_EQ(p->cost.v, 6000000000);
    desk_close(d);
}

TEST(settlement_takes_a_day)
{
    UNUSED_STATE;
    desk_t *d = desk_open(10000);
    money_t r;
    book(&d->account, 1, SIDE_BUY, 100, 50, &r);
    CHECK_EQ(account_settled(&d->account).v, CASHES(5000).v - 350000);
    position_t *p = book(&d->account, 1, SIDE_SELL, 100, 51, &r);
    closed_trade_t t;
    account_close(&d->account, p, 9, 0.1, &t);
    CHECK_EQ(d->account.cash.v, CASHES(10100).v - 700000);
    CHECK_EQ(account_settled(&d->account).v, CASHES(5000).v - 350000);
    CHECK_EQ(account_day_trades(&d->account, 5), 1);
    account_day_begin(&d->account, DESK_DAY + 1, DESK_DAY + 4);
    CHECK_EQ(account_settled(&d->account).v, d->account.cash.v);
    CHECK(account_check(&d->account));
    CHECK_EQ(d->account.day.closed, 0);
    /* The window is today and four business days before. */
    for (i32 i = 2; i <= 4; i++) {
        account_day_begin(&d->account, DESK_DAY + i, DESK_DAY + i + 1);
        CHECK_EQ(account_day_trades(&d->account, 5), 1);
    }
    account_day_begin(&d->account, DESK_DAY + 5, DESK_DAY + 6);
    CHECK_EQ(account_day_trades(&d->account, 5), 0);
    desk_close(d);
}

TEST(dividends_and_interest)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    money_t r;
    book(&d->account, 1, SIDE_BUY, 100, 50, &r);
    book(&d->account, 2, SIDE_SELL_SHORT, 100, 50, &r);
    i64 cash = d->account.cash.v;
    action_t a = {.kind = ACTION_DIVIDEND, .inst = 1, .amount = USD(0.255)};
    CHECK_OK(account_on_action(&d->account, &a, &d->instruments[1], USD(50), &d->out));
    CHECK_EQ(d->account.cash.v, cash + 25500000);
    a.inst = 2;
    CHECK_OK(account_on_action(&d->account, &a, &d->instruments[1], USD(50), &d->out));
    CHECK_EQ(d->account.cash.v, cash);
    CHECK_EQ(account_position(&d->account, 2)->dividends.v, -25500000);
    a.inst = 3; /* not held */
    CHECK_OK(account_on_action(&d->account, &a, &d->instruments[1], USD(50), &d->out));
    account_on_cash(&d->account, CASH_INTEREST, (money_t){1230000}, &d->out);
    account_on_cash(&d->account, CASH_DEPOSIT, CASHES(500), &d->out);
    CHECK_EQ(d->out.fact_count, 4);
    CHECK_EQ(d->account.ledger.balance[LEDGER_INTEREST].v, -1230000);
    CHECK(account_check(&d->account));
    desk_close(d);
}

TEST(nights_cost)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    money_t r;
    position_t *p = book(&d->account, 2, SIDE_SELL_SHORT, 1000, 50, &r);
    i64 cash = d->account.cash.v;
    carry_t c = {.borrow_pct = 0.30, .debit_pct = 7.2, .credit_pct = 3.6, .nights = 3};
    account_carry(&d->account, &c, &d->out);
    /* 50,000 x 0.3 % x 3 / 360 = 1.25; own cash 99,999.65 x 3.6 % x 3 / 360 = 29.999895 */
    CHECK_EQ(p->fees.v, 350000 + 1250000);
    CHECK_EQ(d->account.cash.v, cash - 1250000 + 29999895);
    CHECK_EQ(d->out.fact_count, 2);
    CHECK(account_check(&d->account));
    p = book(&d->account, 2, SIDE_BUY_TO_COVER, 1000, 50, &r);
    closed_trade_t t;
    account_close(&d->account, p, 9, 0.1, &t);
    CHECK_EQ(t.net.v, -1950000);
    book(&d->account, 1, SIDE_BUY, 3000, 50, &r);
    cash = d->account.cash.v; /* about 50,000 borrowed */
    c.nights = 1;
    account_carry(&d->account, &c, &d->out);
    CHECK(d->account.cash.v < cash - 9900000 && d->account.cash.v > cash - 10100000);
    CHECK(account_check(&d->account));
    desk_close(d);
}

TEST(splits_table)
{
    UNUSED_STATE;
    static const struct { side_t side; i64 qty, num, den; f64 price; i64 after, cash; } cases[] = {
        {SIDE_BUY, 100, 2, 1, 25, 200, 0},          {SIDE_BUY, 101, 1, 10, 500, 10, 50000000},
        {SIDE_SELL_SHORT, 101, 1, 10, 500, -10, -50000000}, {SIDE_BUY, 33, 3, 2, 33.33, 49, 16665000},
        {SIDE_BUY, 7, 1, 10, 500, 0, 350000000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        money_t r;
        position_t *p = book(&d->account, 1, cases[i].side, cases[i].qty, 50, &r);
        p->stop = USD(48);
        i64 cash = d->account.cash.v;
        action_t a = {.kind = ACTION_SPLIT, .inst = 1, .ratio_num = cases[i].num, .ratio_den = cases[i].den};
        CHECK_OK(account_on_action(&d->account, &a, &d->instruments[1], USD(cases[i].price), &d->out));
        CHECK_EQ(p->qty.v, cases[i].after);
        CHECK_EQ(d->account.cash.v, cash + cases[i].cash);
        CHECK_EQ(p->stop.v, USD(48).v / cases[i].num * cases[i].den);
        CHECK(account_check(&d->account));
        if (cases[i].after == 0) {
            CHECK_EQ(account_close_flat(&d->account, 9, 0.1, &d->closed), 1);
            CHECK_EQ(d->closed.v[0].gross.v, 0); /* 7 shares for $350, paid out at the same value */
        }
        desk_close(d);
    }
    desk_t *d = desk_open(1000);
    action_t bad = {.kind = ACTION_SPLIT, .inst = 1, .ratio_num = 0, .ratio_den = 1};
    CHECK_EQ(account_on_action(&d->account, &bad, &d->instruments[1], USD(1), &d->out), ERR_PARAM_RANGE);
    bad.kind = 99;
    CHECK_EQ(account_on_action(&d->account, &bad, &d->instruments[1], USD(1), &d->out), ERR_UNKNOWN_KIND);
    desk_close(d);
}

static void on_tick(const desk_t *d, price_t was, const action_t *a, bool buys, price_t now)
{
    i128 by_ratio = (i128)was.v * a->ratio_den; /* in units of 1 / num */
    i128 here = (i128)now.v * a->ratio_num;
    i128 step = (i128)tick_at(&d->instruments[1], now).v * a->ratio_num;
    CHECK(tick_fits(&d->instruments[1], now));
    CHECK(buys ? here <= by_ratio && by_ratio - here < step : here >= by_ratio && here - by_ratio < step);
}

/* Nothing is bought for more than the ratio says, or sold for less, by less than a step: what protects a long
 * position stands no lower, what protects a short one no higher, and targets give nothing away. */
TEST(a_split_leaves_prices_on_the_tick)
{
    UNUSED_STATE;
    static const struct {
        side_t side;
        i64 num, den;
        f64 limit, stop, target;
    } cases[] = {
        {SIDE_BUY, 3, 1, 100.00, 99.01, 104.00},  {SIDE_SELL_SHORT, 3, 1, 100.00, 101.00, 96.01},
        {SIDE_BUY, 3, 2, 100.01, 98.50, 103.33},  {SIDE_SELL_SHORT, 3, 2, 100.01, 101.51, 96.07},
        {SIDE_BUY, 2, 1, 50.01, 49.99, 51.01},    {SIDE_SELL_SHORT, 20, 1, 50.01, 51.03, 48.99},
        {SIDE_BUY, 1, 5, 0.3333, 0.3301, 0.4001}, /* from below a dollar to above it, and the other way */
        {SIDE_BUY, 20, 1, 10.01, 9.77, 11.11},    {SIDE_SELL_SHORT, 1, 10, 0.1234, 0.1255, 0.1111},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool buys = cases[i].side == SIDE_BUY;
        desk_t *d = desk_open(100000);
        money_t r;
        position_t *p = book(&d->account, 1, cases[i].side, 100, cases[i].limit, &r);
        p->stop = USD(cases[i].stop);
        p->stop_initial = p->stop;
        p->target = USD(cases[i].target);
        order_t was = {.state = ORDER_PENDING_REPLACE, .live = {60}};
        was.intent = (intent_t){.inst = 1, .side = (u8)cases[i].side, .type = ORDER_STOP_LIMIT, .qty = {60},
                                .limit = USD(cases[i].limit), .stop = USD(cases[i].limit),
                                .bracket_stop = p->stop, .bracket_target = p->target};
        was.want_stop = USD(cases[i].limit);
        order_t *o = &d->account.orders[d->account.orders_used++];
        *o = was;
        action_t a = {.kind = ACTION_SPLIT, .inst = 1, .ratio_num = cases[i].num, .ratio_den = cases[i].den};
        CHECK_OK(account_on_action(&d->account, &a, &d->instruments[1], USD(cases[i].limit), &d->out));
        on_tick(d, USD(cases[i].stop), &a, !buys, p->stop);
        on_tick(d, USD(cases[i].target), &a, !buys, p->target);
        on_tick(d, was.intent.limit, &a, buys, o->intent.limit);
        on_tick(d, was.intent.stop, &a, buys, o->intent.stop);
        on_tick(d, was.want_stop, &a, buys, o->want_stop);
        CHECK_EQ(o->intent.bracket_stop.v, p->stop.v);
        CHECK_EQ(o->intent.bracket_target.v, p->target.v);
        /* What is measured and not sent stays what the ratio makes of it. */
        i64 off = p->stop_initial.v * a.ratio_num - USD(cases[i].stop).v * a.ratio_den;
        CHECK(2 * off <= a.ratio_num && 2 * off >= -a.ratio_num);
        desk_close(d);
    }
}

TEST(a_price_that_is_none_stays_none)
{
    UNUSED_STATE;
    const instrument_t share = {.cls = CLASS_STOCK, .tick = USD(0.01)};
    action_t a = {.kind = ACTION_SPLIT, .ratio_num = 3, .ratio_den = 1};
    price_t p = {7};
    CHECK_OK(split_order_price((price_t){0}, &a, &share, false, &p));
    CHECK_EQ(p.v, 0);
    a.ratio_num = 0;
    CHECK_EQ(split_order_price(USD(5), &a, &share, false, &p), ERR_PARAM_RANGE);
    CHECK_EQ(p.v, 0);
}

/* Cash for what is held, owed for what was sold short; nothing is nothing. */
TEST(shares_that_cease_to_be_are_paid_out)
{
    UNUSED_STATE;
    static const struct {
        side_t side;
        f64 paid;
        i64 cash, gross;
    } cases[] = {{SIDE_BUY, 62, 434, 84}, {SIDE_BUY, 0, 0, -350}, {SIDE_SELL_SHORT, 62, -434, -84},
                 {SIDE_SELL_SHORT, 0, 0, 350}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        money_t r;
        (void)book(&d->account, 1, cases[i].side, 7, 50, &r);
        i64 cash = d->account.cash.v;
        i64 settled = d->account.settled.v;
        action_t a = {.kind = ACTION_PAYOUT, .inst = 1, .amount = USD(cases[i].paid)};
        CHECK_OK(account_on_action(&d->account, &a, &d->instruments[1], USD(50), &d->out));
        CHECK_EQ(d->account.cash.v - cash, cases[i].cash * MONEY_SCALE);
        CHECK_EQ(d->account.settled.v - settled, cases[i].cash * MONEY_SCALE);
        CHECK(account_check(&d->account));
        CHECK_EQ(account_close_flat(&d->account, 9, 0.1, &d->closed), 1);
        const closed_trade_t *t = &d->closed.v[0];
        CHECK_EQ(t->reason, EXIT_PAYOUT);
        CHECK_EQ(t->gross.v, cases[i].gross * MONEY_SCALE);
        CHECK_EQ(t->qty.v, 7);
        CHECK_EQ(t->exit.v, USD(cases[i].paid).v);
        CHECK_EQ(account_position_count(&d->account), 0);
        /* Nothing is held any more. */
        CHECK_OK(account_on_action(&d->account, &a, &d->instruments[1], USD(50), &d->out));
        CHECK_EQ(d->account.cash.v - cash, cases[i].cash * MONEY_SCALE);
        a.amount.v = -1;
        CHECK_EQ(account_on_action(&d->account, &a, &d->instruments[1], USD(50), &d->out), ERR_PARAM_RANGE);
        desk_close(d);
    }
}

TEST(marks_and_excursions)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    money_t r;
    position_t *p = book(&d->account, 0, SIDE_SELL_SHORT, 100, 50, &r);
    bar_t b = desk_bar(d, 50, 51.5, 48.25, 49);
    desk_mark(&d->account, 0, &b, false); /* the fill came inside the bar: only its close counts */
    CHECK_EQ(p->mfe.v, USD(1).v);
    CHECK_EQ(p->mae.v, 0);
    desk_mark(&d->account, 0, &b, true);
    CHECK_EQ(p->mfe.v, USD(1.75).v);
    CHECK_EQ(p->mae.v, USD(1.5).v);
    CHECK_EQ(p->best.v, USD(48.25).v);
    CHECK_EQ(account_equity(&d->account).v, CASHES(100100).v - 350000);
    CHECK_EQ(account_gross(&d->account).v, CASHES(4900).v);
    CHECK_EQ(account_net(&d->account).v, -CASHES(4900).v);
    account_mark(&d->account, 0, USD(60));
    CHECK_EQ(d->account.day.equity_low.v, CASHES(99000).v - 350000);
    CHECK_EQ(p->mfe.v, USD(1.75).v); /* a mid is no trade */
    desk_close(d);
}

/* One carried sum against all positions added up anew at each mark, the day's extremes included. */
TEST(a_slice_marks_as_bar_by_bar)
{
    UNUSED_STATE;
    enum { NAMES = 40, ROUNDS = 300 };
    desk_t *d = desk_open(1000000);
    account_t *slow = calloc(1, sizeof *slow);
    assert_non_null(slow);
    inst_t inst[NAMES];
    bar_t bar[NAMES];
    money_t r;
    for (u32 round = 0; round < ROUNDS; round++) {
        rng_key_t key = {.seed = 11, .cycle = round};
        side_t side = rng_below(key, 1, 3) == 0 ? SIDE_SELL : SIDE_BUY;
        (void)book(&d->account, (inst_t)rng_below(key, 0, NAMES), side, 1 + (i64)rng_below(key, 2, 900),
                   5 + (f64)rng_below(key, 3, 90), &r);
        account_copy(slow, &d->account);
        slice_t s = {.inst = inst, .bar = bar};
        for (u32 i = 0; i < NAMES; i++) {
            f64 low = 1 + (f64)rng_below(key, 10 + i, 20000) / 100;
            inst[s.count] = (inst_t)i;
            bar[s.count] = desk_bar(d, low, low + 3, low, low + 1 + (f64)rng_below(key, 60 + i, 2));
            bar[s.count].t_event = (i64)rng_below(key, 110 + i, 10); /* fills are of 5 */
            s.count += rng_below(key, 160 + i, 4) > 0 ? 1 : 0;
        }
        for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
            const position_t *p = &slow->positions[i];
            for (u32 k = 0; p->inst != INST_NONE && p->direction != 0 && k < s.count; k++) {
                if (inst[k] == p->inst) {
                    desk_mark(slow, p->inst, &bar[k], p->t_entry <= bar[k].t_event);
                }
            }
        }
        account_watch(slow);
        account_mark_slice(&d->account, &s);
        CHECK(memcmp(slow, &d->account, sizeof *slow) == 0);
    }
    free(slow);
    desk_close(d);
}

TEST(pools_are_bounded)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    money_t r;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        book(&d->account, (inst_t)i, SIDE_BUY, 1, 10, &r);
    }
    fill_t f = {.inst = 999, .side = SIDE_BUY, .multiplier = 1, .qty = {1}, .price = USD(10)};
    position_t *p = NULL;
    i64 cash = d->account.cash.v;
    CHECK_EQ(account_book(&d->account, &f, &r, &p), ERR_POOL_FULL);
    f.inst = 1;
    f.qty.v = I64_MAX / 2;
    CHECK_EQ(account_book(&d->account, &f, &r, &p), ERR_OVERFLOW);
    CHECK_EQ(d->account.cash.v, cash);
    CHECK(account_check(&d->account));
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ledger_keeps_balance), cmocka_unit_test(average_cost_table),
        cmocka_unit_test(a_fill_through_zero_turns_over), cmocka_unit_test(random_fills_recount),
        cmocka_unit_test(fractions_of_a_coin), cmocka_unit_test(settlement_takes_a_day),
        cmocka_unit_test(dividends_and_interest), cmocka_unit_test(nights_cost),
        cmocka_unit_test(splits_table), cmocka_unit_test(a_split_leaves_prices_on_the_tick),
        cmocka_unit_test(a_price_that_is_none_stays_none),
        cmocka_unit_test(shares_that_cease_to_be_are_paid_out),
        cmocka_unit_test(marks_and_excursions), cmocka_unit_test(a_slice_marks_as_bar_by_bar),
        cmocka_unit_test(pools_are_bounded),
    };
    return RUN_TESTS(tests);
}
