/* What was expected of the last closed trades against what they brought. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "quant/math/qmath.h"

enum { FEWEST = 30 };
#define ERRORS_TOLD 2.0

/* Mean of result less expectation, in R and in its own standard errors; false while there are too few.
 * confidence_t keeps that difference for each of its last real trades. */
static bool bias_of(const confidence_t *c, f64 *mean, f64 *errors)
{
    u32 n = MIN_OF(c->recent_count, (u32)CONFIDENCE_RECENT);
    f64 sum = 0;
    f64 squares = 0;
    for (u32 i = 0; i < n; i++) {
        sum += c->recent_e[i];
        squares += c->recent_e[i] * c->recent_e[i];
    }
    if (n < FEWEST) {
        return false;
    }
    *mean = sum / (f64)n;
    f64 variance = (squares - sum * *mean) / (f64)(n - 1);
    *errors = variance > 0 ? *mean / q_sqrt(variance / (f64)n) : 0.0;
    return true;
}

static bool calibration_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    f64 mean = 0;
    f64 errors = 0;
    if (!bias_of(&env->user->confidence, &mean, &errors)) {
        return false;
    }
    u8 before = loop_told(env->memory, PLAN_CALIBRATION, 0, 0);
    f64 bound = ERRORS_TOLD * (before != 0 ? LEVEL_SLACK : 1.0);
    u8 now = errors <= -bound ? 1 : errors >= bound ? 2 : 0;
    notice_t n = {.row = PLAN_CALIBRATION, .state = now, .value = mean, .limit = errors};
    (void)loop_tell(env, &n, "trades bring %+.3f R against what was expected of them, %.1f standard errors%s",
                    mean, errors, now == 0 ? ": no longer far" : "");
    return false;
}

const loop_desc_t loop_calibration = {
    .name = "calibration",
    .text = {.does = "Holds what was expected of the last closed trades against what they brought.",
             .wrong = "Under thirty trades it is silent, and errors of thirty are mostly luck too."},
    .group = LOOP_IMPROVEMENT, .lease = LEASE_PER_USER, .order = 507,
    .in_global = LOOP_GLOBAL_BOTH,
    .owner = "quant/stats",
    .why = "a confidence that does not come true is told, not only counted", .budget_ms = 5,
    .inputs = LOOP_IN_DAY_END | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DAY_END,
    .run = calibration_run,
};
