/* Stage 2: the circuit breaker. Once losses or the drawdown fire it, entries stay stopped until the next
 * session or a person resets it; the kill switch and VIX stop them only as long as they last. */
#include "base/assert.h"
#include "scan/scan.h"

static f64 drawdown_pct(const account_t *a)
{
    f64 start = money_to_f64(a->day.equity_start);
    f64 now = money_to_f64(account_equity(a));
    return start > 0 ? 100.0 * (start - now) / start : 0.0;
}

bool breaker_fires(const gate_t *gate, u64 count)
{
    ASSERT(gate != NULL || count == 0);
    for (u64 i = 0; i < count; i++) {
        bool lasts = gate[i].rule == RULE_NOT_FIRED || gate[i].rule == RULE_LOSSES_IN_ROW ||
                     gate[i].rule == RULE_DRAWDOWN_DAY;
        if (lasts && !gate_holds(&gate[i])) {
            return true;
        }
    }
    return false;
}

static stage_result_t breaker_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    user_t *u = s->user;
    const config_t *c = &u->config;
    gates_t *g = &s->stop_gates;
    bool ok = gate_check(g, RULE_NOT_FIRED, u->breaker_open ? 0.0 : 1.0, 1.0);
    ok = gate_check(g, RULE_LOSSES_IN_ROW, (f64)u->account->day.losses_in_row,
                    (f64)c->breaker_max_consecutive_losses) &&
         ok;
    ok = gate_check(g, RULE_DRAWDOWN_DAY, drawdown_pct(u->account), c->breaker_daily_drawdown_pct) && ok;
    if (s->shared->vix_known) {
        ok = gate_check(g, RULE_VIX_CALM, s->shared->vix_change_pct, c->breaker_vix_jump_pct) && ok;
    }
    ok = gate_check(g, RULE_NOT_KILLED, u->account->killed ? 0.0 : 1.0, 1.0) && ok;
    u->breaker_open = breaker_fires(g->v, g->count);
    s->count[2] = (stage_count_t){.in = 1, .out = ok ? 1 : 0, .refused = ok ? 0 : 1};
    if (!ok) {
        return STAGE_STOPPED;
    }
    g->count = 0;
    return STAGE_DONE;
}

const stage_desc_t stage_breaker = {
    .number = 2,
    .name = "breaker",
    .title = "Circuit breaker",
    .text = {.does = "Stops new entries when the day goes wrong: losses in a row, drawdown of the "
                     "day, the kill switch, a jump of VIX.",
             .edge = "Losses and drawdown keep it open until the next session or until a person "
                     "resets it; the kill switch and VIX stop entries only as long as they last. "
                     "Exits go on.",
             .wrong = "It knows the day alone. A slow loss over weeks never fires it: strategy health "
                      "and confidence are for that."},
    .input = "session state",
    .output = "continue or pause",
    .step = breaker_step,
};
