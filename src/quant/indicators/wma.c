/* Weighted Moving Average: the newest of `period` closes weighs `period`, the oldest 1.
 *
 * Cost: O(period) a bar.
 * Ref:  TA-Lib TA_WMA (same). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(wma, P(0) - 1, P(0))

const indicator_desc_t indicator_wma = {
    .name = "wma",
    .title = "Weighted Moving Average",
    .family = INDICATOR_TREND,
    .range = "a price",
    .text = {.does = "A mean of the last closes in which the newest weighs most.",
             .formula = "wma = (period x close + (period - 1) x close[1] + ... + 1 x close[period - "
                        "1]) / (period (period + 1) / 2)",
             .wrong = "It lags less than `sma` and is as much noisier.",
             .source = "TA_WMA (TA-Lib)."},
    .inputs = IN_CLOSE,
    .outputs = {"wma"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20}},
    .param_count = 1,
    .lookback = wma_lookback,
    .state_size = wma_state_size,
    .reset = wma_reset,
    .run = wma_run,
};
