/* Realised Volatility, Close to Close: sample deviation of `period` log returns, by the year.
 *
 * Cost: O(period) a bar.
 * Ref:  The textbook estimator (J. Hull, Options, Futures and Other Derivatives). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(vol_close, P(0), 1 + P(0))

const indicator_desc_t indicator_vol_close = {
    .name = "vol_close",
    .title = "Realised Volatility, Close to Close",
    .family = INDICATOR_VOLATILITY,
    .range = "0 and above, per year",
    .text = {.does = "Realised volatility from closes alone: the textbook estimate.",
             .formula = "r = ln(close / close[1])\n"
                        "volatility = sqrt(bars_per_year x sum((r - mean r)^2) / (period - 1))",
             .wrong = "It needs many bars: with 20 its own standard error is about a sixth of its "
                      "value.",
             .source = "J. Hull, Options, Futures and Other Derivatives."},
    .inputs = IN_CLOSE,
    .outputs = {"volatility"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 20},
               {.name = "bars_per_year", .lo = 1, .hi = 1000000, .dflt = 252, .real = true}},
    .param_count = 2,
    .lookback = vol_close_lookback,
    .state_size = vol_close_state_size,
    .reset = vol_close_reset,
    .run = vol_close_run,
};
