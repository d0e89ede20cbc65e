/* Asks the broker for its own account and compares: an account that differs in a share opens nothing, and an
 * order whose end was not heard is found. The answer comes as an input of its own (engine); while it is out
 * no second question is put. */
#include "base/assert.h"
#include "loops/loops.h"

static bool reconcile_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->ask_positions != NULL);
    env->ask_positions(env->ctx);
    return false; /* a question changes nothing; its answer may */
}

static bool reconcile_busy(const loop_env_t *env)
{
    return env->asks_positions(env->ctx);
}

const loop_desc_t loop_reconcile = {
    .name = "reconcile",
    .text = {.does = "Asks the broker for its own account and compares it, share by share and order by "
                     "order: a difference closes entries, an order that is no longer listed is "
                     "looked up.",
             .wrong = "It sees a difference, not its reason. A trade made by hand at the broker looks "
                      "like an error of the program."},
    .group = LOOP_EXECUTION, .lease = LEASE_PER_USER, .order = 430,
    .why = "what we believe to hold is what the broker holds, or entries stop",
    .owner = "trade/execution", .protects = true,
    .period_ms = {.open = 15000, .extended = 60000, .overnight = 300000, .weekend = 600000}, .budget_ms = 20,
    .inputs = LOOP_IN_BROKER, .run = reconcile_run, .busy = reconcile_busy,
};
