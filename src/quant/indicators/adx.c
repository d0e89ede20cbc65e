/* Average Directional Index: percent in [0, 100]. Directional moves in Wilder sums (period - 1 plain ones
 * first), DX from them alone since the true range cancels, then Wilder's average seeded with the mean of
 * the first `period` DX.
 *
 * Edge: a bar at which both sums are 0 keeps the average, as in TA-Lib.
 * Cost: O(1) a bar, amortised.
 * Ref:  J. W. Wilder, 1978; TA-Lib TA_ADX (same seed). */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 adx_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 2);
    return 2 * (u32)params[0] - 1;
}

static size_t adx_state_size(const f64 *params)
{
    (void)params;
    return INDICATOR_STATE_BYTES(5);
}

static void adx_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, adx_state_size(params));
}

static void adx_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->adx(state, params, in, out);
}

const indicator_desc_t indicator_adx = {
    .name = "adx",
    .title = "Average Directional Index",
    .family = INDICATOR_TREND,
    .range = "0 to 100",
    .text = {.does = "Says how strongly price goes one way, whichever it is: low in a range, high in "
                     "a trend.",
             .formula = "+DM = high - high[1] where that is above low[1] - low and above 0, else 0;  "
                        "-DM the other way about\n"
                        "DX = 100 x |W(+DM) - W(-DM)| / (W(+DM) + W(-DM))      W: Wilder sum over "
                        "period\n"
                        "adx = adx[1] + (DX - adx[1]) / period                 first: mean of the "
                        "first period DX",
             .edge = "Bars at which both sums are 0 keep the value before.",
             .wrong = "It is slow: two smoothings of period bars stand between a turn and the figure, "
                      "so it is highest when a trend is already old. It does not say which way.",
             .source = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978; the seed is "
                       "that of TA_ADX (TA-Lib)."},
    .inputs = IN_HIGH | IN_LOW,
    .outputs = {"adx"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 14}},
    .param_count = 1,
    .lookback = adx_lookback,
    .state_size = adx_state_size,
    .reset = adx_reset,
    .run = adx_run,
};
