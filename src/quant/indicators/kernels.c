/* Which processor level runs. */
#include "quant/indicators/kernels.h"

#include "base/assert.h"

extern const indicator_kernels_t indicator_kernels_sse2, indicator_kernels_avx2, indicator_kernels_avx512;

static bool level_exists(u32 level)
{
    switch (level) {
    case INDICATOR_SSE2:
        return true;
    case INDICATOR_AVX2:
        return __builtin_cpu_supports("avx2");
    case INDICATOR_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    default:
        return false;
    }
}

u32 indicator_level_best(void)
{
    u32 level = INDICATOR_LEVELS - 1;
    while (!level_exists(level)) {
        level--;
    }
    ASSERT(level < INDICATOR_LEVELS);
    return level;
}

const indicator_kernels_t *indicator_kernels_at(u32 level)
{
    static const indicator_kernels_t *const TABLES[INDICATOR_LEVELS] = {
        [INDICATOR_SSE2] = &indicator_kernels_sse2,
        [INDICATOR_AVX2] = &indicator_kernels_avx2,
        [INDICATOR_AVX512] = &indicator_kernels_avx512,
    };
    return level < INDICATOR_LEVELS && level_exists(level) ? TABLES[level] : NULL;
}

const char *indicator_level_name(u32 level)
{
    static const char *const NAMES[INDICATOR_LEVELS] = {"sse2", "avx2", "avx512"};
    ASSERT(level < INDICATOR_LEVELS);
    return NAMES[level];
}
