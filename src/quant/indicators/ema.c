/* Exponential Moving Average: mean of the first `period` closes, then e += 2 / (period + 1) x (close - e).
 *
 * Edge: recursive, so the run must start where decision 21 anchors it.
 * Cost: O(1) a bar, amortised.
 * Ref:  TA-Lib TA_EMA, classic compatibility (same seed). */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 ema_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)params[0] - 1;
}

static size_t ema_state_size(const f64 *params)
{
    (void)params;
    return INDICATOR_STATE_BYTES(1);
}

static void ema_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, ema_state_size(params));
}

static void ema_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->ema(state, params, in, out);
}

const indicator_desc_t indicator_ema = {
    .name = "ema",
    .title = "Exponential Moving Average",
    .family = INDICATOR_TREND,
    .range = "a price",
    .text = {.does = "A mean of the closes in which old bars fade away and none falls out at once.",
             .formula = "ema = ema[1] + 2 / (period + 1) x (close - ema[1])      first: mean of the "
                        "first period closes",
             .edge = "It remembers its first bar: the same date has another value if the run begins "
                     "elsewhere, so every run is anchored.",
             .wrong = "It lags a steady trend by about half its period, and crosses to and fro in a "
                      "range.",
             .source = "TA_EMA (TA-Lib), classic compatibility."},
    .inputs = IN_CLOSE,
    .outputs = {"ema"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 12}},
    .param_count = 1,
    .lookback = ema_lookback,
    .state_size = ema_state_size,
    .reset = ema_reset,
    .run = ema_run,
};
