/* Parabolic SAR: the stop that held for the bar, and 1 above a rising trend's stop, -1 under a falling
 * one's (after the bar). The trend begins downward if the second bar's low fell further than its high rose,
 * as TA-Lib starts.
 *
 * Cost: O(1) a bar.
 * Ref:  J. W. Wilder, New Concepts in Technical Trading Systems, 1978; TA-Lib TA_SAR (same). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(psar, 1, 6)

const indicator_desc_t indicator_psar = {
    .name = "psar",
    .title = "Parabolic SAR",
    .inputs = IN_HIGH | IN_LOW,
    .outputs = {"stop", "side"},
    .output_count = 2,
    .params = {{.name = "step", .lo = 0.001, .hi = 0.5, .dflt = 0.02, .real = true},
               {.name = "most", .lo = 0.01, .hi = 1, .dflt = 0.2, .real = true}},
    .param_count = 2,
    .lookback = psar_lookback,
    .state_size = psar_state_size,
    .reset = psar_reset,
    .run = psar_run,
};
