/* Keltner Channel: exponential average of the close and `width` times the average true range on both sides.
 *
 * Cost: O(1) a bar.
 * Ref:  C. Keltner, 1960, in L. Bradford Raschke's form (average true range instead of the range); parts
 *       as TA_EMA, TA_ATR. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(keltner, P(0) > P(1) + 1 ? P(0) - 1 : P(1), 3)

const indicator_desc_t indicator_keltner = {
    .name = "keltner",
    .title = "Keltner Channel",
    .family = INDICATOR_CHANNEL,
    .range = "prices",
    .text = {.does = "An average of the closes with a band as wide as bars usually range.",
             .formula = "middle = EMA of close over period\n"
                        "upper = middle + width x ATR(atr_period), lower = middle - width x "
                        "ATR(atr_period)",
             .wrong = "There are two indicators of this name. The older one uses a simple mean and "
                      "the plain range, and its values are others.",
             .source = "C. Keltner, 1960, in the form of L. Bradford Raschke; parts as TA_EMA and "
                       "TA_ATR (TA-Lib)."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"upper", "middle", "lower"},
    .output_count = 3,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20},
               {.name = "atr_period", .lo = 1, .hi = 512, .dflt = 10},
               {.name = "width", .lo = 0.1, .hi = 10, .dflt = 2, .real = true}},
    .param_count = 3,
    .lookback = keltner_lookback,
    .state_size = keltner_state_size,
    .reset = keltner_reset,
    .run = keltner_run,
};
