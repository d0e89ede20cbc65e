/* Brings the daily regime up to date, once a session, with the closes known by then. */
#include "base/assert.h"
#include "loops/loops.h"

static bool regime_daily_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->regime_update != NULL);
    return env->regime_update(env->ctx);
}

const loop_desc_t loop_regime_daily = {
    .name = "regime_daily",
    .text = {.does = "Brings the daily regime up to date, once a session, with the closes known by "
                     "then.",
             .wrong = "It is of yesterday's close: a crash of this morning is not in it."},
    .group = LOOP_MONITORING, .lease = LEASE_CLUSTER, .order = 110,
    .owner = "quant/regime",
    .why = "entries are scaled by the market's state of yesterday's close", .budget_ms = 200,
    .inputs = LOOP_IN_DECISION | LOOP_IN_DAY, .wakes = LOOP_IN_DECISION, .observes = true,
    .run = regime_daily_run,
};
