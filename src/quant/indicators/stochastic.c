/* Stochastic Oscillator: slow %K (fast %K averaged over `k`) and %D (that averaged over `d`), percent; both
 * begin together.
 *
 * Edge: a window without range yields 0, as in TA-Lib.
 * Cost: O(1) a bar, amortised.
 * Ref:  G. Lane; TA-Lib TA_STOCH with simple averages. fast %K of TA_STOCHF is k = d = 1. */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 stochastic_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)params[0] + (u32)params[1] + (u32)params[2] - 3;
}

static size_t stochastic_state_size(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return INDICATOR_STATE_BYTES(2 + 2 * (size_t)params[0] + (size_t)params[1] + (size_t)params[2]);
}

static void stochastic_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, stochastic_state_size(params));
}

static void stochastic_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out,
                           u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->stochastic(state, params, in, out);
}

const indicator_desc_t indicator_stochastic = {
    .name = "stochastic",
    .title = "Stochastic Oscillator",
    .family = INDICATOR_OSCILLATOR,
    .range = "0 to 100",
    .text = {.does = "Where the close stands in the range of the last bars, smoothed twice.",
             .formula = "fast = 100 x (close - min low) / (max high - min low)      over window\n"
                        "k = mean of fast over k bars, d = mean of k over d bars",
             .edge = "A window without range yields 0. Both outputs begin together.",
             .wrong = "A trend holds it at its end for long; and a narrow window makes its whole span "
                      "out of a few cents.",
             .source = "G. Lane; TA_STOCH (TA-Lib) with simple averages."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"k", "d"},
    .output_count = 2,
    .params = {{.name = "window", .lo = 1, .hi = 512, .dflt = 14, .shown = 3},
               {.name = "k", .lo = 1, .hi = 64, .dflt = 3, .shown = 2},
               {.name = "d", .lo = 1, .hi = 64, .dflt = 3, .shown = 2}},
    .param_count = 3,
    .lookback = stochastic_lookback,
    .state_size = stochastic_state_size,
    .reset = stochastic_reset,
    .run = stochastic_run,
};
