/* Medians of eight columns, compiled once per processor level. Odd-even transposition: n rounds of exchanges
 * between neighbours (N. Habermann, Carnegie Mellon report of 1972; Knuth, TAOCP 3, 5.3.4), each exchange one
 * minimum and one maximum without a branch. */
#include "quant/math/lane.h"
#include "quant/stats/median.h"

typedef void median_fn(f64 v[][MEDIAN_COLUMNS], u32 rows, f64 out[MEDIAN_COLUMNS]);
median_fn LANE_NAME(median_columns);

void LANE_NAME(median_columns)(f64 v[][MEDIAN_COLUMNS], u32 rows, f64 out[MEDIAN_COLUMNS])
{
    for (u32 g = 0; g < MEDIAN_COLUMNS; g += LANES) {
        for (u32 round = 0; round < rows; round++) {
            for (u32 i = round & 1; i + 1 < rows; i += 2) {
                v_t a = v_load(&v[i][g]), b = v_load(&v[i + 1][g]);
                v_store(&v[i][g], v_min(a, b));
                v_store(&v[i + 1][g], v_max(a, b));
            }
        }
        v_t high = v_load(&v[rows / 2][g]);
        v_store(&out[g],
                rows % 2 == 1 ? high : (v_load(&v[rows / 2 - 1][g]) + high) * v_all(0.5));
    }
}
