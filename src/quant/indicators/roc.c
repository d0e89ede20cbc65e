/* Rate of Change: percent from the close `period` bars before.
 *
 * Edge: a base of 0 or less yields 0.
 * Cost: O(1) a bar.
 * Ref:  TA-Lib TA_ROC (same). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(roc, P(0), P(0))

const indicator_desc_t indicator_roc = {
    .name = "roc",
    .title = "Rate of Change",
    .inputs = IN_CLOSE,
    .outputs = {"roc"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 10}},
    .param_count = 1,
    .lookback = roc_lookback,
    .state_size = roc_state_size,
    .reset = roc_reset,
    .run = roc_run,
};
