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
