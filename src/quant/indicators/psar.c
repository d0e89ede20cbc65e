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
    .family = INDICATOR_TREND,
    .range = "a price; side 1 or -1",
    .text = {.does = "A stop that follows a trend and comes closer with each new extreme, until price "
                     "touches it and the side turns.",
             .formula = "stop = stop[1] + af x (extreme - stop[1]), never inside the two bars before\n"
                        "af begins at step and grows by step with each new extreme, at most to most\n"
                        "a touch turns the side: stop = the old extreme, af = step",
             .edge = "It begins on the falling side if the second bar's low fell further than its "
                     "high rose.",
             .wrong = "It is always on one side. In a range it turns at every swing and each turn "
                      "costs.",
             .source = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978; TA_SAR "
                       "(TA-Lib)."},
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
