/* Who joined the list that names who may be traded, and who left it. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"

enum { A_DAY = 8 };

static bool universe_refresh_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_MEMBER);
    if (b == NULL || !fresh_room(env, PLAN_UNIVERSE_REFRESH, A_DAY)) {
        return false;
    }
    notice_t n = {.row = PLAN_UNIVERSE_REFRESH,
                  .about = b->inst,
                  .state = b->value > 0 ? 1 : 2,
                  .since = env->shared->session,
                  .value = bulletin_value(b)};
    (void)loop_tell(env, &n, "%s %s %s", fresh_symbol(env, b->inst), b->value > 0 ? "joins" : "leaves",
                    b->text);
    return false;
}

const loop_desc_t loop_universe_refresh = {
    .name = "universe_refresh",
    .text = {.does = "Names who joins and who leaves the list by which a run trades (--members), "
                     "eight a day.",
             .wrong = "A run holds the names that it began with: who was never among them cannot join."},
    .group = LOOP_EXECUTION, .lease = LEASE_CLUSTER, .order = 59,
    .owner = "scan/heard",
    .why = "a name that may no longer be traded is told on the day it leaves", .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN, .wakes = LOOP_IN_BULLETIN, .run = universe_refresh_run,
};
