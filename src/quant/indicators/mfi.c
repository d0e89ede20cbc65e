/* Money Flow Index: share of `period` bars' money (typical price x volume) that flowed on a rise of the
 * typical price, percent.
 *
 * Edge: no flow at all yields 50, neither side (TA-Lib says 0 there and below one unit of flow).
 * Cost: O(period) a bar.
 * Ref:  G. Quong and A. Soudack, 1989; TA-Lib TA_MFI. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(mfi, P(0), 1 + P(0))

const indicator_desc_t indicator_mfi = {
    .name = "mfi",
    .title = "Money Flow Index",
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE | IN_VOLUME,
    .outputs = {"mfi"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 14}},
    .param_count = 1,
    .lookback = mfi_lookback,
    .state_size = mfi_state_size,
    .reset = mfi_reset,
    .run = mfi_run,
};
