/* Looks at every open position on every slice: the exits that no order at the broker stands for, and the
 * ratchets. It comes before the scan, so that what leaves makes room first. */
#include "base/assert.h"
#include "loops/loops.h"

static bool strategy_exit_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->shared != NULL);
    u32 effects = env->out->effect_count;
    exits_run(env->user, env->shared, env->bar_close, env->out);
    return env->out->effect_count != effects;
}

const loop_desc_t loop_strategy_exit = {
    .name = "strategy_exit",
    .text = {.does = "Looks at every open position on every slice: exits that no resting order stands "
                     "for, and the ratchets.",
             .wrong = "It runs when a slice comes. Without data nothing is looked at, and only the "
                      "orders at the broker protect."},
    .group = LOOP_STRATEGY, .lease = LEASE_PER_USER, .order = 200,
    .owner = "scan", .protects = true,
    .why = "a position leaves when its reason is gone, whether or not entries are open", .budget_ms = 50,
    .inputs = LOOP_IN_BARS | LOOP_IN_DECISION | LOOP_IN_BROKER, .wakes = LOOP_IN_BARS,
    .writes = LOOP_IN_BROKER, .run = strategy_exit_run,
};
