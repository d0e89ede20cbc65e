/* Ichimoku Cloud: middles of the ranges of `conversion` and `base` bars; the cloud as it stands at this
 * bar, that is the leading spans computed `base` bars before; and the close of `base` bars before, with
 * which the lagging line compares this one. Nothing is read ahead of the bar.
 *
 * Cost: O(1) a bar, amortised.
 * Ref:  G. Hosoda, 1969, in his periods 9, 26, 52. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(ichimoku,
                   (P(0) > P(1)   ? P(0) > P(2) ? P(0) : P(2)
                      : P(1) > P(2) ? P(1)
                                  : P(2)) -
                       1 + P(1),
                   6 + 2 * (P(0) + P(1) + P(2)) + 3 * P(1))

const indicator_desc_t indicator_ichimoku = {
    .name = "ichimoku",
    .title = "Ichimoku Cloud",
    .family = INDICATOR_TREND,
    .range = "prices",
    .text = {.does = "Middles of three ranges, with the cloud as it stands at this bar.",
             .formula = "mid(n) = (max of high + min of low) / 2 over n bars\n"
                        "conversion = mid(conversion), base = mid(base)\n"
                        "lead_a = (conversion[base] + base[base]) / 2, lead_b = mid(span)[base]\n"
                        "lagging = close[base]: what this close is compared with",
             .edge = "Nothing is read ahead: where charts draw the cloud forward, these are the "
                     "values drawn base bars ago.",
             .wrong = "The lines are middles of ranges: they stand still and then jump when an old "
                      "extreme falls out, without any news in price.",
             .source = "G. Hosoda, 1969, in his periods 9, 26, 52."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"conversion", "base", "lead_a", "lead_b", "lagging"},
    .output_count = 5,
    .params = {{.name = "conversion", .lo = 1, .hi = 256, .dflt = 9, .shown = 2},
               {.name = "base", .lo = 1, .hi = 256, .dflt = 26, .shown = 3},
               {.name = "span", .lo = 1, .hi = 512, .dflt = 52, .shown = 5}},
    .param_count = 3,
    .lookback = ichimoku_lookback,
    .state_size = ichimoku_state_size,
    .reset = ichimoku_reset,
    .run = ichimoku_run,
};
