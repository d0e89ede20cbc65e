/* Commodity Channel Index: distance of the typical price from its mean, in 0.015 mean absolute deviations.
 *
 * Edge: a flat window yields 0.
 * Cost: O(period) a bar.
 * Ref:  D. Lambert, Commodities, October 1980; TA-Lib TA_CCI (same). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(cci, P(0) - 1, P(0))

const indicator_desc_t indicator_cci = {
    .name = "cci",
    .title = "Commodity Channel Index",
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"cci"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 20}},
    .param_count = 1,
    .lookback = cci_lookback,
    .state_size = cci_state_size,
    .reset = cci_reset,
    .run = cci_run,
};
