/* Adds the account up again: cash against ledger, orders against positions. A difference opens nothing any
 * more until a person has looked. */
#include "base/assert.h"
#include "loops/loops.h"

static bool consistency_check_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    account_t *a = env->user->account;
    bool ok = account_check(a) && exec_check(a);
    if (ok || env->memory->inconsistent != 0) {
        env->memory->inconsistent = ok ? 0 : 1;
        return false;
    }
    env->memory->inconsistent = 1;
    a->reconcile |= RECONCILE_PERSON; /* shares may agree with the broker's all the same: no proof of sums */
    outbox_alert(env->out, LOOP_ALERT_INCONSISTENT, a->account_id, NULL);
    return true;
}

const loop_desc_t loop_consistency_check = {
    .name = "consistency_check",
    .text = {.does = "Adds the account up again: cash against ledger, orders against positions.",
             .wrong = "It finds that a sum is broken, not where. Entries stay closed until a person "
                      "has looked."},
    .group = LOOP_PLATFORM, .lease = LEASE_PER_USER, .order = 800,
    .owner = "trade/portfolio", .protects = true,
    .why = "a broken sum is found within minutes and stops entries",
    .period_ms = {.open = 300000, .extended = 1200000, .overnight = 6000000, .weekend = 12000000},
    .budget_ms = 20,
    .inputs = LOOP_IN_BROKER | LOOP_IN_BARS, .writes = LOOP_IN_BROKER, .run = consistency_check_run,
};
