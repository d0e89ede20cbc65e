/* Charges the nights since the last session to what was held through them: borrow fees to shorts, interest
 * on borrowed cash; own cash earns nothing. The rates are settings (cost.borrow_rate, cost.margin_rate),
 * one pair for a whole run. Positions closed in their own session pay nothing, since they are gone by
 * then. It comes right after the day has begun, before its actions and fills: in the journal the charge
 * stands behind the input that began the day, and recovery meets them in that order. */
#include "base/assert.h"
#include "loops/loops.h"

static bool overnight_carry_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->slice != NULL);
    date_t last = env->session_before;
    i32 nights = env->slice->session - last;
    if (last == 0 || nights <= 0 || account_position_count(env->user->account) == 0) {
        return false;
    }
    const config_t *c = &env->user->config;
    carry_t carry = {.borrow_pct = c->cost_borrow_rate, .debit_pct = c->cost_margin_rate, .nights = nights};
    u32 facts = env->out->fact_count;
    account_carry(env->user->account, &carry, env->out);
    return env->out->fact_count != facts;
}

const loop_desc_t loop_overnight_carry = {
    .name = "overnight_carry",
    .text = {.does = "Charges the nights since the last session: borrow fees to shorts, interest on "
                     "borrowed cash.",
             .wrong = "The rates are one pair for a whole run; a share that is hard to borrow costs "
                      "many times that."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 20,
    .owner = "trade/portfolio", .protects = true,
    .why = "a night held costs what lenders take, so swing results are not too good",
    .budget_ms = 10, .inputs = LOOP_IN_DAY | LOOP_IN_BROKER, .wakes = LOOP_IN_DAY, .writes = LOOP_IN_BROKER,
    .run = overnight_carry_run,
};
