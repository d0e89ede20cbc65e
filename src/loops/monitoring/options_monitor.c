/* Gamma exposure around the price that half came or went between two chains. */
#include "base/assert.h"
#include "base/dollars.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { A_DAY = 5, CAME = 1, WENT = 2 };
#define SHIFT 0.5 /* of the larger of the two */
#define LEAST 1e6 /* dollars for a percent: less is nobody's hedge */

static bool options_monitor_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_GAMMA);
    heard_figure_t x;
    if (b == NULL || env->shared->heard == NULL ||
        !heard_figure(env->shared->heard, b->inst, BULLETIN_GAMMA, &x)) {
        return false;
    }
    f64 most = q_max(q_abs(x.last), q_abs(x.before));
    bool same_side = (x.last > 0) == (x.before > 0); /* else gex tells it */
    notice_t n = {.row = PLAN_OPTIONS_MONITOR,
                  .about = b->inst,
                  .state = q_abs(x.last) > q_abs(x.before) ? CAME : WENT,
                  .since = env->shared->session,
                  .value = x.last - x.before,
                  .limit = SHIFT * most};
    if (same_side && most >= LEAST && q_abs(n.value) >= n.limit && fresh_room(env, n.row, A_DAY)) {
        char before[DOLLARS_TEXT];
        char last[DOLLARS_TEXT];
        (void)loop_tell(env, &n, "%s: gamma exposure near the price went from %s to %s for a percent",
                        fresh_symbol(env, b->inst), dollars_text(before, x.before, DOLLARS_SIGN),
                        dollars_text(last, x.last, DOLLARS_SIGN));
    }
    return false;
}

const loop_desc_t loop_options_monitor = {
    .name = "options_monitor",
    .text =
        {.does =
             "Names whose gamma exposure, a million dollars for a percent and more, has doubled or halved "
             "since the end of the session before, on the same side.",
         .wrong = "It sees chains at the close. After an expiry much of it is gone by itself."},
    .group = LOOP_MONITORING,
    .lease = LEASE_CLUSTER,
    .order = 61,
    .owner = "scan/heard",
    .why = "what options hold a price or let it go is told when it shifts",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = options_monitor_run,
};
