/* Bollinger Bands: simple average and `width` population standard deviations (divisor n) to each side.
 *
 * Edge: a window without movement gives three equal lines, up to the rounding of rolling sums.
 * Cost: O(1) a bar, amortised.
 * Ref:  J. Bollinger, Bollinger on Bollinger Bands, 2001; TA-Lib TA_BBANDS. */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 bollinger_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 2);
    return (u32)params[0] - 1;
}

static size_t bollinger_state_size(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 2);
    return INDICATOR_STATE_BYTES(3 + (size_t)params[0]);
}

static void bollinger_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, bollinger_state_size(params));
}

static void bollinger_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out,
                          u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->bollinger(state, params, in, out);
}

const indicator_desc_t indicator_bollinger = {
    .name = "bollinger",
    .title = "Bollinger Bands",
    .family = INDICATOR_CHANNEL,
    .range = "prices",
    .text = {.does = "A mean and a band about it as wide as the closes usually scatter.",
             .formula = "middle = mean of close over period\n"
                        "sd = sqrt(mean of (close - middle)^2)      divisor period\n"
                        "upper = middle + width x sd,  lower = middle - width x sd",
             .edge = "A window without movement gives three equal lines, up to rounding.",
             .wrong = "Closes are no normal distribution: a close beyond two deviations is common in "
                      "a trend, where it is the trend and no excess.",
             .source = "J. Bollinger, Bollinger on Bollinger Bands, 2001; TA_BBANDS (TA-Lib)."},
    .inputs = IN_CLOSE,
    .outputs = {"upper", "middle", "lower"},
    .output_count = 3,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 20},
               {.name = "width", .lo = 0.1, .hi = 10, .dflt = 2, .real = true}},
    .param_count = 2,
    .lookback = bollinger_lookback,
    .state_size = bollinger_state_size,
    .reset = bollinger_reset,
    .run = bollinger_run,
};
