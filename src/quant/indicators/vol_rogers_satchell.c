/* Realised Volatility, Rogers-Satchell: root of the mean of ln(h/c) ln(h/o) + ln(l/c) ln(l/o), by the year;
 * free of drift.
 *
 * Cost: O(period) a bar.
 * Ref:  L. Rogers and S. Satchell, Annals of Applied Probability 1, 1991. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(vol_rogers_satchell, P(0) - 1, P(0))

const indicator_desc_t indicator_vol_rogers_satchell = {
    .name = "vol_rogers_satchell",
    .title = "Realised Volatility, Rogers-Satchell",
    .family = INDICATOR_VOLATILITY,
    .range = "0 and above, per year",
    .text = {.does = "Realised volatility from the whole bar that a steady drift does not enlarge.",
             .formula = "v = ln(high / close) ln(high / open) + ln(low / close) ln(low / open)\n"
                        "volatility = sqrt(bars_per_year x mean of v over period)",
             .wrong = "It does not see gaps between bars: for daily bars of shares use "
                      "`vol_yang_zhang`.",
             .source = "L. Rogers and S. Satchell, Annals of Applied Probability 1, 1991."},
    .inputs = IN_OPEN | IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"volatility"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20},
               {.name = "bars_per_year", .lo = 1, .hi = 1000000, .dflt = 252, .real = true}},
    .param_count = 2,
    .lookback = vol_rogers_satchell_lookback,
    .state_size = vol_rogers_satchell_state_size,
    .reset = vol_rogers_satchell_reset,
    .run = vol_rogers_satchell_run,
};
