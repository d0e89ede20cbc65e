/* Tells when the health of a strategy has turned; health_update, which comes before it, finds that out. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"

static bool strategy_health_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    for (u32 i = 0; i < strategy_count(); i++) {
        const strategy_desc_t *d = strategy_at(i);
        const health_view_t *h = &env->user->health_view[d->id];
        if (h->status == HEALTH_UNPROVEN && !h->shadow_only) {
            continue; /* too few results lately to say anything else than before */
        }
        u8 now = h->shadow_only ? 2 : h->status == HEALTH_DEGRADED ? 1 : 0;
        notice_t n = {.row = PLAN_STRATEGY_HEALTH, .about = d->id, .state = now, .value = h->shrunk,
                      .limit = HEALTH_DEGRADED_BELOW};
        const char *what = now == 2   ? "trades as a shadow only"
                           : now == 1 ? "has decayed"
                                      : "is well again";
        (void)loop_tell(env, &n, "%s %s: Sharpe %.2f over %u results", d->name, what, h->shrunk, h->results);
    }
    return false;
}

const loop_desc_t loop_strategy_health = {
    .name = "strategy_health",
    .text = {.does = "Tells when the health of a strategy has turned; `health_update` finds it out.",
             .wrong = "It comes with the day's end: a strategy that broke this morning traded on "
                      "until then."},
    .group = LOOP_IMPROVEMENT, .lease = LEASE_PER_USER, .order = 506,
    .in_global = LOOP_GLOBAL_BOTH,
    .owner = "quant/stats",
    .why = "a strategy that decays is told of on the day it is found", .budget_ms = 5,
    .inputs = LOOP_IN_DAY_END | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DAY_END,
    .run = strategy_health_run,
};
