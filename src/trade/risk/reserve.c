/* See reserve.h. */
#include "trade/risk/reserve.h"

#include "base/assert.h"

enum { DUPLICATE_NS_SECONDS = 60 };

static i64 add_up(i64 a, i64 b)
{
    i64 sum;
    return __builtin_add_overflow(a, b, &sum) ? I64_MAX : sum;
}

/* Value of a quantity at a price, never negative, saturating: a sum that cannot be held must refuse, not
 * wrap. */
static i64 value_of(i64 price, i64 qty, i32 exponent, i64 multiplier)
{
    money_t m;
    i64 size = qty < 0 ? -qty : qty;
    err_t err = money_of((price_t){price < 0 ? 0 : price}, (qty_t){size}, exponent, multiplier, ROUND_UP, &m);
    return err == ERR_OK ? m.v : I64_MAX;
}

static i64 worst_price(const intent_t *d)
{
    if (d->limit.v > 0 && side_is_buy((side_t)d->side)) {
        return d->limit.v;
    }
    return MAX_OF(d->reference.v, MAX_OF(d->stop.v, d->limit.v));
}

money_t reserve_notional(const intent_t *draft, i32 exponent, i64 multiplier)
{
    ASSERT(draft != NULL && multiplier > 0);
    ASSERT(exponent <= 0 && exponent >= QTY_EXPONENT_MIN);
    return (money_t){value_of(worst_price(draft), draft->qty.v, exponent, multiplier)};
}

/* Distance to the protective price; an entry without one risks everything. */
static i64 draft_distance(const intent_t *d)
{
    i64 price = worst_price(d);
    if (d->bracket_stop.v <= 0) {
        return price;
    }
    i64 distance = side_is_buy((side_t)d->side) ? price - d->bracket_stop.v : d->bracket_stop.v - price;
    return MAX_OF(distance, 0);
}

money_t reserve_heat(const intent_t *draft, price_t atr_d, i32 exponent, i64 multiplier)
{
    ASSERT(draft != NULL && multiplier > 0);
    ASSERT(atr_d.v >= 0);
    return (money_t){value_of(MAX_OF(draft_distance(draft), atr_d.v), draft->qty.v, exponent, multiplier)};
}

static i64 position_distance(const position_t *p)
{
    if (p->stop.v <= 0) {
        return p->mark.v;
    }
    i64 distance = p->direction > 0 ? p->mark.v - p->stop.v : p->stop.v - p->mark.v;
    return MAX_OF(distance, 0);
}

static void add_position(const account_t *a, const position_t *p, const intent_t *draft, u16 sector,
                         risk_summary_t *s)
{
    i64 value = value_of(p->mark.v, p->qty.v, p->exponent, p->multiplier);
    i64 distance = position_distance(p);
    s->positions++;
    s->opened_today += p->entry_date == a->today ? 1 : 0;
    s->heat.v =
        add_up(s->heat.v, value_of(MAX_OF(distance, p->tag.atr_d.v), p->qty.v, p->exponent, p->multiplier));
    s->open_risk.v = add_up(s->open_risk.v, value_of(distance, p->qty.v, p->exponent, p->multiplier));
    if (p->qty.v > 0) {
        s->long_value.v = add_up(s->long_value.v, value);
        s->high_beta_long += (p->flags & TAG_HIGH_BETA) != 0 ? 1 : 0;
    } else {
        s->short_value.v = add_up(s->short_value.v, value);
        s->high_beta_short += (p->flags & TAG_HIGH_BETA) != 0 ? 1 : 0;
    }
    if (p->inst == draft->inst) {
        s->inst_value.v = add_up(s->inst_value.v, value);
    }
    if (p->tag.sector == sector) {
        s->sector_value.v = add_up(s->sector_value.v, value);
        s->sector_positions++;
    }
}

/* True if no position and no earlier live entry stands for this order's instrument: it will be a position
 * more. */
static bool is_new_name(const account_t *a, u32 at)
{
    inst_t inst = a->orders[at].intent.inst;
    if (account_position_const(a, inst) != NULL) {
        return false;
    }
    for (u32 i = 0; i < at; i++) {
        const order_t *o = &a->orders[i];
        if (o->state != 0 && o->intent.inst == inst && side_is_opening((side_t)o->intent.side) &&
            !order_state_is_terminal((order_state_t)o->state)) {
            return false;
        }
    }
    return true;
}

static void add_order(const account_t *a, u32 at, const intent_t *draft, u16 sector, risk_summary_t *s)
{
    const order_t *o = &a->orders[at];
    intent_t rest = o->intent;
    rest.qty.v = MAX_OF(o->live.v - o->filled.v, 0);
    if (rest.qty.v == 0) {
        return;
    }
    i64 value = reserve_notional(&rest, o->exponent, o->multiplier).v;
    bool name = is_new_name(a, at);
    bool is_long = side_is_buy((side_t)rest.side);
    money_t *reserved = is_long ? &s->long_reserved : &s->short_reserved;
    reserved->v = add_up(reserved->v, value);
    s->heat.v = add_up(s->heat.v, reserve_heat(&rest, o->tag.atr_d, o->exponent, o->multiplier).v);
    s->open_risk.v =
        add_up(s->open_risk.v, value_of(draft_distance(&rest), rest.qty.v, o->exponent, o->multiplier));
    s->positions += name ? 1 : 0;
    s->opened_today += name ? 1 : 0;
    if ((o->tag.flags & TAG_HIGH_BETA) != 0 && name) {
        *(is_long ? &s->high_beta_long : &s->high_beta_short) += 1;
    }
    if (rest.inst == draft->inst) {
        s->inst_value.v = add_up(s->inst_value.v, value);
    }
    if (o->tag.sector == sector) {
        s->sector_value.v = add_up(s->sector_value.v, value);
        s->sector_positions += name ? 1 : 0;
    }
}

/* Equal order working, or decided within a minute. Slices of one parent are told apart by that parent. */
static bool is_duplicate(const order_t *o, const intent_t *d, i64 now)
{
    static const id128_t none = {{0}};
    const intent_t *i = &o->intent;
    bool slices = !id128_eq(d->parent, none) && id128_eq(i->parent, d->parent);
    bool equal = i->inst == d->inst && i->side == d->side && i->type == d->type && i->role == d->role &&
                 i->qty.v == d->qty.v && i->limit.v == d->limit.v && i->stop.v == d->stop.v;
    bool recent = now - i->t_decided < DUPLICATE_NS_SECONDS * NS_PER_SEC;
    return equal && !slices && (recent || !order_state_is_terminal((order_state_t)o->state));
}

static u32 sent_since(const account_t *a, i64 since)
{
    u64 n = MIN_OF(a->sent_count, (u64)ACCOUNT_RATE);
    u32 count = 0;
    for (u64 i = 0; i < n; i++) {
        count += a->sent[i] > since ? 1 : 0;
    }
    return count;
}

void reserve_summary(const account_t *a, const intent_t *draft, u16 sector, i64 now, risk_summary_t *out)
{
    ASSERT(a != NULL && draft != NULL && out != NULL);
    ASSERT(a->orders_used <= LIMIT_ORDERS);
    risk_summary_t s = {.equity = account_equity(a), .cash = a->cash, .settled = account_settled(a),
                        .sent_last_minute = sent_since(a, now - NS_PER_MIN)};
    for (u32 i = 0; i < a->positions_used; i++) {
        if (a->positions[i].inst != INST_NONE) {
            add_position(a, &a->positions[i], draft, sector, &s);
        }
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->state == 0) {
            continue;
        }
        s.duplicate = s.duplicate || is_duplicate(o, draft, now);
        if (o->state == ORDER_UNKNOWN && o->intent.inst == draft->inst && o->intent.side == draft->side) {
            s.unknown_same_side++;
        }
        if (side_is_opening((side_t)o->intent.side) && !order_state_is_terminal((order_state_t)o->state)) {
            add_order(a, i, draft, sector, &s);
        }
    }
    *out = s;
}

static bool order_opens(const order_t *o)
{
    return o->state != 0 && side_is_opening((side_t)o->intent.side) &&
           !order_state_is_terminal((order_state_t)o->state) && o->live.v > o->filled.v;
}

bool reserve_sectors(const account_t *a, money_t out[SECTOR_COUNT])
{
    ASSERT(a != NULL && out != NULL);
    money_t sum[SECTOR_COUNT] = {{0}};
    bool any = false;
    for (u32 i = 0; i < a->positions_used; i++) {
        const position_t *p = &a->positions[i];
        if (p->inst != INST_NONE) {
            u16 k = p->tag.sector < SECTOR_COUNT ? p->tag.sector : SECTOR_UNKNOWN;
            sum[k].v = add_up(sum[k].v, value_of(p->mark.v, p->qty.v, p->exponent, p->multiplier));
            any = true;
        }
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (order_opens(o)) {
            u16 k = o->tag.sector < SECTOR_COUNT ? o->tag.sector : SECTOR_UNKNOWN;
            intent_t rest = o->intent;
            rest.qty.v = o->live.v - o->filled.v;
            sum[k].v = add_up(sum[k].v, reserve_notional(&rest, o->exponent, o->multiplier).v);
            any = true;
        }
    }
    for (u32 k = 0; any && k < SECTOR_COUNT; k++) {
        out[k] = sum[k];
    }
    return any;
}

/* Whole shares of a quantity, rounded up: the law's floors are by the share. */
static i64 shares_of(const margin_ask_t *ask)
{
    i64 size = ask->qty < 0 ? -ask->qty : ask->qty;
    i64 shares = 0;
    i64 unit = fixed_pow10((u32)-ask->exponent);
    err_t err = fixed_mul_div(size, ask->multiplier, unit, ROUND_UP, &shares);
    return err == ERR_OK ? shares : I64_MAX;
}

money_t reserve_margin(const margin_ask_t *ask, const rules_t *rules)
{
    ASSERT(ask != NULL && rules != NULL);
    ASSERT(ask->multiplier > 0 && ask->exponent <= 0);
    money_t value = {value_of(ask->price.v, ask->qty, ask->exponent, ask->multiplier)};
    money_t need = {0};
    if (ask->leveraged || value.v == 0) {
        return value;
    }
    err_t err = ask->is_long ? margin_long_required(value, 1, rules, &need)
                             : margin_short_required(ask->price, shares_of(ask), rules, &need);
    return err == ERR_OK ? need : (money_t){I64_MAX};
}

void reserve_margin_book(const account_t *a, const rules_t *rules, margin_book_t *out)
{
    ASSERT(a != NULL && rules != NULL && out != NULL);
    margin_book_t b = {.equity = account_equity(a)};
    for (u32 i = 0; i < a->positions_used; i++) {
        const position_t *p = &a->positions[i];
        if (p->inst != INST_NONE && p->qty.v != 0) {
            margin_ask_t ask = {p->mark,       p->qty.v,     p->exponent,
                                p->multiplier, p->qty.v > 0, (p->flags & TAG_LEVERAGED) != 0};
            b.required.v = add_up(b.required.v, reserve_margin(&ask, rules).v);
        }
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (order_opens(o)) {
            margin_ask_t ask = {{worst_price(&o->intent)},
                                o->live.v - o->filled.v,
                                o->exponent,
                                o->multiplier,
                                side_is_buy((side_t)o->intent.side),
                                (o->tag.flags & TAG_LEVERAGED) != 0};
            b.orders_required.v = add_up(b.orders_required.v, reserve_margin(&ask, rules).v);
        }
    }
    *out = b;
}

static bool limits_meet(const intent_t *a, const intent_t *b)
{
    bool priced = order_type_has_limit((order_type_t)a->type) && order_type_has_limit((order_type_t)b->type);
    const intent_t *buy = side_is_buy((side_t)a->side) ? a : b;
    const intent_t *sell = buy == a ? b : a;
    return !priced || buy->limit.v >= sell->limit.v;
}

/* Whether a stop order has woken, as far as an account knows: it has filled in part, or the market stands at
 * or beyond its stop, or the one that a replace would give it. Nothing else needs to be known: the limit of a
 * stop limit lies beyond its stop, so that a market which comes back from there meets it on its way. */
static bool has_woken(const order_t *o, price_t market)
{
    if (o->filled.v > 0) {
        return true;
    }
    i32 d = side_is_buy((side_t)o->intent.side) ? 1 : -1;
    bool at_stop = d * (market.v - o->intent.stop.v) >= 0;
    bool at_next = o->want_stop.v > 0 && d * (market.v - o->want_stop.v) >= 0;
    return market.v > 0 && (at_stop || at_next);
}

bool reserve_crosses(const account_t *other, const intent_t *draft)
{
    ASSERT(other != NULL && draft != NULL);
    bool buys = side_is_buy((side_t)draft->side);
    for (u32 i = 0; i < other->orders_used; i++) {
        const order_t *o = &other->orders[i];
        const intent_t *t = &o->intent;
        if (o->state == 0 || order_state_is_terminal((order_state_t)o->state) || t->inst != draft->inst ||
            side_is_buy((side_t)t->side) == buys) {
            continue;
        }
        bool rests = order_type_has_stop((order_type_t)t->type) && !has_woken(o, draft->reference);
        if (!rests && o->live.v > o->filled.v && limits_meet(t, draft)) {
            return true;
        }
    }
    return false;
}

bool reserve_opposes(const account_t *other, const intent_t *draft)
{
    ASSERT(other != NULL && draft != NULL);
    bool buys = side_is_buy((side_t)draft->side);
    for (u32 i = 0; i < other->positions_used; i++) {
        const position_t *p = &other->positions[i];
        if (p->inst == draft->inst && p->qty.v != 0 && (p->qty.v > 0) != buys) {
            return true;
        }
    }
    for (u32 i = 0; i < other->orders_used; i++) {
        const order_t *o = &other->orders[i];
        if (order_opens(o) && o->intent.inst == draft->inst && side_is_buy((side_t)o->intent.side) != buys) {
            return true;
        }
    }
    return false;
}
