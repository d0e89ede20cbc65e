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
    .family = INDICATOR_OSCILLATOR,
    .range = "0 to 100",
    .text = {.does = "RSI with money: which part of the money traded came on rising bars.",
             .formula = "tp = (high + low + close) / 3, flow = tp x volume\n"
                        "mfi = 100 x flow of bars with tp > tp[1] / flow of bars with tp not equal to "
                        "tp[1]      over period",
             .edge = "No flow at all yields 50, neither side (TA-Lib says 0).",
             .wrong = "A bar's whole volume counts as bought or sold by the sign of one small "
                      "difference.",
             .source = "G. Quong and A. Soudack, 1989; TA_MFI (TA-Lib)."},
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
