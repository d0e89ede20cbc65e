/* The indicators outside W1 against TA-Lib and trading-signals on generated bars
 * (tests/golden/indicators_more_*.txt, made by tools/golden-indicators; where a convention differs it is
 * told). */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/quant/indicators/golden.h"
#include "tests/quant/indicators/series.h"

/* One of our columns against one of theirs. */
typedef struct {
    const char *name;
    f64 params[INDICATOR_PARAMS_MAX];
    u32 output, column;
    u32 from;   /* first bar compared */
    i32 late;   /* ours shows their value this many bars later */
    f64 bound;  /* relative; of the scale of 1 below 1 */
    u32 expect; /* fewest bars compared */
} rule_t;

static void check_rule(const table_t *bars, const table_t *want, u32 which, const rule_t *r)
{
    const indicator_desc_t *d = indicator_find(str_from(r->name));
    CHECK(d != NULL);
    series_t s = series_make(1, BARS);
    for (u32 i = 0; i < BARS * INDICATOR_LANES; i++) {
        for (u32 k = 0; k < 5; k++) {
            s.column[k][i] = bars->v[which][i / INDICATOR_LANES][k];
        }
        s.column[6][i] = s.column[0][i]; /* the opens as reference */
    }
    runner_t run = runner_make(d, r->params, BARS);
    runner_run(&run, &s, 0, BARS, indicator_level_best());
    u32 compared = 0, first = MAX_OF(r->from, d->lookback(run.params));
    for (u32 i = first; i < BARS; i++) {
        f64 w = want->v[which][i - (u32)r->late][r->column];
        f64 g = run.out[r->output][(size_t)i * INDICATOR_LANES];
        if (isnan(w)) {
            continue;
        }
        compared++;
        if (!(fabs(g - w) <= r->bound * fmax(1, fabs(w)))) {
            print_message("# %s series %u bar %u: %.17g, expected %.17g\n", r->name, which, i, g, w);
            CHECK(!"within the bound");
        }
    }
    CHECK(compared >= r->expect);
    runner_free(&run);
    series_free(&s);
}

TEST(talib)
{
    UNUSED_STATE;
    static table_t bars, want;
    static const rule_t RULES[] = {
        {"wma", {20}, 0, 0, 0, 0, 1e-11, BARS - 19},
        {"roc", {10}, 0, 1, 0, 0, 1e-11, BARS - 10},
        {"williams", {14}, 0, 2, 0, 0, 1e-11, BARS - 13},
        {"donchian", {20}, 0, 3, 0, 0, 0, BARS - 19},
        {"donchian", {20}, 2, 4, 0, 0, 0, BARS - 19},
        {"cci", {20}, 0, 5, 0, 0, 1e-9, BARS - 19},
        {"mfi", {14}, 0, 6, 0, 0, 1e-10, BARS - 14},
        {"psar", {0.02, 0.2}, 0, 7, 0, 0, 1e-12, BARS - 1},
        /* TA_STDDEV takes the difference of rolling squares, which leaves about 1e-16 of the squared price.
         */
        {"zscore", {20}, 0, 8, 0, 0, 1e-8, BARS - 19},
        {"keltner", {20, 10, 2}, 0, 9, 0, 0, 1e-11, BARS - 19},
        {"keltner", {20, 10, 2}, 2, 10, 0, 0, 1e-11, BARS - 19},
        {"beta", {20}, 0, 11, 0, 0, 1e-9, BARS - 20},
        {"correlation", {20}, 0, 12, 0, 0, 1e-9, BARS - 20},
    };
    golden_read("indicators_series.txt", 5, &bars);
    golden_read("indicators_more_talib.txt", 13, &want);
    for (u32 which = 0; which < SERIES; which++) {
        for (size_t k = 0; k < COUNT_OF(RULES); k++) {
            check_rule(&bars, &want, which, &RULES[k]);
        }
    }
}

TEST(trading_signals)
{
    UNUSED_STATE;
    static table_t bars, want;
    static const rule_t RULES[] = {
        {"wma", {20}, 0, 0, 0, 0, 1e-11, BARS - 19},
        {"williams", {14}, 0, 2, 0, 0, 1e-11, BARS - 13},
        {"donchian", {20}, 0, 3, 0, 0, 0, BARS - 19},
        {"donchian", {20}, 2, 4, 0, 0, 0, BARS - 19},
        {"cci", {20}, 0, 5, 0, 0, 1e-9, BARS - 19},
        {"mfi", {14}, 0, 6, 0, 0, 1e-10, BARS - 14},
        /* It seeds the true range a bar earlier and from the first bar's range; the seeds fade by 0.9^n. */
        {"keltner", {20, 10, 2}, 0, 9, 200, 0, 1e-7, 100},
        {"keltner", {20, 10, 2}, 2, 10, 200, 0, 1e-7, 100},
        {"supertrend", {10, 3}, 0, 11, 200, 0, 1e-7, 100},
        {"vol_rogers_satchell", {20, 1}, 0, 12, 0, 0, 1e-12, BARS - 19},
        {"ichimoku", {9, 26, 52}, 0, 13, 0, 0, 0, BARS - 77},
        {"ichimoku", {9, 26, 52}, 1, 14, 0, 0, 0, BARS - 77},
        {"ichimoku", {9, 26, 52}, 2, 15, 0, 26, 0, BARS - 77},
        {"ichimoku", {9, 26, 52}, 3, 16, 0, 26, 0, BARS - 77},
    };
    golden_read("indicators_series.txt", 5, &bars);
    golden_read("indicators_more_trading_signals.txt", 17, &want);
    for (u32 which = 0; which < SERIES; which++) {
        for (size_t k = 0; k < COUNT_OF(RULES); k++) {
            check_rule(&bars, &want, which, &RULES[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(talib), cmocka_unit_test(trading_signals)};
    return RUN_TESTS(tests);
}
