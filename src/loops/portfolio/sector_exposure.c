/* Concentration: what each sector holds of the equity, working entries counted as the gates count them. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "trade/risk/gates.h"

static bool sector_exposure_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    money_t sum[SECTOR_COUNT] = {{0}};
    if (!loop_exposed(env) && env->memory->told_count == 0) {
        return false; /* nothing to tell of, and nothing that could be over */
    }
    f64 limit = risk_limit(CEILING_SECTOR_PCT, env->user->config.risk_max_sector_pct);
    f64 equity = money_to_f64(loop_equity(env));
    (void)reserve_sectors(env->user->account, sum); /* nothing held: all zero, and what was told is over */
    for (u16 k = 0; k < SECTOR_COUNT && equity > 0; k++) {
        f64 share = 100.0 * money_to_f64(sum[k]) / equity;
        u8 before = loop_told(env->memory, PLAN_SECTOR_EXPOSURE, k, 0);
        u8 now = loop_level(share, 0.8 * limit, limit, before);
        notice_t n = {.row = PLAN_SECTOR_EXPOSURE, .about = k, .state = now, .value = share, .limit = limit};
        (void)loop_tell(env, &n, "%s %.1f %% of equity, limit %.1f %%%s",
                        k == 0 ? "names without a known sector" : sector_name(k), share, limit,
                        now == 0 ? ": well below again" : "");
    }
    return false;
}

const loop_desc_t loop_sector_exposure = {
    .name = "sector_exposure",
    .text = {.does = "Tells what each sector holds of the equity, working entries counted as the "
                     "gates count them.",
             .wrong = "A name without a known sector counts in none, and sectors are those of one "
                      "list."},
    .group = LOOP_PORTFOLIO, .lease = LEASE_PER_USER, .order = 460,
    .owner = "trade/risk",
    .why = "many names that are one bet are told as one", .budget_ms = 5,
    .inputs = LOOP_IN_DECISION | LOOP_IN_BROKER | LOOP_IN_BARS, .wakes = LOOP_IN_DECISION,
    .run = sector_exposure_run,
};
