/* Weighted Moving Average: the newest of `period` closes weighs `period`, the oldest 1.
 *
 * Cost: O(period) a bar.
 * Ref:  TA-Lib TA_WMA (same). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(wma, P(0) - 1, P(0))

const indicator_desc_t indicator_wma = {
    .name = "wma",
    .title = "Weighted Moving Average",
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
