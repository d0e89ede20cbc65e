/* Realised Volatility, Yang-Zhang: overnight variance, plus k times the open-to-close one, plus 1 - k times
 * Rogers-Satchell, by the year; k = 0.34 / (1.34 + (n + 1) / (n - 1)).
 *
 * Cost: O(period) a bar.
 * Ref:  D. Yang and Q. Zhang, Journal of Business 73, 2000. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(vol_yang_zhang, P(0), 1 + 3 * P(0))

const indicator_desc_t indicator_vol_yang_zhang = {
    .name = "vol_yang_zhang",
    .title = "Realised Volatility, Yang-Zhang",
    .family = INDICATOR_VOLATILITY,
    .range = "0 and above, per year",
    .text = {.does = "Realised volatility with the overnight gap, free of drift: the choice for daily "
                     "bars.",
             .formula = "k = 0.34 / (1.34 + (period + 1) / (period - 1))\n"
                        "v = var(ln(open / close[1])) + k x var(ln(close / open)) + (1 - k) x mean of "
                        "Rogers-Satchell\n"
                        "volatility = sqrt(bars_per_year x v)",
             .wrong = "A split or dividend that is not adjusted for is a gap to it.",
             .source = "D. Yang and Q. Zhang, Journal of Business 73, 2000."},
    .inputs = IN_OPEN | IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"volatility"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 20},
               {.name = "bars_per_year", .lo = 1, .hi = 1000000, .dflt = 252, .real = true}},
    .param_count = 2,
    .lookback = vol_yang_zhang_lookback,
    .state_size = vol_yang_zhang_state_size,
    .reset = vol_yang_zhang_reset,
    .run = vol_yang_zhang_run,
};
