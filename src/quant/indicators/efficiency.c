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
