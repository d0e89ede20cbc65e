/* Relative Strength Index: percent in [0, 100] of Wilder-smoothed gains in gains and losses; seeded with
 * the plain mean of the first `period` changes.
 *
 * Edge: no movement at all yields 50 (TA-Lib yields 0, and already does below 1e-14).
 * Cost: O(1) a bar, amortised.
 * Ref:  J. W. Wilder, New Concepts in Technical Trading Systems, 1978; TA-Lib TA_RSI. */
#include "quant/indicators/kernels.h"

#include <string.h>

#include "base/assert.h"

static u32 rsi_lookback(const f64 *params)
{
    ASSERT(params != NULL);
    ASSERT(params[0] >= 2);
    return (u32)params[0];
}

static size_t rsi_state_size(const f64 *params)
{
    (void)params;
    return INDICATOR_STATE_BYTES(3);
}

static void rsi_reset(void *state, const f64 *params)
{
    ASSERT(state != NULL);
    memset(state, 0, rsi_state_size(params));
}

static void rsi_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->rsi(state, params, in, out);
}

const indicator_desc_t indicator_rsi = {
    .name = "rsi",
    .title = "Relative Strength Index",
    .family = INDICATOR_OSCILLATOR,
    .range = "0 to 100",
    .text = {.does = "Which part of the recent movement was upward.",
             .formula = "up = W(max(close - close[1], 0)), down = W(max(close[1] - close, 0))      W: "
                        "Wilder average over period\n"
                        "rsi = 100 x up / (up + down)      first averages: plain means of the first "
                        "period changes",
             .edge = "No movement at all yields 50 (TA-Lib yields 0).",
             .wrong = "In a trend it stays above 70 or below 30 for weeks: stretched is not the same "
                      "as about to turn.",
             .source = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978; TA_RSI "
                       "(TA-Lib)."},
    .inputs = IN_CLOSE,
    .outputs = {"rsi"},
    .output_count = 1,
    .params = {{.name = "period", .lo = 2, .hi = 512, .dflt = 14}},
    .param_count = 1,
    .lookback = rsi_lookback,
    .state_size = rsi_state_size,
    .reset = rsi_reset,
    .run = rsi_run,
};
