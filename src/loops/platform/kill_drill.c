/* Tries the kill switch once a week, before the first session's fills: on a copy of the account and at a door
 * of its own, so that nothing is stopped by it. What it showed stands as a fact. */
#include "base/assert.h"
#include "loops/loops.h"

/* Weeks begin on Monday; day 0 was a Thursday. */
static i32 week_of(date_t day)
{
    return (i32)((day + 3) / 7);
}

static bool kill_drill_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->kill_drill != NULL);
    i32 week = week_of(env->shared->session);
    if (week == env->memory->drilled) {
        return false;
    }
    env->memory->drilled = week;
    env->kill_drill(env->ctx);
    return false;
}

const loop_desc_t loop_kill_drill = {
    .name = "kill_drill",
    .text = {.does = "Tries the kill switch once a week, on a copy of the account and at a door of "
                     "its own.",
             .wrong = "It proves this program's half. That a broker obeys a cancel it cannot try."},
    .group = LOOP_PLATFORM, .lease = LEASE_PER_USER, .order = 30,
    .why = "a switch that was never tried is a hope; its trial is on record every week",
    .owner = "trade/execution", .budget_ms = 100,
    .inputs = LOOP_IN_DAY | LOOP_IN_BROKER, .wakes = LOOP_IN_DAY, .run = kill_drill_run,
};
