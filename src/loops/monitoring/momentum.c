/* Names that moved two percent and more from their last close on twice their usual volume: the widest of a
 * bar first, each once a day, a handful a day; with daily bars the widest alone. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "quant/math/qmath.h"

enum { A_DAY = 5, A_DAILY_BAR = 1 };
#define MOVE_PCT 2.0
#define VOLUME_TIMES 2.0

static f64 move_of(const market_view_t *v, u32 i)
{
    f64 before = view_get(v, FEATURE_DAY_CLOSE, i);
    return before > 0 ? 100.0 * (view_get(v, FEATURE_CLOSE, i) / before - 1.0) : 0.0;
}

/* The widest move of this bar that is not told yet, count of the market if there is none; *moved gets how
 * many moved so in all. */
static u32 widest(const loop_env_t *env, u32 *moved)
{
    const market_view_t *v = &env->shared->view;
    u32 count = env->shared->market->count;
    u32 best = count;
    f64 most = 0.0;
    *moved = 0;
    for (u32 i = 0; i < count; i++) {
        if (view_get(v, FEATURE_PRESENT, i) == 0.0 || view_get(v, FEATURE_RVOL, i) < VOLUME_TIMES) {
            continue;
        }
        f64 size = q_abs(move_of(v, i));
        if (size < MOVE_PCT) {
            continue;
        }
        *moved += 1;
        if (size > most && loop_told(env->memory, PLAN_MOMENTUM, i, env->shared->session) == 0) {
            most = size;
            best = i;
        }
    }
    return best;
}

static bool momentum_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    u32 room = env->shared->market->profile == PROFILE_SWING ? A_DAILY_BAR : A_DAY;
    for (u32 told = loop_told_of(env->memory, PLAN_MOMENTUM, env->shared->session); told < room; told++) {
        u32 moved = 0;
        u32 i = widest(env, &moved);
        if (i == env->shared->market->count) {
            break;
        }
        f64 move = move_of(&env->shared->view, i);
        notice_t n = {.row = PLAN_MOMENTUM, .about = i, .state = move > 0 ? 1 : 2,
                      .since = env->shared->session, .value = move, .limit = MOVE_PCT};
        (void)loop_tell(env, &n, "%s %+.1f %% on %.1f times its usual volume; %u moved so",
                        env->shared->market->instruments[i].symbol, move,
                        view_get(&env->shared->view, FEATURE_RVOL, i), moved);
    }
    return false;
}

const loop_desc_t loop_momentum = {
    .name = "momentum",
    .text = {.does = "Names what moved two percent and more from its last close on twice its usual "
                     "volume.",
             .wrong = "It tells of moves that have happened. Nothing is traded because it told."},
    .group = LOOP_MONITORING, .lease = LEASE_CLUSTER, .order = 310,
    .owner = "market",
    .why = "what moves today is named while it moves", .budget_ms = 20,
    .inputs = LOOP_IN_DECISION, .wakes = LOOP_IN_DECISION, .run = momentum_run,
};
