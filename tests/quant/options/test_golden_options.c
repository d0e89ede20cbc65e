/* Options against QuantLib and against the textbook formulas in 113-bit arithmetic
 * (tests/golden/options_*.txt, made by tools/golden-options). */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quant/indicators/kernels.h"
#include "quant/options/american.h"

enum { FIELDS = 32 };

static FILE *golden(const char *name)
{
    char path[4096];
    const char *root = getenv("VITRINE_TEST_ROOT");
    snprintf(path, sizeof path, "%s/tests/golden/%s", root != NULL ? root : ".", name);
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    return f;
}

/* The next row of `width` numbers, NaN where the file says "-"; false at the end. */
static bool next_row(FILE *f, u32 width, f64 *v)
{
    char line[4096];
    while (fgets(line, sizeof line, f) != NULL) {
        char *save = NULL;
        u32 n = 0;
        if (line[0] == '#') {
            continue;
        }
        for (char *p = strtok_r(line, " \n", &save); p != NULL && n < FIELDS;
             p = strtok_r(NULL, " \n", &save)) {
            v[n++] = strcmp(p, "-") == 0 ? (f64)NAN : strtod(p, NULL);
        }
        CHECK_EQ(n, width);
        return true;
    }
    return false;
}

static option_t row_option(const f64 *v)
{
    return (option_t){.side = v[0],
                      .spot = v[1],
                      .strike = v[2],
                      .years = v[3],
                      .rate = v[4],
                      .yield = v[5],
                      .sigma = v[6]};
}

static f64 apart(f64 got, f64 want, f64 scale)
{
    return fabs(got - want) / fmax(fabs(want), scale);
}

TEST(european)
{
    UNUSED_STATE;
    static const char *const NAMES[] = {"value", "delta",     "gamma", "vega",  "theta",
                                        "rho",   "rho_yield", "vanna", "volga", "charm"};
    f64 v[FIELDS], exact[10] = {0}, peer[7] = {0};
    u32 rows = 0;
    FILE *f = golden("options_european.txt");
    while (next_row(f, 25, v)) {
        option_greeks_t g;
        option_t o = row_option(v);
        CHECK_OK(option_value(&o, &g, NULL));
        const f64 got[] = {g.value, g.delta,     g.gamma, g.vega,  g.theta,
                           g.rho,   g.rho_yield, g.vanna, g.volga, g.charm};
        for (u32 k = 0; k < 10; k++) {
            /* Theta and charm are sums of terms that may cancel: those bound the scale below. */
            f64 scale =
                k == 4 ? 1e-3 * (fabs(o.rate * g.rho / o.years) + fabs(o.yield * g.rho_yield / o.years)) : 0;
            scale = k == 9 ? 1e-3 * fabs(o.yield * g.delta) : scale;
            scale = k >= 7 ? fmax(scale, 1e-3 * g.vega) : scale; /* d1 or d2 near 0 */
            exact[k] = fmax(exact[k], apart(got[k], v[7 + k], fmax(scale, 1e-200)));
        }
        for (u32 k = 0; k < 7; k++) {
            /* QuantLib subtracts two probabilities, so below 1e-5 of its amounts its own digits go. */
            f64 scale = k == 1 || k == 2 ? 1e-5 : 1e-5 * (o.spot + o.strike);
            peer[k] = fmax(peer[k], apart(got[k], v[17 + k], scale));
        }
        rows++;
    }
    fclose(f);
    for (u32 k = 0; k < 10; k++) {
        print_message("# %-9s worst %.2g against 113 bits, %.2g against QuantLib\n", NAMES[k], exact[k],
                      k < 7 ? peer[k] : 0);
    }
    for (u32 k = 0; k < 10; k++) {
        CHECK(exact[k] <= 1e-11);
        CHECK(k >= 7 || peer[k] <= 1e-10);
    }
    CHECK_EQ(rows, 500);
}

TEST(implied)
{
    UNUSED_STATE;
    f64 v[FIELDS], out_worst = 0, in_worst = 0, peer_worst = 0;
    u32 found = 0, none = 0, compared = 0;
    FILE *f = golden("options_european.txt");
    while (next_row(f, 25, v)) {
        option_t o = row_option(v);
        f64 sigma = 0, forward = o.spot * exp(-o.yield * o.years), strike = o.strike * exp(-o.rate * o.years);
        f64 inner = fmax(o.side * (forward - strike), 0), time_value = v[7] - inner;
        err_t err = option_implied(&o, v[7], &sigma, NULL);
        if (inner > 0 && time_value < 1e-12 * v[7]) {
            none += err != ERR_OK;
            continue; /* nothing of the volatility is left in the price's digits */
        }
        CHECK_OK(err);
        found++;
        /* What a unit in the last place of the price, and in the money of the two discounted amounts that are
         * taken off it, is worth in volatility. */
        f64 ulp = v[7] + (inner > 0 ? forward + strike : 0);
        f64 given = 2.3e-16 * ulp / (v[10] * o.sigma), wrong = apart(sigma, o.sigma, 0);
        f64 *worst = inner > 0 ? &in_worst : &out_worst;
        *worst = fmax(*worst, inner > 0 ? wrong / given : wrong - given);
        CHECK(wrong <= 1e-13 + 2 * given);
        if (!isnan(v[24]) && v[7] > 1e-3) {
            compared++;
            peer_worst = fmax(peer_worst, apart(sigma, v[24], 0) - 100 * given);
        }
    }
    fclose(f);
    print_message(
        "# %u found, %u without: out of the money worst %.2g, in the money %.2g of what the price's digits"
        " allow, QuantLib apart %.2g (%u)\n",
        found, none, out_worst, in_worst, peer_worst, compared);
    CHECK(found >= 380 && compared > 300);
    CHECK(peer_worst <= 1e-10);
}

TEST(american)
{
    UNUSED_STATE;
    static u8 memory[1 << 16];
    f64 v[FIELDS], tree_worst = 0, flat_worst = 0, gap = 0;
    u32 rows = 0, flats = 0;
    FILE *f = golden("options_american.txt");
    while (next_row(f, 11, v)) {
        option_t o = row_option(v);
        arena_t arena;
        american_t a;
        f64 flat = 0;
        arena_init(&arena, memory, sizeof memory);
        CHECK_OK(american_tree(&o, (u32)v[7], &arena, &a, NULL));
        if (isnan(v[8])) {
            continue;
        }
        f64 wrong = apart(a.value, v[8], 1e-4); /* sums of amounts near 100: digits beyond 1e-14 are noise */
        if (wrong > 1e-10) {
            print_message("# %g %g %g %g %g %g: %.17g, QuantLib %.17g\n", o.side, o.strike, o.years, o.rate,
                          o.yield, o.sigma, a.value, v[8]);
        }
        tree_worst = fmax(tree_worst, wrong);
        rows++;
        if (o.rate >= 0 && !isnan(v[9])) {
            CHECK_OK(american_approximate(&o, &flat, NULL));
            option_greeks_t european;
            CHECK_OK(option_value(&o, &european, NULL));
            /* QuantLib's may lie below the European value (rate 0); ours never does. */
            wrong = apart(flat, fmax(v[9], european.value), 1e-3);
            if (wrong > 1e-10) {
                print_message("# %g %g %g %g %g %g: flat %.17g, QuantLib %.17g\n", o.side, o.strike, o.years,
                              o.rate, o.yield, o.sigma, flat, v[9]);
            }
            flat_worst = fmax(flat_worst, wrong);
            gap = fmax(gap, (a.value - flat) / o.spot);
            flats++;
        }
    }
    fclose(f);
    print_message(
        "# Leisen-Reimer worst %.2g of %u, Bjerksund-Stensland %.2g of %u; they differ by up to %.2g of the"
        " spot\n",
        tree_worst, rows, flat_worst, flats, gap);
    CHECK(rows > 140 && flats > 100);
    CHECK(tree_worst <= 1e-10 && flat_worst <= 1e-10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(european), cmocka_unit_test(implied),
                                       cmocka_unit_test(american)};
    return RUN_TESTS(tests);
}
