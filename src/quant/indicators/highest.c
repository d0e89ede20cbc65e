/* Highest High: maximum of the last `period` highs, today included; exact.
 *
 * Edge: none.
 * Cost: O(1) a bar, amortised.
 * Ref:  TA-Lib TA_MAX; algorithm of van Herk and Gil-Werman at the kernel. */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 highest_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)params[0] - 1;
}

static size_t highest_state_size(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return INDICATOR_STATE_BYTES(1 + (size_t)params[0]);
}

static void highest_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, highest_state_size(params));
}

static void highest_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out,
                        u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->highest(state, params, in, out);
}

const indicator_desc_t indicator_highest = {
    .name = "highest",
    .title = "Highest High",
    .family = INDICATOR_CHANNEL,
    .range = "a price",
    .text = {.does = "The highest high of the last bars, today's included.",
             .formula = "highest = max of high over period",
             .wrong = "One bad print stands in it for period bars.",
             .source = "TA_MAX (TA-Lib); computed by blocks (van Herk, Pattern Recognition Letters "
                       "13, 1992)."},
    .inputs = IN_HIGH,
    .outputs = {"highest"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 252}},
    .param_count = 1,
    .lookback = highest_lookback,
    .state_size = highest_state_size,
    .reset = highest_reset,
    .run = highest_run,
};
