/* Rolling Beta: slope of `period` simple returns on those of the reference (least squares).
 *
 * Edge: a reference without movement yields 0.
 * Cost: O(period) a bar.
 * Ref:  W. Sharpe, Journal of Finance 19, 1964; TA-Lib TA_BETA with the reference first. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(beta, P(0), 2 + 2 * P(0))

const indicator_desc_t indicator_beta = {
    .name = "beta",
    .title = "Rolling Beta",
    .inputs = IN_CLOSE | IN_REFERENCE,
    .outputs = {"beta"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 60}},
    .param_count = 1,
    .lookback = beta_lookback,
    .state_size = beta_state_size,
    .reset = beta_reset,
    .run = beta_run,
};
