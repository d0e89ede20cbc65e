/* Error function, normal distribution, gamma function. */
#include "quant/math/qmath.h"

#include "base/assert.h"
#include "quant/math/qmath_inline.h"
#include "quant/math/qmath_mills.h"

/* erf(x) / x = sum ERF_SMALL[i] u^i with u = 2 x^2 - 1 for |x| <= 1, made the same way with 24 nodes,
 * degree 13. */
static const f64 ERF_SMALL[14] = {
    0.96546873866986730832,     -0.14053608902271712098,   0.019852496688983707237,
    -0.0022854855611440673008,  0.00021751715604160107223, -0.000017537169441492100127,
    1.2233827383524009570e-6,   -7.5115691606781377245e-8, 4.1158005976649594445e-9,
    -2.0352493920247853179e-10, 9.1676067460694449031e-12, -3.7910930392717218249e-13,
    1.4548170759606790085e-14,  -5.1660616168059805010e-16};

/* P and Q coefficients of PPND16: M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988), in three
 * ranges: the middle |p - 1/2| <= 0.425, the near tail, the far tail (r = sqrt(-ln p) > 5). */
static const f64 PPND_NUM[3][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3},
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
     7.74545014278341407640e-4},
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
     2.01033439929228813265e-7}};
static const f64 PPND_DEN[3][8] = {
    {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
     3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15}};

static f64 poly(const f64 *c, i32 count, f64 x)
{
    ASSERT(count > 0);
    f64 y = c[count - 1];
    for (i32 i = count - 2; i >= 0; i--) {
        y = y * x + c[i];
    }
    return y;
}

/* exp(-scale x^2) for scale 1 or 1/2: the square is taken of the upper half of x, where it is exact, and the
 * rest enters as a factor near 1; squaring x itself would cost up to x^2 ulp. */
static f64 exp_minus_square(f64 x, f64 scale)
{
    f64 xh = q_from_bits(q_bits(x) & ~(u64)0x7ffffff);
    f64 rest = scale * ((x - xh) * (x + xh));
    f64 factor = 1.0 - rest * (1.0 - rest * (0.5 - rest * (1.0 / 6.0)));
    return q_exp_core(-scale * (xh * xh)) * factor;
}

/* exp(x^2) erfc(x) for x >= 0. */
static f64 erfc_scaled(f64 x)
{
    return poly(Q_MILLS, 26, (x - 3.75) / (x + 3.75)) / (1.0 + 2.0 * x);
}

static f64 erf_small(f64 x)
{
    ASSERT(q_abs(x) <= 1.0);
    return x * poly(ERF_SMALL, 14, 2.0 * x * x - 1.0);
}

f64 q_erfc(f64 x)
{
    if (!(q_abs(x) <= 28.0)) {
        return q_is_nan(x) ? x : x > 0 ? 0.0 : 2.0;
    }
    if (q_abs(x) < 0.5) {
        return 1.0 - erf_small(x);
    }
    f64 a = q_abs(x);
    f64 tail = exp_minus_square(a, 1.0) * erfc_scaled(a);
    return x > 0 ? tail : 2.0 - tail;
}

f64 q_erf(f64 x)
{
    if (q_abs(x) <= 1.0) {
        return erf_small(x);
    }
    return x > 0 ? 1.0 - q_erfc(x) : x < 0 ? q_erfc(-x) - 1.0 : x;
}

f64 q_norm_pdf(f64 x)
{
    if (!(q_abs(x) <= 40.0)) {
        return q_is_nan(x) ? x : 0.0;
    }
    return exp_minus_square(q_abs(x), 0.5) * 0.39894228040143267794;
}

f64 q_norm_cdf(f64 x)
{
    if (!(q_abs(x) <= 40.0)) {
        return q_is_nan(x) ? x : x > 0 ? 1.0 : 0.0;
    }
    f64 a = q_abs(x) * 0.70710678118654752440;
    if (a < 0.5) {
        return 0.5 + 0.5 * erf_small(x * 0.70710678118654752440);
    }
    /* The rounding of a touches only the slowly varying factor; the exponential is taken of x itself. */
    f64 tail = 0.5 * exp_minus_square(q_abs(x), 0.5) * erfc_scaled(a);
    return x > 0 ? 1.0 - tail : tail;
}

f64 q_norm_inv(f64 p)
{
    if (!(p > 0 && p < 1.0)) {
        return p == 0 ? -Q_INF : p == 1.0 ? Q_INF : Q_NAN;
    }
    f64 q = p - 0.5;
    if (q_abs(q) <= 0.425) {
        f64 r = 0.180625 - q * q;
        return q * poly(PPND_NUM[0], 8, r) / poly(PPND_DEN[0], 8, r);
    }
    f64 r = q_sqrt(-q_log(q < 0 ? p : 1.0 - p));
    i32 far = r > 5.0;
    r -= far ? 5.0 : 1.6;
    f64 z = poly(PPND_NUM[1 + far], 8, r) / poly(PPND_DEN[1 + far], 8, r);
    ASSERT(z > 0);
    return q < 0 ? -z : z;
}

f64 q_lgamma(f64 x)
{
    /* Coefficients B(2n) / (2n (2n - 1)) of Stirling's series (NIST DLMF 5.11.1); with x >= 8 eight are
     * enough. */
    static const f64 STIRLING[8] = {1.0 / 12.0,   -1.0 / 360.0,      1.0 / 1260.0, -1.0 / 1680.0,
                                    1.0 / 1188.0, -691.0 / 360360.0, 1.0 / 156.0,  -3617.0 / 122400.0};
    if (!(x > 0 && x < Q_INF)) {
        return x == Q_INF ? x : Q_NAN;
    }
    f64 product = 1.0; /* gamma(x) = gamma(x + n) / (x (x + 1) ... (x + n - 1)) */
    while (x < 8.0) {
        product *= x;
        x += 1.0;
    }
    f64 inv = 1.0 / x;
    f64 series = inv * poly(STIRLING, 8, inv * inv);
    f64 main = (x - 0.5) * q_log(x) - x + 0.91893853320467274178;
    return main + series - q_log(product);
}
