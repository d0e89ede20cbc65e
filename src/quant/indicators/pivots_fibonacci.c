/* Pivots, Fibonacci: pivot of the session before and 0.382, 0.618 and 1 of its range on both sides.
 *
 * Edge: 0 until a session has ended; the first session counts from the first bar of the run.
 * Cost: O(1) a bar.
 * Ref:  Common practice; the ratios are Fibonacci's. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(pivots_fibonacci, 0, 7)

const indicator_desc_t indicator_pivots_fibonacci = {
    .name = "pivots_fibonacci",
    .title = "Pivots, Fibonacci",
    .family = INDICATOR_LEVEL,
    .range = "prices",
    .text = {.does = "A pivot and parts of the range of the session before on both sides.",
             .formula = "pivot = (high + low + close) / 3\n"
                        "r1, r2, r3 = pivot + 0.382, 0.618, 1 x (high - low);  s1, s2, s3 = pivot - "
                        "the same",
             .edge = "0 until a session has ended; the first session counts from the first bar of the "
                     "run.",
             .wrong = "They are where many look, which is all the reason they have: no figure of the "
                      "market itself enters beyond one day's range.",
             .source = "Common practice; the ratios are Fibonacci's."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE | IN_SESSION,
    .outputs = {"pivot", "r1", "r2", "r3", "s1", "s2", "s3"},
    .output_count = 7,
    .lookback = pivots_fibonacci_lookback,
    .state_size = pivots_fibonacci_state_size,
    .reset = pivots_fibonacci_reset,
    .run = pivots_fibonacci_run,
};
