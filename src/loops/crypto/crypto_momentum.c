/* Coins whose day, week and month all point one way: the widest month first, each once a day, a handful a
 * day. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "quant/math/qmath.h"

enum { A_DAY = 3, WINDOWS = 3 };
#define MONTH_PCT 10.0 /* below it three windows agree by chance nearly every day */

static const u32 days[WINDOWS] = {1, 7, 30};

/* Returns over the windows in percent, the close of today so far against closes of days that are over. False:
 * too little is known of it, or it did not trade. */
static bool returns_of(const market_view_t *v, u32 inst, f64 out[WINDOWS])
{
    u32 n = 0;
    const series_t *d = market_daily(v, (inst_t)inst, &n);
    u32 over = v->market->profile == PROFILE_SWING && n > 0 ? n - 1 : n; /* daily bars hold today's close */
    if (view_get(v, FEATURE_PRESENT, inst) == 0.0 || over < days[WINDOWS - 1]) {
        return false;
    }
    for (u32 k = 0; k < WINDOWS; k++) {
        out[k] = 100.0 * (view_get(v, FEATURE_CLOSE, inst) / d->close[over - days[k]] - 1.0);
    }
    return true;
}

/* 1: all up, 2: all down, 0: neither, or not far enough. */
static u8 side_of(const f64 r[WINDOWS])
{
    bool up = r[0] > 0 && r[1] > 0 && r[2] >= MONTH_PCT;
    bool down = r[0] < 0 && r[1] < 0 && r[2] <= -MONTH_PCT;
    return up ? 1 : down ? 2 : 0;
}

static u32 widest(const loop_env_t *env, f64 out[WINDOWS])
{
    u32 count = env->shared->market->count;
    u32 best = count;
    f64 most = 0.0;
    for (u32 i = 0; i < count; i++) {
        f64 r[WINDOWS];
        bool tells = returns_of(&env->shared->view, i, r) && side_of(r) != 0 && q_abs(r[WINDOWS - 1]) > most;
        if (tells && loop_told(env->memory, PLAN_CRYPTO_MOMENTUM, i, env->shared->session) == 0) {
            most = q_abs(r[WINDOWS - 1]);
            best = i;
            for (u32 k = 0; k < WINDOWS; k++) {
                out[k] = r[k];
            }
        }
    }
    return best;
}

static bool crypto_momentum_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    if (env->shared->market->calendar != CAL_CRYPTO) {
        return false;
    }
    for (u32 told = loop_told_of(env->memory, PLAN_CRYPTO_MOMENTUM, env->shared->session); told < A_DAY;
         told++) {
        f64 r[WINDOWS];
        u32 i = widest(env, r);
        if (i == env->shared->market->count) {
            break;
        }
        notice_t n = {.row = PLAN_CRYPTO_MOMENTUM, .about = i, .state = side_of(r),
                      .since = env->shared->session, .value = r[WINDOWS - 1], .limit = MONTH_PCT};
        (void)loop_tell(env, &n, "%s %+.1f %% on the day, %+.1f in a week, %+.1f in a month",
                        env->shared->market->instruments[i].symbol, r[0], r[1], r[2]);
    }
    return false;
}

const loop_desc_t loop_crypto_momentum = {
    .name = "crypto_momentum",
    .text = {.does = "Names the coins whose day, week and month all point one way, by a tenth in the month.",
             .wrong = "The windows are 1, 7 and 30 daily bars: where a day is missing they reach further "
                      "back. Coins move together: three names are often one move. Nothing is traded "
                      "because it told."},
    .group = LOOP_CRYPTO, .lease = LEASE_CLUSTER, .order = 318,
    .owner = "market",
    .why = "a move that holds over three windows is named while it holds", .budget_ms = 20,
    .inputs = LOOP_IN_DECISION, .wakes = LOOP_IN_DECISION, .run = crypto_momentum_run,
};
