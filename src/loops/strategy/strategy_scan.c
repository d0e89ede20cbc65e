/* Starts a cycle of the thirteen stages on a new decision bar. A cycle that still waits for answers is not
 * overtaken: the bar is counted as late. */
#include "base/assert.h"
#include "loops/loops.h"

static bool strategy_scan_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->scan_start != NULL);
    u32 effects = env->out->effect_count;
    env->scan_start(env->ctx);
    return env->out->effect_count != effects;
}

static bool strategy_scan_busy(const loop_env_t *env) { return env->scan_waits(env->ctx); }

const loop_desc_t loop_strategy_scan = {
    .name = "strategy_scan",
    .text = {.does = "Starts a cycle of the thirteen stages on a new decision bar.",
             .wrong = "A cycle that still waits for answers is not overtaken: the bar is counted as "
                      "late and is lost."},
    .group = LOOP_STRATEGY, .lease = LEASE_PER_USER, .order = 300,
    .in_global = LOOP_GLOBAL_HOUSE,
    .owner = "scan",
    .why = "entries are looked for on every decision bar, and on nothing else", .budget_ms = 2000,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER, .wakes = LOOP_IN_DECISION, .writes = LOOP_IN_BROKER,
    .run = strategy_scan_run, .busy = strategy_scan_busy,
};
