/* Booking of executions and the end of a position. See account.h. */
#include "base/assert.h"
#include "trade/portfolio/account.h"

#include <string.h>

static position_t *position_claim(account_t *a, const fill_t *f)
{
    position_t *p = account_position(a, f->inst);
    for (u32 i = 0; p == NULL && i < LIMIT_POSITIONS; i++) {
        if (a->positions[i].inst == INST_NONE) {
            p = &a->positions[i];
        }
    }
    return p;
}

static void position_start(account_t *a, position_t *p, const fill_t *f)
{
    memset(p, 0, sizeof *p);
    p->inst = f->inst;
    p->direction = side_is_buy((side_t)f->side) ? 1 : -1;
    p->exponent = f->exponent;
    p->multiplier = f->multiplier;
    p->mark = f->price;
    p->best = f->price;
    p->price_max = f->price;
    p->price_min = f->price;
    p->t_entry = f->t_event;
    p->entry_date = a->today;
}

/* Money that comes in settles on the sale's date, money that goes out leaves at once. */
static void cash_move(account_t *a, i64 amount)
{
    a->cash.v += amount;
    if (amount <= 0 || a->settles <= a->today) {
        a->settled.v += amount;
        return;
    }
    settle_t *free_slot = NULL;
    for (u32 i = 0; i < ACCOUNT_SETTLE; i++) {
        settle_t *s = &a->settle[i];
        if (s->amount.v != 0 && s->date == a->settles) {
            s->amount.v += amount;
            return;
        }
        free_slot = s->amount.v == 0 && free_slot == NULL ? s : free_slot;
    }
    /* Settlement is at most a few days away and a day is one entry, so a slot is always free. */
    ASSERT(free_slot != NULL);
    *free_slot = (settle_t){.date = a->settles, .amount = {amount}};
}

/* In which money a purchase of a cash account was paid. What settled cash does not cover is paid by sales on
 * their way, the earliest first; commissions of today's purchases are left out of the reckoning, since the
 * gates let an order in by its price. */
static void funds_take(account_t *a, position_t *p)
{
    i64 missing = -a->settled.v;
    for (u32 i = 0; i < a->positions_used; i++) {
        const position_t *other = &a->positions[i];
        missing -= other->inst != INST_NONE && other->entry_date == a->today ? other->fees.v : 0;
    }
    if (missing <= 0) {
        return;
    }
    date_t due = ACCOUNT_NOT_DUE;
    for (u32 i = 0; i < ACCOUNT_SETTLE; i++) {
        i64 until = 0;
        for (u32 k = 0; k < ACCOUNT_SETTLE; k++) {
            until += a->settle[k].date <= a->settle[i].date ? a->settle[k].amount.v : 0;
        }
        if (a->settle[i].amount.v != 0 && until >= missing) {
            due = MIN_OF(due, a->settle[i].date);
        }
    }
    p->funds_due = MAX_OF(p->funds_due, due);
    ASSERT(p->funds_due > a->today);
}

/* A sale of what was not paid with settled money yet (Regulation T, 12 CFR 220.8): paid by nothing but this
 * very sale it is free-riding, which freezes the account at once; otherwise a good-faith violation, which
 * does so when there are too many in twelve months. One purchase counts once. */
static void funds_sold(account_t *a, position_t *p, i64 cash_before)
{
    if (p->funds_due <= a->today) {
        return;
    }
    bool freeriding = p->funds_due == ACCOUNT_NOT_DUE && cash_before < 0;
    p->funds_due = 0;
    if (freeriding) {
        a->freerides_ever++;
    } else {
        memmove(&a->good_faith[1], &a->good_faith[0], (ACCOUNT_GOOD_FAITH - 1) * sizeof a->good_faith[0]);
        a->good_faith[0] = a->today;
        a->good_faith_ever++;
    }
    if (freeriding || account_good_faith(a) > a->law.good_faith_max) {
        a->frozen_until = a->today + a->law.freeze_days;
    }
}

void account_funds_settled(account_t *a)
{
    ASSERT(a != NULL);
    for (u32 i = 0; i < a->positions_used && a->settled.v >= 0; i++) {
        a->positions[i].funds_due = 0;
    }
}

/* The average is for people and for R; the cost stays the truth. */
static err_t position_average(position_t *p)
{
    if (p->qty.v == 0) {
        return ERR_OK;
    }
    i128 units = (i128)p->qty.v * p->multiplier;
    if (units > I64_MAX || units < -(i128)I64_MAX) {
        return ERR_OVERFLOW;
    }
    i64 scale = (PRICE_SCALE / MONEY_SCALE) * fixed_pow10((u32)-p->exponent);
    return fixed_mul_div(p->cost.v, scale, (i64)units, ROUND_NEAREST, &p->avg.v);
}

typedef struct {
    i64 flow;    /* cash flow of the closing part: sales are positive */
    i64 cost;    /* signed cost that leaves the books */
    i64 opening; /* cash flow of the opening part */
} split_t;

/* Splits one execution into what closes and what opens; the value of both parts adds up to the fill's. */
static err_t fill_split(const position_t *p, const fill_t *f, i64 flow, i64 closing, split_t *out)
{
    split_t s = {0};
    i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
    if (closing > 0) {
        s.flow = flow;
        s.cost = p->cost.v;
        if (closing < f->qty.v) {
            TRY(fixed_mul_div(flow, closing, f->qty.v, ROUND_NEAREST, &s.flow));
        }
        if (closing < size) {
            TRY(fixed_mul_div(p->cost.v, closing, size, ROUND_NEAREST, &s.cost));
        }
    }
    s.opening = flow - s.flow;
    *out = s;
    return ERR_OK;
}

static void position_apply(position_t *p, const fill_t *f, const split_t *s, i64 closing)
{
    i64 sign = side_is_buy((side_t)f->side) ? 1 : -1;
    i64 opening = f->qty.v - closing;
    p->qty.v += sign * f->qty.v;
    p->cost.v += -s->cost - s->opening;
    p->closed.v += closing;
    p->opened.v += opening;
    p->close_value.v += s->flow < 0 ? -s->flow : s->flow;
    p->open_value.v += s->opening < 0 ? -s->opening : s->opening;
    p->realised.v += s->flow - s->cost;
    p->fees.v += f->fee.v;
    p->spread_cost.v += f->spread_cost.v;
    p->slippage_cost.v += f->slippage_cost.v;
    p->impact_cost.v += f->impact_cost.v;
    if (p->qty.v != 0) {
        p->direction = p->qty.v > 0 ? 1 : -1;
    }
    p->price_max.v = MAX_OF(p->price_max.v, f->price.v);
    p->price_min.v = MIN_OF(p->price_min.v, f->price.v);
}

static void ledger_fill(ledger_t *l, const fill_t *f, const split_t *s)
{
    ledger_post(l, LEDGER_CASH, LEDGER_POSITIONS, (money_t){s->flow + s->opening});
    ledger_post(l, LEDGER_POSITIONS, LEDGER_REALISED, (money_t){s->flow - s->cost});
    ledger_post(l, LEDGER_FEES, LEDGER_CASH, f->fee);
    l->spread.v += f->spread_cost.v;
    l->slippage.v += f->slippage_cost.v;
    l->impact.v += f->impact_cost.v;
}

/* A broker's figures may be anything: what a sum cannot hold is refused before anything moves. A quarter of
 * what fits leaves room for every sum that adds two of them; what the position comes to at its mark may grow
 * a thousandfold before it does not fit any more. */
static err_t fill_fits(const account_t *a, const position_t *p, const fill_t *f, i64 value)
{
    const i64 most = I64_MAX / 4;
    const i64 sums[] = {f->qty.v,   p->qty.v,        p->opened.v,      p->closed.v,
                        p->fees.v,  p->open_value.v, p->close_value.v, a->ledger.debits.v};
    bool fits = value <= ACCOUNT_FILL_MAX && f->fee.v <= ACCOUNT_FILL_MAX;
    for (u32 i = 0; i < COUNT_OF(sums); i++) {
        fits = fits && sums[i] <= most && sums[i] >= -most;
    }
    money_t marked = {0};
    i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
    qty_t qty = {fits ? size + f->qty.v : 0};
    TRY(money_of(p->mark, qty, f->exponent, f->multiplier, ROUND_NEAREST, &marked));
    return fits && marked.v <= ACCOUNT_FILL_MAX ? ERR_OK : ERR_OVERFLOW;
}

err_t account_book(account_t *a, const fill_t *fill, money_t *realised, position_t **position)
{
    ASSERT(a != NULL && fill != NULL && realised != NULL && position != NULL);
    ASSERT(fill->qty.v > 0 && fill->price.v > 0 && fill->fee.v >= 0 && fill->multiplier > 0);
    position_t *p = position_claim(a, fill);
    if (p == NULL) {
        return ERR_POOL_FULL;
    }
    position_t next = *p;
    if (p->inst == INST_NONE) {
        position_start(a, &next, fill);
    }
    money_t value;
    TRY(money_of(fill->price, fill->qty, fill->exponent, fill->multiplier, ROUND_NEAREST, &value));
    TRY(fill_fits(a, &next, fill, value.v));
    bool buy = side_is_buy((side_t)fill->side);
    i64 flow = buy ? -value.v : value.v;
    bool opposite = next.qty.v != 0 && (next.qty.v > 0) != buy;
    i64 size = next.qty.v < 0 ? -next.qty.v : next.qty.v;
    i64 closing = opposite ? MIN_OF(size, fill->qty.v) : 0;
    split_t s;
    TRY(fill_split(&next, fill, flow, closing, &s));
    position_apply(&next, fill, &s, closing);
    TRY(position_average(&next));
    *p = next;
    a->positions_used = MAX_OF(a->positions_used, (u32)(p - a->positions) + 1);
    i64 cash_before = a->cash.v;
    cash_move(a, flow - fill->fee.v);
    if (a->law.cash != 0 && !buy && closing > 0) {
        funds_sold(a, p, cash_before);
    } else if (a->law.cash != 0 && buy && closing < fill->qty.v) {
        funds_take(a, p);
    }
    ledger_fill(&a->ledger, fill, &s);
    *realised = (money_t){s.flow - s.cost};
    *position = p;
    account_watch(a);
    ASSERT_SLOW(account_check(a));
    return ERR_OK;
}

/* Average price of a value over a quantity, for reports. */
static price_t price_of(money_t value, qty_t qty, const position_t *p)
{
    price_t out = {0};
    i128 units = (i128)qty.v * p->multiplier;
    if (units <= 0 || units > I64_MAX) {
        return out;
    }
    i64 scale = (PRICE_SCALE / MONEY_SCALE) * fixed_pow10((u32)-p->exponent);
    err_t err = fixed_mul_div(value.v, scale, (i64)units, ROUND_NEAREST, &out.v);
    return err == ERR_OK ? out : (price_t){0};
}

static closed_trade_t trade_of(const account_t *a, const position_t *p, i64 t_exit)
{
    closed_trade_t t = {.entry_id = p->entry_id,
                        .account_id = a->account_id,
                        .inst = p->inst,
                        .direction = p->direction,
                        .reason = p->exit_reason,
                        .flags = p->flags,
                        .tag = p->tag,
                        .qty = p->opened,
                        .entry = price_of(p->open_value, p->opened, p),
                        .exit = price_of(p->close_value, p->closed, p),
                        .t_entry = p->t_entry,
                        .t_exit = t_exit,
                        .hold_ns = t_exit - p->t_entry,
                        .entry_date = p->entry_date,
                        .exit_date = a->today,
                        .gross = p->realised,
                        .fees = p->fees,
                        .dividends = p->dividends,
                        .net = {p->realised.v - p->fees.v + p->dividends.v},
                        .spread_cost = p->spread_cost,
                        .slippage_cost = p->slippage_cost,
                        .impact_cost = p->impact_cost,
                        .a = p->tag.a,
                        .r = p->r,
                        .stop_initial = p->stop_initial,
                        .stop_last = p->stop,
                        .target = p->target,
                        .mfe = p->mfe,
                        .mae = p->mae,
                        .price_max = p->price_max,
                        .price_min = p->price_min,
                        .adjusted = p->adjusted != 0};
    if (p->risk_money.v > 0) {
        t.gross_r = (f64)t.gross.v / (f64)p->risk_money.v;
        t.net_r = (f64)t.net.v / (f64)p->risk_money.v;
    }
    return t;
}

void account_close(account_t *a, position_t *p, i64 t_exit, f64 loss_min_r, closed_trade_t *out)
{
    ASSERT(a != NULL && p != NULL && out != NULL);
    ASSERT(p->inst != INST_NONE && p->qty.v == 0 && p->cost.v == 0);
    closed_trade_t t = trade_of(a, p, t_exit);
    a->day.realised.v += t.net.v;
    a->day.closed++;
    if (t.entry_date == a->today) {
        a->day.day_trades++;
    }
    bool lost = p->risk_money.v > 0 ? t.net_r < -loss_min_r : t.net.v < 0;
    if ((t.flags & TAG_PROBE) == 0) {
        a->day.losses_in_row = lost ? a->day.losses_in_row + 1 : 0;
    }
    memset(p, 0, sizeof *p);
    p->inst = INST_NONE;
    account_positions_count(a);
    *out = t;
}

u32 account_close_flat(account_t *a, i64 t, f64 loss_min_r, closed_trades_t *out)
{
    ASSERT(a != NULL && out != NULL);
    u32 closed = 0;
    for (u32 i = 0; i < a->positions_used; i++) {
        position_t *p = &a->positions[i];
        if (p->inst == INST_NONE || p->qty.v != 0) {
            continue;
        }
        ASSERT(out->count < CLOSED_TRADES);
        account_close(a, p, t, loss_min_r, &out->v[out->count++]);
        closed++;
    }
    return closed;
}
