/* Whether the day trends or chops, from the proxy's last bars. It comes before whatever looks at set-ups. */
#include "base/assert.h"
#include "loops/loops.h"

static bool intraday_regime_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->intraday_update != NULL);
    return env->intraday_update(env->ctx);
}

const loop_desc_t loop_intraday_regime = {
    .name = "intraday_regime",
    .text = {.does = "Says from the proxy's last bars whether the day trends or chops.",
             .wrong = "Early in the day there are few bars, and the answer is neutral."},
    .group = LOOP_MONITORING, .lease = LEASE_CLUSTER, .order = 60,
    .why = "a set-up that needs a trend is not taken on a day that chops",
    .owner = "quant/regime", .budget_ms = 20,
    .inputs = LOOP_IN_DECISION, .wakes = LOOP_IN_DECISION, .observes = true, .run = intraday_regime_run,
};
