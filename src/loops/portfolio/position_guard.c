/* A position whose protective stop was refused again and again leaves at market, and someone is told: an open
 * position without a stop has no limit to its loss (I5). */
#include "base/assert.h"
#include "loops/loops.h"
#include "scan/record.h"

/* The first moment at which a position may be left: what gave up goes at once, after an exit that failed it
 * waits as every exit does. */
static i64 position_guard_next(const loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    i64 first = I64_MAX;
    for (u32 i = 0; i < env->user->account->positions_used; i++) {
        const position_t *p = &env->user->account->positions[i];
        if (exec_gave_up(env->user->account, p)) {
            first = MIN_OF(first, scan_exit_again(&env->user->config, p));
        }
    }
    return first;
}

static bool position_guard_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    account_t *a = env->user->account;
    bool wrote = false;
    for (u32 i = 0; i < a->positions_used && exec_unprotected(a) > 0; i++) {
        position_t *p = &a->positions[i];
        if (!exec_gave_up(a, p) || env->now < scan_exit_again(&env->user->config, p)) {
            continue;
        }
        outbox_alert(env->out, LOOP_ALERT_LEAVES, a->account_id,
                     "a position without a stop leaves at market");
        record_exit(env->user, env->shared, p, EXIT_RECONCILE, 1U << EXIT_RECONCILE, env->out);
        err_t err = exec_exit(a, p, EXIT_RECONCILE, env->now, env->out);
        ASSERT(err == ERR_OK); /* it was open and not leaving */
        wrote = true;
    }
    return wrote;
}

const loop_desc_t loop_position_guard = {
    .name = "position_guard",
    .text = {.does = "Lets a position leave at market whose protective stop was refused again and "
                     "again, and tells someone.",
             .wrong = "At market means at any price, in an illiquid share too: the alternative is a "
                      "loss without a limit."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 410,
    .why = "every open position keeps a protective exit, or leaves and someone is told",
    .period_ms = {.open = 1000, .extended = 5000, .overnight = 60000, .weekend = 60000}, .budget_ms = 50,
    .inputs = LOOP_IN_BROKER | LOOP_IN_HALT, .writes = LOOP_IN_BROKER, .time_only = true,
    .run = position_guard_run,
    .next = position_guard_next, .owner = "trade/execution", .protects = true,
};
