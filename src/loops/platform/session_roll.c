/* Begins a session at one desk: the account's day, the user's counters. It runs before
 * the session's actions and fills, which belong to today. */
#include "base/assert.h"
#include "loops/loops.h"
#include "scan/rules_today.h"

static bool session_roll_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->slice != NULL);
    const slice_t *s = env->slice;
    ASSERT(s->session != env->session_before);
    account_law_t law = account_law_today(&env->user->config, s->session);
    account_law_set(env->user->account, &law);
    date_t settles = settles_on(env->shared->market->calendar, s->session, s->t_open);
    account_day_begin(env->user->account, s->session, settles);
    user_session_begin(env->user, env->shared->market->count);
    return true;
}

const loop_desc_t loop_session_roll = {
    .name = "session_roll",
    .text = {.does = "Begins a session at each desk: the account's day, the user's counters.",
             .wrong = "Everything named \"of the day\" begins with the exchange's session, not at "
                      "midnight."},
    .group = LOOP_PLATFORM, .lease = LEASE_PER_USER, .order = 10,
    .in_global = LOOP_GLOBAL_BOTH,
    .owner = "trade/portfolio", .protects = true,
    .why = "limits, settlements and counters of a day begin anew with the session",
    .budget_ms = 20, .inputs = LOOP_IN_DAY | LOOP_IN_BROKER, .wakes = LOOP_IN_DAY, .writes = LOOP_IN_BROKER,
    .observes = true, .run = session_roll_run,
};
