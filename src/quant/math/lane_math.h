/* exp, log and the tail of the normal distribution on one vector, for the *_lanes.c files.
 *
 * Promises: the bits of q_exp and q_log in every lane at every processor level, for the arguments named at
 * each. Leaves to others: special values (there are no branches here). */
#ifndef VITRINE_QUANT_MATH_LANE_MATH_H
#define VITRINE_QUANT_MATH_LANE_MATH_H

#include "quant/math/lane.h"
#include "quant/math/qmath_inline.h"
#include "quant/math/qmath_mills.h"

#define LANE_INLINE static inline __attribute__((always_inline))

/* q_exp_core in every lane: any x but NaN, which gives 0. */
LANE_INLINE v_t v_exp(v_t x)
{
    static const f64 INVERSE[12] = {1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0,
                                    1.0 / 362880.0,     1.0 / 40320.0,     1.0 / 5040.0,     1.0 / 720.0,
                                    1.0 / 120.0,        1.0 / 24.0,        1.0 / 6.0,        0.5};
    x = v_pick(x, v_all(-746.0), x, v_all(-746.0));
    x = v_pick(v_all(710.0), x, x, v_all(710.0));
    v_t shifted = x * v_all(Q_LOG2E) + v_all(Q_SHIFTER);
    v_t n = shifted - v_all(Q_SHIFTER);
    v_t hi = x - n * v_all(Q_LN2_HI), lo = n * v_all(Q_LN2_LO);
    v_t r = hi - lo, p = v_all(INVERSE[0]);
    for (u32 i = 1; i < 12; i++) {
        p = p * r + v_all(INVERSE[i]);
    }
    v_t y = v_all(1.0) + (hi + (p * (r * r) - lo));
    /* The exponent raised by 2048, so that halving needs no sign. */
    vu_t k = (vu_t)shifted - (0x4338000000000000u - 2048u), half = k >> 1;
    v_t s1 = (v_t)((half - 1u) << 52), s2 = (v_t)((k - half - 1u) << 52);
    return y * s1 * s2;
}

/* q_log in every lane for x normal, finite and > 0; anything else gives some number or NaN. */
LANE_INLINE v_t v_log(v_t x)
{
    static const f64 ODD[11] = {2.0 / 23.0, 2.0 / 21.0, 2.0 / 19.0, 2.0 / 17.0, 2.0 / 15.0, 2.0 / 13.0,
                                2.0 / 11.0, 2.0 / 9.0,  2.0 / 7.0,  2.0 / 5.0,  2.0 / 3.0};
    vu_t u = (vu_t)x + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    /* A small whole number set into the low bits of 2^52 becomes that number as a double. */
    v_t k = (v_t)((u >> 52) | 0x4330000000000000u) - v_all(0x1p52 + 1023.0);
    v_t f = (v_t)((u & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - v_all(1.0);
    v_t s = f / (v_all(2.0) + f), z = s * s, p = v_all(ODD[0]);
    for (u32 i = 1; i < 11; i++) {
        p = p * z + v_all(ODD[i]);
    }
    v_t half_square = v_all(0.5) * f * f;
    v_t tail = s * (half_square + p * z) + k * v_all(Q_LN2_LO);
    return k * v_all(Q_LN2_HI) - ((half_square - tail) - f);
}

/* Mills' ratio: the upper tail of the normal distribution over its density, for z >= 0, <= 5 ulp (that of
 * 1e100 beyond). The polynomial is taken in four strands (every fourth power), since one chain of 25 products
 * would leave the processor waiting. */
LANE_INLINE v_t v_mills(v_t z)
{
    v_t y =
        v_min(z, v_all(1e100)) * v_all(0.70710678118654752440); /* beyond, the product below would overflow */
    /* t = (y - 3.75) / (y + 3.75) and the division by 1 + 2 y from one reciprocal. */
    v_t more = y + v_all(3.75), twice = v_all(1.0) + y + y, inverse = v_all(1.0) / (more * twice);
    v_t t = (y - v_all(3.75)) * (twice * inverse), t2 = t * t, t4 = t2 * t2;
    v_t a = v_all(Q_MILLS[24]), b = v_all(Q_MILLS[25]), c = v_all(Q_MILLS[22]), d = v_all(Q_MILLS[23]);
    for (u32 i = 20; i < 24; i -= 4) {
        a = a * t4 + v_all(Q_MILLS[i]);
        b = b * t4 + v_all(Q_MILLS[i + 1]);
    }
    for (u32 i = 18; i < 24; i -= 4) {
        c = c * t4 + v_all(Q_MILLS[i]);
        d = d * t4 + v_all(Q_MILLS[i + 1]);
    }
    v_t p = (a + b * t) + (c + d * t) * t2;
    return v_all(1.25331413731550025121) * p * (more * inverse);
}

#endif
