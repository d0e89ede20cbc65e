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
    .family = INDICATOR_OSCILLATOR,
    .range = "any number; about -100 to 100 most of the time",
    .text = {.does = "How far the typical price stands from its mean, in units of its own scatter.",
             .formula = "tp = (high + low + close) / 3\n"
                        "cci = (tp - mean tp) / (0.015 x mean of |tp - mean tp|)      over period",
             .edge = "A flat window yields 0.",
             .wrong = "It has no bounds: 300 is not three times as stretched as 100 in a quiet "
                      "window, where the scatter is small.",
             .source = "D. Lambert, Commodities, October 1980; TA_CCI (TA-Lib)."},
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
