/* Trades of insiders on the market: large ones, and several purchases within a month. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { A_DAY = 5, CLUSTER = HEARD_BUYS, BOUGHT = 1, CLUSTERED = 2, SOLD = 3 };
#define LARGE 1e6 /* dollars */

static bool insider_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_INSIDER);
    if (b == NULL || !fresh_room(env, PLAN_INSIDER, A_DAY)) {
        return false;
    }
    f64 dollars = bulletin_value(b);
    u32 buys = heard_buys(env->shared->heard, b->inst, env->now);
    bool cluster = dollars > 0 && buys >= CLUSTER;
    if (!cluster && q_abs(dollars) < LARGE) {
        return false;
    }
    notice_t n = {.row = PLAN_INSIDER,
                  .about = b->inst,
                  .state = cluster       ? CLUSTERED
                           : dollars > 0 ? BOUGHT
                                         : SOLD,
                  .since = env->shared->session,
                  .value = dollars,
                  .limit = LARGE};
    (void)loop_tell(env, &n, "%s: %s %s $%.0f%s", fresh_symbol(env, b->inst), b->text,
                    dollars > 0 ? "bought" : "sold", q_abs(dollars),
                    cluster ? "; the third purchase of insiders within a month" : "");
    return false;
}

const loop_desc_t loop_insider = {
    .name = "insider",
    .text = {.does = "Names insiders' trades of a million dollars and more, and the third purchase within "
                     "thirty days.",
             .wrong = "A filing of several lines is several purchases. Sales have many reasons, and plans "
                      "made long before are among them."},
    .group = LOOP_MARKET,
    .lease = LEASE_CLUSTER,
    .order = 52,
    .owner = "scan/heard",
    .why = "people who know a company and buy it are told of",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = insider_run,
};
