/* What is held over its company's results, and how near they are. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"

enum { A_WEEK = 7 }; /* a date that was told longer ago is another quarter's */

static bool earnings_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL && env->memory != NULL);
    const heard_t *heard = env->shared->heard;
    f64 quiet = (f64)env->user->config.monk_pre_earnings_days;
    for (u32 i = 0, count = heard == NULL ? 0 : loop_held(env); i < count; i++) {
        inst_t inst = loop_held_at(env, i)->inst;
        f64 days = 0;
        bool near = heard_earnings(heard, inst, env->shared->session, &days) && days <= quiet;
        notice_t n = {.row = PLAN_EARNINGS,
                      .about = inst,
                      .state = near ? 1 : 0,
                      .since = env->shared->session - A_WEEK,
                      .value = days,
                      .limit = quiet};
        if (near && days > 0) {
            (void)loop_tell(env, &n, "%s is held and reports in %.0f trading day%s; nothing is added",
                            fresh_symbol(env, inst), days, days == 1.0 ? "" : "s");
        } else {
            (void)loop_tell(env, &n, "%s is held; %s", fresh_symbol(env, inst),
                            near ? "it reports today" : "its report is no longer ahead");
        }
    }
    return false;
}

const loop_desc_t loop_earnings = {
    .name = "earnings",
    .text = {.does = "Tells of what is held that its company's results come within the days in which no "
                     "entry is made, and that they are over.",
             .wrong = "It knows dates that a source has told. Nothing is sold for it: a position is held "
                      "over its report unless another rule ends it."},
    .group = LOOP_MARKET,
    .lease = LEASE_PER_USER,
    .order = 408,
    .owner = "scan/heard",
    .why = "nobody holds over results without having been told",
    .budget_ms = 10,
    .inputs = LOOP_IN_BULLETIN | LOOP_IN_DAY | LOOP_IN_BROKER,
    .wakes = LOOP_IN_BULLETIN | LOOP_IN_DAY,
    .run = earnings_run,
};
