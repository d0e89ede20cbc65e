/* Values against TA-Lib and trading-signals on generated bars (tests/golden/indicators_*.txt, made by
 * tools/golden-indicators; conventions of each are told where they differ). */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/quant/indicators/golden.h"
#include "tests/quant/indicators/series.h"

/* The fused set over one golden series in every lane. */
static f64 *run_golden(const table_t *bars, u32 which, u32 level)
{
    series_t s = series_make(1, BARS);
    for (u32 i = 0; i < BARS * INDICATOR_LANES; i++) {
        for (u32 k = 0; k < 5; k++) {
            s.column[k][i] = bars->v[which][i / INDICATOR_LANES][k];
        }
        s.column[5][i] = i < INDICATOR_LANES; /* one session: VWAP since the first bar */
    }
    f64 *out = series_array((size_t)BARS * W1_COLUMNS * INDICATOR_LANES);
    w1_state_t *state = aligned_alloc(64, (sizeof *state + 63) / 64 * 64);
    indicator_w1_reset(state);
    indicator_cols_t in = series_cols(&s, 0, BARS);
    indicator_w1_run(level, state, &in, BARS, out);
    free(state);
    series_free(&s);
    return out;
}

/* How one column is compared. */
typedef struct {
    u32 column;
    u32 from;        /* first bar compared */
    f64 bound;       /* relative; of the scale of 1 below 1 */
    bool offset;     /* the level is free, the differences count */
    bool first_only; /* the convention differs on the second series */
} rule_t;

static u32 check_column(const table_t *want, u32 which, const f64 *got, rule_t rule)
{
    u32 compared = 0;
    f64 shift = 0;
    bool first = true;
    for (u32 i = rule.from; i < BARS; i++) {
        f64 w = want->v[which][i][rule.column];
        if (isnan(w)) {
            continue;
        }
        for (u32 l = 0; l < INDICATOR_LANES; l++) {
            f64 g = got[((size_t)i * W1_COLUMNS + rule.column) * INDICATOR_LANES + l];
            if (rule.offset && first) {
                shift = g - w;
            }
            first = false;
            f64 gap = fabs(g - shift - w);
            if (!(gap <= rule.bound * fmax(1, fabs(w)))) {
                print_message("# column %u bar %u: %.17g, expected %.17g\n", rule.column, i, g - shift, w);
            }
            CHECK(gap <= rule.bound * fmax(1, fabs(w)));
            compared++;
        }
    }
    return compared;
}

TEST(talib)
{
    UNUSED_STATE;
    static table_t bars, want;
    golden_read("indicators_series.txt", 5, &bars);
    golden_read("indicators_talib.txt", W1_COLUMNS, &want);
    for (u32 which = 0; which < SERIES; which++) {
        for (u32 level = 0; level < INDICATOR_LEVELS; level++) {
            if (indicator_kernels_at(level) == NULL) {
                continue;
            }
            f64 *got = run_golden(&bars, which, level);
            for (u32 c = 0; c < W1_COLUMNS; c++) {
                /* Same seeds, same first bar, same OBV start; TA-Lib has no VWAP. */
                u32 first = indicator_w1_lookback((w1_column_t)c);
                u32 n = check_column(&want, which, got, (rule_t){.column = c, .bound = 1e-9});
                CHECK_EQ(n, c == W1_VWAP ? 0 : (BARS - first) * INDICATOR_LANES);
            }
            free(got);
        }
    }
}

TEST(trading_signals)
{
    UNUSED_STATE;
    static table_t bars, want;
    static const rule_t RULES[] = {
        {W1_SMA20, 0, 1e-9, false, false},
        {W1_SMA50, 0, 1e-9, false, false},
        {W1_SMA200, 0, 1e-9, false, false},
        {W1_RSI14, 0, 1e-9, false, false},
        {W1_BB_UPPER, 0, 1e-9, false, false},
        {W1_BB_LOWER, 0, 1e-9, false, false},
        {W1_STOCH_K, 0, 1e-9, false, false},
        {W1_STOCH_D, 0, 1e-9, false, false},
        {W1_VWAP, 0, 1e-9, false, false},
        {W1_RVOL20, 0, 1e-9, false, false},
        /* It starts at 0 instead of the first volume. */
        {W1_OBV, 0, 1e-9, true, false},
        /* It counts the first bar's range and seeds a bar earlier; the seeds fade by (13/14)^n. */
        {W1_ATR14, 280, 1e-7, false, false},
        /* When a bar moves out equally on both sides it counts both, Wilder neither: the second series has
           such bars. */
        {W1_ADX14, 280, 1e-5, false, true},
    };
    golden_read("indicators_series.txt", 5, &bars);
    golden_read("indicators_trading_signals.txt", W1_COLUMNS, &want);
    for (u32 which = 0; which < SERIES; which++) {
        f64 *got = run_golden(&bars, which, indicator_level_best());
        for (size_t k = 0; k < COUNT_OF(RULES); k++) {
            if (which == 0 || !RULES[k].first_only) {
                CHECK(check_column(&want, which, got, RULES[k]) >= 20 * INDICATOR_LANES);
            }
        }
        free(got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(talib), cmocka_unit_test(trading_signals)};
    return RUN_TESTS(tests);
}
