/* Moving Average Convergence Divergence: fast minus slow average, its own average, and their difference.
 * The fast average is seeded with the last `fast` closes of the slow one's first window, so it is not the
 * same column as an EMA of that period.
 *
 * Edge: fast > slow are exchanged. All three columns begin together.
 * Cost: O(1) a bar, amortised.
 * Ref:  G. Appel; TA-Lib TA_MACD (same seeds). */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

static u32 macd_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 1);
    return (u32)q_max(params[0], params[1]) + (u32)params[2] - 2;
}

static size_t macd_state_size(const f64 *params)
{
    (void)params;
    return INDICATOR_STATE_BYTES(3);
}

static void macd_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, macd_state_size(params));
}

static void macd_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->macd(state, params, in, out);
}

const indicator_desc_t indicator_macd = {
    .name = "macd",
    .title = "Moving Average Convergence Divergence",
    .inputs = IN_CLOSE,
    .outputs = {"macd", "signal", "histogram"},
    .output_count = 3,
    .params = {{.name = "fast", .lo = 1, .hi = 512, .dflt = 12},
               {.name = "slow", .lo = 2, .hi = 512, .dflt = 26},
               {.name = "signal", .lo = 1, .hi = 512, .dflt = 9}},
    .param_count = 3,
    .lookback = macd_lookback,
    .state_size = macd_state_size,
    .reset = macd_reset,
    .run = macd_run,
};
