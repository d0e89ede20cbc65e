/* Counts day trades in the law's window as the gate does, of all that share the account at the broker: what
 * was opened today may have to be closed today. It tells when one is left and when none is. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "scan/rules_today.h"
#include "scan/scan.h"

static bool any_day_trade(const loop_env_t *env, const account_t *mine)
{
    bool any = mine->day.entries > 0 || account_day_trades(mine, ACCOUNT_PDT_DAYS) > 0;
    u32 next = 0;
    for (const account_t *a = any ? NULL : scan_beside(env->shared, mine, &next); a != NULL && !any;
         a = scan_beside(env->shared, mine, &next)) {
        any = a->day.entries > 0 || account_day_trades(a, ACCOUNT_PDT_DAYS) > 0;
    }
    return any;
}

static bool pdt_counter_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const account_t *a = env->user->account;
    if (!any_day_trade(env, a) && loop_told(env->memory, PLAN_PDT_COUNTER, 0, 0) == 0) {
        return false; /* nothing to count */
    }
    rules_t r = rules_today(&env->user->config, env->shared->session);
    i32 left = r.pdt_day_trades;
    u32 used = 0;
    bool margin = env->user->config.account_margin != 0;
    law_books_t law = margin ? scan_law_books(env->shared, a, &r) : (law_books_t){0};
    bool binds = margin && pdt_binds(law.equity_day_start, &r);
    if (binds) {
        used = law.day_trades + law.opened_today;
        left -= (i32)used;
    }
    u8 now = !binds || left > 1 ? 0 : left == 1 ? 1 : 2;
    notice_t n = {.row = PLAN_PDT_COUNTER, .state = now, .value = used, .limit = r.pdt_day_trades};
    const char *what = !binds      ? "the count of day trades does not bind"
                       : now == 2 ? "no day trade is left"
                       : now == 1 ? "one day trade is left"
                                  : "day trades are left again";
    (void)loop_tell(env, &n, "%s: %u of %d in %d business days", what, used, r.pdt_day_trades,
                    r.pdt_window_days);
    return false;
}

const loop_desc_t loop_pdt_counter = {
    .name = "pdt_counter",
    .text = {.does = "Counts day trades in the law's window as the gate does, and tells when one is "
                     "left and when none is.",
             .wrong = "What was opened today may have to be closed today: a stop does not ask whether "
                      "a day trade is left."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 450,
    .owner = "trade/risk",
    .why = "the last day trade is known to be the last before it is made", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_BARS | LOOP_IN_DAY, .wakes = LOOP_IN_DECISION,
    .run = pdt_counter_run,
};
