/* See account.h: the account as a value; booking is in account_book.c, corporate actions in
 * account_action.c. */
#include "trade/portfolio/account.h"

#include <string.h>

#include "base/assert.h"

void account_init(account_t *a, const account_setup_t *setup)
{
    ASSERT(a != NULL && setup != NULL);
    ASSERT(setup->cash.v >= 0);
    memset(a, 0, sizeof *a);
    a->account_id = setup->account_id;
    a->owner_id = setup->owner_id;
    a->risk_group_id = setup->risk_group_id;
    a->incarnation = setup->incarnation;
    a->visibility_delay_ns = setup->visibility_delay_ns;
    a->epoch = 1;
    a->cash = setup->cash;
    a->settled = setup->cash;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        a->positions[i].inst = INST_NONE;
    }
    ledger_init(&a->ledger);
    ledger_post(&a->ledger, LEDGER_CASH, LEDGER_EQUITY_IN, setup->cash);
    a->day.equity_start = setup->cash;
    a->day.equity_high = setup->cash;
    a->day.equity_low = setup->cash;
}

void account_copy(account_t *to, const account_t *from)
{
    ASSERT(to != NULL && from != NULL && to != from);
    ASSERT(to->orders_used <= LIMIT_ORDERS && from->orders_used <= LIMIT_ORDERS);
    u32 used = from->orders_used;
    if (to->orders_used > used) { /* free slots are zero in every account */
        memset(&to->orders[used], 0, (size_t)(to->orders_used - used) * sizeof to->orders[0]);
    }
    memcpy(to, from, offsetof(account_t, orders) + used * sizeof from->orders[0]);
    memcpy(&to->halt_market, &from->halt_market, sizeof *to - offsetof(account_t, halt_market));
}

/* Value of an open quantity at its mark; bounded orders cannot overflow it. */
static i64 position_value(const position_t *p)
{
    money_t value;
    err_t err = money_of(p->mark, p->qty, p->exponent, p->multiplier, ROUND_NEAREST, &value);
    ASSERT(err == ERR_OK);
    return value.v;
}

/* Wider than money: 64 positions near what money holds are more than it holds. */
typedef struct {
    i128 longs;
    i128 shorts;
} sides_t;

static sides_t account_sides(const account_t *a)
{
    sides_t s = {0};
    for (u32 i = 0; i < a->positions_used; i++) {
        const position_t *p = &a->positions[i];
        if (p->inst == INST_NONE || p->qty.v == 0) {
            continue;
        }
        i64 value = position_value(p);
        if (value >= 0) {
            s.longs += value;
        } else {
            s.shorts -= value;
        }
    }
    return s;
}

money_t account_equity(const account_t *a)
{
    ASSERT(a != NULL);
    sides_t s = account_sides(a);
    return money_saturated(a->cash.v + s.longs - s.shorts);
}

money_t account_gross(const account_t *a)
{
    ASSERT(a != NULL);
    sides_t s = account_sides(a);
    return money_saturated(s.longs + s.shorts);
}

money_t account_net(const account_t *a)
{
    ASSERT(a != NULL);
    sides_t s = account_sides(a);
    return money_saturated(s.longs - s.shorts);
}

u32 account_position_count(const account_t *a)
{
    ASSERT(a != NULL);
    u32 n = 0;
    for (u32 i = 0; i < a->positions_used; i++) {
        n += a->positions[i].inst != INST_NONE ? 1 : 0;
    }
    return n;
}

void account_positions_count(account_t *a)
{
    ASSERT(a != NULL);
    a->positions_used = LIMIT_POSITIONS;
    while (a->positions_used > 0 && a->positions[a->positions_used - 1].inst == INST_NONE) {
        a->positions_used--;
    }
}

const position_t *account_position_const(const account_t *a, inst_t inst)
{
    ASSERT(a != NULL && inst != INST_NONE);
    for (u32 i = 0; i < a->positions_used; i++) {
        if (a->positions[i].inst == inst) {
            return &a->positions[i];
        }
    }
    return NULL;
}

position_t *account_position(account_t *a, inst_t inst)
{
    const position_t *p = account_position_const(a, inst);
    return p == NULL ? NULL : &a->positions[p - a->positions];
}

const order_t *account_order_const(const account_t *a, id128_t id)
{
    ASSERT(a != NULL && a->orders_used <= LIMIT_ORDERS);
    for (u32 i = 0; i < a->orders_used; i++) {
        if (a->orders[i].state != 0 && id128_eq(a->orders[i].intent.id, id)) {
            return &a->orders[i];
        }
    }
    return NULL;
}

order_t *account_order(account_t *a, id128_t id)
{
    const order_t *o = account_order_const(a, id);
    return o == NULL ? NULL : &a->orders[o - a->orders];
}

account_plan_t *account_plan(account_t *a, id128_t parent)
{
    ASSERT(a != NULL);
    for (u32 i = 0; i < ACCOUNT_PLANS; i++) {
        if (a->plans[i].schedule.count > 0 && id128_eq(a->plans[i].parent, parent)) {
            return &a->plans[i];
        }
    }
    return NULL;
}

bool account_entry_working(const account_t *a, inst_t inst)
{
    ASSERT(a != NULL);
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->state != 0 && o->intent.inst == inst && side_is_opening((side_t)o->intent.side) &&
            !order_state_is_terminal((order_state_t)o->state)) {
            return true;
        }
    }
    return false;
}

bool account_outlived(const account_t *a, inst_t inst)
{
    ASSERT(a != NULL && inst != INST_NONE);
    bool outlived = false;
    for (u32 i = 0; i < a->orders_used && !outlived; i++) {
        const order_t *o = &a->orders[i];
        outlived = o->state != 0 && o->intent.inst == inst && !side_is_opening((side_t)o->intent.side) &&
                   !order_state_is_terminal((order_state_t)o->state) && o->live.v > o->filled.v;
    }
    return outlived && account_position_const(a, inst) == NULL;
}

static void watch_equity(account_t *a, i64 equity)
{
    a->day.equity_high.v = MAX_OF(a->day.equity_high.v, equity);
    a->day.equity_low.v = MIN_OF(a->day.equity_low.v, equity);
}

void account_watch(account_t *a)
{
    ASSERT(a != NULL);
    watch_equity(a, account_equity(a).v);
}

void account_mark(account_t *a, inst_t inst, price_t mid)
{
    ASSERT(a != NULL && mid.v > 0);
    position_t *p = account_position(a, inst);
    if (p != NULL) {
        p->mark = mid;
        account_watch(a);
    }
}

static void position_saw(position_t *p, price_t high, price_t low)
{
    p->price_max.v = MAX_OF(p->price_max.v, high.v);
    p->price_min.v = MIN_OF(p->price_min.v, low.v);
    i64 up = high.v - p->avg.v;
    i64 down = p->avg.v - low.v;
    p->mfe.v = MAX_OF(p->mfe.v, p->direction > 0 ? up : down);
    p->mae.v = MAX_OF(p->mae.v, p->direction > 0 ? down : up);
    if (p->direction > 0) {
        p->best.v = MAX_OF(p->best.v, high.v);
    } else {
        p->best.v = MIN_OF(p->best.v, low.v);
    }
}

static void position_mark(position_t *p, const bar_t *bar, bool traded_from)
{
    ASSERT(bar->low.v > 0 && bar->low.v <= bar->high.v);
    p->mark = bar->close;
    if (traded_from) {
        position_saw(p, bar->high, bar->low);
    } else {
        position_saw(p, bar->close, bar->close);
    }
}

/* One sum that is carried from mark to mark: adding up all positions anew for each of them costs their number
 * squared. It is exact, so it is the same. */
void account_mark_slice(account_t *a, const slice_t *slice)
{
    ASSERT(a != NULL && slice != NULL);
    sides_t all = account_sides(a);
    i128 equity = a->cash.v + all.longs - all.shorts;
    for (u32 i = 0; i < a->positions_used; i++) {
        position_t *p = &a->positions[i];
        const bar_t *b = p->direction != 0 && p->inst != INST_NONE ? slice_bar(slice, p->inst) : NULL;
        if (b == NULL) {
            continue;
        }
        equity -= position_value(p);
        position_mark(p, b, p->t_entry <= b->t_event);
        equity += position_value(p);
        watch_equity(a, money_saturated(equity).v);
    }
    watch_equity(a, money_saturated(equity).v);
}

static bool order_is_needed(const account_t *a, const order_t *o)
{
    if (o->state == 0) {
        return false;
    }
    return !order_state_is_terminal((order_state_t)o->state) ||
           account_position_const(a, o->intent.inst) != NULL;
}

static bool orders_fit(const account_t *a, u32 count)
{
    u32 needed = 0;
    for (u32 i = 0; i < a->orders_used; i++) {
        needed += order_is_needed(a, &a->orders[i]) ? 1 : 0;
    }
    return needed + count <= LIMIT_ORDERS;
}

static void orders_compact(account_t *a)
{
    u32 kept = 0;
    for (u32 i = 0; i < a->orders_used; i++) {
        if (!order_is_needed(a, &a->orders[i])) {
            continue;
        }
        if (kept != i) {
            a->orders[kept] = a->orders[i];
        }
        kept++;
    }
    memset(&a->orders[kept], 0, (size_t)(a->orders_used - kept) * sizeof a->orders[0]);
    a->orders_used = kept;
}

bool account_orders_fit(const account_t *a, u32 count)
{
    ASSERT(a != NULL && count <= LIMIT_ORDERS);
    return a->orders_used + count <= LIMIT_ORDERS || orders_fit(a, count);
}

bool account_orders_room(account_t *a, u32 count)
{
    ASSERT(a != NULL && count <= LIMIT_ORDERS);
    if (!account_orders_fit(a, count)) {
        return false; /* nothing is dropped for what does not come: recovery sees no fact of it */
    }
    if (a->orders_used + count > LIMIT_ORDERS) {
        orders_compact(a);
    }
    ASSERT(a->orders_used + count <= LIMIT_ORDERS);
    return true;
}

static void settle_until(account_t *a, date_t today)
{
    for (u32 i = 0; i < ACCOUNT_SETTLE; i++) {
        settle_t *s = &a->settle[i];
        if (s->amount.v != 0 && s->date <= today) {
            a->settled.v += s->amount.v;
            *s = (settle_t){0};
        }
    }
}

void account_day_begin(account_t *a, date_t today, date_t settles)
{
    ASSERT(a != NULL && settles >= today);
    ASSERT(a->today == 0 || today >= a->today);
    if (a->today != 0 && today != a->today) {
        for (u32 i = ACCOUNT_PDT_DAYS - 1; i > 0; i--) {
            a->day_trades[i] = a->day_trades[i - 1];
        }
        a->day_trades[0] = a->day.day_trades;
    }
    a->today = today;
    a->settles = settles;
    settle_until(a, today);
    account_funds_settled(a);
    money_t equity = account_equity(a);
    a->day = (account_day_t){.equity_start = equity, .equity_high = equity, .equity_low = equity};
    orders_compact(a);
    for (u32 i = 0; i < a->orders_used; i++) {
        a->orders[i].flags &= ~(u32)ORDER_FLAG_COUNTED;
    }
    account_watch(a);
    ASSERT_SLOW(account_check(a));
}

money_t account_settled(const account_t *a)
{
    ASSERT(a != NULL);
    return (money_t){MIN_OF(a->settled.v, a->cash.v)};
}

void account_law_set(account_t *a, const account_law_t *law)
{
    ASSERT(a != NULL && law != NULL);
    ASSERT(law->cash <= 1 && law->freeze_days >= 0);
    a->law = *law;
}

u32 account_good_faith(const account_t *a)
{
    ASSERT(a != NULL);
    u32 n = 0;
    for (u32 i = 0; i < ACCOUNT_GOOD_FAITH; i++) {
        n += a->good_faith[i] != 0 && a->good_faith[i] >= a->law.good_faith_from ? 1 : 0;
    }
    return n;
}

u32 account_unsettled_positions(const account_t *a)
{
    ASSERT(a != NULL);
    u32 n = 0;
    for (u32 i = 0; i < a->positions_used; i++) {
        n += a->positions[i].inst != INST_NONE && a->positions[i].funds_due > a->today ? 1 : 0;
    }
    return n;
}

i32 account_frozen_days(const account_t *a)
{
    ASSERT(a != NULL);
    return a->frozen_until >= a->today && a->frozen_until != 0 /* whatever the account has become since */
               ? a->frozen_until - a->today + 1
               : 0;
}

u32 account_day_trades(const account_t *a, u32 days)
{
    ASSERT(a != NULL);
    ASSERT(days >= 1 && days <= ACCOUNT_PDT_DAYS);
    u32 n = a->day.day_trades;
    for (u32 i = 0; i < days - 1; i++) {
        n += a->day_trades[i];
    }
    return n;
}

const char *cash_kind_name(cash_kind_t kind)
{
    static const char *const names[] = {"?",        "dividend",   "split",  "split",        "interest",
                                        "deposit",  "borrow fee", "payout", "bunch residue"};
    _Static_assert(COUNT_OF(names) == CASH_BUNCH + 1, "a kind has no name");
    return (u32)kind < COUNT_OF(names) ? names[kind] : "?";
}

void account_on_cash(account_t *a, cash_kind_t kind, money_t amount, outbox_t *out)
{
    ASSERT(a != NULL && out != NULL);
    ASSERT(kind == CASH_INTEREST || kind == CASH_DEPOSIT);
    a->cash.v += amount.v;
    a->settled.v += amount.v;
    account_funds_settled(a);
    ledger_post(&a->ledger, LEDGER_CASH, kind == CASH_INTEREST ? LEDGER_INTEREST : LEDGER_EQUITY_IN, amount);
    ev_CASH_t *f = &outbox_fact(out, EV_CASH)->as.CASH;
    f->account = a->account_id;
    f->inst = INST_NONE;
    f->kind = (u8)kind;
    f->amount = amount.v;
    f->cash_after = a->cash.v;
}

void account_halt_note(account_t *a, const halt_t *h)
{
    ASSERT(a != NULL && h != NULL);
    ASSERT(halt_is_sound(h, LIMIT_UNIVERSE));
    u8 *stands = h->inst == INST_NONE ? &a->halt_market : &a->halts[h->inst];
    if (h->halted != 0) {
        *stands = h->kind;
    } else if (halt_ends(h->kind, *stands)) {
        *stands = HALT_NONE;
    }
}

bool account_is_halted(const account_t *a, inst_t inst)
{
    ASSERT(a != NULL);
    return a->halt_market != HALT_NONE || (inst < LIMIT_UNIVERSE && a->halts[inst] != HALT_NONE);
}

/* All walks over positions end at positions_used: what it leaves out would be nobody's. */
static bool used_is_tight(const account_t *a)
{
    u32 last = LIMIT_POSITIONS;
    while (last > 0 && a->positions[last - 1].inst == INST_NONE) {
        last--;
    }
    return a->positions_used == last;
}

bool account_check(const account_t *a)
{
    ASSERT(a != NULL);
    i64 queued = 0;
    for (u32 i = 0; i < ACCOUNT_SETTLE; i++) {
        queued += a->settle[i].amount.v;
    }
    i64 cost = 0;
    bool positions = true;
    for (u32 i = 0; i < a->positions_used; i++) {
        const position_t *p = &a->positions[i];
        if (p->inst == INST_NONE) {
            continue;
        }
        cost += p->cost.v;
        i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
        positions = positions && (p->adjusted != 0 || size == p->opened.v - p->closed.v) &&
                    (p->qty.v == 0 || (p->qty.v > 0) == (p->direction > 0));
    }
    return positions && used_is_tight(a) && ledger_balanced(&a->ledger) &&
           a->ledger.balance[LEDGER_CASH].v == a->cash.v && a->ledger.balance[LEDGER_POSITIONS].v == cost &&
           a->settled.v + queued == a->cash.v && ledger_book_value(&a->ledger).v == a->cash.v + cost;
}

const char *exit_reason_name(exit_reason_t r)
{
    static const char *const names[] = {"none",     "stop", "target", "end_of_day", "regime",  "flip",
                                        "max_hold", "kill", "user",   "reconcile",  "run_end", "payout"};
    _Static_assert(COUNT_OF(names) == EXIT_REASON_COUNT, "a name for each reason");
    ASSERT(r < EXIT_REASON_COUNT);
    return names[r];
}
