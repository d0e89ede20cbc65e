/* Implied volatilities that have come to the top or the bottom of their year. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"

enum { A_DAY = 10, HIGH = 1, LOW = 2 };
#define ABOVE 80.0
#define BELOW 20.0

static u8 state_of(bool known, f64 rank)
{
    return !known ? 0 : rank >= ABOVE ? HIGH : rank <= BELOW ? LOW : 0;
}

static bool iv_rank_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_IV);
    const scan_shared_t *s = env->shared;
    heard_iv_t now, before;
    if (b == NULL || s->heard == NULL) {
        return false;
    }
    bool known = heard_iv(s->heard, b->inst, s->session, 0, &now);
    bool was_known = heard_iv(s->heard, b->inst, s->session, 1, &before);
    notice_t n = {.row = PLAN_IV_RANK,
                  .about = b->inst,
                  .state = state_of(known, now.rank),
                  .since = s->session,
                  .value = now.rank,
                  .limit = now.rank >= ABOVE ? ABOVE : BELOW};
    if (n.state != 0 && n.state != state_of(was_known, before.rank) && fresh_room(env, n.row, A_DAY)) {
        (void)loop_tell(
            env, &n, "%s: IV rank %.0f; its options expect %.1f %% a year, more than on %.0f %% of %u days",
            fresh_symbol(env, b->inst), now.rank, 100.0 * now.iv, now.percentile, now.sessions);
    }
    return false;
}

const loop_desc_t loop_iv_rank = {
    .name = "iv_rank",
    .text = {.does =
                 "Names whose implied volatility has come to 80 and above, or to 20 and below, of its range "
                 "of 252 sessions, when it was not there at the end of the session before.",
             .wrong =
                 "Of fewer than 60 sessions nothing is said. One wild day makes all others of its year rank "
                 "low; the percentile in the same line does not know it."},
    .group = LOOP_OPTIONS,
    .lease = LEASE_CLUSTER,
    .order = 55,
    .owner = "scan/heard",
    .why = "when options become dear or cheap is told once, not read off every day",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = iv_rank_run,
};
