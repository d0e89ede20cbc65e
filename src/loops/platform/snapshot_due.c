/* Asks for a snapshot once a session is over: the driver takes it when nothing is under way. */
#include "base/assert.h"
#include "loops/loops.h"

static bool snapshot_due_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    env->memory->snapshot_due = 1;
    return true;
}

const loop_desc_t loop_snapshot_due = {
    .name = "snapshot_due",
    .text = {.does = "Asks for a snapshot once a session is over; it is taken when nothing is under "
                     "way.",
             .wrong = "A run that ends inside a session goes on from the day before and reads the "
                      "rest of the journal."},
    .group = LOOP_PLATFORM, .lease = LEASE_PER_PROCESS, .order = 910,
    .owner = "engine",
    .why = "a restart reads the day's end instead of the whole history", .budget_ms = 1,
    .inputs = LOOP_IN_DAY_END, .wakes = LOOP_IN_DAY_END, .run = snapshot_due_run,
};
