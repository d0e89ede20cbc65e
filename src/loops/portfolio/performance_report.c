/* The day in one line, after its last decisions. */
#include "base/assert.h"
#include "base/dollars.h"
#include "loops/plan.h"
#include "loops/tell.h"

static bool performance_report_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const account_t *a = env->user->account;
    f64 start = money_to_f64(a->day.equity_start);
    f64 equity = money_to_f64(account_equity(a));
    f64 change = start > 0 ? 100.0 * (equity / start - 1.0) : 0.0;
    f64 low = start > 0 ? 100.0 * (money_to_f64(a->day.equity_low) / start - 1.0) : 0.0;
    notice_t n = {.row = PLAN_PERFORMANCE_REPORT, .state = LOOP_SAID, .value = change};
    char made[DOLLARS_TEXT];
    char all[DOLLARS_TEXT];
    loop_say(env, &n,
             "day %+.2f %%, at worst %+.2f %%; %u entries, %u closed for %s; %u open, equity %s", change, low,
             a->day.entries, a->day.closed,
             dollars_text(made, money_to_f64(a->day.realised), DOLLARS_CENTS | DOLLARS_SIGN),
             account_position_count(a), dollars_text(all, equity, DOLLARS_CENTS));
    return false;
}

const loop_desc_t loop_performance_report = {
    .name = "performance_report",
    .text = {.does = "Tells the day in one line, after its last decisions.",
             .wrong = "One day is no result: the report has the error bars."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 515,
    .owner = "trade/portfolio",
    .why = "a day is told in one line when it ends", .budget_ms = 5,
    .inputs = LOOP_IN_DAY_END | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DAY_END,
    .run = performance_report_run,
};
