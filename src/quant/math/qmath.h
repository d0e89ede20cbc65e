/* Our own elementary functions: the same bits on every machine, compiler and C library.
 *
 * Promises: only + - * / sqrt and bit moves on IEEE-754 doubles in a fixed order, so a decision that depends
 * on a logarithm is reproduced anywhere (build without contraction and fast-math). Error bounds stand at each
 * function in units of the last place (ulp) and are held by tests/quant/math against long double references.
 * Special values follow C99 Annex F unless a function says otherwise: NaN in gives NaN out, nothing traps.
 * Leaves to others: errors (none is reported), vectors wider than one double (q_exp_n and q_log_n take
 * arrays; qmath_inline.h holds the branch-free cores that a kernel compiled per processor level can use). */
#ifndef VITRINE_QUANT_MATH_QMATH_H
#define VITRINE_QUANT_MATH_QMATH_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/types.h"

#define Q_PI 3.14159265358979323846
#define Q_LN2 0.69314718055994530942
#define Q_SQRT2 1.41421356237309504880
#define Q_INF __builtin_inf()
#define Q_NAN __builtin_nan("")

/* Exact or correctly rounded helpers. q_min and q_max return the second argument if either is NaN, as the
 * machine's minsd and maxsd do; q_clamp(NaN, lo, hi) is lo. */
static inline f64 q_sqrt(f64 x)
{
#ifdef __SSE2__
    /* The instruction itself: the builtin may also call the C library for a negative x, to set errno. */
    return _mm_cvtsd_f64(_mm_sqrt_pd(_mm_set1_pd(x)));
#else
    return __builtin_sqrt(x);
#endif
}
static inline f64 q_abs(f64 x)
{
    return __builtin_fabs(x);
}
static inline f64 q_min(f64 a, f64 b)
{
    return a < b ? a : b;
}
static inline f64 q_max(f64 a, f64 b)
{
    return a > b ? a : b;
}
static inline f64 q_clamp(f64 x, f64 lo, f64 hi)
{
    return q_min(q_max(x, lo), hi);
}
static inline bool q_is_finite(f64 x)
{
    return x - x == 0.0;
}
static inline bool q_is_nan(f64 x)
{
    return x != x;
}
/* Largest integer <= x, smallest >= x, nearest with halves to even. Exact for every double. */
f64 q_floor(f64 x);
f64 q_ceil(f64 x);
f64 q_round_even(f64 x);
/* x * 2^n, correctly rounded once, also into the denormals. */
f64 q_ldexp(f64 x, i32 n);

/* e^x, <= 1 ulp. Overflows to inf above 709.782..., reaches 0 below -745.13...; denormal results <= 1 ulp
 * too. */
f64 q_exp(f64 x);
/* e^x - 1 without cancellation, <= 3 ulp. */
f64 q_expm1(f64 x);
/* Natural logarithm, <= 1 ulp, denormals included. 0 gives -inf, x < 0 gives NaN, inf gives inf. */
f64 q_log(f64 x);
/* log(1 + x) without cancellation, <= 2 ulp. -1 gives -inf. */
f64 q_log1p(f64 x);
/* <= 2 ulp; exact for powers of two. */
f64 q_log2(f64 x);
/* <= 2 ulp; exact for 10^0 .. 10^22. */
f64 q_log10(f64 x);
/* x^y, <= 2 ulp for normal results. x < 0 needs an integer y, otherwise NaN; x^0 = 1^y = 1, also for NaN. */
f64 q_pow(f64 x, f64 y);

/* Error function (<= 3 ulp) and its complement (<= 5 ulp); erfc keeps relative precision into the tail until
 * it is denormal (x > 26.54), where the bound is absolute: 4 x 2^-1074. */
f64 q_erf(f64 x);
f64 q_erfc(f64 x);
/* Standard normal density (<= 3 ulp) and distribution (<= 6 ulp while normal, both tails). */
f64 q_norm_pdf(f64 x);
f64 q_norm_cdf(f64 x);
/* Inverse of the normal distribution, <= 2e-15 relative (Wichura, AS 241, PPND16). 0 gives -inf, 1 gives inf,
 * outside [0, 1] NaN. */
f64 q_norm_inv(f64 p);
/* Logarithm of the gamma function for x > 0: error <= 8e-15 x max(1, |result|). x <= 0 gives NaN, inf gives
 * inf. */
f64 q_lgamma(f64 x);

/* out[i] = q_exp(x[i]) and so on, the very bits, made in vectors; out may be x. */
void q_exp_n(f64 *out, const f64 *x, size_t count);
void q_log_n(f64 *out, const f64 *x, size_t count);
void q_log2_n(f64 *out, const f64 *x, size_t count);
void q_log10_n(f64 *out, const f64 *x, size_t count);

#endif
