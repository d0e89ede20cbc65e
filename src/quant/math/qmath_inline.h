/* Branch-free cores of exp and log for code that compiles them at its own processor level.
 *
 * Promises: the bits of q_exp and q_log for every argument the comment at each core admits, whatever the
 * vector width the compiler chooses. Leaves to others: the special values (qmath.c handles them around the
 * cores). Method: argument reduction by ln 2 in two parts and Taylor series long enough for double, both with
 * the small correction terms added last (the classic arrangement, e.g. Muller, Elementary Functions, 3rd ed.,
 * ch. 11). */
#ifndef VITRINE_QUANT_MATH_QMATH_INLINE_H
#define VITRINE_QUANT_MATH_QMATH_INLINE_H

#include <string.h>

#include "base/types.h"

/* ln 2 = hi + lo; hi has 32 significant bits, so that k * hi is exact for every exponent k. */
#define Q_LN2_HI 0x1.62e42feep-1
#define Q_LN2_LO 0x1.a39ef35793c76p-33
#define Q_LOG2E 0x1.71547652b82fep+0
#define Q_SHIFTER 0x1.8p52 /* adding it rounds to an integer that then stands in the low bits */

static inline u64 q_bits(f64 x)
{
    u64 u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline f64 q_from_bits(u64 u)
{
    f64 x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* e^x for any x that is not NaN: beyond [-746, 710] it is clamped, which gives 0 and inf. */
static inline f64 q_exp_core(f64 x)
{
    x = x > -746.0 ? x : -746.0;
    x = x < 710.0 ? x : 710.0;
    f64 shifted = x * Q_LOG2E + Q_SHIFTER;
    f64 n = shifted - Q_SHIFTER;
    i32 k = (i32)(u32)q_bits(shifted);
    f64 hi = x - n * Q_LN2_HI;
    f64 lo = n * Q_LN2_LO;
    f64 r = hi - lo;
    f64 p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    f64 y = 1.0 + (hi + (p * (r * r) - lo));
    /* Two exact steps; only the last may round, when the result is denormal. */
    i32 half = k >> 1;
    f64 s1 = q_from_bits((u64)(i64)(half + 1023) << 52);
    f64 s2 = q_from_bits((u64)(i64)(k - half + 1023) << 52);
    return y * s1 * s2;
}

/* ln x for x normal, finite and > 0; `bias` is added to the exponent (denormals come scaled up). */
static inline f64 q_log_core(f64 x, i32 bias)
{
    /* m in [sqrt(1/2), sqrt(2)): there log(m) never cancels against k ln 2. */
    u64 u = q_bits(x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    i32 k = (i32)(u >> 52) - 1023;
    f64 m = q_from_bits((u & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu);
    f64 f = m - 1.0;
    f64 s = f / (2.0 + f);
    f64 z = s * s;
    f64 p = 2.0 / 23.0;
    p = p * z + 2.0 / 21.0;
    p = p * z + 2.0 / 19.0;
    p = p * z + 2.0 / 17.0;
    p = p * z + 2.0 / 15.0;
    p = p * z + 2.0 / 13.0;
    p = p * z + 2.0 / 11.0;
    p = p * z + 2.0 / 9.0;
    p = p * z + 2.0 / 7.0;
    p = p * z + 2.0 / 5.0;
    p = p * z + 2.0 / 3.0;
    f64 half_square = 0.5 * f * f;
    f64 kd = (f64)(k + bias);
    f64 tail = s * (half_square + p * z) + kd * Q_LN2_LO;
    return kd * Q_LN2_HI - ((half_square - tail) - f);
}

#endif
