/* What became of the day's set-ups: taken, lapsed, still fresh. What lets them lapse is strategy_update. On
 * daily bars a session is one bar, in which nothing can lapse: there it is silent. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"

static bool signal_expiry_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const user_t *u = env->user;
    if (u->config.profile == PROFILE_SWING) {
        return false;
    }
    u32 cells = env->shared->market->count * LIMIT_STRATEGIES * 2;
    u32 began = 0;
    u32 fresh = 0;
    for (u32 i = 0; i < cells; i++) {
        began += u->signal[i].today;
        bool today = u->signal[i].today > 0; /* what has no bars any more stays as it was */
        fresh += today && u->signal[i].fresh != 0 ? 1 : 0;
    }
    u32 taken = MIN_OF(u->account->day.entries, began);
    u32 kept = MIN_OF(fresh, began - taken);
    u32 lapsed = began - taken - kept;
    notice_t n = {.row = PLAN_SIGNAL_EXPIRY, .state = LOOP_SAID, .value = lapsed, .limit = began};
    if (began > 0) {
        loop_say(env, &n, "%u set-ups began today: %u entered, %u lapsed, %u still fresh", began, taken,
                 lapsed, kept);
    }
    return false;
}

const loop_desc_t loop_signal_expiry = {
    .name = "signal_expiry",
    .text = {.does = "Says what became of the day's set-ups: taken, lapsed, still fresh.",
             .wrong = "On daily bars a session is one bar, in which nothing can lapse: there it is "
                      "silent."},
    .group = LOOP_STRATEGY, .lease = LEASE_PER_USER, .order = 505,
    .in_global = LOOP_GLOBAL_HOUSE,
    .owner = "scan",
    .why = "how many set-ups nobody took is a figure, not a feeling", .budget_ms = 10,
    .inputs = LOOP_IN_DAY_END | LOOP_IN_DECISION | LOOP_IN_BROKER, .wakes = LOOP_IN_DAY_END,
    .run = signal_expiry_run,
};
