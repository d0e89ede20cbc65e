/* Average True Range: Wilder average of the true range in price units. The first bar has no close before it
 * and does not count; the seed is the mean of the next `period` ranges.
 *
 * Edge: a gap counts, since the range includes the close before.
 * Cost: O(1) a bar, amortised.
 * Ref:  J. W. Wilder, 1978; TA-Lib TA_ATR (same seed). */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 atr_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)params[0];
}

static size_t atr_state_size(const f64 *params)
{
    (void)params;
    return INDICATOR_STATE_BYTES(2);
}

static void atr_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, atr_state_size(params));
}

static void atr_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->atr(state, params, in, out);
}

const indicator_desc_t indicator_atr = {
    .name = "atr",
    .title = "Average True Range",
    .family = INDICATOR_VOLATILITY,
    .range = "0 and above, in price",
    .text = {.does = "The usual way of a bar from its low to its high, with the gap to the close "
                     "before counted in.",
             .formula = "TR = max(high, close[1]) - min(low, close[1])\n"
                        "atr = atr[1] + (TR - atr[1]) / period      first: mean of period ranges, "
                        "from the second bar on",
             .edge = "The first bar has no close before it and does not count.",
             .wrong = "It is in price, so that of two symbols cannot be compared; and one wild bar "
                      "stays in it for about period bars.",
             .source = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978; the seed is "
                       "that of TA_ATR (TA-Lib)."},
    .inputs = IN_HIGH | IN_LOW | IN_CLOSE,
    .outputs = {"atr"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 1, .hi = 512, .dflt = 14}},
    .param_count = 1,
    .lookback = atr_lookback,
    .state_size = atr_state_size,
    .reset = atr_reset,
    .run = atr_run,
};
