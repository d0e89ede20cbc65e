/* See lots.h. */
#include "trade/portfolio/lots.h"

#include <string.h>

#include "base/assert.h"

/* Part `n` of `of` parts of an amount; the parts of a whole add up to it when each is taken from what is
 * left.
 */
static err_t part_of(i64 amount, i64 n, i64 of, i64 *out)
{
    ASSERT(n >= 0 && of > 0 && n <= of);
    return fixed_mul_div(amount, n, of, ROUND_DOWN, out);
}

date_t lots_long_from(date_t held_from)
{
    i32 y;
    i32 m;
    i32 d;
    date_to_ymd(held_from + 1, &y, &m, &d);
    bool leap_day = m == 2 && d == 29; /* the year after has none: its year is over on 1 March */
    return leap_day ? date_from_ymd(y + 1, 3, 1) : date_from_ymd(y + 1, m, d);
}

bool lots_is_long_term(date_t held_from, date_t closed)
{
    return closed >= lots_long_from(held_from);
}

static err_t open_insert(lots_t *l, u32 at, const lot_open_t *lot)
{
    ASSERT(at <= l->open_count);
    if (l->open_count == l->open_cap) {
        return ERR_BUFFER_FULL;
    }
    memmove(&l->open[at + 1], &l->open[at], (l->open_count - at) * sizeof *l->open);
    l->open[at] = *lot;
    l->open_count++;
    return ERR_OK;
}

static void open_remove(lots_t *l, u32 at)
{
    ASSERT(at < l->open_count);
    l->open_count--;
    memmove(&l->open[at], &l->open[at + 1], (l->open_count - at) * sizeof *l->open);
}

/* Parts `qty` shares off the lot at `at`; they become the lot at `at`, the rest the one behind it. */
static err_t open_split(lots_t *l, u32 at, i64 qty)
{
    lot_open_t rest = l->open[at];
    lot_open_t part = rest;
    ASSERT(qty > 0 && qty <= rest.qty);
    if (qty == rest.qty) {
        return ERR_OK;
    }
    TRY(part_of(rest.basis.v, qty, rest.qty, &part.basis.v));
    TRY(part_of(rest.carried.v, qty, rest.qty, &part.carried.v));
    part.qty = qty;
    rest.qty -= qty;
    rest.basis.v -= part.basis.v;
    rest.carried.v -= part.carried.v;
    l->open[at] = rest;
    return open_insert(l, at, &part);
}

/* Shares of the lot at `at` replace shares of a loss: the loss goes into their basis, the time that the sold
 * ones were held into theirs (1091(d), 1223(3)). The replaced part becomes the lot at `at`. */
static err_t replace(lots_t *l, u32 at, lot_closed_t *loss, i64 *replaced)
{
    i64 n = MIN_OF(l->open[at].qty, loss->loose);
    i64 deferred = 0;
    TRY(part_of(loss->loose_loss.v, n, loss->loose, &deferred));
    TRY(open_split(l, at, n));
    lot_open_t *lot = &l->open[at];
    TRY(fixed_add(lot->basis.v, lot->is_short ? -deferred : deferred, &lot->basis.v));
    lot->carried.v += deferred;
    lot->replacement = true;
    lot->held_from -= loss->closed - loss->held_from;
    loss->loose -= n;
    loss->loose_loss.v -= deferred;
    loss->disallowed.v += deferred;
    *replaced = n;
    return ERR_OK;
}

/* The same security of the same owner, on the same side, and not one purchase: to sell a part of what was
 * bought at once is to hold less of it, not to replace it. */
static bool alike(const lot_open_t *lot, const lot_closed_t *loss)
{
    return lot->owner == loss->owner && lot->inst == loss->inst && lot->is_short == loss->is_short &&
           !(lot->account == loss->account && lot->purchase == loss->purchase);
}

/* A loss looks back: what was bought within the thirty days before and is still held replaces it, the oldest
 * first (Treasury Reg. 1.1091-1(d)). */
static err_t look_back(lots_t *l, lot_closed_t *loss)
{
    for (u32 i = 0; i < l->open_count && loss->loose > 0; i++) {
        const lot_open_t *lot = &l->open[i];
        i64 n = 0;
        if (alike(lot, loss) && !lot->replacement && lot->acquired >= loss->closed - LOTS_WASH_DAYS) {
            TRY(replace(l, i, loss, &n));
            ASSERT(n > 0);
        }
    }
    return ERR_OK;
}

/* A purchase looks back: losses of the thirty days before, in the order of their sales. */
static err_t purchase_replaces(lots_t *l, u32 at)
{
    u32 first = l->closed_count;
    date_t from = l->open[at].acquired - LOTS_WASH_DAYS;
    while (first > 0 && l->closed[first - 1].closed >= from) {
        first--;
    }
    i64 left = l->open[at].qty;
    for (u32 i = first; i < l->closed_count && left > 0; i++) {
        i64 n = 0;
        if (l->closed[i].loose > 0 && alike(&l->open[at], &l->closed[i])) {
            TRY(replace(l, at, &l->closed[i], &n));
            left -= n;
            at += left > 0 ? 1 : 0; /* what is left of the purchase is the lot behind */
        }
    }
    return ERR_OK;
}

static err_t book_open(lots_t *l, const lots_booking_t *b, u32 number)
{
    bool is_short = b->kind == LOTS_SHORT;
    lot_open_t lot = {.owner = b->owner,
                      .account = b->account,
                      .purchase = b->purchase,
                      .inst = b->inst,
                      .booking = number,
                      .is_short = is_short,
                      .acquired = b->date,
                      .held_from = b->date,
                      .qty = b->qty};
    TRY(is_short ? fixed_sub(b->value.v, b->fee.v, &lot.basis.v)
                 : fixed_add(b->value.v, b->fee.v, &lot.basis.v));
    TRY(open_insert(l, l->open_count, &lot));
    return purchase_replaces(l, l->open_count - 1);
}

static bool is_of(const lot_open_t *lot, const lots_booking_t *b)
{
    return lot->account == b->account && lot->owner == b->owner && lot->inst == b->inst &&
           lot->is_short == (b->kind == LOTS_COVER);
}

/* Dearer by the share; a short is the dearer the less it brought. */
static bool dearer(const lot_open_t *a, const lot_open_t *b)
{
    i128 x = (i128)a->basis.v * b->qty;
    i128 y = (i128)b->basis.v * a->qty;
    return a->is_short ? x < y : x > y;
}

/* The lot that a closing takes next: of a pick the one that is named, else by the method. open_count: none.
 */
static u32 lot_next(const lots_t *l, const lots_booking_t *b, const lots_pick_t *pick)
{
    u32 best = l->open_count;
    for (u32 i = 0; i < l->open_count; i++) {
        const lot_open_t *lot = &l->open[i];
        if (!is_of(lot, b) || (pick != NULL && lot->booking != pick->booking)) {
            continue;
        }
        bool first = best == l->open_count;
        bool better = !first && pick == NULL && l->method == LOTS_DEAREST && dearer(lot, &l->open[best]);
        best = first || better ? i : best;
    }
    return best;
}

/* What a closing hands out: its own money by the share, in parts that add up. */
typedef struct {
    i64 qty, money;
} rest_t;

/* What a closing brings: shares that leave, 0 for cash alone, and the money for them (of a short: that they
 * cost). */
typedef struct {
    i64 qty, money;
} flow_t;

/* A lot goes from the open to the closed ones, where there is room. Cash alone washes nothing, and no coin is
 * washed. */
static err_t lot_close(lots_t *l, const lots_booking_t *b, u32 number, u32 at, flow_t f)
{
    ASSERT(l->closed_count < l->closed_cap);
    const lot_open_t *lot = &l->open[at];
    lot_closed_t c = {.owner = lot->owner,
                      .account = lot->account,
                      .purchase = lot->purchase,
                      .inst = lot->inst,
                      .opened_by = lot->booking,
                      .closed_by = number,
                      .is_short = lot->is_short,
                      .acquired = lot->acquired,
                      .held_from = lot->held_from,
                      .closed = b->date,
                      .qty = f.qty,
                      .carried = lot->carried};
    c.basis.v = lot->is_short ? f.money : lot->basis.v;
    c.proceeds.v = lot->is_short ? lot->basis.v : f.money;
    c.long_term = !lot->is_short && lots_is_long_term(lot->held_from, b->date);
    if (f.qty > 0 && !b->coin && c.proceeds.v < c.basis.v) {
        c.loose = f.qty;
        TRY(fixed_sub(c.basis.v, c.proceeds.v, &c.loose_loss.v));
    }
    l->closed[l->closed_count++] = c;
    open_remove(l, at);
    return ERR_OK;
}

static err_t close_part(lots_t *l, const lots_booking_t *b, u32 number, u32 at, rest_t *rest)
{
    i64 n = MIN_OF(l->open[at].qty, rest->qty);
    i64 money = 0;
    if (l->closed_count == l->closed_cap) {
        return ERR_BUFFER_FULL;
    }
    TRY(part_of(rest->money, n, rest->qty, &money));
    TRY(open_split(l, at, n));
    TRY(lot_close(l, b, number, at, (flow_t){.qty = n, .money = money}));
    rest->qty -= n;
    rest->money -= money;
    return ERR_OK;
}

static err_t close_lots(lots_t *l, const lots_booking_t *b, u32 number, const lots_pick_t *pick, rest_t *rest)
{
    i64 left = pick != NULL ? pick->qty : rest->qty;
    if (left <= 0 || left > rest->qty) {
        return ERR_PARAM_RANGE;
    }
    while (left > 0) {
        u32 at = lot_next(l, b, pick);
        if (at == l->open_count) {
            return ERR_PARAM_RANGE; /* more than is held, or than the named lot has */
        }
        i64 before = rest->qty;
        TRY(open_split(l, at, MIN_OF(left, l->open[at].qty)));
        TRY(close_part(l, b, number, at, rest));
        left -= before - rest->qty;
    }
    return ERR_OK;
}

static err_t book_close(lots_t *l, const lots_booking_t *b, u32 number)
{
    rest_t rest = {.qty = b->qty};
    u32 first = l->closed_count;
    TRY(b->kind == LOTS_COVER ? fixed_add(b->value.v, b->fee.v, &rest.money)
                              : fixed_sub(b->value.v, b->fee.v, &rest.money));
    for (u32 i = 0; i < b->picks; i++) {
        TRY(close_lots(l, b, number, &b->pick[i], &rest));
    }
    if (b->picks == 0) {
        TRY(close_lots(l, b, number, NULL, &rest));
    }
    if (rest.qty != 0) {
        return ERR_PARAM_RANGE;
    }
    ASSERT(rest.money == 0);
    for (u32 i = first; i < l->closed_count; i++) {
        TRY(look_back(l, &l->closed[i])); /* only now: what this very sale closed replaces nothing */
    }
    return ERR_OK;
}

static err_t scale(i64 v, const lots_booking_t *b, i64 *out)
{
    return fixed_mul_div(v, b->qty_after, b->qty, ROUND_DOWN, out);
}

/* A split changes shares, not money. Cash for a fraction comes off the basis (a short's is paid, and adds to
 * it); what a reverse split leaves nothing of is closed for that cash. */
static err_t book_split(lots_t *l, const lots_booking_t *b, u32 number)
{
    i64 before = 0;
    i64 given = 0;
    i64 cash = b->value.v;
    for (u32 i = 0; i < l->closed_count; i++) {
        lot_closed_t *c = &l->closed[i];
        if (c->loose > 0 && c->account == b->account && c->inst == b->inst &&
            c->closed >= b->date - LOTS_WASH_DAYS) {
            TRY(scale(c->loose, b, &c->loose));
        }
    }
    for (u32 i = 0; i < l->open_count; i++) {
        lot_open_t *lot = &l->open[i];
        if (lot->account != b->account || lot->inst != b->inst) {
            continue;
        }
        i64 until = 0;
        before += lot->qty;
        TRY(scale(before, b, &until));
        lot->qty = until - given;
        given = until;
    }
    if (before != b->qty) {
        return ERR_PARAM_RANGE;
    }
    for (u32 i = l->open_count; i-- > 0;) { /* the youngest first: the fraction is the end of the list */
        lot_open_t *lot = &l->open[i];
        if (lot->account != b->account || lot->inst != b->inst) {
            continue;
        }
        i64 taken = lot->qty == 0 ? cash : MIN_OF(cash, lot->is_short ? cash : MAX_OF(lot->basis.v, 0));
        cash -= taken;
        if (lot->qty > 0) {
            lot->basis.v -= taken;
            continue;
        }
        if (l->closed_count == l->closed_cap) {
            return ERR_BUFFER_FULL;
        }
        TRY(lot_close(l, b, number, i, (flow_t){.money = taken}));
    }
    return ERR_OK;
}

err_t lots_book(lots_t *l, const lots_booking_t *b, u32 number)
{
    ASSERT(l != NULL && b != NULL);
    ASSERT(b->pick != NULL || b->picks == 0);
    bool goes_back = l->closed_count > 0 && l->closed[l->closed_count - 1].closed > b->date;
    goes_back = goes_back || (l->open_count > 0 && l->open[l->open_count - 1].acquired > b->date);
    if (b->qty <= 0 || b->value.v < 0 || b->fee.v < 0 || b->qty_after < 0 || goes_back) {
        return ERR_PARAM_RANGE;
    }
    switch ((lots_kind_t)b->kind) {
    case LOTS_BUY:
    case LOTS_SHORT:
        return book_open(l, b, number);
    case LOTS_SELL:
    case LOTS_COVER:
        return book_close(l, b, number);
    case LOTS_SPLIT:
        return book_split(l, b, number);
    default:
        return ERR_PARAM_RANGE;
    }
}

static err_t percent_of(i64 amount, f64 pct, i64 *out)
{
    i64 rate = 0;
    TRY(fixed_from_f64(pct, 10000, &rate));
    return fixed_mul_div(amount, rate, 1000000, ROUND_NEAREST, out);
}

err_t lots_preview(const lots_t *l, const lots_booking_t *sale, const lots_rates_t *rates, lots_t *spare,
                   lots_sale_t *out)
{
    ASSERT(l != NULL && sale != NULL && rates != NULL && spare != NULL && out != NULL);
    ASSERT(sale->kind == LOTS_SELL || sale->kind == LOTS_COVER);
    if (spare->open_cap < l->open_count) {
        return ERR_BUFFER_FULL;
    }
    memcpy(spare->open, l->open, l->open_count * sizeof *l->open);
    spare->open_count = l->open_count;
    spare->closed_count = 0;
    spare->method = l->method;
    TRY(lots_book(spare, sale, UINT32_MAX));
    lots_sale_t s = {.wash_until = sale->date + LOTS_WASH_DAYS};
    for (u32 i = 0; i < spare->closed_count; i++) {
        const lot_closed_t *c = &spare->closed[i];
        i64 gain = c->proceeds.v - c->basis.v + c->disallowed.v;
        *(c->long_term ? &s.gain_long.v : &s.gain_short.v) += gain;
        s.disallowed.v += c->disallowed.v;
        s.at_risk.v += c->loose_loss.v;
        s.proceeds.v += c->is_short ? c->proceeds.v - c->basis.v : c->proceeds.v;
        if (!c->is_short && !c->long_term) {
            s.long_from = MAX_OF(s.long_from, lots_long_from(c->held_from));
        }
    }
    i64 of_short = 0;
    i64 of_long = 0;
    TRY(percent_of(s.gain_short.v, rates->short_pct, &of_short));
    TRY(percent_of(s.gain_long.v, rates->long_pct, &of_long));
    s.tax.v = of_short + of_long;
    s.after_tax.v = s.proceeds.v - s.tax.v;
    *out = s;
    return ERR_OK;
}
