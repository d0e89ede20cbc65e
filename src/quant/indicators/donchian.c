/* Donchian Channel: highest high and lowest low of `period` bars, this one included, and their mean.
 *
 * Cost: O(1) a bar, amortised.
 * Ref:  R. Donchian's weekly rule; the ends equal TA-Lib TA_MAX and TA_MIN. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(donchian, P(0) - 1, 2 + 2 * P(0))

const indicator_desc_t indicator_donchian = {
    .name = "donchian",
    .title = "Donchian Channel",
    .family = INDICATOR_CHANNEL,
    .range = "prices",
    .text = {.does = "The highest high and the lowest low of the last bars, and what lies between "
                     "them.",
             .formula = "upper = max of high over period, lower = min of low over period, this bar "
                        "included\n"
                        "middle = (upper + lower) / 2",
             .wrong = "This bar is in its own channel, so a close can never be beyond it: who asks "
                      "for a break must look at the channel of the bar before.",
             .source = "R. Donchian's weekly rule; the ends equal TA_MAX and TA_MIN (TA-Lib)."},
    .inputs = IN_HIGH | IN_LOW,
    .outputs = {"upper", "middle", "lower"},
    .output_count = 3,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20}},
    .param_count = 1,
    .lookback = donchian_lookback,
    .state_size = donchian_state_size,
    .reset = donchian_reset,
    .run = donchian_run,
};
