/* Medians of eight columns: the bits of sorting each by itself, at every processor level. */
#include "tests/test.h"

#include <string.h>

#include "quant/indicators/kernels.h"
#include "quant/stats/median.h"

static f64 plain(const f64 *v, u32 n)
{
    f64 s[MEDIAN_ROWS_MAX];
    for (u32 i = 0; i < n; i++) {
        u32 k = i;
        for (; k > 0 && s[k - 1] > v[i]; k--) {
            s[k] = s[k - 1];
        }
        s[k] = v[i];
    }
    return n % 2 == 1 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2.0;
}

TEST(equals_sorting_each_column)
{
    UNUSED_STATE;
    for (u32 level = 0; level < INDICATOR_LEVELS; level++) {
        if (indicator_kernels_at(level) == NULL) {
            continue;
        }
        u64 random = 7;
        for (u32 rows = 1; rows <= MEDIAN_ROWS_MAX; rows++) {
            f64 v[MEDIAN_ROWS_MAX][MEDIAN_COLUMNS];
            f64 column[MEDIAN_COLUMNS][MEDIAN_ROWS_MAX];
            f64 out[MEDIAN_COLUMNS];
            for (u32 r = 0; r < rows; r++) {
                for (u32 c = 0; c < MEDIAN_COLUMNS; c++) {
                    random = random * 6364136223846793005U + 1442695040888963407U;
                    v[r][c] = (f64)(random >> 40) / (c == 0 ? 3.0 : 65536.0); /* and ties */
                    v[r][c] = c == 1 ? (f64)(random >> 62) : v[r][c];
                    column[c][r] = v[r][c];
                }
            }
            median_columns(level, v, rows, out);
            for (u32 c = 0; c < MEDIAN_COLUMNS; c++) {
                f64 want = plain(column[c], rows);
                CHECK(memcmp(&want, &out[c], sizeof want) == 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_sorting_each_column)};
    return RUN_TESTS(tests);
}
