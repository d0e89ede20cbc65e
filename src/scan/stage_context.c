/* Stage 5: the configuration snapshot of this user and the account tier. The user's configuration is a value
 * of its own; nothing of another user can be reached from it. */
#include "base/assert.h"
#include "scan/scan.h"

static stage_result_t context_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    ASSERT(s->user->config.screen_max_results <= LIMIT_CANDIDATES);
    s->count[5] = (stage_count_t){.in = 1, .out = 1};
    return STAGE_DONE;
}

const stage_desc_t stage_context = {
    .number = 5,
    .name = "context",
    .title = "Configuration snapshot and tier",
    .input = "account, preferences",
    .output = "isolated context",
    .step = context_step,
};
