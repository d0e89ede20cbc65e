/* Lowest Low: minimum of the last `period` lows, today included; exact.
 *
 * Edge: none.
 * Cost: O(1) a bar, amortised.
 * Ref:  TA-Lib TA_MIN; algorithm of van Herk and Gil-Werman at the kernel. */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 lowest_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)params[0] - 1;
}

static size_t lowest_state_size(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return INDICATOR_STATE_BYTES(1 + (size_t)params[0]);
}

static void lowest_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, lowest_state_size(params));
}

static void lowest_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->lowest(state, params, in, out);
}

const indicator_desc_t indicator_lowest = {
    .name = "lowest",
    .title = "Lowest Low",
    .family = INDICATOR_CHANNEL,
    .range = "a price",
    .text = {.does = "The lowest low of the last bars, today's included.",
             .formula = "lowest = min of low over period",
             .wrong = "One bad print stands in it for period bars.",
             .source = "TA_MIN (TA-Lib); computed by blocks (van Herk, Pattern Recognition Letters "
                       "13, 1992)."},
    .inputs = IN_LOW,
    .outputs = {"lowest"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 252}},
    .param_count = 1,
    .lookback = lowest_lookback,
    .state_size = lowest_state_size,
    .reset = lowest_reset,
    .run = lowest_run,
};
