/* How far the account is into its own limits: open risk, exposure, the loss of the day. The gates of stage 12
 * look when an entry is tried; this looks at every decision bar, so that a person hears before one is
 * refused. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "trade/risk/gates.h"

typedef struct {
    u32 about; /* stored */
    const char *name;
    f64 percent, limit;
} use_t;

static void tell_use(loop_env_t *env, const use_t *u)
{
    u8 before = loop_told(env->memory, PLAN_RISK, u->about, 0);
    u8 now = loop_level(u->percent, 0.8 * u->limit, u->limit, before);
    notice_t n = {.row = PLAN_RISK, .about = u->about, .state = now, .value = u->percent, .limit = u->limit};
    (void)loop_tell(env, &n, "%s %.2f %% of equity, limit %.2f %%%s", u->name, u->percent, u->limit,
                    now == 0 ? ": well below again" : "");
}

static bool risk_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const config_t *c = &env->user->config;
    const account_t *a = env->user->account;
    risk_summary_t s = {.equity = loop_equity(env)};
    intent_t none = {.inst = INST_NONE};
    if (loop_exposed(env)) {
        reserve_summary(a, &none, UINT16_MAX, env->now, &s);
    }
    f64 equity = money_to_f64(s.equity);
    f64 start = money_to_f64(a->day.equity_start);
    if (!(equity > 0) || !(start > 0)) {
        return false;
    }
    f64 gross = money_to_f64(s.long_value) + money_to_f64(s.short_value) + money_to_f64(s.long_reserved) +
                money_to_f64(s.short_reserved);
    const use_t uses[] = {
        {1, "open risk", 100.0 * money_to_f64(s.heat) / equity,
         risk_limit(CEILING_HEAT_PCT, c->risk_portfolio_heat_pct)},
        {2, "exposure", 100.0 * gross / equity, risk_limit(CEILING_GROSS_PCT, c->risk_max_gross_pct)},
        {3, "loss of the day", 100.0 * (start - equity) / start,
         risk_limit(CEILING_LOSS_DAY_PCT, c->risk_daily_loss_limit_pct)}};
    for (u32 i = 0; i < COUNT_OF(uses); i++) {
        tell_use(env, &uses[i]);
    }
    return false;
}

const loop_desc_t loop_risk = {
    .name = "risk",
    .text = {.does = "Tells how far the account is into its own limits, at every decision bar.",
             .wrong = "It looks at decision bars; between two of them a limit can be passed unseen."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 440,
    .owner = "trade/risk",
    .why = "a limit is known to be near before it stops an entry", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DECISION, .run = risk_run,
};
