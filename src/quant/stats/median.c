/* Which processor level sorts. */
#include "quant/stats/median.h"

#include "base/assert.h"
#include "quant/indicators/kernels.h"

typedef void median_fn(f64 v[][MEDIAN_COLUMNS], u32 rows, f64 out[MEDIAN_COLUMNS]);
extern median_fn median_columns_sse2, median_columns_avx2, median_columns_avx512;

void median_columns(u32 level, f64 v[][MEDIAN_COLUMNS], u32 rows, f64 out[MEDIAN_COLUMNS])
{
    static median_fn *const AT[INDICATOR_LEVELS] = {
        [INDICATOR_SSE2] = median_columns_sse2,
        [INDICATOR_AVX2] = median_columns_avx2,
        [INDICATOR_AVX512] = median_columns_avx512,
    };
    ASSERT(v != NULL && out != NULL);
    ASSERT(rows >= 1 && rows <= MEDIAN_ROWS_MAX && level < INDICATOR_LEVELS);
    AT[level](v, rows, out);
}
