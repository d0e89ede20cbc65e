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
