/* Tells when the circuit breaker has stopped entries, once a session: stage 2 decides it and writes no alert.
 */
#include "base/assert.h"
#include "loops/loops.h"

static bool breaker_watch_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    if (!env->user->breaker_open || env->memory->breaker_told == env->shared->session) {
        return false;
    }
    env->memory->breaker_told = env->shared->session;
    outbox_alert(env->out, LOOP_ALERT_BREAKER, env->user->account->account_id, NULL);
    return true;
}

const loop_desc_t loop_breaker_watch = {
    .name = "breaker_watch",
    .text = {.does = "Tells, once a session, that the circuit breaker has stopped entries.",
             .wrong = "It only tells; stage 2 decides."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 420,
    .owner = "scan",
    .why = "a person hears that entries have stopped when they stop, not at the day's end",
    .period_ms = {.open = 30000, .extended = 120000, .overnight = 600000, .weekend = 1200000}, .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_COMMAND, .wakes = LOOP_IN_DECISION,
    .run = breaker_watch_run,
};
