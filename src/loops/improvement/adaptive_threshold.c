/* Tells when the confidence gate begins to stand above or below its setting. What moves it are the last
 * closed trades (quant/stats/confidence.h); stage 12 asks them anew for every candidate. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"

static bool adaptive_threshold_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    f64 shift = confidence_gate_shift(&env->user->confidence);
    f64 set = env->user->config.risk_min_confidence;
    notice_t n = {.row = PLAN_ADAPTIVE_THRESHOLD, .state = shift > 0 ? 1 : shift < 0 ? 2 : 0, .value = shift,
                  .limit = set};
    (void)loop_tell(env, &n, "the confidence gate stands at %.3f, set to %.3f", set + shift, set);
    return false;
}

const loop_desc_t loop_adaptive_threshold = {
    .name = "adaptive_threshold",
    .text = {.does = "Tells when the confidence gate begins to stand above or below its setting.",
             .wrong = "It tells of a shift, not whether the shift is right: the last fifty trades are "
                      "few."},
    .group = LOOP_IMPROVEMENT, .lease = LEASE_PER_USER, .order = 508,
    .in_global = LOOP_GLOBAL_BOTH,
    .owner = "quant/stats",
    .why = "a gate that has moved by itself says so", .budget_ms = 5,
    .inputs = LOOP_IN_DAY_END | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DAY_END,
    .run = adaptive_threshold_run,
};
