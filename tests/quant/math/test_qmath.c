/* The documented error bounds hold against long double references on dense grids; special values are as told.
 */
#include "tests/test.h"

#include <string.h>

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "quant/math/qmath.h"

typedef f64 (*fn_t)(f64);
typedef long double (*ref_t)(long double);
typedef struct {
    const char *name;
    fn_t fn;
    ref_t ref;
    f64 lo, hi;
    bool geometric; /* grid in the exponent instead of the value */
    f64 bound_ulp;
} grid_t;

static long double ref_norm_cdf(long double x)
{
    return 0.5L * erfcl(-x * 0.707106781186547524400844362104849039L);
}
static long double ref_norm_pdf(long double x)
{
    return expl(-0.5L * x * x) * 0.398942280401432677939946059934381868L;
}

/* Distance in units of the last place of the reference; one unit is at least 2^-1074. */
static f64 ulp_error(f64 got, long double want)
{
    if (got == (f64)want) {
        return 0;
    }
    int e = 0;
    (void)frexpl(want, &e);
    return (f64)(fabsl((long double)got - want) / ldexpl(1.0L, MAX_OF(e - 53, -1074)));
}

TEST(grids)
{
    UNUSED_STATE;
    static const grid_t grids[] = {
        {"exp", q_exp, expl, -708, 709.7, false, 1.0},
        {"exp small", q_exp, expl, -1, 1, false, 1.0},
        {"exp denormal", q_exp, expl, -745.1, -708, false, 1.0},
        {"expm1", q_expm1, expm1l, -3, 3, false, 3.0},
        {"expm1 tiny", q_expm1, expm1l, 1e-300, 0.49, true, 3.0},
        {"log", q_log, logl, 5e-324, 1.7e308, true, 1.0},
        {"log near 1", q_log, logl, 0.5, 2.1, false, 1.0},
        {"log1p", q_log1p, log1pl, -0.999, 5, false, 2.0},
        {"log1p tiny", q_log1p, log1pl, 1e-300, 1e300, true, 2.0},
        {"log2", q_log2, log2l, 1e-310, 1e308, true, 2.0},
        {"log2 near 1", q_log2, log2l, 0.5, 2.1, false, 2.0},
        {"log10", q_log10, log10l, 1e-310, 1e308, true, 2.0},
        {"log10 near 1", q_log10, log10l, 0.5, 2.1, false, 2.0},
        {"erf", q_erf, erfl, -6, 6, false, 3.0},
        {"erf tiny", q_erf, erfl, 1e-300, 1, true, 3.0},
        {"erfc", q_erfc, erfcl, -6, 26.5, false, 5.0},
        {"erfc tail", q_erfc, erfcl, 26.5, 28, false, 4.0},
        {"norm_cdf", q_norm_cdf, ref_norm_cdf, -37.5, 9, false, 6.0},
        {"norm_pdf", q_norm_pdf, ref_norm_pdf, -37.5, 37.5, false, 3.0},
    };
    enum { STEPS = 200000 };
    for (size_t g = 0; g < COUNT_OF(grids); g++) {
        f64 worst = 0, at = 0;
        for (u32 i = 0; i <= STEPS; i++) {
            f64 t = (f64)i / STEPS;
            f64 x = grids[g].geometric ? exp(log(grids[g].lo) + t * (log(grids[g].hi) - log(grids[g].lo)))
                                       : grids[g].lo + t * (grids[g].hi - grids[g].lo);
            f64 e = ulp_error(grids[g].fn(x), grids[g].ref(x));
            if (!(e <= worst)) {
                worst = e;
                at = x;
            }
        }
        print_message("# %-14s worst %.3f ulp at %.17g\n", grids[g].name, worst, at);
        CHECK(worst <= grids[g].bound_ulp);
    }
}

TEST(power_bound)
{
    UNUSED_STATE;
    f64 worst = 0;
    for (u64 i = 0; i < 400000; i++) {
        rng_key_t key = {.seed = 11, .purpose = RNG_TEST};
        f64 x = exp((rng_unit(key, 2 * i) - 0.5) * (i % 3 == 0 ? 1400 : i % 3 == 1 ? 4 : 1e-3));
        f64 room = 700 / fmax(fabs(log(x)), 1e-12);
        f64 y = (rng_unit(key, 2 * i + 1) * 2 - 1) * fmin(room, 1e9);
        worst = fmax(worst, ulp_error(q_pow(x, y), powl(x, y)));
    }
    print_message("# pow worst %.3f ulp\n", worst);
    CHECK(worst <= 2.0);
}

TEST(inverse_normal)
{
    UNUSED_STATE;
    /* Independent of AS 241: Phi of the result, in long double, must be p; relative error in x through the
     * slope. */
    f64 worst = 0;
    for (i32 i = -200000; i <= 200000; i++) {
        f64 p = i < 0 ? exp((f64)i / 200000 * 700) : (f64)i / 200001;
        if (p == 0) {
            continue;
        }
        f64 x = q_norm_inv(p);
        long double slope = ref_norm_pdf(x), gap = ref_norm_cdf(x) - (long double)p;
        if (fabs(x) > 1e-3 && x < 3) { /* above, p near 1 cannot carry the precision that is asked for */
            worst = fmax(worst, fabs((f64)(gap / slope / x)));
        }
    }
    print_message("# norm_inv worst %.3g relative\n", worst);
    CHECK(worst <= 2e-15);
    CHECK(q_norm_inv(0.5) == 0);
    CHECK(q_norm_inv(0) == -Q_INF && q_norm_inv(1) == Q_INF);
    CHECK(q_is_nan(q_norm_inv(-0.1)) && q_is_nan(q_norm_inv(1.1)) && q_is_nan(q_norm_inv(Q_NAN)));
    /* Published table: the 97.5 % quantile. */
    CHECK(fabs(q_norm_inv(0.975) - 1.959963984540054) < 1e-14);
}

TEST(log_gamma)
{
    UNUSED_STATE;
    f64 worst = 0;
    for (u32 i = 0; i <= 200000; i++) {
        f64 x = exp(-20 + i * (60.0 / 200000));
        long double want = lgammal(x);
        worst = fmax(worst, (f64)(fabsl(q_lgamma(x) - want) / fmaxl(1, fabsl(want))));
    }
    print_message("# lgamma worst %.3g\n", worst);
    CHECK(worst <= 8e-15);
    CHECK(q_is_nan(q_lgamma(0)) && q_is_nan(q_lgamma(-1)) && q_lgamma(Q_INF) == Q_INF);
}

TEST(special_values)
{
    UNUSED_STATE;
    CHECK(q_exp(0) == 1 && q_exp(-Q_INF) == 0 && q_exp(Q_INF) == Q_INF && q_is_nan(q_exp(Q_NAN)));
    CHECK(q_exp(709.79) == Q_INF && q_exp(-745.14) == 0 && q_exp(-745.13) > 0 && q_exp(709.78) < Q_INF);
    CHECK(q_expm1(0) == 0 && q_expm1(-Q_INF) == -1 && q_is_nan(q_expm1(Q_NAN)) && q_expm1(Q_INF) == Q_INF);
    CHECK(q_log(1) == 0 && q_log(0) == -Q_INF && q_log(-0.0) == -Q_INF && q_log(Q_INF) == Q_INF);
    CHECK(q_is_nan(q_log(-1)) && q_is_nan(q_log(Q_NAN)) && q_is_nan(q_log(-Q_INF)) && q_is_nan(q_log10(-2)));
    CHECK(ulp_error(q_log(5e-324), logl((long double)5e-324)) <= 1);
    CHECK(q_log1p(-1) == -Q_INF && q_is_nan(q_log1p(-2)) && q_log1p(Q_INF) == Q_INF &&
          q_is_nan(q_log1p(Q_NAN)));
    for (i32 n = -1074; n <= 1023; n++) {
        CHECK(q_log2(q_ldexp(1.0, n)) == n);
        CHECK(q_ldexp(1.0, n) == ldexp(1.0, n));
        CHECK(q_ldexp(-1.7320508075688772, n) == ldexp(-1.7320508075688772, n));
        CHECK(q_ldexp(0x1.23456789abcp-1060, -n) == ldexp(0x1.23456789abcp-1060, -n));
    }
    CHECK(q_ldexp(1.5, 5000) == Q_INF && q_ldexp(-1.5, -5000) == 0 &&
          q_ldexp(5e-324, 2097) == ldexp(5e-324, 2097));
    for (i32 n = 0; n <= 22; n++) {
        CHECK(q_log10(strtod((const char *[]){"1e0",  "1e1",  "1e2",  "1e3",  "1e4",  "1e5",  "1e6",  "1e7",
                                              "1e8",  "1e9",  "1e10", "1e11", "1e12", "1e13", "1e14", "1e15",
                                              "1e16", "1e17", "1e18", "1e19", "1e20", "1e21", "1e22"}[n],
                             NULL)) == n);
    }
    CHECK(q_erf(0) == 0 && q_erf(Q_INF) == 1 && q_erf(-Q_INF) == -1 && q_erfc(Q_INF) == 0 &&
          q_erfc(-Q_INF) == 2);
    CHECK(q_is_nan(q_erf(Q_NAN)) && q_is_nan(q_erfc(Q_NAN)) && q_is_nan(q_norm_cdf(Q_NAN)));
    CHECK(q_norm_cdf(0) == 0.5 && q_norm_cdf(Q_INF) == 1 && q_norm_cdf(-Q_INF) == 0 &&
          q_norm_pdf(Q_INF) == 0);
    CHECK(q_clamp(5, 0, 1) == 1 && q_clamp(-5, 0, 1) == 0 && q_clamp(0.25, 0, 1) == 0.25 &&
          q_clamp(Q_NAN, 0, 1) == 0);
}

TEST(power_special)
{
    UNUSED_STATE;
    /* C99 Annex F.9.4.4: the libm of the host is the second opinion. */
    static const f64 v[] = {0.0,    -0.0,   1,          -1,     2,      -2,       3,         -3,
                            0.5,    -0.5,   1e300,      -1e300, 5e-324, INFINITY, -INFINITY, NAN,
                            1e-300, 0x1p53, 0x1p53 + 2, 2.5,    -2.5,   1e18};
    for (size_t i = 0; i < COUNT_OF(v); i++) {
        for (size_t j = 0; j < COUNT_OF(v); j++) {
            f64 got = q_pow(v[i], v[j]), want = pow(v[i], v[j]);
            bool same = (q_is_nan(got) && q_is_nan(want)) ||
                        (!q_is_nan(want) && ulp_error(got, (long double)want) <= 2.5 &&
                         signbit(got) == signbit(want)) ||
                        got == want;
            if (!same) {
                print_message("# pow(%g, %g) = %.17g, libm %.17g\n", v[i], v[j], got, want);
            }
            CHECK(same);
        }
    }
}

TEST(rounding)
{
    UNUSED_STATE;
    static const f64 v[] = {0,          -0.0,
                            0.5,        -0.5,
                            1.5,        2.5,
                            -2.5,       0.49999999999999994,
                            1e15 + 0.5, 4503599627370497.5,
                            1e300,      -1e300,
                            INFINITY,   -INFINITY,
                            5e-324,     -5e-324,
                            3.7,        -3.7};
    for (size_t i = 0; i < COUNT_OF(v); i++) {
        CHECK(q_floor(v[i]) == floor(v[i]));
        CHECK(q_ceil(v[i]) == ceil(v[i]));
        CHECK(q_round_even(v[i]) == nearbyint(v[i]));
    }
    CHECK(q_is_nan(q_floor(Q_NAN)) && q_is_nan(q_ceil(Q_NAN)));
}

TEST(arrays_are_the_same_bits)
{
    UNUSED_STATE;
    f64 x[1000], e[1000], l[1000], two[1000], ten[1000];
    for (u32 i = 0; i < 1000; i++) {
        x[i] = (rng_unit((rng_key_t){.seed = 5, .purpose = RNG_TEST}, i) - 0.3) * 800;
    }
    x[0] = Q_NAN;
    x[1] = Q_INF;
    x[2] = 0;
    x[3] = 5e-310;
    x[4] = 1000;
    x[5] = 1e22;
    q_exp_n(e, x, 1000);
    q_log_n(l, x, 1000);
    q_log2_n(two, x, 997); /* no whole number of vectors */
    memcpy(ten, x, sizeof x);
    q_log10_n(ten, ten, 1000);
    for (u32 i = 0; i < 1000; i++) {
        f64 a = q_exp(x[i]), b = q_log(x[i]);
        CHECK(e[i] == a || (q_is_nan(e[i]) && q_is_nan(a)));
        CHECK(l[i] == b || (q_is_nan(l[i]) && q_is_nan(b)));
        f64 c = q_log2(x[i]), d = q_log10(x[i]);
        CHECK(i >= 997 || two[i] == c || (q_is_nan(two[i]) && q_is_nan(c)));
        CHECK(ten[i] == d || (q_is_nan(ten[i]) && q_is_nan(d)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids),          cmocka_unit_test(power_bound),
        cmocka_unit_test(inverse_normal), cmocka_unit_test(log_gamma),
        cmocka_unit_test(special_values), cmocka_unit_test(power_special),
        cmocka_unit_test(rounding),       cmocka_unit_test(arrays_are_the_same_bits),
    };
    return RUN_TESTS(tests);
}
