/* Elementary functions on the cores of qmath_inline.h. Error bounds: qmath.h; proofs by test on dense grids.
 */
#include "quant/math/qmath.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath_inline.h"

#define MIN_NORMAL 0x1p-1022

/* A sum hi + lo held as two doubles, |lo| <= ulp(hi) / 2. */
typedef struct {
    f64 hi, lo;
} pair_t;

static const f64 TEN_POW[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

f64 q_round_even(f64 x)
{
    if (!(q_abs(x) < 0x1p52)) {
        return x; /* already an integer, infinite or NaN */
    }
    f64 r = x < 0 ? (x - 0x1p52) + 0x1p52 : (x + 0x1p52) - 0x1p52;
    return r == 0 ? __builtin_copysign(0.0, x) : r;
}

f64 q_floor(f64 x)
{
    f64 r = q_round_even(x);
    return r > x ? r - 1.0 : r;
}

f64 q_ceil(f64 x)
{
    f64 r = q_round_even(x);
    return r < x ? __builtin_copysign(r + 1.0, x) : r;
}

f64 q_ldexp(f64 x, i32 n)
{
    if (x == 0 || x - x != 0) {
        return x;
    }
    /* The whole shift is put on a normal mantissa, so that only one product can round. */
    if (q_abs(x) < MIN_NORMAL) {
        x *= 0x1p54;
        n = MAX_OF(n, -4000) - 54;
    }
    i32 e = (i32)(q_bits(x) >> 52 & 0x7ff) - 1023;
    f64 m = q_from_bits((q_bits(x) & 0x800fffffffffffffu) | 0x3ff0000000000000u);
    e += MIN_OF(MAX_OF(n, -4000), 4000);
    if (e > 1023) {
        return m * 0x1p1023 * 2.0;
    }
    if (e >= -1022) {
        return m * q_from_bits((u64)(i64)(e + 1023) << 52);
    }
    return e < -1080 ? m * 0x1p-1022 * 0x1p-1022
                     : m * 0x1p-1022 * q_from_bits((u64)(i64)(e + 1022 + 1023) << 52);
}

f64 q_exp(f64 x)
{
    return q_is_nan(x) ? x : q_exp_core(x);
}

f64 q_expm1(f64 x)
{
    if (!(q_abs(x) < 0.5)) {
        return q_exp(x) - 1.0; /* also NaN and the infinities */
    }
    f64 p = 1.0 / 1307674368000.0;
    for (i32 n = 14; n >= 3; n--) {
        static const f64 FACT[15] = {
            1,     1,      2,       6,        24,        120,          720,          5040,
            40320, 362880, 3628800, 39916800, 479001600, 6227020800.0, 87178291200.0};
        p = p * x + 1.0 / FACT[n];
    }
    /* x + (x^2/2 + x^3 p): the large term is added last. */
    return x + (0.5 * x * x + p * (x * x * x));
}

f64 q_log(f64 x)
{
    if (!(x >= MIN_NORMAL && x < Q_INF)) {
        if (x == 0) {
            return -Q_INF;
        }
        if (x > 0 && x < MIN_NORMAL) {
            return q_log_core(x * 0x1p54, -54);
        }
        return x > 0 ? x : Q_NAN; /* inf stays, negative and NaN become NaN */
    }
    return q_log_core(x, 0);
}

f64 q_log1p(f64 x)
{
    if (q_abs(x) < 0x1p-53) {
        return x;
    }
    f64 u = 1.0 + x;
    if (!(u > 0 && u < Q_INF)) {
        return u == 0 ? -Q_INF : u > 0 ? u : Q_NAN;
    }
    /* What the rounding of 1 + x lost, to first order. */
    f64 lost = x > 1.0 ? 1.0 - (u - x) : x - (u - 1.0);
    return q_log_core(u, 0) + lost / u;
}

/* Splits x > 0, finite, into m in [sqrt(1/2), sqrt(2)) and k with x = m 2^k. */
static f64 split_exponent(f64 x, i32 *k)
{
    ASSERT(x > 0);
    ASSERT(x < Q_INF);
    i32 bias = 0;
    if (x < MIN_NORMAL) {
        x *= 0x1p54;
        bias = -54;
    }
    u64 u = q_bits(x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    *k = (i32)(u >> 52) - 1023 + bias;
    return q_from_bits((u & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu);
}

f64 q_log2(f64 x)
{
    if (!(x > 0 && x < Q_INF)) {
        return q_log(x);
    }
    i32 k = 0;
    f64 m = split_exponent(x, &k);
    return (f64)k + q_log_core(m, 0) * 1.4426950408889634074;
}

static f64 log10_of(f64 x, f64 ln)
{
    f64 y = ln * 0.43429448190325182765;
    if (y > -0.5 && y < 22.5) {
        f64 n = q_round_even(y);
        if (TEN_POW[(i32)n] == x) {
            return n; /* people expect log10(1000) to be 3 */
        }
    }
    return y;
}

f64 q_log10(f64 x)
{
    return log10_of(x, q_log(x));
}

static pair_t pair_fast_sum(f64 a, f64 b)
{
    f64 s = a + b;
    return (pair_t){s, b - (s - a)};
}

static pair_t pair_sum(f64 a, f64 b)
{
    f64 s = a + b;
    f64 t = s - a;
    return (pair_t){s, (a - (s - t)) + (b - t)};
}

/* Exact product by Dekker's and Veltkamp's splitting (T. J. Dekker, Numer. Math. 18, 1971); no fused
 * operation, so the bits do not depend on the processor. */
static pair_t pair_product(f64 a, f64 b)
{
    f64 ca = 134217729.0 * a, cb = 134217729.0 * b;
    f64 ah = ca - (ca - a), bh = cb - (cb - b);
    f64 al = a - ah, bl = b - bh;
    f64 p = a * b;
    return (pair_t){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static pair_t pair_mul(pair_t a, pair_t b)
{
    pair_t p = pair_product(a.hi, b.hi);
    return pair_fast_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

/* ln x to about 2^-66 relative, x > 0 and finite: what a power needs, since its exponent multiplies the
 * error. */
static pair_t pair_log(f64 x)
{
    i32 k = 0;
    f64 f = split_exponent(x, &k) - 1.0;
    pair_t d = pair_fast_sum(2.0, f);
    f64 s = f / d.hi;
    pair_t back = pair_product(s, d.hi);
    pair_t t = {s, (((f - back.hi) - back.lo) - s * d.lo) / d.hi}; /* f / (2 + f) */
    pair_t z = pair_mul(t, t);
    f64 p = 2.0 / 25.0;
    for (i32 n = 23; n >= 5; n -= 2) {
        p = p * z.hi + 2.0 / (f64)n;
    }
    pair_t c = pair_fast_sum(0x1.5555555555555p-1, p * z.hi);
    c.lo += 0x1.5555555555555p-55; /* the rest of 2/3 */
    pair_t cubic = pair_mul(pair_mul(c, z), t);
    pair_t sum = pair_fast_sum(2.0 * t.hi, cubic.hi);
    sum.lo += 2.0 * t.lo + cubic.lo;
    pair_t big = pair_sum((f64)k * Q_LN2_HI, sum.hi);
    pair_t low = pair_product((f64)k, Q_LN2_LO);
    pair_t out = pair_sum(big.hi, low.hi);
    out.lo += big.lo + low.lo + sum.lo;
    return pair_fast_sum(out.hi, out.lo);
}

/* x^y for x > 0 finite, y finite. */
static f64 pow_positive(f64 x, f64 y)
{
    pair_t l = pair_log(x);
    f64 rough = y * l.hi;
    if (!(rough > -800.0 && rough < 800.0)) {
        return rough > 0 ? Q_INF : 0.0;
    }
    if (q_abs(y) > 0x1p900) { /* the splitting would overflow; the product is tiny, so nothing is lost */
        return q_exp(rough);
    }
    pair_t e = pair_product(l.hi, y);
    e = pair_fast_sum(e.hi, e.lo + l.lo * y);
    f64 r = q_exp_core(e.hi);
    return r < Q_INF ? r + r * e.lo : r;
}

f64 q_pow(f64 x, f64 y)
{
    if (y == 0 || x == 1.0) {
        return 1.0;
    }
    if (q_is_nan(x) || q_is_nan(y)) {
        return Q_NAN;
    }
    f64 a = q_abs(x);
    if (y == Q_INF || y == -Q_INF) {
        return a == 1.0 ? 1.0 : (a > 1.0) == (y > 0) ? Q_INF : 0.0;
    }
    bool whole = q_round_even(y) == y;
    bool odd = whole && q_abs(y) < 0x1p53 && q_round_even(y * 0.5) != y * 0.5;
    f64 sign = odd && __builtin_signbit(x) ? -1.0 : 1.0;
    if (a == 0 || a == Q_INF) {
        return (a == 0) == (y > 0) ? sign * 0.0 : sign * Q_INF;
    }
    if (x < 0 && !whole) {
        return Q_NAN;
    }
    return sign * pow_positive(a, y);
}

/* Columns at the widest level of this processor, in pieces, so that out may be x. */
enum { PIECE = 64, PIECE_STEP = 8 };
typedef void array_fn(f64 *out, const f64 *x, size_t count);
extern array_fn q_exp_columns_sse2, q_exp_columns_avx2, q_exp_columns_avx512;
extern array_fn q_log_columns_sse2, q_log_columns_avx2, q_log_columns_avx512;

static u32 array_level(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
        return 2;
    }
    return __builtin_cpu_supports("avx2") ? 1 : 0;
}

/* The piece filled up to whole vectors with ones. */
static size_t piece_of(f64 to[PIECE], const f64 *x, size_t count)
{
    size_t n = MIN_OF(count, (size_t)PIECE);
    memcpy(to, x, n * sizeof *to);
    for (size_t i = n; i < PIECE; i++) {
        to[i] = 1.0;
    }
    return n;
}

void q_exp_n(f64 *out, const f64 *x, size_t count)
{
    static array_fn *const AT[3] = {q_exp_columns_sse2, q_exp_columns_avx2, q_exp_columns_avx512};
    ASSERT(out != NULL || count == 0);
    ASSERT(x != NULL || count == 0);
    array_fn *fn = AT[array_level()];
    f64 in[PIECE];
    f64 y[PIECE];
    for (size_t at = 0; at < count; at += PIECE) {
        size_t n = piece_of(in, x + at, count - at);
        fn(y, in, (n + PIECE_STEP - 1) / PIECE_STEP * PIECE_STEP);
        for (size_t i = 0; i < n; i++) {
            out[at + i] = q_is_nan(in[i]) ? in[i] : y[i];
        }
    }
}

static bool log_plain(f64 x)
{
    return x >= MIN_NORMAL && x < Q_INF;
}

void q_log_n(f64 *out, const f64 *x, size_t count)
{
    static array_fn *const AT[3] = {q_log_columns_sse2, q_log_columns_avx2, q_log_columns_avx512};
    ASSERT(out != NULL || count == 0);
    ASSERT(x != NULL || count == 0);
    array_fn *fn = AT[array_level()];
    f64 in[PIECE];
    f64 y[PIECE];
    for (size_t at = 0; at < count; at += PIECE) {
        size_t n = piece_of(in, x + at, count - at);
        fn(y, in, (n + PIECE_STEP - 1) / PIECE_STEP * PIECE_STEP);
        for (size_t i = 0; i < n; i++) {
            out[at + i] = log_plain(in[i]) ? y[i] : q_log(in[i]);
        }
    }
}

void q_log10_n(f64 *out, const f64 *x, size_t count)
{
    f64 in[PIECE];
    f64 y[PIECE];
    for (size_t at = 0; at < count; at += PIECE) {
        size_t n = piece_of(in, x + at, count - at);
        q_log_n(y, in, n);
        for (size_t i = 0; i < n; i++) {
            out[at + i] = log10_of(in[i], y[i]);
        }
    }
}

void q_log2_n(f64 *out, const f64 *x, size_t count)
{
    f64 in[PIECE];
    f64 y[PIECE];
    i32 k[PIECE];
    for (size_t at = 0; at < count; at += PIECE) {
        size_t n = piece_of(in, x + at, count - at);
        for (size_t i = 0; i < n; i++) {
            k[i] = 0;
            y[i] = in[i] > 0 && in[i] < Q_INF ? split_exponent(in[i], &k[i]) : 1.0;
        }
        q_log_n(y, y, n);
        for (size_t i = 0; i < n; i++) {
            bool plain = in[i] > 0 && in[i] < Q_INF;
            out[at + i] = plain ? (f64)k[i] + y[i] * 1.4426950408889634074 : q_log(in[i]);
        }
    }
}
