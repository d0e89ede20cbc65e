/* Headlines of weight: each name once a day, a handful a day. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { A_DAY = 5 };
#define STRONG 0.6 /* what mean reversion does not trade into (trading.md 8) */

static bool news_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_NEWS | 1U << BULLETIN_REPORT);
    f64 s = b == NULL ? 0.0 : bulletin_value(b);
    if (b == NULL || q_abs(s) < STRONG || !fresh_room(env, PLAN_NEWS, A_DAY)) {
        return false;
    }
    notice_t n = {.row = PLAN_NEWS,
                  .about = b->inst,
                  .state = s > 0 ? 1 : 2,
                  .since = env->shared->session,
                  .value = s,
                  .limit = STRONG};
    (void)loop_tell(env, &n, "%s %+.2f: %s", fresh_symbol(env, b->inst), s, b->text);
    return false;
}

const loop_desc_t loop_news = {
    .name = "news",
    .text = {.does = "Names headlines whose sentiment is 0.6 and more either way, as they come.",
             .wrong = "The sentiment is the source's. Nothing is traded because it told; what rules make of "
                      "news stands with the rules."},
    .group = LOOP_MARKET,
    .lease = LEASE_CLUSTER,
    .order = 50,
    .owner = "scan/heard",
    .why = "what moves a name is told while it moves",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = news_run,
};
