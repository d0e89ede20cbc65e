/* Volume-Weighted Average Price: sum of typical price x volume over sum of volume since the last bar with
 * the session flag.
 *
 * Edge: while no volume has traded, the typical price (high + low + close) / 3 of the bar.
 * Cost: O(1) a bar, amortised.
 * Ref:  S. Berkowitz, D. Logue, E. Noser, Journal of Finance 43, 1988 (with trades; bars approximate them).
 */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 vwap_lookback(const f64 *params)
{
    (void)params;
    return 0;
}

static size_t vwap_state_size(const f64 *params)
{
    (void)params;
    return INDICATOR_STATE_BYTES(2);
}

static void vwap_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, vwap_state_size(params));
}

static void vwap_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->vwap(state, params, in, out);
}

const indicator_desc_t indicator_vwap = {
    .name = "vwap",
    .title = "Volume-Weighted Average Price",
    .family = INDICATOR_VOLUME,
    .range = "a price",
    .text = {.does = "What a share cost on the average since the session began.",
             .formula = "tp = (high + low + close) / 3\n"
                        "vwap = sum of tp x volume / sum of volume, since the session's first bar",
             .edge = "While no volume has traded: tp of the bar.",
             .wrong = "Late in the day it hardly moves any more. Bars only approximate it: the true "
                      "one is over trades.",
             .source = "S. Berkowitz, D. Logue and E. Noser, Journal of Finance 43, 1988."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE | IN_VOLUME | IN_SESSION,
    .outputs = {"vwap"},
    .output_count = 1,
    .lookback = vwap_lookback,
    .state_size = vwap_state_size,
    .reset = vwap_reset,
    .run = vwap_run,
};
