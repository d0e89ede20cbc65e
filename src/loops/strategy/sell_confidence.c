/* What speaks for leaving a holding, 0 to 100, beside the exits that stand by themselves: how much of its way
 * to the stop is used up, how much of its time, and whether market, trend and the day's mean price are
 * against it. It tells and leaves nothing: exits are stage 13's. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "quant/math/qmath.h"

#define TELL_FROM 70.0

typedef struct {
    f64 to_stop, time, regime, trend, mean; /* 0..1 each */
} against_t;

static f64 score_of(const against_t *a)
{
    return 40.0 * a->to_stop + 15.0 * a->time + 15.0 * a->regime + 15.0 * a->trend + 15.0 * a->mean;
}

static against_t look(const loop_env_t *env, const position_t *p)
{
    const market_view_t *v = &env->shared->view;
    const config_t *c = &env->user->config;
    f64 d = p->direction;
    f64 way = d * price_to_f64((price_t){p->avg.v - p->stop_initial.v});
    f64 gone = d * price_to_f64((price_t){p->avg.v - p->mark.v});
    f64 close = view_get(v, FEATURE_CLOSE, p->inst);
    f64 vwap = view_get(v, FEATURE_VWAP, p->inst);
    f64 held = (f64)(env->now - p->t_entry) / (f64)NS_PER_MIN;
    f64 most = (f64)c->exit_max_hold_min;
    regime_label_t bad = d > 0 ? REGIME_BEAR : REGIME_BULL;
    return (against_t){
        .to_stop = p->stop_initial.v > 0 && way > 0 ? q_clamp(gone / way, 0.0, 1.0) : 0.0,
        .time = c->profile == PROFILE_DAY && most > 0 ? q_clamp(held / most, 0.0, 1.0) : 0.0,
        .regime = env->shared->regime.label == bad ? 1.0 : 0.0,
        .trend =
            d * (view_get(v, FEATURE_EMA9, p->inst) - view_get(v, FEATURE_EMA21, p->inst)) < 0 ? 1.0 : 0.0,
        .mean = vwap > 0 && d * (close - vwap) < 0 ? 1.0 : 0.0};
}

static bool sell_confidence_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    u32 count = loop_held(env);
    for (u32 i = 0; i < count; i++) {
        const position_t *p = loop_held_at(env, i);
        if (view_get(&env->shared->view, FEATURE_PRESENT, p->inst) == 0.0) {
            continue;
        }
        against_t why = look(env, p);
        f64 score = score_of(&why);
        u8 before = loop_told(env->memory, PLAN_SELL_CONFIDENCE, p->inst, p->entry_date);
        u8 now = score >= TELL_FROM * (before != 0 ? LEVEL_SLACK : 1.0) ? 1 : 0;
        notice_t n = {.row = PLAN_SELL_CONFIDENCE, .about = p->inst, .state = now, .since = p->entry_date,
                      .value = score, .limit = TELL_FROM};
        (void)loop_tell(env, &n, "%s: %.0f of 100 speaks for leaving; %.0f %% of the way to its stop%s%s%s",
                        env->shared->market->instruments[p->inst].symbol, score, 100.0 * why.to_stop,
                        why.regime > 0 ? ", regime against it" : "",
                        why.trend > 0 ? ", trend against it" : "",
                        why.mean > 0 ? ", beyond the mean price" : "");
    }
    return false;
}

const loop_desc_t loop_sell_confidence = {
    .name = "sell_confidence",
    .text = {.does = "Says from 0 to 100 what speaks for leaving a holding, beside the exits that "
                     "stand by themselves.",
             .wrong = "It is a sum of points, no probability, and it leaves nothing."},
    .group = LOOP_STRATEGY, .lease = LEASE_PER_USER, .order = 475,
    .owner = "scan",
    .why = "what turns against a holding is told before its stop tells it", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DECISION,
    .run = sell_confidence_run,
};
