/* What options expect of results that are near. */
#include <stdio.h>

#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"

enum { A_DAY = 10, A_WEEK = 7, SESSIONS_AHEAD = 5, EXPECTED = 1 };

static bool earnings_iv_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_MOVE);
    const scan_shared_t *s = env->shared;
    f64 days = 0;
    if (b == NULL || s->heard == NULL || !heard_earnings(s->heard, b->inst, s->session, &days) ||
        days > SESSIONS_AHEAD) {
        return false;
    }
    date_t ends = calendar_date_at(CAL_NYSE, b->t_event);
    bool behind = ends > s->session && (f64)calendar_count(CAL_NYSE, s->session, ends) > days;
    notice_t n = {.row = PLAN_EARNINGS_IV,
                  .about = b->inst,
                  .state = EXPECTED,
                  .since = s->session - A_WEEK,
                  .value = 100.0 * bulletin_value(b),
                  .limit = SESSIONS_AHEAD};
    if (behind && fresh_room(env, n.row, A_DAY)) {
        char day[11];
        char when[40] = "today";
        date_print(day, ends);
        if (days > 0) {
            (void)snprintf(when, sizeof when, "in %.0f trading day%s", days, days > 1 ? "s" : "");
        }
        (void)loop_tell(env, &n, "%s reports %s; its options expect %.1f %% either way until %s",
                        fresh_symbol(env, b->inst), when, n.value, day);
    }
    return false;
}

const loop_desc_t loop_earnings_iv = {
    .name = "earnings_iv",
    .text = {.does =
                 "Names that report within five trading days, and the move that call and put at the money "
                 "cost until the first expiry behind it; each once a week.",
             .wrong =
                 "The move is of all days until that expiry, not of the report's alone. It needs a source of "
                 "chains and one of dates."},
    .group = LOOP_OPTIONS,
    .lease = LEASE_CLUSTER,
    .order = 58,
    .owner = "scan/heard",
    .why = "how far results may move a name is known before they come",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = earnings_iv_run,
};
