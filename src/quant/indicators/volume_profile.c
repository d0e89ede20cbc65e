/* Volume Profile: price range of `period` bars in `bins` equal bins, each bar's volume spread evenly over
 * its range. poc is the middle of the fullest bin (the lower on a tie); the value area grows from it, to
 * the fuller neighbour first, until it holds `share` of the volume.
 *
 * Edge: a bar without range lies in one bin; a window without range is its one price.
 * Cost: O(period x bins) a bar.
 * Ref:  J. P. Steidlmayer's market profile, 1985 (his steps are two bins; ours one). */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(volume_profile, P(0) - 1, 3 * P(0))

const indicator_desc_t indicator_volume_profile = {
    .name = "volume_profile",
    .title = "Volume Profile",
    .family = INDICATOR_VOLUME,
    .range = "prices",
    .text = {.does = "At which prices the volume of the last bars was traded: the fullest price and "
                     "the span that holds most of it.",
             .formula = "the range of period bars in bins equal bins; each bar's volume spread evenly "
                        "over its range\n"
                        "poc = middle of the fullest bin (the lower one on a tie)\n"
                        "value_low .. value_high grow from it, to the fuller neighbour first, until "
                        "share of the volume is inside",
             .edge = "A bar without range lies in one bin; a window without range is its one price.",
             .wrong = "A bar does not say where in its range it traded: with few, long bars the "
                      "profile is mostly this even spread.",
             .source = "J. P. Steidlmayer's market profile, 1985 (his steps are two bins, these one)."},
    .inputs = IN_HIGH | IN_LOW | IN_VOLUME,
    .outputs = {"poc", "value_high", "value_low"},
    .output_count = 3,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 60, .shown = 4},
               {.name = "bins", .lo = 2, .hi = 64, .dflt = 24, .shown = 4},
               {.name = "share", .lo = 0.05, .hi = 1, .dflt = 0.7, .real = true}},
    .param_count = 3,
    .lookback = volume_profile_lookback,
    .state_size = volume_profile_state_size,
    .reset = volume_profile_reset,
    .run = volume_profile_run,
};
