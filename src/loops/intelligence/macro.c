/* Shocks of the whole market: the volatility index, the ten-year yield, the dollar. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { ABOUT_VIX = 1, ABOUT_YIELD = 2, ABOUT_DOLLAR = 3, UP = 1, DOWN = 2 };
#define VIX_PCT 20.0      /* a day's rise (the product's macro alert) */
#define YIELD_POINTS 0.15 /* % a year, a day's move: about three standard deviations */
#define DOLLAR_PCT 1.0    /* likewise */

static void tell_vix(loop_env_t *env)
{
    const scan_shared_t *s = env->shared;
    if (!s->vix_known || s->vix_move_pct < VIX_PCT ||
        s->vix_t < calendar_previous(s->market->calendar, s->session, env->now).close) {
        return;
    }
    notice_t n = {.row = PLAN_MACRO,
                  .about = ABOUT_VIX,
                  .state = UP,
                  .since = s->session,
                  .value = s->vix_move_pct,
                  .limit = VIX_PCT};
    (void)loop_tell(env, &n, "the volatility index rose %.0f %% in a day, to %.1f", s->vix_move_pct, s->vix);
}

static void tell_number(loop_env_t *env, const bulletin_t *b)
{
    bool yield = b->kind == BULLETIN_YIELD;
    const heard_number_t *x = yield ? &env->shared->heard->yield : &env->shared->heard->dollar;
    f64 move = yield ? x->last - x->before : 100.0 * (x->last / q_max(x->before, 1e-9) - 1.0);
    f64 limit = yield ? YIELD_POINTS : DOLLAR_PCT;
    if (x->count < 2 || q_abs(move) < limit) {
        return;
    }
    notice_t n = {.row = PLAN_MACRO,
                  .about = yield ? ABOUT_YIELD : ABOUT_DOLLAR,
                  .state = move > 0 ? UP : DOWN,
                  .since = env->shared->session,
                  .value = move,
                  .limit = limit};
    (void)loop_tell(env, &n,
                    yield ? "the ten-year yield moved %+.2f points, to %.2f %%"
                          : "the dollar moved %+.1f %% against its partners' money, to %.1f",
                    move, x->last);
}

static bool macro_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_YIELD | 1U << BULLETIN_DOLLAR);
    if (b != NULL) {
        tell_number(env, b);
    } else if (env->bulletin == NULL) {
        tell_vix(env);
    }
    return false;
}

const loop_desc_t loop_macro = {
    .name = "macro",
    .text = {.does = "Tells when the volatility index rose by a fifth in a day, the ten-year yield moved "
                     "0.15 points, or the dollar a percent.",
             .wrong = "All three are known by the day here, on the day after: it says why the night was "
                      "restless, not that the hour is."},
    .group = LOOP_MONITORING,
    .lease = LEASE_CLUSTER,
    .order = 116,
    .owner = "scan/heard",
    .why = "a shock to all names is told as one, not as hundreds of moves",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN | LOOP_IN_DECISION,
    .wakes = LOOP_IN_BULLETIN | LOOP_IN_DECISION,
    .run = macro_run,
};
