/* Williams %R: where the close stands in the range of `period` bars: 0 at the high, -100 at the low.
 *
 * Edge: a window without range yields 0.
 * Cost: O(1) a bar, amortised.
 * Ref:  L. Williams, 1973; TA-Lib TA_WILLR (same). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(williams, P(0) - 1, 2 + 2 * P(0))

const indicator_desc_t indicator_williams = {
    .name = "williams",
    .title = "Williams %R",
    .family = INDICATOR_OSCILLATOR,
    .range = "-100 to 0",
    .text = {.does = "Where the close stands in the range of the last bars, counted from the top.",
             .formula = "williams = -100 x (max high - close) / (max high - min low)      over period",
             .edge = "A window without range yields 0.",
             .wrong = "The same as the fast stochastic less 100, without its smoothing: it jumps from "
                      "end to end.",
             .source = "L. Williams, 1973; TA_WILLR (TA-Lib)."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"williams"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 14}},
    .param_count = 1,
    .lookback = williams_lookback,
    .state_size = williams_state_size,
    .reset = williams_reset,
    .run = williams_run,
};
