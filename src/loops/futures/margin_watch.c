/* Margin: what positions and working entries ask for, of the equity. */
#include "base/assert.h"
#include "base/dollars.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "scan/rules_today.h"
#include "trade/risk/reserve.h"

static bool margin_watch_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const account_t *a = env->user->account;
    u8 before = loop_told(env->memory, PLAN_MARGIN_WATCH, 0, 0);
    if (before == 0 && loop_held(env) == 0) {
        return false; /* what works alone was let in with room to spare */
    }
    rules_t r = rules_today(&env->user->config, env->shared->session);
    margin_book_t book = scan_law_books(env->shared, a, &r).margin; /* the broker calls the account */
    f64 equity = money_to_f64(book.equity);
    f64 need = money_to_f64(book.required) + money_to_f64(book.orders_required);
    f64 use = r.cash_account || need <= 0 ? 0.0 : equity > 0 ? MIN_OF(100.0 * need / equity, 1e6) : 1e6;
    u8 now = loop_level(use, 80.0, 100.0, before);
    notice_t n = {.row = PLAN_MARGIN_WATCH, .state = now, .value = use, .limit = 100.0};
    const char *what = now == 2   ? "margin is short"
                       : now == 1 ? "margin is nearly used"
                                  : "margin is free again";
    char required[DOLLARS_TEXT];
    char all[DOLLARS_TEXT];
    (void)loop_tell(env, &n, "%s: %s required of %s", what, dollars_text(required, need, DOLLARS_WHOLE),
                    dollars_text(all, equity, DOLLARS_WHOLE));
    return false;
}

const loop_desc_t loop_margin_watch = {
    .name = "margin_watch",
    .text = {.does = "Tells when positions and working entries ask for most of the equity as margin.",
             .wrong = "The rates are those of the rules of the day; a broker may ask for more, and "
                      "does so when it is tightest."},
    .group = LOOP_FUTURES, .lease = LEASE_PER_USER, .order = 455,
    .owner = "trade/risk",
    .why = "a margin call is seen coming", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_BARS | LOOP_IN_DAY, .wakes = LOOP_IN_DECISION,
    .run = margin_watch_run,
};
