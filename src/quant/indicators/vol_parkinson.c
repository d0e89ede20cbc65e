/* Realised Volatility, Parkinson: root of the mean of ln(high / low)^2 / (4 ln 2), by the year.
 *
 * Cost: O(period) a bar.
 * Ref:  M. Parkinson, Journal of Business 53, 1980. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(vol_parkinson, P(0) - 1, P(0))

const indicator_desc_t indicator_vol_parkinson = {
    .name = "vol_parkinson",
    .title = "Realised Volatility, Parkinson",
    .family = INDICATOR_VOLATILITY,
    .range = "0 and above, per year",
    .text = {.does = "Realised volatility from highs and lows.",
             .formula = "volatility = sqrt(bars_per_year x mean of ln(high / low)^2 / (4 ln 2) over "
                        "period)",
             .wrong = "It does not see gaps, and few trades in a bar make its range, and so this, too "
                      "small.",
             .source = "M. Parkinson, Journal of Business 53, 1980."},
    .inputs = IN_HIGH | IN_LOW,
    .outputs = {"volatility"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20},
               {.name = "bars_per_year", .lo = 1, .hi = 1000000, .dflt = 252, .real = true}},
    .param_count = 2,
    .lookback = vol_parkinson_lookback,
    .state_size = vol_parkinson_state_size,
    .reset = vol_parkinson_reset,
    .run = vol_parkinson_run,
};
