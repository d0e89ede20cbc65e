/* The state of realised volatility: twenty sessions of the regime's proxy, in four bands. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"

/* % a year. The S&P 500's long-run mean lies near 16; 35 is passed in crises alone. */
static const f64 bound[] = {10.0, 20.0, 35.0};
static const char *const names[] = {"unknown", "calm", "ordinary", "high", "extreme"};

/* A bound is passed a twentieth beyond it, on the way up and on the way down. */
static u8 band_of(f64 volatility, u8 before)
{
    u8 band = 1;
    for (u32 i = 0; i < COUNT_OF(bound); i++) {
        f64 slack = before == 0 ? 1.0 : before > i + 1 ? 0.95 : 1.05;
        band = volatility >= bound[i] * slack ? (u8)(i + 2) : band;
    }
    return band;
}

static bool volatility_regime_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->proxy_volatility != NULL);
    f64 volatility = env->proxy_volatility(env->ctx);
    if (volatility <= 0) {
        return false;
    }
    u8 before = loop_told(env->memory, PLAN_VOLATILITY_REGIME, 0, 0);
    ASSERT(before < COUNT_OF(names));
    notice_t n = {.row = PLAN_VOLATILITY_REGIME, .state = band_of(volatility, before), .value = volatility};
    n.limit = n.state > 1 ? bound[n.state - 2] : bound[0];
    (void)loop_tell(env, &n, "volatility is %s: %.1f %% a year over twenty sessions; it was %s",
                    names[n.state], volatility, names[before]);
    return false;
}

const loop_desc_t loop_volatility_regime = {
    .name = "volatility_regime",
    .text = {.does = "Says in which of four bands the realised volatility of twenty sessions stands.",
             .wrong = "Twenty sessions are slow: a crash moves the band days after it began."},
    .group = LOOP_MONITORING, .lease = LEASE_CLUSTER, .order = 115,
    .owner = "quant/regime",
    .why = "a market that has begun to shake is told of once, not felt by stops", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_DAY, .wakes = LOOP_IN_DECISION, .run = volatility_regime_run,
};
