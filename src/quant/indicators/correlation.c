/* Rolling Correlation: Pearson's correlation of `period` simple returns with those of the reference, in
 * [-1, 1].
 *
 * Edge: a side without movement yields 0.
 * Cost: O(period) a bar.
 * Ref:  TA-Lib TA_CORREL over returns. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(correlation, P(0), 2 + 2 * P(0))

const indicator_desc_t indicator_correlation = {
    .name = "correlation",
    .title = "Rolling Correlation",
    .family = INDICATOR_RELATION,
    .range = "-1 to 1",
    .text = {.does = "Whether a symbol and its reference move together, whatever the size of their "
                     "moves.",
             .formula = "x = return of the reference, y = return of close, over period bars\n"
                        "correlation = sum((x - mean x) (y - mean y)) / sqrt(sum((x - mean x)^2) x "
                        "sum((y - mean y)^2))",
             .edge = "A side without movement yields 0.",
             .wrong = "In a crash nearly everything goes to 1; what it says of calm months does not "
                      "hold on the day it is needed.",
             .source = "K. Pearson, 1895; TA_CORREL (TA-Lib) over returns."},
    .inputs = IN_CLOSE | IN_REFERENCE,
    .outputs = {"correlation"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 60}},
    .param_count = 1,
    .lookback = correlation_lookback,
    .state_size = correlation_state_size,
    .reset = correlation_reset,
    .run = correlation_run,
};
