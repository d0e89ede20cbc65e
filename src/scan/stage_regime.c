/* Stage 3: the regime, made once per session for all users by the engine and read here (shared, cached on
 * engine time); an unknown regime does not stop a cycle, it lowers scores and sizes. */
#include "base/assert.h"
#include "scan/scan.h"

static stage_result_t regime_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    ASSERT(s->shared->regime.label < REGIME_LABELS);
    s->count[3] = (stage_count_t){.in = 1, .out = 1};
    return STAGE_DONE;
}

const stage_desc_t stage_regime = {
    .number = 3,
    .name = "regime",
    .title = "Market regime",
    .text = {.does = "Reads the state of the market made once a session from the proxy's closes, and "
                     "whether today trends or chops.",
             .edge = "Without a proxy, or with too little of its history, the regime is unknown: scores and "
                     "sizes are lowered, nothing stops.",
             .wrong = "The states are fitted to the past of one index: a kind of market that was "
                      "never in it has no name.",
             .source =
                 "Three-state hidden Markov model (L. Rabiner, Proceedings of the IEEE 77, 1989) over the "
                 "return and the volatility of 20 days."},
    .input = "daily closes of the proxy, five-minute bars",
    .output = "regime state, intraday overlay",
    .market_wide = true,
    .step = regime_step,
};
