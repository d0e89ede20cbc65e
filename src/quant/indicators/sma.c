/* Simple Moving Average: mean of the last `period` closes. Kept as a rolling sum of close minus first
 * close, so that the rounding left behind scales with the movement, not with the price.
 *
 * Edge: period 1 is the close itself (to 1 ulp).
 * Cost: O(1) a bar, amortised.
 * Ref:  TA-Lib TA_SMA (same values). */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 sma_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)params[0] - 1;
}

static size_t sma_state_size(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return INDICATOR_STATE_BYTES(2 + (size_t)params[0]);
}

static void sma_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, sma_state_size(params));
}

static void sma_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->sma(state, params, in, out);
}

const indicator_desc_t indicator_sma = {
    .name = "sma",
    .title = "Simple Moving Average",
    .family = INDICATOR_TREND,
    .range = "a price",
    .text = {.does = "The mean of the last closes.",
             .formula = "sma = mean of close over period",
             .edge = "period 1 is the close itself.",
             .wrong = "It moves as much because of the close that leaves as because of the one that "
                      "comes, and lags by half its period.",
             .source = "TA_SMA (TA-Lib)."},
    .inputs = IN_CLOSE,
    .outputs = {"sma"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20}},
    .param_count = 1,
    .lookback = sma_lookback,
    .state_size = sma_state_size,
    .reset = sma_reset,
    .run = sma_run,
};
