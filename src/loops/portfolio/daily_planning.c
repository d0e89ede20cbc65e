/* The plan of a day, with its first bar and before its first fills: what is open, what may be opened, what
 * stands in the way. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "trade/risk/gates.h"

static const char *obstacle(const user_t *u)
{
    const account_t *a = u->account;
    return a->killed != 0      ? "nothing opens: killed"
           : a->reconcile != 0 ? "nothing opens: not reconciled"
           : u->breaker_open   ? "nothing opens: the breaker is open"
                               : "entries are free";
}

static bool daily_planning_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const account_t *a = env->user->account;
    const config_t *c = &env->user->config;
    u32 open = account_position_count(a);
    u32 most = (u32)risk_limit(CEILING_POSITIONS, c->risk_max_open_positions);
    f64 loss = risk_limit(CEILING_LOSS_DAY_PCT, c->risk_daily_loss_limit_pct);
    notice_t n = {.row = PLAN_DAILY_PLANNING, .state = LOOP_SAID, .value = open, .limit = most};
    loop_say(env, &n,
             "regime %s; %s; %u of %u positions open, %d entries and %.1f %% loss for today, %.0f $ settled",
             regime_label_name(env->shared->regime.label), obstacle(env->user), open, most,
             c->risk_max_trades_per_day, loss, money_to_f64(account_settled(a)));
    return false;
}

const loop_desc_t loop_daily_planning = {
    .name = "daily_planning", .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 40,
    .owner = "trade/risk",
    .why = "what a day may do is written down before it does it", .budget_ms = 5,
    .inputs = LOOP_IN_DAY | LOOP_IN_BROKER | LOOP_IN_DECISION | LOOP_IN_COMMAND, .wakes = LOOP_IN_DAY,
    .run = daily_planning_run,
};
