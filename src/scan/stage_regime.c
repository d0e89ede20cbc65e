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
    .input = "SPY daily closes, five-minute bars",
    .output = "regime state, intraday overlay",
    .market_wide = true,
    .step = regime_step,
};
