/* Trades that members of Congress have disclosed. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { A_DAY = 5 };
#define LEAST 15000.0 /* dollars: above the lowest band that is disclosed */

static bool congress_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_CONGRESS);
    f64 dollars = b == NULL ? 0.0 : bulletin_value(b);
    if (q_abs(dollars) < LEAST || !fresh_room(env, PLAN_CONGRESS, A_DAY)) {
        return false;
    }
    notice_t n = {.row = PLAN_CONGRESS,
                  .about = b->inst,
                  .state = dollars > 0 ? 1 : 2,
                  .since = env->shared->session,
                  .value = dollars,
                  .limit = LEAST};
    (void)loop_tell(env, &n, "%s: %s %s about $%.0f", fresh_symbol(env, b->inst), b->text,
                    dollars > 0 ? "bought" : "sold", q_abs(dollars));
    return false;
}

const loop_desc_t loop_congress = {
    .name = "congress",
    .text = {.does = "Names disclosed trades above the lowest band, of names that trade here.",
             .wrong = "The sum is the middle of a band, and the trade is up to 45 days old: whoever follows "
                      "it is late."},
    .group = LOOP_MARKET,
    .lease = LEASE_CLUSTER,
    .order = 53,
    .owner = "scan/heard",
    .why = "disclosures are told when they can be known, not when the trade was made",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = congress_run,
};
