/* Folds the day's results into the health of each strategy. */
#include "base/assert.h"
#include "loops/loops.h"

static bool health_update_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL && env->shared != NULL);
    user_session_end(env->user, env->shared);
    return true;
}

const loop_desc_t loop_health_update = {
    .name = "health_update",
    .text = {.does = "Folds the day's results into the health of each strategy.",
             .wrong = "A rolling Sharpe over few trades is mostly luck; before `health.min_n` results "
                      "nothing is judged."},
    .group = LOOP_IMPROVEMENT, .lease = LEASE_PER_USER, .order = 500,
    .in_global = LOOP_GLOBAL_BOTH,
    .owner = "quant/stats",
    .why = "a strategy that decays is taken out before it costs a month", .budget_ms = 50,
    .inputs = LOOP_IN_DAY_END | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DAY_END,
    .observes = true, .run = health_update_run,
};
