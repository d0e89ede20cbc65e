/* Looks up orders of unknown outcome, cancels reducing orders that outlived their position, and protects what
 * no live stop covers. How long an order has been unknown is what it acts on, so time alone is a reason. */
#include "base/assert.h"
#include "loops/loops.h"

#define LOOKUP_EVERY_NS (5 * NS_PER_SEC)

static bool order_lookup_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->out != NULL);
    u32 effects = env->out->effect_count;
    (void)exec_lookup_unknown(env->user->account, env->now, LOOKUP_EVERY_NS, env->out);
    return env->out->effect_count != effects;
}

static i64 order_lookup_next(const loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    return exec_lookup_next(env->user->account, LOOKUP_EVERY_NS);
}

const loop_desc_t loop_order_lookup = {
    .name = "order_lookup",
    .text = {.does = "Looks up orders whose outcome is unknown, cancels exits that outlived their "
                     "position, and covers what no living stop covers.",
             .wrong = "It can only ask. While the broker does not answer, the order stays unknown and "
                      "entries on its side stay closed."},
    .group = LOOP_EXECUTION, .lease = LEASE_PER_USER, .order = 400,
    .why = "an order without an outcome is looked up, never sent twice and never forgotten",
    .period_ms = {.open = 5000, .extended = 5000, .overnight = 5000, .weekend = 60000}, .budget_ms = 20,
    .inputs = LOOP_IN_BROKER, .writes = LOOP_IN_BROKER, .time_only = true, .run = order_lookup_run,
    .next = order_lookup_next, .owner = "trade/execution", .protects = true,
};
