/* What lies far outside of what this account knows: the day's result against its own days, the move of a held
 * name against its own range, a fill against its own fills. Middle and spread are robust, so that one wild
 * day does not excuse the next. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "quant/math/qmath.h"
#include "quant/stats/robust.h"

enum { FEWEST = 20 };
#define ABOUT_DAY (1U << 30)
#define ABOUT_FILL (1U << 31)
#define Z_TOLD 5.0
#define MOVE_RANGES 5.0 /* a bar's move in average ranges of a bar */
#define DAY_PCT 0.5     /* nor is a day that stands nearer to nothing, however still the others were */
#define FILL_BPS 10.0   /* a fill nearer than this is no anomaly, however even the others were */

/* Robust figures of the account's days, once a session. */
static bool days_known(loop_env_t *env)
{
    loop_memory_t *m = env->memory;
    f64 change[LOOP_DAYS];
    u32 n = MIN_OF(m->equity_count, (u32)LOOP_DAYS);
    if (n <= FEWEST) {
        return false;
    }
    if (m->day_of == env->shared->session) {
        return true;
    }
    u32 first = m->equity_count - n;
    for (u32 i = 1; i < n; i++) {
        f64 before = (f64)m->equity[(first + i - 1) % LOOP_DAYS];
        f64 after = (f64)m->equity[(first + i) % LOOP_DAYS];
        change[i - 1] = before > 0 ? 100.0 * (after / before - 1.0) : 0.0;
    }
    robust_spread(change, n - 1, &m->day_middle, &m->day_spread);
    m->day_of = env->shared->session;
    return true;
}

static void look_at_day(loop_env_t *env)
{
    loop_memory_t *m = env->memory;
    f64 before = m->equity_count > 0 ? (f64)m->equity[(m->equity_count - 1) % LOOP_DAYS] : 0.0;
    f64 today = before > 0 ? 100.0 * ((f64)loop_equity(env).v / before - 1.0) : 0.0;
    if (q_abs(today) < DAY_PCT || !days_known(env) || m->day_spread <= 0) {
        return;
    }
    f64 z = (today - m->day_middle) / m->day_spread;
    notice_t n = {.row = PLAN_ANOMALY, .about = ABOUT_DAY, .state = z > 0 ? 1 : 2,
                  .since = env->shared->session, .value = z, .limit = Z_TOLD};
    if (q_abs(z) >= Z_TOLD && loop_told(m, n.row, n.about, n.since) == 0) {
        (void)loop_tell(env, &n, "the day stands at %+.2f %%, %.1f spreads from this account's days", today,
                        z);
    }
}

static void look_at_prices(loop_env_t *env)
{
    const market_view_t *v = &env->shared->view;
    u32 count = loop_held(env);
    for (u32 i = 0; i < count; i++) {
        inst_t inst = loop_held_at(env, i)->inst;
        if (view_get(v, FEATURE_PRESENT, inst) == 0.0) {
            continue;
        }
        f64 range = view_get(v, FEATURE_ATR, inst);
        f64 move = view_get(v, FEATURE_CLOSE, inst) - view_get(v, FEATURE_CLOSE_PREV, inst);
        f64 ranges = range > 0 ? q_abs(move) / range : 0.0;
        notice_t n = {.row = PLAN_ANOMALY, .about = inst, .state = 1, .since = env->shared->session,
                      .value = ranges, .limit = MOVE_RANGES};
        if (ranges >= MOVE_RANGES) {
            (void)loop_tell(env, &n, "%s moved %+.1f of its usual ranges in one bar",
                            env->shared->market->instruments[inst].symbol, move / range);
        }
    }
}

static void look_at_fills(loop_env_t *env)
{
    loop_memory_t *m = env->memory;
    u32 n = MIN_OF(m->fill_count, (u32)LOOP_FILLS);
    if (n < FEWEST || m->fills_seen == m->fill_count) {
        return;
    }
    m->fills_seen = m->fill_count;
    f64 bps[LOOP_FILLS];
    f64 middle = 0;
    f64 spread = 0;
    for (u32 i = 0; i < n; i++) {
        bps[i] = m->fill[i].bps;
    }
    robust_spread(bps, n, &middle, &spread);
    for (u32 i = 0; i < n; i++) {
        const loop_fill_t *f = &m->fill[i];
        notice_t notice = {.row = PLAN_ANOMALY, .about = f->tag | ABOUT_FILL, .state = 1,
                           .since = env->shared->session, .value = f->bps,
                           .limit = MAX_OF(middle + Z_TOLD * spread, FILL_BPS)};
        if (f->t >= env->shared->session_open && f->bps >= notice.limit) {
            (void)loop_tell(env, &notice, "an entry was filled %.1f bps past its decision, usual %.1f",
                            f->bps, middle);
        }
    }
}

static bool anomaly_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL && env->memory != NULL);
    look_at_day(env);
    look_at_prices(env);
    look_at_fills(env);
    return false;
}

const loop_desc_t loop_anomaly = {
    .name = "anomaly",
    .text = {.does = "Holds the day's result, the moves of held names and the fills against what this "
                     "account has seen before.",
             .wrong = "An account with few days has seen little, and most things look new to it."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 470,
    .owner = "quant/stats",
    .why = "what this account has never seen is looked at by a person on the same day", .budget_ms = 20,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DECISION,
    .run = anomaly_run,
};
