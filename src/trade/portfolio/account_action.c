/* Corporate actions on positions and resting orders. See account.h. */
#include "base/assert.h"
#include "model/tick.h"
#include "trade/portfolio/account.h"

err_t split_qty(qty_t qty, const action_t *action, qty_t *out)
{
    ASSERT(action != NULL && out != NULL);
    if (action->ratio_num <= 0 || action->ratio_den <= 0) {
        return ERR_PARAM_RANGE;
    }
    return fixed_mul_div(qty.v, action->ratio_num, action->ratio_den, ROUND_DOWN, &out->v);
}

err_t split_price(price_t price, const action_t *action, price_t *out)
{
    ASSERT(action != NULL && out != NULL);
    if (action->ratio_num <= 0 || action->ratio_den <= 0) {
        return ERR_PARAM_RANGE;
    }
    return fixed_mul_div(price.v, action->ratio_den, action->ratio_num, ROUND_NEAREST, &out->v);
}

err_t split_order_price(price_t price, const action_t *action, const instrument_t *t, bool buys, price_t *out)
{
    ASSERT(action != NULL && t != NULL && out != NULL);
    price_t exact;
    TRY(split_price(price, action, &exact));
    *out = price.v <= 0 ? exact : tick_round(t, exact, !buys);
    return ERR_OK;
}

static err_t split_prices(price_t *const *prices, u32 count, const action_t *action)
{
    for (u32 i = 0; i < count; i++) {
        TRY(split_price(*prices[i], action, prices[i]));
    }
    return ERR_OK;
}

/* Every price of `prices` as an order of that side names it. */
static err_t split_on_tick(price_t *const *prices, u32 count, const action_t *action, const instrument_t *t,
                           bool buys)
{
    for (u32 i = 0; i < count; i++) {
        TRY(split_order_price(*prices[i], action, t, buys, prices[i]));
    }
    return ERR_OK;
}

static err_t order_split(order_t *o, const action_t *action, const instrument_t *t)
{
    /* What is left to fill and what was filled are rounded apart, so that the rest stays equal to the
     * position. */
    qty_t left = {o->live.v - o->filled.v};
    TRY(split_qty(left, action, &left));
    TRY(split_qty(o->filled, action, &o->filled));
    TRY(split_qty(o->told, action, &o->told));
    TRY(split_qty(o->intent.qty, action, &o->intent.qty));
    o->live.v = o->filled.v + left.v;
    bool buys = side_is_buy((side_t)o->intent.side);
    price_t *own[] = {&o->intent.limit, &o->intent.stop, &o->want_stop};
    /* As the children's own orders. */
    price_t *leaving[] = {&o->intent.bracket_stop, &o->intent.bracket_target};
    TRY(split_on_tick(own, COUNT_OF(own), action, t, buys));
    TRY(split_on_tick(leaving, COUNT_OF(leaving), action, t, !buys));
    price_t *prices[] = {&o->intent.reference, &o->tag.a, &o->tag.r, &o->tag.atr_d};
    return split_prices(prices, COUNT_OF(prices), action);
}

/* The fraction of a unit that the ratio leaves over, sold at the new price. */
static err_t fraction_of(const position_t *p, const action_t *action, price_t price, i64 *cash, i64 *cost)
{
    i128 scaled = (i128)p->qty.v * action->ratio_num;
    i64 rest = (i64)(scaled % action->ratio_den);
    *cash = 0;
    *cost = 0;
    if (rest == 0) {
        return ERR_OK;
    }
    money_t whole;
    TRY(money_of(price, (qty_t){rest}, p->exponent, p->multiplier, ROUND_NEAREST, &whole));
    TRY(fixed_mul_div(whole.v, 1, action->ratio_den, ROUND_NEAREST, cash));
    if (scaled > I64_MAX || scaled < -(i128)I64_MAX) {
        return ERR_OVERFLOW;
    }
    return fixed_mul_div(p->cost.v, rest, (i64)scaled, ROUND_NEAREST, cost);
}

static err_t position_split(position_t *p, const action_t *action, const instrument_t *t)
{
    TRY(split_qty(p->qty, action, &p->qty));
    TRY(split_qty(p->opened, action, &p->opened));
    TRY(split_qty(p->closed, action, &p->closed));
    price_t *leaving[] = {&p->stop, &p->target}; /* as the orders that rest there, and those sent anew */
    TRY(split_on_tick(leaving, COUNT_OF(leaving), action, t, p->direction < 0));
    price_t *prices[] = {&p->avg,       &p->mark,      &p->r,   &p->stop_initial, &p->best,  &p->price_max,
                         &p->price_min, &p->mfe,       &p->mae, &p->tag.a,        &p->tag.r, &p->tag.atr_d};
    p->adjusted = 1;
    return split_prices(prices, COUNT_OF(prices), action);
}

/* The fraction of a unit that the ratio left over is paid out. */
static void fraction_paid(position_t *p, i64 cash, i64 cost, i64 *realised)
{
    if (p->qty.v == 0) {
        cost = p->cost.v;
    }
    *realised = cash - cost;
    p->cost.v -= cost;
    p->realised.v += *realised;
}

static void cash_fact(const account_t *a, const action_t *action, cash_kind_t kind, const i64 *amounts,
                      outbox_t *out)
{
    ev_CASH_t *f = &outbox_fact(out, EV_CASH)->as.CASH;
    f->account = a->account_id;
    f->inst = action->inst;
    f->kind = (u8)kind;
    f->amount = amounts[0];
    f->qty_before = amounts[1];
    f->qty_after = amounts[2];
    f->cash_after = a->cash.v;
}

static err_t action_split(account_t *a, const action_t *action, const instrument_t *t, price_t price,
                          outbox_t *out)
{
    position_t *p = account_position(a, action->inst);
    position_t next = p == NULL ? (position_t){0} : *p;
    i64 cash = 0;
    i64 realised = 0;
    if (p != NULL) {
        i64 cost;
        TRY(fraction_of(p, action, price, &cash, &cost));
        TRY(position_split(&next, action, t));
        fraction_paid(&next, cash, cost, &realised);
    }
    /* Two passes: the first proves that nothing overflows, so a failure leaves the account as it was. */
    for (u32 pass = 0; pass < 2; pass++) {
        for (u32 i = 0; i < a->orders_used; i++) {
            order_t *o = &a->orders[i];
            if (o->state == 0 || o->intent.inst != action->inst ||
                order_state_is_terminal((order_state_t)o->state)) {
                continue;
            }
            order_t copy = *o;
            TRY(order_split(&copy, action, t));
            if (pass == 1) {
                *o = copy;
            }
        }
    }
    if (p == NULL) {
        return ERR_OK;
    }
    i64 amounts[3] = {cash, p->qty.v, next.qty.v};
    *p = next;
    a->cash.v += cash;
    a->settled.v += cash;
    ledger_post(&a->ledger, LEDGER_CASH, LEDGER_POSITIONS, (money_t){cash});
    ledger_post(&a->ledger, LEDGER_POSITIONS, LEDGER_REALISED, (money_t){realised});
    cash_fact(a, action, cash != 0 ? CASH_SPLIT_FRACTION : CASH_SPLIT, amounts, out);
    return ERR_OK;
}

static err_t action_dividend(account_t *a, const action_t *action, outbox_t *out)
{
    position_t *p = account_position(a, action->inst);
    if (p == NULL || p->qty.v == 0) {
        return ERR_OK;
    }
    money_t amount;
    TRY(money_of(action->amount, p->qty, p->exponent, p->multiplier, ROUND_NEAREST, &amount));
    a->cash.v += amount.v;
    a->settled.v += amount.v;
    p->dividends.v += amount.v;
    ledger_post(&a->ledger, LEDGER_CASH, LEDGER_DIVIDENDS, amount);
    i64 amounts[3] = {amount.v, p->qty.v, p->qty.v};
    cash_fact(a, action, CASH_DIVIDEND, amounts, out);
    return ERR_OK;
}

/* What is held becomes cash at `amount` a share, owed where it was sold short; no fee, settled at once.
 * Nobody will tell that what is gone trades again. */
static err_t action_payout(account_t *a, const action_t *action, outbox_t *out)
{
    ASSERT(action->inst < LIMIT_UNIVERSE);
    a->halts[action->inst] = HALT_NONE;
    position_t *p = account_position(a, action->inst);
    if (p == NULL || p->qty.v == 0) {
        return ERR_OK;
    }
    money_t paid;
    TRY(money_of(action->amount, p->qty, p->exponent, p->multiplier, ROUND_NEAREST, &paid));
    i64 realised = paid.v - p->cost.v;
    i64 amounts[3] = {paid.v, p->qty.v, 0};
    a->cash.v += paid.v;
    a->settled.v += paid.v;
    ledger_post(&a->ledger, LEDGER_CASH, LEDGER_POSITIONS, paid);
    ledger_post(&a->ledger, LEDGER_POSITIONS, LEDGER_REALISED, (money_t){realised});
    p->closed.v += p->qty.v < 0 ? -p->qty.v : p->qty.v;
    p->close_value.v += paid.v < 0 ? -paid.v : paid.v;
    p->realised.v += realised;
    p->qty.v = 0;
    p->cost.v = 0;
    p->exit_reason = EXIT_PAYOUT;
    cash_fact(a, action, CASH_PAYOUT, amounts, out);
    return ERR_OK;
}

/* Rounded against the account: what is owed up, what is earned down. */
static i64 carried(i64 amount, f64 pct, i32 nights, bool owed)
{
    f64 exact = (f64)amount * pct / 100.0 * (f64)nights / 360.0;
    i64 whole = (i64)exact;
    return owed && (f64)whole < exact ? whole + 1 : whole;
}

static void carry_short(account_t *a, position_t *p, const carry_t *carry, outbox_t *out)
{
    money_t value;
    err_t err = money_of(p->mark, (qty_t){-p->qty.v}, p->exponent, p->multiplier, ROUND_UP, &value);
    ASSERT(err == ERR_OK);
    i64 fee = carried(value.v, carry->borrow_pct, carry->nights, true);
    if (fee <= 0) {
        return;
    }
    a->cash.v -= fee;
    a->settled.v -= fee;
    p->fees.v += fee;
    ledger_post(&a->ledger, LEDGER_FEES, LEDGER_CASH, (money_t){fee});
    action_t of = {.inst = p->inst};
    i64 amounts[3] = {-fee, p->qty.v, p->qty.v};
    cash_fact(a, &of, CASH_BORROW, amounts, out);
}

void account_carry(account_t *a, const carry_t *carry, outbox_t *out)
{
    ASSERT(a != NULL && carry != NULL && out != NULL);
    ASSERT(carry->nights > 0 && carry->borrow_pct >= 0 && carry->debit_pct >= 0 && carry->credit_pct >= 0);
    /* What shorts brought in is collateral at the lender: neither own cash nor a loan against it. */
    i64 own = a->cash.v;
    for (u32 i = 0; i < a->positions_used; i++) {
        position_t *p = &a->positions[i];
        if (p->inst != INST_NONE && p->qty.v < 0) {
            own += p->cost.v;
            carry_short(a, p, carry, out);
        }
    }
    i64 interest = own < 0 ? -carried(-own, carry->debit_pct, carry->nights, true)
                           : carried(own, carry->credit_pct, carry->nights, false);
    if (interest != 0) {
        account_on_cash(a, CASH_INTEREST, (money_t){interest}, out);
    }
    ASSERT_SLOW(account_check(a));
}

err_t account_on_action(account_t *a, const action_t *action, const instrument_t *t, price_t price,
                        outbox_t *out)
{
    ASSERT(a != NULL && action != NULL && t != NULL && out != NULL);
    ASSERT(action->inst != INST_NONE);
    err_t err = ERR_OK;
    if (action->kind == ACTION_SPLIT) {
        if (action->ratio_num <= 0 || action->ratio_den <= 0 || price.v <= 0) {
            return ERR_PARAM_RANGE;
        }
        err = action_split(a, action, t, price, out);
    } else if (action->kind == ACTION_DIVIDEND) {
        err = action_dividend(a, action, out);
    } else if (action->kind == ACTION_PAYOUT) {
        err = action->amount.v < 0 ? ERR_PARAM_RANGE : action_payout(a, action, out);
    } else {
        err = ERR_UNKNOWN_KIND;
    }
    ASSERT_SLOW(account_check(a));
    return err;
}
