/* Laws that option values keep: parity, bounds, monotony, sensitivities against differences, the same bits at
 * every level, implied volatility as the inverse; and what is refused. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "quant/indicators/kernels.h"
#include "quant/math/qmath.h"
#include "quant/options/american.h"
#include "quant/options/black.h"

static option_t draw(u64 seed, u64 n)
{
    rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
    u64 d = 8 * n;
    return (option_t){.spot = 50 + 100 * rng_unit(key, d),
                      .strike = 20 + 200 * rng_unit(key, d + 1),
                      .years = 0.01 + 3 * rng_unit(key, d + 2),
                      .rate = -0.02 + 0.12 * rng_unit(key, d + 3),
                      .yield = 0.08 * rng_unit(key, d + 4),
                      .sigma = 0.03 + 1.2 * rng_unit(key, d + 5),
                      .side = rng_below(key, d + 6, 2) == 0 ? 1 : -1};
}

static option_greeks_t value(option_t o)
{
    option_greeks_t g;
    CHECK_OK(option_value(&o, &g, NULL));
    return g;
}

static bool near(f64 a, f64 b, f64 bound)
{
    if (!(fabs(a - b) <= bound)) {
        print_message("# %.17g against %.17g\n", a, b);
    }
    return fabs(a - b) <= bound;
}

TEST(parity_and_bounds)
{
    UNUSED_STATE;
    for (u64 n = 0; n < 5000; n++) {
        option_t o = draw(1, n);
        o.side = 1;
        option_greeks_t call = value(o);
        o.side = -1;
        option_greeks_t put = value(o);
        f64 forward = o.spot * q_exp(-o.yield * o.years), strike = o.strike * q_exp(-o.rate * o.years);
        CHECK(near(call.value - put.value, forward - strike, 1e-15 * (forward + strike)));
        CHECK(near(call.delta - put.delta, forward / o.spot, 1e-15));
        CHECK(near(call.gamma, put.gamma, 0) && near(call.vega, put.vega, 0) &&
              near(call.volga, put.volga, 0));
        CHECK(call.value >= fmax(forward - strike, 0) && call.value <= forward);
        CHECK(put.value >= fmax(strike - forward, 0) && put.value <= strike);
        CHECK(call.delta >= 0 && put.delta <= 0 && call.gamma >= 0 && call.vega >= 0);
        CHECK(call.rho >= 0 && put.rho <= 0);
    }
}

TEST(values_grow_with_volatility_and_fall_or_rise_with_the_strike)
{
    UNUSED_STATE;
    for (u64 n = 0; n < 2000; n++) {
        option_t o = draw(2, n), more = o, higher = o;
        more.sigma *= 1.01;
        higher.strike *= 1.01;
        f64 base = value(o).value;
        CHECK(value(more).value >= base);
        CHECK(o.side > 0 ? value(higher).value <= base : value(higher).value >= base);
    }
}

/* Central difference of a sensitivity (a place in option_greeks_t) by a field of option_t. */
static f64 difference(option_t o, size_t field, size_t of, f64 step)
{
    option_t up = o, down = o;
    *(f64 *)(void *)((u8 *)&up + field) += step;
    *(f64 *)(void *)((u8 *)&down + field) -= step;
    option_greeks_t a = value(up), b = value(down);
    return (*(f64 *)(void *)((u8 *)&a + of) - *(f64 *)(void *)((u8 *)&b + of)) / (2 * step);
}

TEST(sensitivities_are_differences)
{
    UNUSED_STATE;
#define F(x) offsetof(option_t, x)
#define G(x) offsetof(option_greeks_t, x)
    static const struct {
        size_t got, field, of;
        f64 sign, step;
    } LAWS[] = {
        {G(delta), F(spot), G(value), 1, 1e-3},  {G(gamma), F(spot), G(delta), 1, 1e-3},
        {G(vega), F(sigma), G(value), 1, 1e-5},  {G(theta), F(years), G(value), -1, 1e-6},
        {G(rho), F(rate), G(value), 1, 1e-5},    {G(rho_yield), F(yield), G(value), 1, 1e-5},
        {G(vanna), F(sigma), G(delta), 1, 1e-5}, {G(vanna), F(spot), G(vega), 1, 1e-3},
        {G(volga), F(sigma), G(vega), 1, 1e-5},  {G(charm), F(years), G(delta), -1, 1e-6},
    };
#undef F
#undef G
    for (u64 n = 0; n < 2000; n++) {
        option_t o = draw(3, n);
        o.sigma += 0.1;
        o.years += 0.1;
        option_greeks_t g = value(o);
        for (size_t k = 0; k < COUNT_OF(LAWS); k++) {
            f64 got = *(const f64 *)(const void *)((const u8 *)&g + LAWS[k].got);
            f64 want = LAWS[k].sign * difference(o, LAWS[k].field, LAWS[k].of, LAWS[k].step);
            CHECK(near(got, want, 2e-6 * (1 + fabs(want))));
        }
    }
}

/* A chain of many contracts, a multiple of no vector's width. */
enum { CHAIN = 1003 };

typedef struct {
    f64 column[7][CHAIN], price[CHAIN];
    option_cols_t cols;
} chain_t;

static void chain_make(chain_t *c, u64 seed)
{
    for (u32 i = 0; i < CHAIN; i++) {
        option_t o = draw(seed, i);
        const f64 v[] = {o.spot, o.strike, o.years, o.rate, o.yield, o.sigma, o.side};
        for (u32 k = 0; k < 7; k++) {
            c->column[k][i] = v[k];
        }
        c->price[i] = value(o).value;
    }
    c->cols = (option_cols_t){c->column[0], c->column[1], c->column[2], c->column[3], c->column[4],
                              c->column[5], c->price,     c->column[6], CHAIN};
}

TEST(levels_and_places_give_the_same_bits)
{
    UNUSED_STATE;
    static chain_t c;
    static f64 out[10][CHAIN], first[10][CHAIN], iv[CHAIN], first_iv[CHAIN];
    chain_make(&c, 4);
    option_out_t to = {out[0], out[1], out[2], out[3], out[4], out[5], out[6], out[7], out[8], out[9]};
    for (u32 level = 0; level < INDICATOR_LEVELS; level++) {
        if (black_kernels_at(level) == NULL) {
            continue;
        }
        options_value(level, &c.cols, &to);
        options_implied(level, &c.cols, iv);
        if (level == 0) {
            memcpy(first, out, sizeof out);
            memcpy(first_iv, iv, sizeof iv);
        }
        CHECK(memcmp(first, out, sizeof out) == 0 && memcmp(first_iv, iv, sizeof iv) == 0);
    }
    for (u32 i = 0; i < CHAIN; i++) { /* alone, a contract gives what it gives among others */
        option_t o = draw(4, i);
        option_greeks_t g = value(o);
        f64 sigma = 0;
        CHECK(g.value == out[0][i] && g.delta == out[1][i] && g.gamma == out[2][i] && g.charm == out[9][i]);
        if (option_implied(&o, c.price[i], &sigma, NULL) == ERR_OK) {
            CHECK(sigma == iv[i]);
        } else {
            CHECK(iv[i] <= 0);
        }
    }
    option_out_t only = {.gamma = iv};
    options_value(0, &c.cols, &only); /* what is not asked is not written */
    CHECK(memcmp(iv, first[2], sizeof iv) == 0);
}

TEST(vectors_give_the_bits_of_the_functions)
{
    UNUSED_STATE;
    enum { N = 4096 };
    static f64 x[N], e[N], l[N], m[N], positive[N];
    rng_key_t key = {.seed = 5, .purpose = RNG_TEST};
    for (u32 i = 0; i < N; i++) {
        x[i] = i < 8 ? (const f64[]){0, -0.0, 709.7, 710.5, -745.1, -746.5, -708.4, 1e300}[i]
                     : (rng_unit(key, i) - 0.5) * (i % 3 == 0 ? 1500 : 2);
        positive[i] = i < 4 ? (const f64[]){1, 0x1p-1022, 1.7e308, 0.7071067811865475}[i]
                            : q_exp((rng_unit(key, i) - 0.5) * (i % 2 == 0 ? 1400 : 0.1));
    }
    f64 worst = 0;
    for (u32 level = 0; level < INDICATOR_LEVELS; level++) {
        const black_kernels_t *k = black_kernels_at(level);
        if (k == NULL) {
            continue;
        }
        k->exp_n(e, x, N);
        k->log_n(l, positive, N);
        k->mills_n(m, positive, N);
        for (u32 i = 0; i < N; i++) {
            f64 pe = q_exp(x[i]), pl = q_log(positive[i]);
            CHECK(memcmp(&e[i], &pe, sizeof pe) == 0 && memcmp(&l[i], &pl, sizeof pl) == 0);
            if (positive[i] < 100) {
                long double z = positive[i],
                            want = erfcl(z * sqrtl(0.5L)) / 2 / expl(-z * z / 2) * 2.50662827463100050242L;
                worst = fmax(worst, (f64)(fabsl(m[i] - want) / want));
            }
        }
    }
    print_message("# Mills' ratio: worst relative error %.2g\n", worst);
    CHECK(worst < 1e-15); /* 4 ulp and what long double loses in the tail */
}

static u32 count_of_reason(const f64 *iv, u32 count, iv_reason_t reason)
{
    u32 found = 0;
    for (u32 i = 0; i < count; i++) {
        found += options_reason(iv[i]) == reason;
    }
    return found;
}

/* Out-of-the-money contracts over the whole range of doubles: |x| from 0 and 1e-12 to 100, s from 1e-6 to 15.
 */
TEST(implied_volatility_inverts_everywhere)
{
    UNUSED_STATE;
    f64 worst = 0;
    u32 done = 0;
    for (u64 n = 0; n < 40000; n++) {
        rng_key_t key = {.seed = 6, .purpose = RNG_TEST};
        f64 x = n % 10 == 0 ? 0 : q_exp(-28 + 32.6 * rng_unit(key, 2 * n)),
            s = q_exp(-14 + 16.7 * rng_unit(key, 2 * n + 1));
        option_t o = {.spot = 100, .strike = 100 * q_exp(x), .years = 1, .sigma = s, .side = 1};
        if (x > 30 || o.strike < 100) {
            o = (option_t){.spot = 100, .strike = 100 * q_exp(-x), .years = 1, .sigma = s, .side = -1};
        }
        f64 sigma = 0, price = value(o).value, bound = o.side > 0 ? o.spot : o.strike;
        /* A price's own digits: what one unit in its last place, and one of ln(spot / strike), is worth. */
        option_greeks_t g = value(o);
        f64 given = 2.3e-16 * (price + fabs(g.delta) * o.spot) / (g.vega * s);
        if (!(price > 1e-290) || !(given < 1e-10) || price > bound * (1 - 1e-12)) {
            continue;
        }
        CHECK_OK(option_implied(&o, price, &sigma, NULL));
        f64 wrong = fabs(sigma - s) / s;
        if (!(wrong <= 1e-13 + 2 * given)) {
            print_message("# x %g s %g: %.17g wrong by %g, digits %g\n", x, s, sigma, wrong, given);
        }
        CHECK(wrong <= 1e-13 + 2 * given);
        worst = fmax(worst, wrong - 2 * given);
        done++;
    }
    print_message("# %u contracts, worst beyond the price's digits %.2g\n", done, worst);
    CHECK(done > 20000);
}

TEST(no_solution_is_told)
{
    UNUSED_STATE;
    option_t call = {.spot = 100, .strike = 90, .years = 0.5, .rate = 0.03, .yield = 0.01, .side = 1},
             bad = call;
    f64 inner = 100 * q_exp(-0.005) - 90 * q_exp(-0.015), sigma = 7;
    const struct {
        f64 price;
        iv_reason_t reason;
    } CASES[] = {{inner - 0.01, IV_BELOW}, {inner, IV_AT_INTRINSIC},
                 {100, IV_ABOVE},          {100 * q_exp(-0.005), IV_ABOVE},
                 {-1, IV_BELOW},           {NAN, IV_INPUT},
                 {INFINITY, IV_ABOVE},     {inner + 1, IV_FOUND}};
    for (size_t k = 0; k < COUNT_OF(CASES); k++) {
        diag_t d = {0};
        option_cols_t in = {&call.spot, &call.strike,    &call.years, &call.rate, &call.yield,
                            NULL,       &CASES[k].price, &call.side,  1};
        options_implied(indicator_level_best(), &in, &sigma);
        CHECK_EQ(options_reason(sigma), CASES[k].reason);
        err_t err = option_implied(&call, CASES[k].price, &sigma, &d);
        CHECK_EQ(err, CASES[k].reason == IV_FOUND ? ERR_OK : ERR_PARAM_RANGE);
        CHECK(d.set == (CASES[k].reason != IV_FOUND));
    }
    f64 *const fields[] = {&bad.spot, &bad.strike, &bad.years, &bad.rate, &bad.yield, &bad.side};
    static const f64 WRONG[] = {-1, 0, NAN, INFINITY};
    option_greeks_t g;
    for (size_t k = 0; k < COUNT_OF(fields); k++) {
        for (size_t j = 0; j < COUNT_OF(WRONG); j++) {
            f64 keep = *fields[k];
            *fields[k] = WRONG[j];
            bool fine = (k >= 3 && k <= 4 && j < 2) || (k == 2 && j == 1) || (k == 5 && j == 0);
            CHECK_EQ(option_value(&bad, &g, NULL), fine ? ERR_OK : ERR_PARAM_RANGE);
            if (k < 3 && j < 3) {
                option_cols_t in = {&bad.spot, &bad.strike,     &bad.years, &bad.rate, &bad.yield,
                                    NULL,      &CASES[7].price, &bad.side,  1};
                options_implied(indicator_level_best(), &in, &sigma);
                CHECK_EQ(options_reason(sigma), IV_INPUT);
            }
            *fields[k] = keep;
        }
    }
    static const f64 FOUND[] = {0.2, -1, -4, -1};
    CHECK_EQ(count_of_reason(FOUND, 4, IV_BELOW), 2);
}

TEST(without_time_or_volatility)
{
    UNUSED_STATE;
    option_t o = {
        .spot = 100, .strike = 90, .years = 0, .rate = 0.03, .yield = 0.01, .sigma = 0.3, .side = 1};
    option_greeks_t g = value(o);
    CHECK(g.value == 10 && g.delta == 1 && g.gamma == 0 && g.vega == 0 && g.vanna == 0 && g.volga == 0 &&
          g.rho == 0);
    o.years = 1;
    o.sigma = 0;
    g = value(o);
    CHECK(near(g.value, 100 * q_exp(-0.01) - 90 * q_exp(-0.03), 1e-14) && g.gamma == 0 && g.vega == 0);
    o.strike = 100;
    o.rate = o.yield = 0;
    g = value(o); /* exactly at the money */
    CHECK(g.value < 1e-90 && g.delta == 0.5 && isfinite(g.theta) && isfinite(g.charm));
}

TEST(forward_is_spot_without_drift)
{
    UNUSED_STATE;
    for (u64 n = 0; n < 500; n++) {
        option_t o = draw(7, n), up = o, down = o;
        option_greeks_t g, a, b;
        o.sigma += 0.1;
        up = down = o;
        up.rate += 1e-5;
        down.rate -= 1e-5;
        CHECK_OK(option_value_forward(&o, &g, NULL));
        CHECK_OK(option_value_forward(&up, &a, NULL));
        CHECK_OK(option_value_forward(&down, &b, NULL));
        CHECK(near(g.rho, (a.value - b.value) / 2e-5, 1e-5) && g.rho_yield == 0);
        CHECK(near(g.rho, -o.years * g.value, 1e-12 * (1 + o.spot * o.years)));
        option_t plain = o;
        plain.yield = o.rate;
        CHECK(value(plain).value == g.value);
    }
}

static u8 tree_memory[1 << 20];

static american_t tree(const option_t *o, u32 steps)
{
    arena_t arena;
    american_t a = {0};
    arena_init(&arena, tree_memory, sizeof tree_memory);
    CHECK_OK(american_tree(o, steps, &arena, &a, NULL));
    return a;
}

TEST(american_is_worth_more_and_converges)
{
    UNUSED_STATE;
    f64 gap = 0;
    for (u64 n = 0; n < 150; n++) {
        option_t o = draw(8, n);
        o.rate = fabs(o.rate);
        o.sigma += 0.05;
        american_t fine = tree(&o, 1001), coarse = tree(&o, 201);
        option_greeks_t european = value(o);
        f64 flat = 0, inner = fmax(o.side * (o.spot - o.strike), 0);
        CHECK_OK(american_approximate(&o, &flat, NULL));
        CHECK(fine.value >= european.value - 2e-5 * o.spot && fine.value >= inner);
        CHECK(flat >= european.value && flat >= inner && flat <= fine.value + 2e-5 * o.spot);
        CHECK(near(fine.value, coarse.value, 6e-4 * o.spot));
        gap = fmax(gap, (fine.value - flat) / o.spot);
        CHECK(fine.exercise ? fine.delta == o.side
                            : o.side * fine.delta >= -1e-9 && o.side * fine.delta <= 1 + 1e-9);
        if (o.side > 0 && o.yield == 0) {
            CHECK(near(fine.value, european.value, 1e-5 * o.spot));
        }
    }
    print_message("# the flat boundary gives away up to %.2g of the spot\n", gap);
    CHECK(gap < 0.06); /* up to three years at a volatility of 1.28 are among them */
    /* A call without yield is never exercised early; its greeks are the European ones. */
    option_t o = {.spot = 100, .strike = 105, .years = 0.75, .rate = 0.04, .sigma = 0.3, .side = 1};
    american_t a = tree(&o, 2001);
    option_greeks_t g = value(o);
    CHECK(near(a.value, g.value, 1e-5) && near(a.delta, g.delta, 1e-3) && near(a.gamma, g.gamma, 1e-3));
    CHECK(near(a.theta, g.theta, 1e-2) && !a.exercise);
    option_t deep = {.spot = 20, .strike = 100, .years = 1, .rate = 0.05, .sigma = 0.2, .side = -1};
    CHECK(tree(&deep, 501).exercise && tree(&deep, 501).value == 80);
}

TEST(american_refuses)
{
    UNUSED_STATE;
    option_t o = {.spot = 100, .strike = 105, .years = 0.75, .rate = 0.04, .sigma = 0.3, .side = 1}, bad = o;
    arena_t arena;
    american_t a;
    f64 v = 0;
    arena_init(&arena, tree_memory, 100);
    CHECK_EQ(american_tree(&o, 200, &arena, &a, NULL), ERR_PARAM_RANGE);
    CHECK_EQ(american_tree(&o, 1, &arena, &a, NULL), ERR_PARAM_RANGE);
    CHECK_EQ(american_tree(&o, 201, &arena, &a, NULL), ERR_ARENA_FULL);
    bad.sigma = 0;
    CHECK_EQ(american_tree(&bad, 201, &arena, &a, NULL), ERR_PARAM_RANGE);
    CHECK_EQ(american_approximate(&bad, &v, NULL), ERR_PARAM_RANGE);
    bad = o;
    bad.rate = -0.01;
    CHECK_EQ(american_approximate(&bad, &v, NULL), ERR_PARAM_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parity_and_bounds),
        cmocka_unit_test(values_grow_with_volatility_and_fall_or_rise_with_the_strike),
        cmocka_unit_test(sensitivities_are_differences),
        cmocka_unit_test(levels_and_places_give_the_same_bits),
        cmocka_unit_test(vectors_give_the_bits_of_the_functions),
        cmocka_unit_test(implied_volatility_inverts_everywhere),
        cmocka_unit_test(no_solution_is_told),
        cmocka_unit_test(without_time_or_volatility),
        cmocka_unit_test(forward_is_spot_without_drift),
        cmocka_unit_test(american_is_worth_more_and_converges),
        cmocka_unit_test(american_refuses),
    };
    return RUN_TESTS(tests);
}
