/* Loops that were held up, went without their lease, rested or were over their budget since it last looked,
 * at all desks together. In virtual time nothing is measured and no lease is lost, so it is silent. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"

static void tell_of(loop_env_t *env, const loop_faults_t *f, u64 since)
{
    notice_t n = {.row = PLAN_LOOP_SUPERVISOR, .about = f->loop->order, .state = LOOP_SAID,
                  .value = (f64)since};
    loop_say(env, &n, "%s: %llu faults since the last session; in all %llu held up, %llu without lease, "
                      "%llu rested, %llu over budget",
             f->loop->name, (unsigned long long)since, (unsigned long long)f->blocked,
             (unsigned long long)f->lost, (unsigned long long)f->rested, (unsigned long long)f->overruns);
}

static bool loop_supervisor_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->faults != NULL);
    loop_faults_t all[LOOPS_MAX];
    u32 count = env->faults(env->ctx, all);
    ASSERT(count <= LOOPS_MAX);
    for (u32 i = 0; i < count; i++) {
        u64 sum = all[i].blocked + all[i].lost + all[i].rested + all[i].overruns;
        u64 before = MIN_OF(env->memory->faults[i], sum);
        env->memory->faults[i] = sum;
        if (sum > before) {
            tell_of(env, &all[i], sum - before);
        }
    }
    return false;
}

const loop_desc_t loop_loop_supervisor = {
    .name = "loop_supervisor",
    .text = {.does = "Names, at the day's end, loops that were held up, lost their lease, rested or "
                     "went over their budget.",
             .wrong = "In virtual time nothing is measured, so a back-test never shows it."},
    .group = LOOP_PLATFORM, .lease = LEASE_PER_PROCESS, .order = 900,
    .owner = "loops",
    .why = "a loop that did not do its work is named at the day's end", .budget_ms = 5,
    .inputs = LOOP_IN_DAY_END, .wakes = LOOP_IN_DAY_END, .run = loop_supervisor_run,
};
