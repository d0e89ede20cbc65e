/* Charges the nights since the last session to what was held through them: borrow fees to shorts, interest on
 * borrowed cash; own cash earns nothing. Positions closed in their own session pay nothing, since they are
 * gone by then. It comes right after the day has begun, before its actions and fills: in the journal the
 * charge stands behind the input that began the day, and recovery meets them in that order. */
#include "base/assert.h"
#include "loops/loops.h"

/* A year in percent. Shorts are let in only when easy to borrow: 0.30 %. Borrowed cash: the benchmark rate of
 * today, 4.33 %, and 1.5 points, the usual mark-up of the first tier at low-cost brokers; a dated table of
 * rates is not kept. */
static const f64 BORROW_EASY_PCT = 0.30;
static const f64 DEBIT_PCT = 5.83;

static bool overnight_carry_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->slice != NULL);
    date_t last = env->session_before;
    i32 nights = env->slice->session - last;
    if (last == 0 || nights <= 0 || account_position_count(env->user->account) == 0) {
        return false;
    }
    carry_t carry = {.borrow_pct = BORROW_EASY_PCT, .debit_pct = DEBIT_PCT, .nights = nights};
    u32 facts = env->out->fact_count;
    account_carry(env->user->account, &carry, env->out);
    return env->out->fact_count != facts;
}

const loop_desc_t loop_overnight_carry = {
    .name = "overnight_carry", .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 20,
    .owner = "trade/portfolio", .protects = true,
    .why = "a night held costs what lenders take, so swing results are not too good",
    .budget_ms = 10, .inputs = LOOP_IN_DAY | LOOP_IN_BROKER, .wakes = LOOP_IN_DAY, .writes = LOOP_IN_BROKER,
    .run = overnight_carry_run,
};
