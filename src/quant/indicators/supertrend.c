/* SuperTrend: a band of `width` average true ranges about the bar's middle that only tightens until a close
 * passes it. side is 1 while the lower band holds, -1 under the upper one.
 *
 * Edge: the first value is on the falling side.
 * Cost: O(1) a bar.
 * Ref:  O. Seban's indicator, in the form in common use (Wilder's average of the true range). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(supertrend, P(0), 5)

const indicator_desc_t indicator_supertrend = {
    .name = "supertrend",
    .title = "SuperTrend",
    .family = INDICATOR_TREND,
    .range = "a price; side 1 or -1",
    .text = {.does = "A band under or over price that only comes closer, until a close passes it.",
             .formula = "upper, lower = (high + low) / 2 + and - width x ATR(period), each only "
                        "tightening\n"
                        "line = lower while side is 1, upper while it is -1; a close beyond the line "
                        "turns the side",
             .edge = "The first value is on the falling side.",
             .wrong = "In a range it turns late and often: a turn comes width average ranges after "
                      "the extreme.",
             .source = "O. Seban's indicator, in the form in common use."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"line", "side"},
    .output_count = 2,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 10},
               {.name = "width", .lo = 0.1, .hi = 20, .dflt = 3, .real = true}},
    .param_count = 2,
    .lookback = supertrend_lookback,
    .state_size = supertrend_state_size,
    .reset = supertrend_reset,
    .run = supertrend_run,
};
