/* Writes the day's equity as a fact: the curve of every report. */
#include "base/assert.h"
#include "loops/loops.h"

static bool equity_mark_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const account_t *a = env->user->account;
    event_t *f = outbox_fact(env->out, EV_EQUITY);
    f->as.EQUITY.account = a->account_id;
    f->as.EQUITY.session = (u32)env->shared->session;
    f->as.EQUITY.cash = a->cash.v;
    f->as.EQUITY.equity = account_equity(a).v;
    f->as.EQUITY.gross = account_gross(a).v;
    f->as.EQUITY.net = account_net(a).v;
    f->as.EQUITY.low = a->day.equity_low.v;
    return true;
}

const loop_desc_t loop_equity_mark = {
    .name = "equity_mark",
    .text = {.does = "Writes the equity of the day as a fact: the curve of every report.",
             .wrong = "The day's lowest is that of the marks at the ends of bars: what lay between two of "
                      "them is not in it."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 510,
    .owner = "trade/portfolio", .protects = true,
    .why = "drawdown and every ratio rest on one figure a day", .budget_ms = 5,
    .inputs = LOOP_IN_DAY_END | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DAY_END,
    .run = equity_mark_run,
};
