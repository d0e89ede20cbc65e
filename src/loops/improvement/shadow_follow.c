/* Follows the shadows of trades that the evidence gate kept out: same fills and exits, no money. */
#include "base/assert.h"
#include "loops/loops.h"

static bool shadow_follow_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->slice != NULL);
    shadow_on_slice(env->user, env->shared, env->slice);
    return true;
}

const loop_desc_t loop_shadow_follow = {
    .name = "shadow_follow",
    .text = {.does = "Follows trades that evidence alone kept out, with the same fills and exits and "
                     "no money.",
             .wrong = "Its fills are a model: they move no price and always find a share to borrow."},
    .group = LOOP_IMPROVEMENT, .lease = LEASE_PER_USER, .order = 100,
    .in_global = LOOP_GLOBAL_BOTH,
    .owner = "scan",
    .why = "what was not traded still teaches, so that a strategy can earn its way back", .budget_ms = 20,
    .inputs = LOOP_IN_BARS, .wakes = LOOP_IN_BARS, .observes = true, .run = shadow_follow_run,
};
