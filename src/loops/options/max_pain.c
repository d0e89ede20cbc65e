/* Names far from where the options that end next pay their holders least. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { A_DAY = 5, A_WEEK = 7, SESSIONS_LEFT = 3, ABOVE = 1, BELOW = 2 };
#define FAR 0.05 /* of the close */

static bool max_pain_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_MAX_PAIN);
    f64 away = b == NULL ? 0.0 : bulletin_value(b);
    if (q_abs(away) < FAR) {
        return false;
    }
    date_t ends = calendar_date_at(CAL_NYSE, b->t_event);
    date_t today = env->shared->session;
    bool near =
        ends >= today && ends <= today + A_WEEK && calendar_count(CAL_NYSE, today - 1, ends) <= SESSIONS_LEFT;
    notice_t n = {.row = PLAN_MAX_PAIN,
                  .about = b->inst,
                  .state = away > 0 ? ABOVE : BELOW,
                  .since = today - A_WEEK,
                  .value = 100.0 * away,
                  .limit = 100.0 * FAR};
    if (near && fresh_room(env, n.row, A_DAY)) {
        char day[11];
        date_print(day, ends);
        (void)loop_tell(env, &n, "%s: options that end on %s pay least at %s, %.1f %% %s the close",
                        fresh_symbol(env, b->inst), day, b->text, 100.0 * q_abs(away),
                        away > 0 ? "above" : "below");
    }
    return false;
}

const loop_desc_t loop_max_pain = {
    .name = "max_pain",
    .text = {.does =
                 "Names whose close lies 5 % and more from the strike at which the options that end next pay "
                 "their holders least, in the last three sessions of those; each once a week a side.",
             .wrong = "That prices go there is a saying. It is told, and nothing is made of it."},
    .group = LOOP_OPTIONS,
    .lease = LEASE_CLUSTER,
    .order = 57,
    .owner = "scan/heard",
    .why = "an expiry that many hold far from the price is told before it comes",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = max_pain_run,
};
