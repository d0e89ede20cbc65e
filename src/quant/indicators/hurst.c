/* Hurst Exponent: exponent of `period` log returns by detrended fluctuation analysis of order 1 over boxes
 * of 4, 8, 16 ... up to a quarter of the window: 0.5 for independent returns, above it for persistent ones.
 * Each box size is measured against what independent returns leave after detrending, (n^2 - 4) / (15 n), so
 * small boxes do not bend the line.
 *
 * Edge: a flat window yields 0.5. A single window is noisy: about 0.06 standard error at 256 returns.
 * Cost: O(period) a bar for each box size.
 * Ref:  C.-K. Peng et al., Physical Review E 49, 1994. */
#include "quant/indicators/plumbing.h"

INDICATOR_PLUMBING(hurst, P(0), 1 + P(0))

const indicator_desc_t indicator_hurst = {
    .name = "hurst",
    .title = "Hurst Exponent",
    .family = INDICATOR_TREND,
    .range = "about 0 to 1; 0.5 is a walk without memory",
    .text = {.does = "Whether moves go on (above 0.5) or turn back (below it), over many lengths at "
                     "once.",
             .formula = "profile = running sum of (log return - mean), over period returns\n"
                        "F(n)^2 = mean squared rest of the profile after a straight line in each box "
                        "of n bars\n"
                        "hurst = slope of log F(n) on log n, n = 4, 8, 16 ... period / 4\n"
                        "F(n) is measured against what independent returns leave: (n^2 - 4) / (15 n)",
             .edge = "A flat window yields 0.5.",
             .wrong = "One window is noisy: about 0.06 of standard error at 256 returns, so 0.55 says "
                      "nothing.",
             .source = "C.-K. Peng and others, Physical Review E 49, 1994 (detrended fluctuation "
                       "analysis)."},
    .inputs = IN_CLOSE,
    .outputs = {"hurst"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 32, .hi = 512, .dflt = 256}},
    .param_count = 1,
    .lookback = hurst_lookback,
    .state_size = hurst_state_size,
    .reset = hurst_reset,
    .run = hurst_run,
};
