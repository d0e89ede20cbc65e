/* Efficiency Ratio: net move over `period` bars against the path walked, in [0, 1].
 *
 * Edge: no movement yields 0.
 * Cost: O(period) a bar.
 * Ref:  P. J. Kaufman, Trading Systems and Methods (the ratio inside his adaptive average). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(efficiency, P(0), P(0) + 1)

const indicator_desc_t indicator_efficiency = {
    .name = "efficiency",
    .title = "Efficiency Ratio",
    .family = INDICATOR_TREND,
    .range = "0 to 1",
    .text = {.does = "How straight the way was: 1 if every bar went the same way, near 0 if price "
                     "wandered and came back.",
             .formula = "efficiency = |close - close[period]| / sum of |close - close[1]| over period",
             .edge = "No movement yields 0.",
             .wrong = "Independent steps give about 1 / sqrt(period), not 0: compare it with that, "
                      "not with a fixed line for every period.",
             .source = "P. J. Kaufman, Trading Systems and Methods (the ratio inside his adaptive "
                       "average)."},
    .inputs = IN_CLOSE,
    .outputs = {"efficiency"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 10}},
    .param_count = 1,
    .lookback = efficiency_lookback,
    .state_size = efficiency_state_size,
    .reset = efficiency_reset,
    .run = efficiency_run,
};
