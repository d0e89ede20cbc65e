/* On-Balance Volume: starts at the first bar's volume, adds the volume of a rising and takes that of a
 * falling close.
 *
 * Edge: the level depends on the start of the run; only its changes mean anything.
 * Cost: O(1) a bar, amortised.
 * Ref:  J. Granville, 1963; TA-Lib TA_OBV (same start; trading-signals starts at 0 on the second bar). */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 obv_lookback(const f64 *params)
{
    (void)params;
    return 0;
}

static size_t obv_state_size(const f64 *params)
{
    (void)params;
    return INDICATOR_STATE_BYTES(2);
}

static void obv_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, obv_state_size(params));
}

static void obv_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->obv(state, params, in, out);
}

const indicator_desc_t indicator_obv = {
    .name = "obv",
    .title = "On-Balance Volume",
    .family = INDICATOR_VOLUME,
    .range = "any number, in shares",
    .text = {.does = "Volume with the sign of the close's move, summed up from the start.",
             .formula = "obv = obv[1] + volume if close > close[1], - volume if close < close[1]      "
                        "first: volume",
             .wrong = "Its level depends on where the run began; only its changes mean anything.",
             .source = "J. Granville, 1963; TA_OBV (TA-Lib), same start."},
    .inputs = IN_CLOSE | IN_VOLUME,
    .outputs = {"obv"},
    .output_count = 1,
    .lookback = obv_lookback,
    .state_size = obv_state_size,
    .reset = obv_reset,
    .run = obv_run,
};
