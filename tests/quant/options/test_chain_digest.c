/* A chain in five figures: three strikes computed on paper (with the textbook's formula and a bisection, in
 * another language), thirty days between two expiries, and prices that nobody should believe. */
#include "quant/options/chain_digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/options/options.h"
#include "tests/test.h"

enum { DAY = 20000, LEGS = 64 };
#define CHECK_NEAR(a, b, most) CHECK(q_abs((a) - (b)) <= (most))

typedef struct {
    chain_leg_t v[LEGS];
    u32 n;
} chain_t;

static void leg(chain_t *c, i32 days, i32 side, f64 strike, f64 price, f64 open)
{
    assert_true(c->n < LEGS);
    c->v[c->n++] = (chain_leg_t){
        .expiry = DAY + days, .side = side, .strike = strike, .price = price, .open_interest = open};
}

static chain_digest_t digest_of_chain(chain_t *c, date_t due)
{
    chain_digest_t d;
    qsort(c->v, c->n, sizeof *c->v, chain_leg_order);
    chain_digest(c->v, c->n, DAY, due, &d);
    return d;
}

/* Call and put at the money, and one leg out of it on either side: the forward is 100 + 3 - 2. */
static chain_t three_strikes(i32 days)
{
    chain_t c = {.n = 0};
    leg(&c, days, 1, 105, 0.90, 400);
    leg(&c, days, -1, 105, 5.10, 50);
    leg(&c, days, -1, 95, 0.60, 300);
    leg(&c, days, 1, 95, 6.50, 100);
    leg(&c, days, 1, 100, 3.00, 500);
    leg(&c, days, -1, 100, 2.00, 200);
    return c;
}

TEST(three_strikes_on_paper)
{
    UNUSED_STATE;
    chain_t c = three_strikes(30);
    chain_digest_t d = digest_of_chain(&c, DAY + 3);
    CHECK_EQ(d.spot, 101);
    CHECK_NEAR(d.iv30, 0.2122913070510489, 1e-12); /* between 0.21473 of 100 and 0.20253 of 105 */
    CHECK(d.held);
    CHECK_NEAR(d.gamma, 313621.1787435843, 1e-5);
    CHECK_NEAR(d.flip, 92.47904292695115, 3e-4);
    CHECK_EQ(d.max_pain, 100); /* pays 750; at 95 it is 1500, at 105 3500 */
    CHECK_EQ(d.pain_day, DAY + 30);
    CHECK_NEAR(d.move, 0.048553377082183435, 1e-12);
    CHECK_EQ(d.move_day, DAY + 30);
}

TEST(what_is_open_the_other_way_round_is_exposure_the_other_way_round)
{
    UNUSED_STATE;
    chain_t c = three_strikes(30);
    for (u32 i = 0; i < c.n; i++) {
        c.v[i].side = -c.v[i].side; /* prices out of the money are swapped with them */
    }
    chain_t back = three_strikes(30);
    qsort(back.v, back.n, sizeof *back.v, chain_leg_order);
    qsort(c.v, c.n, sizeof *c.v, chain_leg_order);
    for (u32 i = 0; i < c.n; i++) {
        c.v[i].price = back.v[i].price;
    }
    chain_digest_t d = digest_of_chain(&c, 0);
    CHECK_NEAR(d.gamma, -313621.1787435843, 1e-5);
    CHECK_NEAR(d.flip, 92.47904292695115, 3e-4);
    CHECK_EQ(d.move, 0); /* no results are known */
}

/* Calls at 95 and 100 and a put at 105: 10, 55 and 150 are paid at the three. */
TEST(pain_is_least_where_least_is_paid)
{
    UNUSED_STATE;
    static const struct {
        f64 open[6]; /* of 95 call, put, 100 call, put, 105 call, put */
        f64 pain;
    } cases[] = {{{10, 0, 10, 0, 0, 1}, 95},
                 {{0, 0, 0, 10, 0, 10}, 105},
                 {{0, 9, 0, 9, 0, 9}, 105},
                 {{0, 0, 3, 0, 0, 0}, 95}, /* nothing at 95 and at 100: the lower */
                 {{0, 0, 0, 0, 0, 0}, 0}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        chain_t c = three_strikes(30);
        qsort(c.v, c.n, sizeof *c.v, chain_leg_order);
        for (u32 k = 0; k < c.n; k++) {
            c.v[k].open_interest = cases[i].open[k];
        }
        CHECK_EQ(digest_of_chain(&c, 0).max_pain, cases[i].pain);
    }
}

/* Prices of one volatility at three strikes around 100. */
static void flat(chain_t *c, i32 days, f64 sigma)
{
    for (f64 k = 95; k <= 105; k += 5) {
        for (i32 side = -1; side <= 1; side += 2) {
            option_greeks_t g;
            option_t o = {.spot = 100,
                          .strike = k,
                          .years = MAX_OF(days, 1) / 365.0,
                          .sigma = sigma,
                          .side = (f64)side};
            CHECK_OK(option_value(&o, &g, NULL));
            leg(c, days, side, k, g.value, 0);
        }
    }
}

static f64 iv30_of(const i32 *days, const f64 *sigma, u32 n)
{
    chain_t c = {.n = 0};
    for (u32 i = 0; i < n; i++) {
        flat(&c, days[i], sigma[i]);
    }
    chain_digest_t d = digest_of_chain(&c, 0);
    CHECK(!d.held && d.gamma == 0 && d.flip == 0 && d.max_pain == 0 && d.pain_day == 0);
    return d.iv30;
}

TEST(thirty_days_lie_between_expiries_in_variance)
{
    UNUSED_STATE;
    CHECK_NEAR(iv30_of((i32[]){20, 50}, (f64[]){0.30, 0.24}, 2), 0.2683281572999748, 1e-9);
    CHECK_NEAR(iv30_of((i32[]){9, 20, 50, 90}, (f64[]){0.9, 0.30, 0.24, 0.7}, 4), 0.2683281572999748, 1e-9);
    CHECK_NEAR(iv30_of((i32[]){30, 60}, (f64[]){0.30, 0.24}, 2), 0.30, 1e-9);
    CHECK_NEAR(iv30_of((i32[]){20}, (f64[]){0.30}, 1), 0.30, 1e-9); /* one alone is all there is */
    CHECK_NEAR(iv30_of((i32[]){50, 90}, (f64[]){0.24, 0.5}, 2), 0.24, 1e-9);
    CHECK_NEAR(iv30_of((i32[]){3, 50}, (f64[]){0.9, 0.24}, 2), 0.24, 1e-9); /* days are no month */
    CHECK_EQ(iv30_of((i32[]){3, 200}, (f64[]){0.3, 0.3}, 2), 0);            /* nor is half a year */
    CHECK_EQ(iv30_of((i32[]){0}, (f64[]){0.3}, 1), 0);                      /* it ends today */
    CHECK_EQ(iv30_of((i32[]){-5}, (f64[]){0.3}, 1), 0);
}

TEST(contracts_that_end_today_count_for_nothing)
{
    UNUSED_STATE;
    chain_t c = three_strikes(30);
    chain_digest_t want = digest_of_chain(&c, DAY + 3);
    leg(&c, 0, 1, 90, 11, 100000);
    leg(&c, 0, -1, 90, 0.01, 100000);
    leg(&c, -3, 1, 120, 11, 100000);
    chain_digest_t d = digest_of_chain(&c, DAY + 3);
    CHECK_EQ(memcmp(&d, &want, sizeof d), 0);
}

TEST(the_expected_move_is_of_the_first_expiry_behind_the_results)
{
    UNUSED_STATE;
    chain_t c = {.n = 0};
    flat(&c, 10, 0.2);
    flat(&c, 17, 0.4);
    flat(&c, 45, 0.8);
    chain_digest_t d = digest_of_chain(&c, DAY + 10); /* which may come when that one has ended */
    CHECK_EQ(d.move_day, DAY + 17);
    CHECK_NEAR(d.move, 2 * 0.3989423 * 0.4 * q_sqrt(17 / 365.0), 1e-4); /* 0.8 sigma root T */
    d = digest_of_chain(&c, DAY + 9);
    CHECK_EQ(d.move_day, DAY + 10);
    d = digest_of_chain(&c, DAY + 45);
    CHECK_EQ(d.move_day, 0);
    CHECK_EQ(d.move, 0);
}

/* Nothing is told that the prices do not carry, and what is left is told as it was. */
TEST(prices_that_nobody_believes)
{
    UNUSED_STATE;
    static const struct {
        u32 leg; /* of 95 call, put, 100 call, put, 105 call, put */
        f64 price;
        f64 spot; /* by parity at the strike whose two prices are nearest */
        bool iv;
    } cases[] = {
        {2, 0, 100.8, true},     /* no pair at 100: the one of 105 makes the forward */
        {4, 0, 101, false},      /* nothing is above the forward */
        {4, 1e9, 101, false},    /* worth more than the stock */
        {1, 0, 101, true},       /* the far put is asked by nobody */
        {0, 1e9, 101, true},     /* nor is the call in the money */
        {3, 1e9, 100.8, true},   /* 95 stands in for it */
        {3, 1e-300, 103, true},  /* likewise */
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        chain_t c = three_strikes(30);
        qsort(c.v, c.n, sizeof *c.v, chain_leg_order);
        c.v[cases[i].leg].price = cases[i].price;
        chain_digest_t d = digest_of_chain(&c, DAY + 3);
        CHECK_NEAR(d.spot, cases[i].spot, 1e-9);
        CHECK_EQ(d.iv30 > 0, cases[i].iv);
        CHECK(q_is_finite(d.gamma) && q_is_finite(d.flip) && q_is_finite(d.move));
        bool same = cases[i].iv && cases[i].spot == 101;
        CHECK(!same || q_abs(d.iv30 - 0.2122913070510489) < 1e-12);
    }
}

TEST(one_strike_or_none_says_nothing_of_the_money)
{
    UNUSED_STATE;
    chain_t c = {.n = 0};
    chain_digest_t d = digest_of_chain(&c, DAY + 1);
    CHECK(d.spot == 0 && d.iv30 == 0 && !d.held && d.max_pain == 0 && d.move == 0);
    leg(&c, 30, 1, 100, 3, 10);
    d = digest_of_chain(&c, DAY + 1);
    CHECK(d.spot == 0 && d.iv30 == 0 && !d.held && d.max_pain == 0); /* a call alone has no forward */
    leg(&c, 30, -1, 100, 2, 10);
    d = digest_of_chain(&c, DAY + 1);
    CHECK(d.spot == 101 && d.iv30 == 0 && d.move == 0); /* nothing is above the forward */
    CHECK(d.held && d.gamma == 0 && d.flip == 0);       /* as many calls as puts */
    CHECK_EQ(d.max_pain, 100);
    c.n = 0;
    flat(&c, 30, 0.3);
    c.n = 4; /* 95 and 100, and the forward is 100 itself */
    d = digest_of_chain(&c, 0);
    CHECK_NEAR(d.iv30, 0.3, 1e-9);
    c.n = 0;
    leg(&c, 30, 1, 70, 32, 0);
    leg(&c, 30, -1, 70, 2, 0);
    leg(&c, 30, 1, 130, 2, 0);
    leg(&c, 30, -1, 130, 32, 0);
    d = digest_of_chain(&c, 0);
    CHECK(d.spot == 100 && d.iv30 == 0); /* both are too far away */
}

/* Whatever the prices are, figures are finite and in their ranges. */
TEST(any_prices)
{
    UNUSED_STATE;
    u32 known = 0;
    for (u64 seed = 0; seed < 3000; seed++) {
        rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
        chain_t c = {.n = 0};
        u32 n = (u32)rng_below(key, 0, LEGS);
        for (u32 i = 0; i < n; i++) {
            f64 size = q_exp(40 * rng_unit(key, 10 * i + 1) * rng_unit(key, 10 * i + 2) - 15);
            i32 side = rng_below(key, 10 * i + 4, 2) == 0 ? 1 : -1;
            f64 strike = 80 + 5 * (f64)rng_below(key, 10 * i + 5, 9);
            f64 inside = seed % 2 == 0 ? q_max(side * (100 - strike), 0) : 0; /* then not all are nonsense */
            leg(&c, 30 * (i32)rng_below(key, 10 * i + 3, 3), side, strike,
                rng_below(key, 10 * i + 6, 9) == 0 ? 0 : inside + size,
                (f64)rng_below(key, 10 * i + 7, 1000));
        }
        chain_digest_t d = digest_of_chain(&c, DAY + 7);
        known += d.iv30 > 0 ? 1 : 0;
        CHECK(q_is_finite(d.spot) && q_is_finite(d.gamma) && d.spot >= 0);
        CHECK(d.iv30 >= 0 && d.iv30 <= 5.0 + 1e-9 && d.move >= 0 && d.move < 2);
        CHECK(d.flip == 0 || (d.flip >= 0.8 * d.spot - 1e-9 && d.flip <= 1.2 * d.spot + 1e-9));
        CHECK(d.max_pain == 0 || (d.max_pain >= 80 && d.max_pain <= 120));
    }
    print_message("# %u of 3000 have a volatility\n", known);
    CHECK(known > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_strikes_on_paper),
        cmocka_unit_test(what_is_open_the_other_way_round_is_exposure_the_other_way_round),
        cmocka_unit_test(pain_is_least_where_least_is_paid),
        cmocka_unit_test(thirty_days_lie_between_expiries_in_variance),
        cmocka_unit_test(contracts_that_end_today_count_for_nothing),
        cmocka_unit_test(the_expected_move_is_of_the_first_expiry_behind_the_results),
        cmocka_unit_test(prices_that_nobody_believes),
        cmocka_unit_test(one_strike_or_none_says_nothing_of_the_money),
        cmocka_unit_test(any_prices)};
    return RUN_TESTS(tests);
}
