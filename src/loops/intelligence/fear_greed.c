/* Fear and greed of the US market in its extremes. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"

enum { FEAR = 1, GREED = 2 };
#define BELOW 20.0
#define ABOVE 80.0
#define SLACK 5.0 /* an extreme is left this far inside it, so that a value that trembles is told once */

static u8 state_of(f64 v, u8 before)
{
    if (v < BELOW + (before == FEAR ? SLACK : 0.0)) {
        return FEAR;
    }
    return v > ABOVE - (before == GREED ? SLACK : 0.0) ? GREED : 0;
}

static bool fear_greed_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    if (fresh_bulletin(env, 1U << BULLETIN_MOOD) == NULL) {
        return false;
    }
    f64 v = env->shared->heard->mood.last; /* what was heard last is this one */
    notice_t n = {.row = PLAN_FEAR_GREED, .value = v};
    n.state = state_of(v, loop_told(env->memory, n.row, 0, 0));
    n.limit = n.state == GREED ? ABOVE : BELOW;
    (void)loop_tell(env, &n, "fear and greed stand at %.0f of 100: %s", v,
                    n.state == FEAR    ? "extreme fear"
                    : n.state == GREED ? "extreme greed"
                                       : "no extreme any more");
    return false;
}

const loop_desc_t loop_fear_greed = {
    .name = "fear_greed",
    .text = {.does = "Tells when the index of fear and greed passes below 20 or above 80, and when it is "
                     "back inside by five.",
             .wrong = "It is one publisher's index of the US market, made anew in 2021; crypto has another. "
                      "No size follows it here."},
    .group = LOOP_CRYPTO,
    .lease = LEASE_CLUSTER,
    .order = 54,
    .owner = "scan/heard",
    .why = "extremes of mood are told once",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = fear_greed_run,
};
