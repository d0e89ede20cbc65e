/* Filings of the run's names as they become known: reports, and what a company tells between them. */
#include "base/assert.h"
#include "loops/intelligence/fresh.h"
#include "loops/plan.h"

enum { A_DAY = 10 };

static bool sec_filings_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const bulletin_t *b = fresh_bulletin(env, 1U << BULLETIN_FILING | 1U << BULLETIN_REPORT);
    if (b == NULL || !fresh_room(env, PLAN_SEC_FILINGS, A_DAY)) {
        return false;
    }
    notice_t n = {.row = PLAN_SEC_FILINGS,
                  .about = b->inst,
                  .state = b->kind == BULLETIN_REPORT ? 2 : 1,
                  .since = env->shared->session};
    (void)loop_tell(env, &n, "%s: %s%s", fresh_symbol(env, b->inst), b->text,
                    b->kind == BULLETIN_REPORT ? "; results or guidance" : "");
    return false;
}

const loop_desc_t loop_sec_filings = {
    .name = "sec_filings",
    .text = {.does = "Names 8-K, 10-Q, 10-K and their kin of the names that trade here, and which of them "
                     "are results.",
             .wrong = "It reads form and items, not the text: an 8-K of item 8.01 may be anything."},
    .group = LOOP_MARKET,
    .lease = LEASE_CLUSTER,
    .order = 51,
    .owner = "scan/heard",
    .why = "a gap with a filing behind it is told as one",
    .budget_ms = 5,
    .inputs = LOOP_IN_BULLETIN,
    .wakes = LOOP_IN_BULLETIN,
    .run = sec_filings_run,
};
