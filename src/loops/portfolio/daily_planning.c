/* The plan of a day, with its first decision bar and before its first scan: the regime as of the last close,
 * what is open, what may be opened, what stands in the way. */
#include <stdio.h>

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

/* "; SPY above 2 of 3 means": of twenty, fifty and two hundred days, those that are known. Empty without. */
static void proxy_text(const scan_shared_t *s, char *out, size_t size)
{
    static const feature_t means[] = {FEATURE_SMA20, FEATURE_SMA50, FEATURE_SMA200};
    u32 known = 0;
    u32 above = 0;
    out[0] = '\0';
    for (u32 i = 0; s->proxy != INST_NONE && i < COUNT_OF(means); i++) {
        f64 mean = view_get(&s->view, means[i], s->proxy);
        known += mean > 0 ? 1 : 0;
        above += mean > 0 && view_get(&s->view, FEATURE_CLOSE, s->proxy) > mean ? 1 : 0;
    }
    if (known > 0) {
        (void)snprintf(out, size, "; %.12s above %u of %u means", s->market->instruments[s->proxy].symbol,
                       above, known);
    }
}

static bool daily_planning_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    date_t today = env->shared->session;
    if (loop_told(env->memory, PLAN_DAILY_PLANNING, 0, today) != 0) {
        return false;
    }
    const account_t *a = env->user->account;
    const config_t *c = &env->user->config;
    char proxy[48];
    u32 open = account_position_count(a);
    u32 most = (u32)risk_limit(CEILING_POSITIONS, c->risk_max_open_positions);
    proxy_text(env->shared, proxy, sizeof proxy);
    notice_t n = {.row = PLAN_DAILY_PLANNING, .state = 1, .since = today, .value = open, .limit = most};
    (void)loop_tell(env, &n, "regime %s%s; %s; %u of %u positions open, %d entries and %.1f %% loss at most",
                    regime_label_name(env->shared->regime.label), proxy, obstacle(env->user), open, most,
                    c->risk_max_trades_per_day,
                    risk_limit(CEILING_LOSS_DAY_PCT, c->risk_daily_loss_limit_pct));
    return false;
}

const loop_desc_t loop_daily_planning = {
    .name = "daily_planning",
    .text = {.does = "Writes down before the first scan what the day may do: regime, what is open, "
                     "what may be opened, what stands in the way.",
             .wrong = "It is of that moment; the breaker, a kill or a person can change the day after "
                      "it."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 120,
    .owner = "trade/risk",
    .why = "what a day may do is written down before it does it", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_DAY | LOOP_IN_COMMAND, .wakes = LOOP_IN_DECISION,
    .run = daily_planning_run,
};
