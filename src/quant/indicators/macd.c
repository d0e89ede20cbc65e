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
    .family = INDICATOR_TREND,
    .range = "any number, in price",
    .text = {.does = "The distance of a fast average from a slow one, and how it changes.",
             .formula = "macd = EMA(fast) - EMA(slow), signal = EMA(signal) of macd, histogram = macd "
                        "- signal\n"
                        "the fast average is seeded with the last fast closes of the slow one's first "
                        "window",
             .edge = "If fast is above slow the two are exchanged. All three outputs begin together.",
             .wrong = "It is in price: values of two symbols, or of one symbol years apart, cannot be "
                      "compared.",
             .source = "G. Appel; TA_MACD (TA-Lib), same seeds."},
    .inputs = IN_CLOSE,
    .outputs = {"macd", "signal", "histogram"},
    .output_count = 3,
    .params = {{.name = "fast", .lo = 1, .hi = 512, .dflt = 12, .shown = 2},
               {.name = "slow", .lo = 2, .hi = 512, .dflt = 26, .shown = 4},
               {.name = "signal", .lo = 1, .hi = 512, .dflt = 9, .shown = 2}},
    .param_count = 3,
    .lookback = macd_lookback,
    .state_size = macd_state_size,
    .reset = macd_reset,
    .run = macd_run,
};
