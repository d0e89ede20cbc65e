/* Tax lots against worked examples of the rules (Treasury Reg. 1.1012-1, 1.1091-1 and -2, Rev. Rul. 56-602,
 * the facts of IRS Publication 550), at their edges, and as a property: money is neither made nor lost. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "tests/test.h"
#include "trade/portfolio/lots.h"

enum { CAP = 4096 };

static date_t ymd(i32 n)
{
    return date_from_ymd(n / 10000, n / 100 % 100, n % 100);
}

static money_t usd(f64 v)
{
    return (money_t){(i64)(v * 1e6 + (v < 0 ? -0.5 : 0.5))};
}

static lots_t *lots_new(lots_method_t method)
{
    lots_t *l = calloc(1, sizeof *l);
    assert_non_null(l);
    *l = (lots_t){.open = calloc(CAP, sizeof(lot_open_t)),
                  .open_cap = CAP,
                  .closed = calloc(CAP, sizeof(lot_closed_t)),
                  .closed_cap = CAP,
                  .method = method};
    assert_non_null(l->open);
    assert_non_null(l->closed);
    return l;
}

static void lots_free(lots_t *l)
{
    free(l->open);
    free(l->closed);
    free(l);
}

/* One booking of instrument 1 for `value` dollars in account 1 of owner 1; every opening is a purchase of its
 * own. */
static lots_booking_t of(i32 day, lots_kind_t kind, i64 qty, f64 value)
{
    static u64 purchase;
    return (lots_booking_t){.owner = 1,
                            .account = 1,
                            .purchase = ++purchase,
                            .inst = 1,
                            .kind = (u8)kind,
                            .date = ymd(day),
                            .qty = qty,
                            .value = usd(value)};
}

static void book(lots_t *l, u32 number, lots_booking_t b)
{
    CHECK_OK(lots_book(l, &b, number));
}

static i64 gain(const lot_closed_t *c)
{
    return c->proceeds.v - c->basis.v;
}

/* What may be deducted or is taxed: the gain, or the loss without what was deferred. */
static i64 allowed(const lots_t *l)
{
    i64 sum = 0;
    for (u32 i = 0; i < l->closed_count; i++) {
        sum += gain(&l->closed[i]) + l->closed[i].disallowed.v;
    }
    return sum;
}

/* 100 shares for $1,000 sold at $750 and bought again at $800 within thirty days: the $250 are deferred, the
 * new shares stand at $1,050. */
TEST(a_loss_goes_into_the_replacement)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(20240102, LOTS_BUY, 100, 1000));
    book(l, 1, of(20240401, LOTS_SELL, 100, 750));
    CHECK_EQ(l->closed[0].disallowed.v, 0);
    book(l, 2, of(20240415, LOTS_BUY, 100, 800));
    CHECK_EQ(l->closed[0].disallowed.v, usd(250).v);
    CHECK_EQ(allowed(l), 0);
    CHECK_EQ(l->open_count, 1);
    CHECK_EQ(l->open[0].basis.v, usd(1050).v);
    CHECK_EQ(l->open[0].carried.v, usd(250).v);
    CHECK_EQ(l->open[0].held_from, ymd(20240415) - 90); /* the ninety days of the old shares count on */
    lots_free(l);
}

/* Coins are property: whatever is bought back, the loss is taken. */
TEST(no_coin_is_washed)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    lots_booking_t b[] = {of(20240101, LOTS_BUY, 100, 1000), of(20240401, LOTS_BUY, 50, 400),
                          of(20240402, LOTS_SELL, 100, 750), of(20240415, LOTS_BUY, 100, 800)};
    for (u32 i = 0; i < COUNT_OF(b); i++) {
        b[i].coin = true;
        book(l, i, b[i]);
    }
    CHECK_EQ(l->closed_count, 1);
    CHECK_EQ(l->closed[0].disallowed.v, 0);
    CHECK_EQ(allowed(l), -usd(250).v);
    CHECK_EQ(l->open[0].carried.v + l->open[1].carried.v, 0);
    CHECK_EQ(l->open[1].held_from, ymd(20240415));
    lots_free(l);
}

/* Reg. 1.1091-2(a): a share of $100 sold at $80 and replaced at $90 or at $70 stands at $110 or $90. */
TEST(basis_of_the_replacement)
{
    UNUSED_STATE;
    static const struct {
        f64 price, basis;
    } cases[] = {{90, 110}, {70, 90}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lots_t *l = lots_new(LOTS_FIFO);
        book(l, 0, of(19530601, LOTS_BUY, 1, 100));
        book(l, 1, of(19550115, LOTS_SELL, 1, 80));
        book(l, 2, of(19550201, LOTS_BUY, 1, cases[i].price));
        CHECK_EQ(l->open[0].basis.v, usd(cases[i].basis).v);
        CHECK(l->closed[0].long_term);
        lots_free(l);
    }
}

/* Reg. 1.1091-1(h), example 2: of 100 shares sold at a loss 75 had been bought again in the month before; the
 * loss on 25 stands. */
TEST(fewer_bought_than_sold)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(19540921, LOTS_BUY, 100, 5000));
    book(l, 1, of(19541221, LOTS_BUY, 50, 2750));
    book(l, 2, of(19541227, LOTS_BUY, 25, 1125));
    book(l, 3, of(19550103, LOTS_SELL, 100, 4000));
    CHECK_EQ(l->closed_count, 1);
    CHECK_EQ(l->closed[0].disallowed.v, usd(750).v);
    CHECK_EQ(allowed(l), usd(-250).v);
    CHECK_EQ(l->open[0].basis.v, usd(2750 + 500).v);
    CHECK_EQ(l->open[1].basis.v, usd(1125 + 250).v);
    lots_free(l);
}

/* The same with more bought than sold: the first bought replace, the rest is untouched (Reg. 1.1091-1(d)). */
TEST(more_bought_than_sold)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(20240102, LOTS_BUY, 100, 5000));
    book(l, 1, of(20240520, LOTS_BUY, 60, 2400));
    book(l, 2, of(20240603, LOTS_SELL, 100, 4000));
    book(l, 3, of(20240610, LOTS_BUY, 100, 4100));
    CHECK_EQ(l->closed[0].disallowed.v, usd(1000).v);
    CHECK_EQ(l->open_count, 3);
    CHECK_EQ(l->open[0].basis.v, usd(2400 + 600).v);
    CHECK_EQ(l->open[1].qty, 40);
    CHECK_EQ(l->open[1].basis.v, usd(1640 + 400).v);
    CHECK(l->open[1].replacement && !l->open[2].replacement);
    CHECK_EQ(l->open[2].basis.v, usd(2460).v);
    lots_free(l);
}

/* Both ends of the sixty-one days. */
TEST(the_window)
{
    UNUSED_STATE;
    static const struct {
        i32 buy;
        bool washes;
    } cases[] = {
        {20240603 - 0, true}, {20240503, false}, {20240504, true}, {20240703, true}, {20240704, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lots_t *l = lots_new(LOTS_FIFO);
        bool first = cases[i].buy < 20240603;
        book(l, 0, of(20240102, LOTS_BUY, 10, 1000));
        book(l, 1, first ? of(cases[i].buy, LOTS_BUY, 10, 900) : of(20240603, LOTS_SELL, 10, 800));
        book(l, 2, first ? of(20240603, LOTS_SELL, 10, 800) : of(cases[i].buy, LOTS_BUY, 10, 900));
        CHECK_EQ(l->closed[0].disallowed.v, cases[i].washes ? usd(200).v : 0);
        CHECK_EQ(l->open[0].basis.v, usd(cases[i].washes ? 1100 : 900).v);
        lots_free(l);
    }
}

/* A share replaces once; gains are never deferred; another security, another owner, the other side are no
 * replacement, another account of the owner is. */
TEST(what_replaces_and_what_does_not)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 4; k++) {
        lots_t *l = lots_new(LOTS_FIFO);
        book(l, 0, of(20240102, LOTS_BUY, 10, 1000));
        book(l, 1, of(20240603, LOTS_SELL, 10, 800));
        lots_booking_t b = of(20240605, k == 3 ? LOTS_SHORT : LOTS_BUY, 10, 800);
        b.account = k == 0 ? 2 : 1;
        b.inst = k == 1 ? 2 : 1;
        b.owner = k == 2 ? 2 : 1;
        book(l, 2, b);
        CHECK_EQ(l->closed[0].disallowed.v, k == 0 ? usd(200).v : 0);
        lots_free(l);
    }
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(20240102, LOTS_BUY, 10, 1000));
    book(l, 1, of(20240103, LOTS_BUY, 10, 1000));
    book(l, 2, of(20240603, LOTS_SELL, 10, 800));
    book(l, 3, of(20240604, LOTS_SELL, 10, 900));
    book(l, 4, of(20240605, LOTS_BUY, 10, 800));
    CHECK_EQ(l->closed[0].disallowed.v, usd(200).v); /* in the order of the sales */
    CHECK_EQ(l->closed[1].disallowed.v, 0);
    book(l, 5, of(20240606, LOTS_SELL, 10, 1200));
    CHECK_EQ(gain(&l->closed[2]), usd(200).v); /* 800 and the 200 taken over */
    book(l, 6, of(20240607, LOTS_BUY, 10, 1200));
    CHECK_EQ(l->closed[1].disallowed.v, usd(100).v);
    CHECK_EQ(l->closed[2].disallowed.v, 0);
    lots_free(l);
}

/* Neither may what was bought before the sales serve for both of them, nor one part of a purchase after them.
 */
TEST(a_share_replaces_once)
{
    UNUSED_STATE;
    for (u32 before = 0; before < 2; before++) {
        lots_t *l = lots_new(LOTS_FIFO);
        book(l, 0, of(20240102, LOTS_BUY, 10, 1000));
        book(l, 1, of(20240103, LOTS_BUY, 10, 1000));
        if (before != 0) {
            book(l, 2, of(20240520, LOTS_BUY, 10, 900));
        }
        book(l, 3, of(20240603, LOTS_SELL, 10, 800));
        book(l, 4, of(20240604, LOTS_SELL, 10, 900));
        if (before == 0) {
            book(l, 5, of(20240605, LOTS_BUY, 25, 2000));
        }
        CHECK_EQ(l->closed[0].disallowed.v, usd(200).v);
        CHECK_EQ(l->closed[1].disallowed.v, before != 0 ? 0 : usd(100).v);
        CHECK_EQ(l->open_count, before != 0 ? 1 : 3);
        CHECK_EQ(l->open[0].basis.v, usd(before != 0 ? 1100 : 1000).v);
        CHECK_EQ(l->open[0].carried.v, usd(200).v);
        CHECK(before != 0 || (l->open[1].basis.v == usd(900).v && l->open[2].basis.v == usd(400).v));
        lots_free(l);
    }
}

/* A loss may travel: the replacement, sold at a loss and replaced itself, hands both on. */
TEST(a_chain_of_washes)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(20240102, LOTS_BUY, 10, 1000));
    book(l, 1, of(20240201, LOTS_SELL, 10, 900));
    book(l, 2, of(20240205, LOTS_BUY, 10, 880));
    book(l, 3, of(20240220, LOTS_SELL, 10, 850));
    book(l, 4, of(20240301, LOTS_BUY, 10, 860));
    CHECK_EQ(l->closed[1].disallowed.v, usd(130).v);
    CHECK_EQ(l->open[0].basis.v, usd(990).v);
    book(l, 5, of(20240603, LOTS_SELL, 10, 1000));
    CHECK_EQ(allowed(l), usd(10).v); /* what was made in all */
    lots_free(l);
}

/* Rev. Rul. 56-602: a part of one purchase is sold at a loss within thirty days of it: nothing was replaced.
 * Nor where all of two purchases goes in one sale. */
TEST(selling_down_is_no_wash)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(20240603, LOTS_BUY, 100, 1000));
    book(l, 1, of(20240610, LOTS_SELL, 40, 350));
    CHECK_EQ(l->closed[0].disallowed.v, 0);
    lots_free(l);
    l = lots_new(LOTS_FIFO);
    book(l, 0, of(20240603, LOTS_BUY, 100, 1000));
    book(l, 1, of(20240605, LOTS_BUY, 100, 1000));
    book(l, 2, of(20240610, LOTS_SELL, 200, 1800));
    CHECK_EQ(l->closed_count, 2);
    CHECK_EQ(allowed(l), usd(-200).v);
    lots_free(l);
    l = lots_new(LOTS_FIFO); /* two fills of one order */
    lots_booking_t a = of(20240603, LOTS_BUY, 50, 500);
    lots_booking_t b = of(20240603, LOTS_BUY, 50, 500);
    b.purchase = a.purchase;
    book(l, 0, a);
    book(l, 1, b);
    book(l, 2, of(20240610, LOTS_SELL, 50, 400));
    CHECK_EQ(l->closed[0].disallowed.v, 0);
    lots_free(l);
}

/* Bought on 5 February, long-term from 6 February of the next year on; ends of months and leap days. */
TEST(more_than_a_year)
{
    UNUSED_STATE;
    static const struct {
        i32 bought;
        i32 long_from;
    } cases[] = {
        {20230205, 20240206}, {20220228, 20230301}, {20230228, 20240301}, {20240228, 20250301},
        {20240229, 20250301}, {20231231, 20250101}, {20230131, 20240201},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(date_number(lots_long_from(ymd(cases[i].bought))), cases[i].long_from);
        CHECK(!lots_is_long_term(ymd(cases[i].bought), ymd(cases[i].long_from) - 1));
        CHECK(lots_is_long_term(ymd(cases[i].bought), ymd(cases[i].long_from)));
    }
}

/* The replaced shares' time counts: eleven months and two are more than a year. */
TEST(holding_periods_add_up)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(20230105, LOTS_BUY, 10, 1000));
    book(l, 1, of(20231205, LOTS_SELL, 10, 900));
    book(l, 2, of(20231220, LOTS_BUY, 10, 900));
    book(l, 3, of(20240122, LOTS_SELL, 10, 1500));
    CHECK(!l->closed[0].long_term);
    CHECK(l->closed[1].long_term);
    CHECK_EQ(l->closed[1].held_from, ymd(20231220) - (ymd(20231205) - ymd(20230105)));
    lots_free(l);
}

/* Oldest first; by name; the dearest first. Commissions are basis and proceeds. */
TEST(which_lots_are_sold)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 3; k++) {
        lots_t *l = lots_new(k == 2 ? LOTS_DEAREST : LOTS_FIFO);
        lots_booking_t first = of(20220103, LOTS_BUY, 100, 1000);
        first.fee = usd(1);
        book(l, 0, first);
        book(l, 1, of(20230103, LOTS_BUY, 100, 2000));
        book(l, 2, of(20240102, LOTS_BUY, 100, 1500));
        lots_booking_t sale = of(20240603, LOTS_SELL, 150, 3000);
        static const lots_pick_t named[] = {{2, 100}, {0, 50}};
        sale.fee = usd(3);
        sale.pick = k == 1 ? named : NULL;
        sale.picks = k == 1 ? 2 : 0;
        book(l, 3, sale);
        static const struct {
            u32 lot;
            f64 gain;
            bool is_long;
        } want[3][2] = {
            {{0, 1998 - 1001, true}, {1, 999 - 1000, true}},
            {{2, 1998 - 1500, false}, {0, 999 - 500.5, true}},
            {{1, 1998 - 2000, true}, {2, 999 - 750, false}},
        };
        CHECK_EQ(l->closed_count, 2);
        for (u32 i = 0; i < 2; i++) {
            CHECK_EQ(l->closed[i].opened_by, want[k][i].lot);
            CHECK_EQ(gain(&l->closed[i]), usd(want[k][i].gain).v);
            CHECK_EQ(l->closed[i].long_term, want[k][i].is_long);
        }
        lots_free(l);
    }
}

/* Shorts: always short-term; a loss is deferred into the next short of thirty days (1091(e)), which then
 * brought less. */
TEST(shorts)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    lots_booking_t s = of(20220103, LOTS_SHORT, 10, 1000);
    s.fee = usd(1);
    book(l, 0, s);
    lots_booking_t c = of(20240603, LOTS_COVER, 10, 1200);
    c.fee = usd(2);
    book(l, 1, c);
    CHECK_EQ(gain(&l->closed[0]), usd(-203).v);
    CHECK(!l->closed[0].long_term);
    book(l, 2, of(20240610, LOTS_BUY, 10, 1200));
    CHECK_EQ(l->closed[0].disallowed.v, 0);
    book(l, 3, of(20240611, LOTS_SHORT, 10, 1150));
    CHECK_EQ(l->closed[0].disallowed.v, usd(203).v);
    CHECK_EQ(l->open[1].basis.v, usd(947).v);
    book(l, 4, of(20240701, LOTS_COVER, 10, 900));
    CHECK_EQ(allowed(l), usd(47).v); /* 947 - 900: what both made in all */
    lots_free(l);
}

TEST(splits_change_shares_alone)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    book(l, 0, of(20240102, LOTS_BUY, 30, 3000));
    book(l, 1, of(20240103, LOTS_BUY, 3, 330));
    book(l, 2, of(20240603, LOTS_SELL, 10, 800));
    lots_booking_t split = of(20240605, LOTS_SPLIT, 23, 0);
    split.qty_after = 46;
    book(l, 3, split);
    CHECK_EQ(l->open[0].qty, 40);
    CHECK_EQ(l->open[0].basis.v, usd(2000).v);
    CHECK_EQ(l->open[1].qty, 6);
    book(l, 4, of(20240606, LOTS_BUY, 20, 850)); /* ten old shares are twenty new ones */
    CHECK_EQ(l->closed[0].disallowed.v, usd(200).v);
    lots_booking_t reverse = of(20240607, LOTS_SPLIT, 66, 5);
    reverse.qty_after = 6;
    book(l, 5, reverse);
    CHECK_EQ(l->open[0].qty + l->open[1].qty + l->open[2].qty, 6);
    CHECK_EQ(l->open[0].basis.v + l->open[1].basis.v + l->open[2].basis.v, usd(2000 + 330 + 1050 - 5).v);
    lots_free(l);
}

TEST(bad_bookings_are_refused)
{
    UNUSED_STATE;
    static const lots_pick_t too_many[] = {{0, 11}};
    static const lots_pick_t too_few[] = {{0, 5}};
    static const lots_pick_t stranger[] = {{7, 10}};
    struct {
        lots_booking_t b;
        err_t err;
    } cases[] = {
        {of(20240603, LOTS_SELL, 11, 100), ERR_PARAM_RANGE},
        {of(20240603, LOTS_COVER, 1, 100), ERR_PARAM_RANGE},
        {of(20240603, LOTS_BUY, 0, 100), ERR_PARAM_RANGE},
        {of(20240603, LOTS_BUY, 1, -1), ERR_PARAM_RANGE},
        {of(20240101, LOTS_BUY, 1, 1), ERR_PARAM_RANGE},
        {of(20240603, (lots_kind_t)9, 1, 1), ERR_PARAM_RANGE},
        {of(20240603, LOTS_SPLIT, 9, 0), ERR_PARAM_RANGE},
        {of(20240603, LOTS_SELL, 10, 100), ERR_PARAM_RANGE},
        {of(20240603, LOTS_SELL, 10, 100), ERR_PARAM_RANGE},
        {of(20240603, LOTS_SELL, 10, 100), ERR_PARAM_RANGE},
        {of(20240603, LOTS_SELL, 10, 100), ERR_OK},
    };
    cases[7].b.pick = too_many;
    cases[8].b.pick = too_few;
    cases[9].b.pick = stranger;
    cases[7].b.picks = cases[8].b.picks = cases[9].b.picks = 1;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lots_t *l = lots_new(LOTS_FIFO);
        book(l, 0, of(20240102, LOTS_BUY, 10, 1000));
        if (lots_book(l, &cases[i].b, 1) != cases[i].err) {
            print_error("case %zu\n", i);
        }
        lots_free(l);
        l = lots_new(LOTS_FIFO);
        book(l, 0, of(20240102, LOTS_BUY, 10, 1000));
        CHECK_EQ(lots_book(l, &cases[i].b, 1), cases[i].err);
        l->open_cap = l->open_count;
        l->closed_cap = l->closed_count;
        lots_booking_t more = of(20240701, LOTS_BUY, 1, 1);
        CHECK_EQ(lots_book(l, &more, 2), ERR_BUFFER_FULL);
        lots_free(l);
    }
}

/* Before a sale: gains by their kind, what is deferred at once, what would be if it were bought back, the tax
 * and what is left of the price; nothing is booked. */
TEST(a_sale_before_it_is_made)
{
    UNUSED_STATE;
    lots_t *l = lots_new(LOTS_FIFO);
    lots_t *spare = lots_new(LOTS_FIFO);
    book(l, 0, of(20230102, LOTS_BUY, 100, 1000));
    book(l, 1, of(20240102, LOTS_BUY, 100, 4000));
    book(l, 2, of(20240520, LOTS_BUY, 40, 1200));
    lots_booking_t sale = of(20240603, LOTS_SELL, 200, 6000);
    lots_rates_t rates = {.short_pct = 30, .long_pct = 15};
    lots_sale_t s;
    CHECK_OK(lots_preview(l, &sale, &rates, spare, &s));
    CHECK_EQ(s.proceeds.v, usd(6000).v);
    CHECK_EQ(s.gain_long.v, usd(2000).v);
    CHECK_EQ(s.gain_short.v, usd(-600).v); /* of 1,000 lost, 400 have been replaced by the 40 shares */
    CHECK_EQ(s.disallowed.v, usd(400).v);
    CHECK_EQ(s.at_risk.v, usd(600).v);
    CHECK_EQ(s.wash_until, ymd(20240703));
    CHECK_EQ(s.long_from, ymd(20250103));
    CHECK_EQ(s.tax.v, usd(300 - 180).v);
    CHECK_EQ(s.after_tax.v, usd(5880).v);
    CHECK_EQ(l->open_count, 3);
    CHECK_EQ(l->closed_count, 0);
    sale.qty = 241;
    CHECK_EQ(lots_preview(l, &sale, &rates, spare, &s), ERR_PARAM_RANGE);
    sale.qty = 200;
    rates.short_pct = 1e300;
    CHECK(lots_preview(l, &sale, &rates, spare, &s) != ERR_OK);
    lots_free(spare);
    lots_free(l);
}

/* Property over random bookings of two accounts, both sides, both methods: money in and out is gains plus
 * what is held; deferred losses are inside of open or closed lots; no share replaces twice. */
TEST(nothing_is_lost)
{
    UNUSED_STATE;
    u64 washes = 0;
    for (u64 seed = 0; seed < 300; seed++) {
        rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
        lots_t *l = lots_new(seed % 2 == 0 ? LOTS_FIFO : LOTS_DEAREST);
        i64 held[2][2] = {{0}};
        i64 flow = 0;
        date_t day = ymd(20240102);
        for (u32 n = 0; n < 120; n++) {
            u32 account = (u32)rng_below(key, n * 5ULL, 2);
            u32 side = (u32)rng_below(key, n * 5ULL + 1, 2);
            i64 qty = 1 + (i64)rng_below(key, n * 5ULL + 2, 50);
            bool close = held[account][side] >= qty && rng_below(key, n * 5ULL + 3, 2) == 0;
            day += (i32)rng_below(key, n * 5ULL + 4, 12);
            lots_booking_t b = of(20240102, LOTS_BUY, qty, 0);
            b.account = account + 1;
            b.kind = (u8)(side == 0 ? (close ? LOTS_SELL : LOTS_BUY) : (close ? LOTS_COVER : LOTS_SHORT));
            b.date = day;
            b.value.v = qty * (i64)(9000000 + rng_below(key, 100000 + n, 2000001));
            b.fee.v = (i64)rng_below(key, 200000 + n, 500000);
            book(l, n, b);
            held[account][side] += close ? -qty : qty;
            bool in = b.kind == LOTS_SELL || b.kind == LOTS_SHORT;
            flow += (in ? b.value.v : -b.value.v) - b.fee.v;
        }
        i64 closed = 0;
        i64 deferred = 0;
        i64 open = 0;
        i64 carried = 0;
        i64 shares[2][2] = {{0}};
        for (u32 i = 0; i < l->closed_count; i++) {
            const lot_closed_t *c = &l->closed[i];
            i64 loss = MAX_OF(-gain(c), 0);
            CHECK(c->disallowed.v >= 0 && c->disallowed.v + c->loose_loss.v == loss);
            closed += gain(c);
            deferred += c->disallowed.v;
            carried += c->carried.v;
            washes += c->disallowed.v > 0 ? 1 : 0;
        }
        for (u32 i = 0; i < l->open_count; i++) {
            const lot_open_t *o = &l->open[i];
            CHECK(o->qty > 0 && o->carried.v >= 0 && o->held_from <= o->acquired);
            CHECK(o->replacement || (o->carried.v == 0 && o->held_from == o->acquired));
            open += o->is_short ? -o->basis.v : o->basis.v;
            carried += o->carried.v;
            shares[o->account - 1][o->is_short ? 1 : 0] += o->qty;
        }
        CHECK(memcmp(shares, held, sizeof held) == 0);
        CHECK_EQ(deferred, carried);
        CHECK_EQ(closed + deferred, flow + open);
        lots_free(l);
    }
    print_message("# %llu losses deferred\n", (unsigned long long)washes);
    CHECK(washes > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loss_goes_into_the_replacement),
        cmocka_unit_test(no_coin_is_washed),
        cmocka_unit_test(basis_of_the_replacement),
        cmocka_unit_test(fewer_bought_than_sold),
        cmocka_unit_test(more_bought_than_sold),
        cmocka_unit_test(the_window),
        cmocka_unit_test(what_replaces_and_what_does_not),
        cmocka_unit_test(a_share_replaces_once),
        cmocka_unit_test(a_chain_of_washes),
        cmocka_unit_test(selling_down_is_no_wash),
        cmocka_unit_test(more_than_a_year),
        cmocka_unit_test(holding_periods_add_up),
        cmocka_unit_test(which_lots_are_sold),
        cmocka_unit_test(shorts),
        cmocka_unit_test(splits_change_shares_alone),
        cmocka_unit_test(bad_bookings_are_refused),
        cmocka_unit_test(a_sale_before_it_is_made),
        cmocka_unit_test(nothing_is_lost),
    };
    return RUN_TESTS(tests);
}
