/* Stage 5: the configuration snapshot of this user and the account tier. The stages behind it read this copy
 * alone: what changes meanwhile is of the next cycle, and nothing of another user can be reached from it
 * (decision 39). */
#include "base/assert.h"
#include "scan/scan.h"

static stage_result_t context_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    ASSERT(s->user->config.screen_max_results <= LIMIT_CANDIDATES);
    s->config = s->user->config;
    s->micro = money_to_f64(account_equity(s->user->account)) < s->config.micro_equity_threshold;
    s->count[5] = (stage_count_t){.in = 1, .out = 1};
    return STAGE_DONE;
}

const stage_desc_t stage_context = {
    .number = 5,
    .name = "context",
    .title = "Configuration snapshot and tier",
    .text = {.does = "Takes a copy of this user's settings and the account's tier; the stages behind "
                     "it read the copy alone.",
             .edge = "What changes meanwhile belongs to the next cycle. An account below "
                     "`micro.equity_threshold` is micro and has limits of its own.",
             .wrong = "It refuses nothing."},
    .input = "account, preferences",
    .output = "isolated context",
    .step = context_step,
};
