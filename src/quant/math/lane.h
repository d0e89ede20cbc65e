/* One vector of doubles at the processor level this file is compiled for (-DLANE_SSE2, LANE_AVX2 or
 * LANE_AVX512).
 *
 * Promises: each lane is the IEEE operation on that lane alone, so the width changes no bit. v_max and v_min
 * return the second argument on a tie or a NaN, as the machine does at every level. Leaves to others:
 * everything else; only *_lanes.c files include this. */
#ifndef VITRINE_QUANT_MATH_LANE_H
#define VITRINE_QUANT_MATH_LANE_H

#include <immintrin.h>

#include "model/indicator.h"

#if defined LANE_AVX512
enum { LANES = 8 };
typedef f64 v_t __attribute__((vector_size(64)));
typedef u64 vu_t __attribute__((vector_size(64)));
static inline v_t v_load(const f64 *p)
{
    return _mm512_loadu_pd(p);
}
static inline void v_store(f64 *p, v_t x)
{
    _mm512_storeu_pd(p, x);
}
static inline v_t v_all(f64 x)
{
    return _mm512_set1_pd(x);
}
static inline v_t v_max(v_t a, v_t b)
{
    return _mm512_max_pd(a, b);
}
static inline v_t v_min(v_t a, v_t b)
{
    return _mm512_min_pd(a, b);
}
static inline v_t v_sqrt(v_t a)
{
    return _mm512_sqrt_pd(a);
}
/* x > y ? a : b */
static inline v_t v_pick(v_t x, v_t y, v_t a, v_t b)
{
    return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(x, y, _CMP_GT_OQ), b, a);
}
/* Whether x > y in any lane; it may only decide whether work that no lane needs is left out. */
static inline bool v_any(v_t x, v_t y)
{
    return _mm512_cmp_pd_mask(x, y, _CMP_GT_OQ) != 0;
}
/* v with the sign of d, zero where d is zero; v >= 0. */
static inline v_t v_signed(v_t v, v_t d)
{
    __m512d sign = _mm512_and_pd(d, _mm512_set1_pd(-0.0));
    return _mm512_maskz_xor_pd(_mm512_cmp_pd_mask(d, _mm512_setzero_pd(), _CMP_NEQ_OQ), v, sign);
}
static inline v_t v_abs(v_t x)
{
    return _mm512_andnot_pd(_mm512_set1_pd(-0.0), x);
}
#elif defined LANE_AVX2
enum { LANES = 4 };
typedef f64 v_t __attribute__((vector_size(32)));
typedef u64 vu_t __attribute__((vector_size(32)));
static inline v_t v_load(const f64 *p)
{
    return _mm256_loadu_pd(p);
}
static inline void v_store(f64 *p, v_t x)
{
    _mm256_storeu_pd(p, x);
}
static inline v_t v_all(f64 x)
{
    return _mm256_set1_pd(x);
}
static inline v_t v_max(v_t a, v_t b)
{
    return _mm256_max_pd(a, b);
}
static inline v_t v_min(v_t a, v_t b)
{
    return _mm256_min_pd(a, b);
}
static inline v_t v_sqrt(v_t a)
{
    return _mm256_sqrt_pd(a);
}
static inline v_t v_pick(v_t x, v_t y, v_t a, v_t b)
{
    return _mm256_blendv_pd(b, a, _mm256_cmp_pd(x, y, _CMP_GT_OQ));
}
static inline bool v_any(v_t x, v_t y)
{
    return _mm256_movemask_pd(_mm256_cmp_pd(x, y, _CMP_GT_OQ)) != 0;
}
static inline v_t v_signed(v_t v, v_t d)
{
    __m256d sign = _mm256_and_pd(d, _mm256_set1_pd(-0.0));
    return _mm256_and_pd(_mm256_cmp_pd(d, _mm256_setzero_pd(), _CMP_NEQ_OQ), _mm256_xor_pd(v, sign));
}
static inline v_t v_abs(v_t x)
{
    return _mm256_andnot_pd(_mm256_set1_pd(-0.0), x);
}
#elif defined LANE_SSE2
enum { LANES = 2 };
typedef f64 v_t __attribute__((vector_size(16)));
typedef u64 vu_t __attribute__((vector_size(16)));
static inline v_t v_load(const f64 *p)
{
    return _mm_loadu_pd(p);
}
static inline void v_store(f64 *p, v_t x)
{
    _mm_storeu_pd(p, x);
}
static inline v_t v_all(f64 x)
{
    return _mm_set1_pd(x);
}
static inline v_t v_max(v_t a, v_t b)
{
    return _mm_max_pd(a, b);
}
static inline v_t v_min(v_t a, v_t b)
{
    return _mm_min_pd(a, b);
}
static inline v_t v_sqrt(v_t a)
{
    return _mm_sqrt_pd(a);
}
static inline v_t v_pick(v_t x, v_t y, v_t a, v_t b)
{
    v_t m = _mm_cmpgt_pd(x, y);
    return _mm_or_pd(_mm_and_pd(m, a), _mm_andnot_pd(m, b));
}
static inline bool v_any(v_t x, v_t y)
{
    return _mm_movemask_pd(_mm_cmpgt_pd(x, y)) != 0;
}
static inline v_t v_signed(v_t v, v_t d)
{
    __m128d sign = _mm_and_pd(d, _mm_set1_pd(-0.0));
    __m128d zero = _mm_setzero_pd(), moved = _mm_or_pd(_mm_cmpgt_pd(d, zero), _mm_cmplt_pd(d, zero));
    return _mm_and_pd(moved, _mm_xor_pd(v, sign));
}
static inline v_t v_abs(v_t x)
{
    return _mm_andnot_pd(_mm_set1_pd(-0.0), x);
}
#else
#error "compile through the lane libraries of meson.build"
#endif

/* Whether bar n has a value when the first that has one is `first`. */
static inline bool bar_ready(u32 n, u32 first)
{
    return n >= first;
}

static inline v_t v_zero(void)
{
    return v_all(0.0);
}

/* Names with the level behind them, since three builds of one file are linked together. */
#define LANE_PASTE_(name, level) name##_##level
#define LANE_PASTE(name, level) LANE_PASTE_(name, level)
#define LANE_NAME(name) LANE_PASTE(name, LANE_LEVEL)

#endif
