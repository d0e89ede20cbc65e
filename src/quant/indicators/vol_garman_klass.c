/* Realised Volatility, Garman-Klass: root of the mean of ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close /
 * open)^2, by the year.
 *
 * Edge: a negative mean (bars that move and do not range) yields 0.
 * Cost: O(period) a bar.
 * Ref:  M. Garman and M. Klass, Journal of Business 53, 1980 (their practical form). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(vol_garman_klass, P(0) - 1, P(0))

const indicator_desc_t indicator_vol_garman_klass = {
    .name = "vol_garman_klass",
    .title = "Realised Volatility, Garman-Klass",
    .family = INDICATOR_VOLATILITY,
    .range = "0 and above, per year",
    .text = {.does = "Realised volatility from the whole bar, about seven times as sure as closes "
                     "alone.",
             .formula = "v = ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close / open)^2\n"
                        "volatility = sqrt(bars_per_year x mean of v over period)",
             .edge = "A negative mean (bars that move and do not range) yields 0.",
             .wrong = "It does not see gaps between bars, and drift makes it too large. It takes bars "
                      "as independent; a trend inside the window looks like volatility, and "
                      "bars_per_year must be that of the bars given.",
             .source = "M. Garman and M. Klass, Journal of Business 53, 1980 (their practical form)."},
    .inputs = IN_OPEN | IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"volatility"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20},
               {.name = "bars_per_year", .lo = 1, .hi = 1000000, .dflt = 252, .real = true}},
    .param_count = 2,
    .lookback = vol_garman_klass_lookback,
    .state_size = vol_garman_klass_state_size,
    .reset = vol_garman_klass_reset,
    .run = vol_garman_klass_run,
};
