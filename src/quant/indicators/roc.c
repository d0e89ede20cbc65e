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
    .family = INDICATOR_OSCILLATOR,
    .range = "-100 and above, percent",
    .text = {.does = "How many percent the close has moved over the last bars.",
             .formula = "roc = 100 x (close / close[period] - 1)",
             .edge = "A base of 0 or less yields 0.",
             .wrong = "It changes as much because of the bar that leaves as because of the one that "
                      "comes.",
             .source = "TA_ROC (TA-Lib)."},
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
