/* Positions that have grown beyond what they may be at an entry. It tells; it trims nothing: the rules of
 * exits (trading.md) know no partial exit, and a winner that runs is cut by its ratchet. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "trade/risk/gates.h"

/* A quarter above the cap: what an ordinary winner reaches is no news. */
#define OVERWEIGHT 1.25

static bool trim_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    const config_t *c = &env->user->config;
    u32 count = loop_held(env);
    f64 equity = money_to_f64(loop_equity(env));
    for (u32 i = 0; i < count && equity > 0; i++) {
        const position_t *p = loop_held_at(env, i);
        money_t value;
        qty_t size = {p->qty.v < 0 ? -p->qty.v : p->qty.v};
        if (money_of(p->mark, size, p->exponent, p->multiplier, ROUND_DOWN, &value) != ERR_OK) {
            continue;
        }
        f64 most = risk_limit(CEILING_POSITION_PCT, (p->flags & TAG_MICRO) != 0
                                                        ? MIN_OF(c->size_max_position_pct,
                                                                 c->micro_max_position_pct)
                                                        : c->size_max_position_pct);
        f64 share = 100.0 * money_to_f64(value) / equity;
        u8 before = loop_told(env->memory, PLAN_TRIM, p->inst, p->entry_date);
        u8 now = share >= most * OVERWEIGHT * (before != 0 ? LEVEL_SLACK : 1.0) ? 1 : 0;
        notice_t n = {.row = PLAN_TRIM, .about = p->inst, .state = now, .since = p->entry_date,
                      .value = share, .limit = most};
        (void)loop_tell(env, &n, "%s is %.1f %% of equity, cap at entry %.1f %%%s",
                        env->shared->market->instruments[p->inst].symbol, share, most,
                        now == 0 ? ": no longer overweight" : "");
    }
    return false;
}

const loop_desc_t loop_trim = {
    .name = "trim",
    .text = {.does = "Names positions that have grown beyond what they may be at an entry.",
             .wrong = "It trims nothing: exits know no part of a position."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 445,
    .owner = "trade/risk",
    .why = "a position that outgrew its cap is known by name", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DECISION, .run = trim_run,
};
