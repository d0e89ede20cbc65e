/* Gamma exposure that has changed its sign: what hedges against moves began to go with them, or the other
 * way.
 */
#include "base/assert.h"
#include "base/dollars.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { A_DAY = 10, STILLS = 1, DRIVES = 2 };
#define LEAST 1e5 /* dollars for a percent, of the larger of the two */

static bool gex_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_GAMMA | 1U << BULLETIN_FLIP);
    const heard_t *heard = env->shared->heard;
    heard_figure_t gamma, x;
    if (b == NULL || heard == NULL || !heard_figure(heard, b->inst, (bulletin_kind_t)b->kind, &x) ||
        !heard_figure(heard, b->inst, BULLETIN_GAMMA, &gamma)) {
        return false;
    }
    notice_t n = {.row = PLAN_GEX,
                  .about = b->inst,
                  .state = gamma.last > 0 ? STILLS : DRIVES,
                  .since = env->shared->session,
                  .value = x.last,
                  .limit = b->kind == BULLETIN_GAMMA ? LEAST : 0.0};
    if ((x.last > 0) == (x.before > 0) || q_max(q_abs(gamma.last), q_abs(gamma.before)) < LEAST ||
        !fresh_room(env, n.row, A_DAY)) {
        return false;
    }
    if (b->kind == BULLETIN_GAMMA) {
        char before[DOLLARS_TEXT];
        char last[DOLLARS_TEXT];
        (void)loop_tell(env, &n, "%s: gamma exposure went from %s to %s for a percent: hedges %s moves",
                        fresh_symbol(env, b->inst), dollars_text(before, x.before, DOLLARS_SIGN),
                        dollars_text(last, x.last, DOLLARS_SIGN), x.last > 0 ? "lean against" : "go with");
    } else {
        (void)loop_tell(env, &n, "%s closed %s the price at which its gamma exposure changes sign, %s",
                        fresh_symbol(env, b->inst), x.last < 0 ? "above" : "below", b->text);
    }
    return false;
}

const loop_desc_t loop_gex = {
    .name = "gex",
    .text = {.does = "Names whose gamma exposure, a hundred thousand dollars for a percent and more, has "
                     "another sign than at the end of the session before, or that "
                     "closed on the other side of the price at which it changes.",
             .wrong =
                 "Who holds what is not known: it is taken that dealers are long every call and short every "
                 "put. By the close, not by the minute."},
    .group = LOOP_OPTIONS,
    .lease = LEASE_CLUSTER,
    .order = 56,
    .owner = "scan/heard",
    .why = "that a name's hedges begin to drive it is told when it happens",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = gex_run,
};
