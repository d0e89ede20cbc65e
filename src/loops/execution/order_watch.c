/* Watches what hangs: a position that no living order covers, an order whose outcome stays unknown. In a halt
 * it is silent about what is naked: nothing protects there. It only tells; what acts is order_lookup and
 * position_guard. How long a thing has lasted is what it tells of. */
#include "base/assert.h"
#include "loops/loops.h"

static const i64 NAKED_NS = 2 * NS_PER_SEC;
static const i64 HANG_NS = 30 * NS_PER_SEC;

static bool order_watch_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    (void)exec_watch(&env->memory->watch, env->user->account, env->now, NAKED_NS, HANG_NS, env->out);
    return false;
}

static i64 order_watch_next(const loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    return exec_watch_next(&env->memory->watch, env->user->account, NAKED_NS, HANG_NS);
}

const loop_desc_t loop_order_watch = {
    .name = "order_watch",
    .text = {.does = "Tells of a position that no living order covers, and of an order whose outcome "
                     "stays unknown.",
             .wrong = "It acts on nothing: `order_lookup` and `position_guard` do."},
    .group = LOOP_EXECUTION, .lease = LEASE_PER_USER, .order = 405,
    .why = "a naked position is told within seconds, not found at the day's end",
    .owner = "trade/execution", .protects = true,
    .period_ms = {.open = 1000, .extended = 1000, .overnight = 60000, .weekend = 60000}, .budget_ms = 20,
    .inputs = LOOP_IN_BROKER | LOOP_IN_HALT, .time_only = true, .run = order_watch_run,
    .next = order_watch_next,
};
