/* Pivots, Classic: floor levels from high, low and close of the session before.
 *
 * Edge: 0 until a session has ended; the first session counts from the first bar of the run.
 * Cost: O(1) a bar.
 * Ref:  The floor traders' rule (J. Person, Technical Trading Tactics, 2004). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(pivots_classic, 0, 7)

const indicator_desc_t indicator_pivots_classic = {
    .name = "pivots_classic",
    .title = "Pivots, Classic",
    .family = INDICATOR_LEVEL,
    .range = "prices",
    .text = {.does = "The floor traders' levels, from high, low and close of the session before.",
             .formula = "pivot = (high + low + close) / 3\n"
                        "r1 = 2 pivot - low, r2 = pivot + (high - low), r3 = high + 2 (pivot - low)\n"
                        "s1 = 2 pivot - high, s2 = pivot - (high - low), s3 = low - 2 (high - pivot)",
             .edge = "0 until a session has ended; the first session counts from the first bar of the "
                     "run.",
             .wrong = "They are where many look, which is all the reason they have: no figure of the "
                      "market itself enters beyond one day's range.",
             .source = "The floor traders' rule (J. Person, Technical Trading Tactics, 2004)."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE | IN_SESSION,
    .outputs = {"pivot", "r1", "r2", "r3", "s1", "s2", "s3"},
    .output_count = 7,
    .lookback = pivots_classic_lookback,
    .state_size = pivots_classic_state_size,
    .reset = pivots_classic_reset,
    .run = pivots_classic_run,
};
