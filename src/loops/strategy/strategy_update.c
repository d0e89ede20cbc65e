/* Looks at every set-up of every symbol again: which have begun, which still hold, which have gone stale. The
 * scan behind it takes only what is fresh. */
#include "base/assert.h"
#include "loops/loops.h"

static bool strategy_update_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->shared != NULL);
    probe_mark_t mark = probe_begin(env->shared->probe);
    signals_update(env->user, env->shared);
    probe_end(env->shared->probe, PROBE_SIGNALS, mark);
    return true;
}

const loop_desc_t loop_strategy_update = {
    .name = "strategy_update",
    .text = {.does = "Looks at every set-up of every symbol again: which have begun, which still "
                     "hold, which have gone stale.",
             .wrong = "A set-up that flickers within `eval.rearm_bars` counts as one, even if its "
                      "reason was another."},
    .group = LOOP_STRATEGY, .lease = LEASE_PER_USER, .order = 70,
    .in_global = LOOP_GLOBAL_HOUSE,
    .why = "a signal is taken once, while it is new, and not again because it still stands",
    .owner = "scan", .budget_ms = 100,
    .inputs = LOOP_IN_DECISION, .wakes = LOOP_IN_DECISION, .observes = true, .run = strategy_update_run,
};
