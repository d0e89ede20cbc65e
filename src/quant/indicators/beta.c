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
    .family = INDICATOR_RELATION,
    .range = "any number",
    .text = {.does = "How far a symbol usually moves for one percent of its reference, such as the "
                     "market.",
             .formula = "x = return of the reference, y = return of close, over period bars\n"
                        "beta = sum((x - mean x) (y - mean y)) / sum((x - mean x)^2)",
             .edge = "A reference without movement yields 0.",
             .wrong = "One crash day in the window decides it. It says nothing of how well the two go "
                      "together: that is `correlation`.",
             .source = "W. Sharpe, Journal of Finance 19, 1964; TA_BETA (TA-Lib) with the reference "
                       "first."},
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
