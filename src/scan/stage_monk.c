/* Stage 4: monk mode and reconciliation: quiet minutes, no late day trades, a market that trades, an account
 * that agrees with its broker. */
#include "base/assert.h"
#include "scan/scan.h"

static void day_gates(scan_t *s, gates_t *g)
{
    const config_t *c = &s->user->config;
    const scan_shared_t *sh = s->shared;
    f64 since = (f64)((sh->now - sh->session_open) / NS_PER_MIN);
    f64 left = (f64)((sh->session_close - sh->now) / NS_PER_MIN);
    f64 flatten = left - (f64)c->exit_eod_minutes_before_close;
    bool inside = sh->now >= sh->session_open && sh->now <= sh->session_close;
    (void)gate_check(g, RULE_IN_SESSION, inside ? 1.0 : 0.0, 1.0); /* a late feed may bring a bar after it */
    (void)gate_check(g, RULE_QUIET_OPEN, since, (f64)c->monk_quiet_open_min);
    (void)gate_check(g, RULE_QUIET_CLOSE, left, (f64)c->monk_quiet_close_min);
    (void)gate_check(g, RULE_LAST_ENTRY, flatten, (f64)c->monk_last_entry_before_eod_min);
}

static stage_result_t monk_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    gates_t *g = &s->stop_gates;
    if (s->user->config.profile == PROFILE_DAY) {
        day_gates(s, g);
    }
    (void)gate_check(g, RULE_RECONCILED, s->user->account->reconcile ? 0.0 : 1.0, 1.0);
    if (s->user->account->halt_market != HALT_NONE) { /* seldom, and so no part of every stop's record */
        (void)gate_check(g, RULE_MARKET_TRADES, 0.0, 1.0);
    }
    (void)gate_check(g, RULE_CLOCK_STEADY, s->shared->clock_unsteady ? 0.0 : 1.0, 1.0);
    bool ok = g->failed == 0;
    s->count[4] = (stage_count_t){.in = 1, .out = ok ? 1 : 0, .refused = ok ? 0 : 1};
    if (!ok) {
        return STAGE_STOPPED;
    }
    g->count = 0;
    return STAGE_DONE;
}

const stage_desc_t stage_monk = {
    .number = 4,
    .name = "monk",
    .title = "Monk mode and reconciliation",
    .text = {.does = "Keeps still in the first and last minutes, takes no late day trades, and none "
                     "while the account differs from its broker.",
             .edge = "The minutes are asked in the day profile alone; the account and the clock "
                     "always.",
             .wrong = "It does not know the news calendar: a rate decision at two o'clock is a minute "
                      "like any other."},
    .input = "time, regime, broker positions",
    .output = "trade or skip, synced positions",
    .step = monk_step,
};
