/* Correlations of what is held, by the figure that sizes use: every half hour, and only where something is
 * new, another day or another position. */
#include "base/assert.h"
#include "base/hash.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "scan/daily_returns.h"

enum { EVERY_BARS = 6 };

typedef struct {
    u32 count, pairs, alike;
    const position_t *held[LIMIT_POSITIONS];
    f64 worst;
    inst_t a, b;
} matrix_t;

/* Collects what is held; the hash is another when a day or a position is. */
static u64 held_now(loop_env_t *env, matrix_t *m)
{
    u64 hash = (u64)env->shared->session;
    m->count = loop_held(env);
    for (u32 i = 0; i < m->count; i++) {
        const position_t *p = loop_held_at(env, i);
        const u32 word[2] = {p->inst, p->qty.v > 0 ? 1 : 2};
        m->held[i] = p;
        hash = hash64_seed(word, sizeof word, hash);
    }
    return hash;
}

static void compare(const loop_env_t *env, matrix_t *m)
{
    daily_returns_t r[LIMIT_POSITIONS];
    for (u32 i = 0; i < m->count; i++) {
        daily_returns(&env->shared->view, m->held[i]->inst, &r[i]);
        for (u32 k = 0; k < i; k++) {
            f64 rho = 0;
            i32 sides = m->held[i]->direction * m->held[k]->direction;
            if (!daily_returns_alike(&r[i], &r[k], sides, (u32)env->user->config.corr_days, &rho)) {
                continue;
            }
            m->pairs++;
            m->alike += rho >= env->user->config.corr_threshold ? 1 : 0;
            if (m->pairs == 1 || rho > m->worst) {
                m->worst = rho;
                m->a = m->held[k]->inst;
                m->b = m->held[i]->inst;
            }
        }
    }
}

static bool correlation_matrix_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    matrix_t m = {0};
    f64 bound = env->user->config.corr_threshold;
    if (env->user->config.profile == PROFILE_DAY && env->shared->view.clock % EVERY_BARS != 0) {
        return false;
    }
    u64 paired = held_now(env, &m);
    if (paired == env->memory->paired) {
        return false;
    }
    env->memory->paired = paired;
    compare(env, &m);
    notice_t n = {.row = PLAN_CORRELATION_MATRIX, .state = m.alike > 0 ? 1 : 0, .value = m.worst,
                  .limit = bound};
    if (m.pairs > 0) {
        const instrument_t *table = env->shared->market->instruments;
        (void)loop_tell(env, &n, "%s and %s %s: %.2f; %u of %u pairs from %.2f on", table[m.a].symbol,
                        table[m.b].symbol, m.alike > 0 ? "move as one" : "are closest now", m.worst, m.alike,
                        m.pairs, bound);
    } else {
        (void)loop_tell(env, &n, "no two positions to compare any more");
    }
    return false;
}

const loop_desc_t loop_correlation_matrix = {
    .name = "correlation_matrix",
    .text = {.does = "Tells which holdings move as one, by the figure that sizes use.",
             .wrong = "Sixty calm days say little of the one day on which everything falls together."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 465,
    .owner = "quant/stats",
    .why = "two names that move as one are told as one risk", .budget_ms = 20,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER, .wakes = LOOP_IN_DECISION, .run = correlation_matrix_run,
};
