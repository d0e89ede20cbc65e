/* Z-Score: distance of the close from the mean of `period` closes in their population deviations.
 *
 * Edge: a flat window yields 0.
 * Cost: O(period) a bar.
 * Ref:  TA-Lib TA_SMA and TA_STDDEV give the parts. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(zscore, P(0) - 1, P(0))

const indicator_desc_t indicator_zscore = {
    .name = "zscore",
    .title = "Z-Score",
    .family = INDICATOR_OSCILLATOR,
    .range = "any number; about -2 to 2 most of the time",
    .text = {.does = "How many deviations the close stands from its mean.",
             .formula = "zscore = (close - mean close) / sd      over period, divisor period",
             .edge = "A flat window yields 0.",
             .wrong = "Prices wander: three deviations in a trend are no reason to come back.",
             .source = "The parts are TA_SMA and TA_STDDEV (TA-Lib)."},
    .inputs = IN_CLOSE,
    .outputs = {"zscore"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 20}},
    .param_count = 1,
    .lookback = zscore_lookback,
    .state_size = zscore_state_size,
    .reset = zscore_reset,
    .run = zscore_run,
};
