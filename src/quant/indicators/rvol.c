/* Relative Volume: volume over the mean of the `period` volumes before it; today is not in its own
 * yardstick.
 *
 * Edge: a window without volume yields 0.
 * Cost: O(1) a bar, amortised.
 * Ref:  Definition of the trading specification; equals TA_SMA of volume, one bar late. */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 rvol_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)params[0];
}

static size_t rvol_state_size(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return INDICATOR_STATE_BYTES(1 + (size_t)params[0]);
}

static void rvol_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, rvol_state_size(params));
}

static void rvol_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->rvol(state, params, in, out);
}

const indicator_desc_t indicator_rvol = {
    .name = "rvol",
    .title = "Relative Volume",
    .family = INDICATOR_VOLUME,
    .range = "0 and above; 1 is usual",
    .text = {.does = "Volume of the bar against the mean of those before it.",
             .formula = "rvol = volume / mean of volume[1] .. volume[period]",
             .edge = "A window without volume yields 0.",
             .wrong = "Within a day volume has the shape of a U: there this compares noon with the "
                      "open. Use `rvol_time`."},
    .inputs = IN_VOLUME,
    .outputs = {"rvol"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 20}},
    .param_count = 1,
    .lookback = rvol_lookback,
    .state_size = rvol_state_size,
    .reset = rvol_reset,
    .run = rvol_run,
};
