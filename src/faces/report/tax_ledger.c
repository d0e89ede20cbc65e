/* See tax_ledger.h. */
#include "faces/report/tax_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "model/calendar.h"
#include "model/order.h"
#include "trade/portfolio/account.h"

/* Where the market is: of coins everything counts days of UTC. */
static date_t day_of(i64 t, bool coin)
{
    date_t day = 0;
    i32 second = 0;
    zone_from_utc(coin ? ZONE_UTC : ZONE_NEW_YORK, t, &day, &second);
    return day;
}

u64 tax_owner(const report_users_t *users, u64 account)
{
    ASSERT(users != NULL);
    for (u32 i = 0; i < users->count; i++) {
        if (users->own_v[i].account == account) {
            return users->own_v[i].owner;
        }
    }
    return account;
}

/* Room for one more booking, whatever it does: a closing parts lots and closes them all, a purchase parts one
 * for each loss that it replaces. */
static err_t make_room(lots_t *l, u32 *open_room, u32 *closed_room)
{
    size_t open = (size_t)l->open_count * 2 + l->closed_count + 8;
    size_t closed = (size_t)l->closed_count + (size_t)l->open_count * 2 + 8;
    TRY(list_room(&l->open, open_room, open, sizeof *l->open));
    TRY(list_room(&l->closed, closed_room, closed, sizeof *l->closed));
    l->open_cap = *open_room;
    l->closed_cap = *closed_room;
    return ERR_OK;
}

static err_t book_one(tax_ledger_t *t, const lots_booking_t *b, u32 number)
{
    TRY(make_room(&t->lots, &t->open_room[0], &t->closed_room[0]));
    err_t err = lots_book(&t->lots, b, number);
    if (err != ERR_OK) {
        char day[11];
        date_print(day, b->date);
        t->broken = true;
        (void)snprintf(t->why, sizeof t->why, "booking %u of %s does not fit what is held", number, day);
    }
    return ERR_OK;
}

static err_t book(tax_ledger_t *t, const lots_booking_t *b)
{
    TRY(list_room(&t->own_booking, &t->booking_room, (size_t)t->bookings + 1, sizeof *b));
    t->own_booking[t->bookings++] = *b;
    return book_one(t, b, t->bookings - 1);
}

err_t tax_ledger_again(tax_ledger_t *t, lots_method_t method)
{
    ASSERT(t != NULL && (method == LOTS_FIFO || method == LOTS_DEAREST));
    t->lots.open_count = 0;
    t->lots.closed_count = 0;
    t->lots.method = method;
    t->broken = false;
    for (u32 i = 0; i < t->bookings && !t->broken; i++) {
        TRY(book_one(t, &t->own_booking[i], i));
    }
    return ERR_OK;
}

static const id128_t *parent_of(const tax_ledger_t *t, const id128_t *id)
{
    for (u32 i = t->slice_count; i-- > 0;) {
        if (id128_eq(t->own_slice[i].id, *id)) {
            return &t->own_slice[i].parent;
        }
    }
    return id;
}

static err_t on_intent(tax_ledger_t *t, const ev_INTENT_t *e)
{
    static const id128_t none = {{0}};
    if (e->role != ROLE_ENTRY || id128_eq(e->parent, none)) {
        return ERR_OK;
    }
    TRY(list_room(&t->own_slice, &t->slice_room, (size_t)t->slice_count + 1, sizeof *t->own_slice));
    t->own_slice[t->slice_count++] = (tax_slice_t){.id = e->id, .parent = e->parent};
    return ERR_OK;
}

static err_t on_fill(tax_ledger_t *t, const ev_FILL_t *e, u64 owner, const report_inst_t *unit)
{
    static const u8 kinds[] = {[SIDE_BUY] = LOTS_BUY,
                               [SIDE_SELL] = LOTS_SELL,
                               [SIDE_SELL_SHORT] = LOTS_SHORT,
                               [SIDE_BUY_TO_COVER] = LOTS_COVER};
    money_t value = {0};
    err_t err = money_of((price_t){e->price}, (qty_t){e->qty}, unit->exponent, unit->multiplier,
                         ROUND_NEAREST, &value);
    bool known = err == ERR_OK && e->side < COUNT_OF(kinds) && kinds[e->side] != 0;
    lots_booking_t b = {.owner = owner,
                        .account = e->account,
                        .inst = e->inst,
                        .date = day_of(e->t_event, unit->cls == CLASS_CRYPTO),
                        .kind = known ? kinds[e->side] : 0,
                        .coin = unit->cls == CLASS_CRYPTO,
                        .qty = e->qty,
                        .value = value,
                        .fee = {e->fee}};
    memcpy(&b.purchase, parent_of(t, &e->intent)->b, sizeof b.purchase);
    return book(t, &b);
}

static err_t on_split(tax_ledger_t *t, const ev_CASH_t *e, u64 owner, i64 at)
{
    i64 before = e->qty_before < 0 ? -e->qty_before : e->qty_before;
    i64 after = e->qty_after < 0 ? -e->qty_after : e->qty_after;
    lots_booking_t b = {.owner = owner,
                        .account = e->account,
                        .inst = e->inst,
                        .date = day_of(at, false),
                        .kind = LOTS_SPLIT,
                        .qty = before,
                        .qty_after = after,
                        .value = {e->amount < 0 ? -e->amount : e->amount}};
    return before == 0 ? ERR_OK : book(t, &b);
}

/* Shares that cease to be are sold, or bought back, for what is paid. */
static err_t on_payout(tax_ledger_t *t, const ev_CASH_t *e, u64 owner, i64 at)
{
    lots_booking_t b = {.owner = owner,
                        .account = e->account,
                        .inst = e->inst,
                        .date = day_of(at, false),
                        .kind = e->qty_before > 0 ? LOTS_SELL : LOTS_COVER,
                        .qty = e->qty_before > 0 ? e->qty_before : -e->qty_before,
                        .value = {e->amount < 0 ? -e->amount : e->amount}};
    return e->qty_before == 0 ? ERR_OK : book(t, &b);
}

err_t tax_ledger_take(tax_ledger_t *t, const event_t *e, const tax_run_t *run)
{
    ASSERT(t != NULL && e != NULL && run != NULL && run->users != NULL);
    if (t->broken || run->insts == NULL) {
        return ERR_OK;
    }
    switch ((event_kind_t)e->head.kind) {
    case EV_INTENT:
        return on_intent(t, &e->as.INTENT);
    case EV_FILL: {
        const ev_FILL_t *f = &e->as.FILL;
        bool known = f->inst < run->count; /* what names another is told by whoever reads the record */
        return known ? on_fill(t, f, tax_owner(run->users, f->account), &run->insts[f->inst]) : ERR_OK;
    }
    case EV_CASH: {
        const ev_CASH_t *c = &e->as.CASH;
        bool split = c->kind == CASH_SPLIT || c->kind == CASH_SPLIT_FRACTION;
        u64 owner = tax_owner(run->users, c->account);
        return split                    ? on_split(t, c, owner, e->head.t_event)
               : c->kind == CASH_PAYOUT ? on_payout(t, c, owner, e->head.t_event)
                                        : ERR_OK;
    }
    default:
        return ERR_OK;
    }
}

bool tax_ledger_ask(tax_ledger_t *l, const tax_ask_t *ask, const lots_rates_t *rates, lots_sale_t *out,
                    i64 *qty)
{
    ASSERT(l != NULL && ask != NULL && rates != NULL && out != NULL && qty != NULL);
    ASSERT(ask->unit != NULL);
    lots_booking_t sale = {.account = ask->account,
                           .inst = ask->inst,
                           .date = day_of(ask->t, ask->unit->cls == CLASS_CRYPTO),
                           .kind = LOTS_SELL,
                           .coin = ask->unit->cls == CLASS_CRYPTO};
    for (u32 i = 0; i < l->lots.open_count; i++) {
        const lot_open_t *lot = &l->lots.open[i];
        if (lot->account == ask->account && lot->inst == ask->inst) {
            sale.owner = lot->owner;
            sale.kind = lot->is_short ? LOTS_COVER : LOTS_SELL;
            sale.qty += lot->qty;
        }
    }
    if (ask->qty > sale.qty) {
        return false;
    }
    sale.qty = ask->qty > 0 ? ask->qty : sale.qty;
    err_t err = money_of(ask->mark, (qty_t){sale.qty}, ask->unit->exponent, ask->unit->multiplier,
                         ROUND_NEAREST, &sale.value);
    if (l->broken || sale.qty == 0 || err != ERR_OK) {
        return false;
    }
    l->spare.open_count = l->lots.open_count;
    l->spare.closed_count = 0;
    err = make_room(&l->spare, &l->open_room[1], &l->closed_room[1]);
    *qty = sale.qty;
    return err == ERR_OK && lots_preview(&l->lots, &sale, rates, &l->spare, out) == ERR_OK;
}

void tax_ledger_free(tax_ledger_t *t)
{
    ASSERT(t != NULL);
    free(t->lots.open);
    free(t->lots.closed);
    free(t->spare.open);
    free(t->spare.closed);
    free(t->own_slice);
    free(t->own_booking);
    *t = (tax_ledger_t){0};
}

err_t tax_rates_parse(const char *text, lots_rates_t *out)
{
    ASSERT(text != NULL && out != NULL);
    str_t first;
    str_t second;
    f64 v[2];
    if (!str_cut(str_from(text), ',', &first, &second) || str_to_f64(first, &v[0]) != ERR_OK ||
        str_to_f64(second, &v[1]) != ERR_OK) {
        return ERR_SYNTAX;
    }
    for (u32 i = 0; i < 2; i++) {
        if (!(v[i] >= 0 && v[i] <= 100)) {
            return ERR_SYNTAX;
        }
    }
    *out = (lots_rates_t){.short_pct = v[0], .long_pct = v[1]};
    return ERR_OK;
}
