/* Names that have reported since the last close: how far they moved, and whether it held. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"

enum { A_DAY = 10, UP = 1, DOWN = 2, GIVEN_BACK = 3 };
#define MOVE_PCT 2.0

static u8 state_of(f64 move, u8 before)
{
    bool back = (before == UP && move <= 0) || (before == DOWN && move >= 0);
    if (back || before == GIVEN_BACK) {
        return GIVEN_BACK;
    }
    return q_abs(move) < MOVE_PCT ? before : move > 0 ? UP : DOWN;
}

static bool earnings_reaction_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const scan_shared_t *s = env->shared;
    for (u32 i = 0, count = s->heard == NULL ? 0 : s->market->count; i < count; i++) {
        f64 close = view_get(&s->view, FEATURE_DAY_CLOSE, i);
        if (!s->news[i].report || close <= 0 || view_get(&s->view, FEATURE_PRESENT, i) == 0.0) {
            continue;
        }
        u8 before = loop_told(env->memory, PLAN_EARNINGS_REACTION, i, s->session);
        f64 move = 100.0 * (view_get(&s->view, FEATURE_CLOSE, i) / close - 1.0);
        notice_t n = {.row = PLAN_EARNINGS_REACTION,
                      .about = i,
                      .state = state_of(move, before),
                      .since = s->session,
                      .value = move,
                      .limit = MOVE_PCT};
        if (n.state != 0 && (before != 0 || fresh_room(env, n.row, A_DAY))) {
            (void)loop_tell(env, &n, "%s %+.1f %% from its last close, after results%s",
                            fresh_symbol(env, (inst_t)i), move,
                            n.state == GIVEN_BACK ? "; the move is given back" : "");
        }
    }
    return false;
}

const loop_desc_t loop_earnings_reaction = {
    .name = "earnings_reaction",
    .text = {.does = "Names what moved two percent and more after results told since the last close, and "
                     "when the move is given back.",
             .wrong = "Results are known where a source tells them. What drifts for days after is not "
                      "followed past the first."},
    .group = LOOP_MARKET,
    .lease = LEASE_CLUSTER,
    .order = 311,
    .owner = "scan/heard",
    .why = "a gap that results explain is told as one",
    .budget_ms = 10,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_DECISION,
    .run = earnings_reaction_run,
};
