/* Pivots, Camarilla: close of the session before and 1.1 / 12, 1.1 / 6, 1.1 / 4 and 1.1 / 2 of its range on
 * both sides.
 *
 * Edge: 0 until a session has ended; the first session counts from the first bar of the run.
 * Cost: O(1) a bar.
 * Ref:  N. Stott, 1989, as commonly published. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(pivots_camarilla, 0, 7)

const indicator_desc_t indicator_pivots_camarilla = {
    .name = "pivots_camarilla",
    .title = "Pivots, Camarilla",
    .family = INDICATOR_LEVEL,
    .range = "prices",
    .text = {.does = "Eight levels about the close of the session before, the inner ones close to it.",
             .formula = "range = high - low of the session before, close its close, pivot = (high + "
                        "low + close) / 3\n"
                        "r1 .. r4 = close + range x 1.1 / 12, 1.1 / 6, 1.1 / 4, 1.1 / 2;  s1 .. s4 = "
                        "close - the same",
             .edge = "0 until a session has ended; the first session counts from the first bar of the "
                     "run.",
             .wrong = "They are where many look, which is all the reason they have: no figure of the "
                      "market itself enters beyond one day's range.",
             .source = "N. Stott, 1989, as commonly published."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE | IN_SESSION,
    .outputs = {"pivot", "r1", "r2", "r3", "r4", "s1", "s2", "s3", "s4"},
    .output_count = 9,
    .lookback = pivots_camarilla_lookback,
    .state_size = pivots_camarilla_state_size,
    .reset = pivots_camarilla_reset,
    .run = pivots_camarilla_run,
};
