/* Stage 1: take the scan lock of this user; a second scan of the same user stops here. */
#include "base/assert.h"
#include "scan/scan.h"

static stage_result_t lock_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    user_t *u = s->user;
    i64 ttl = ((i64)u->config.scan_strategy_scan_interval_secs + u->config.lock_ttl_extra_secs) * NS_PER_SEC;
    bool is_free = !u->lock_held || s->shared->now >= u->lock_until;
    s->count[1] = (stage_count_t){.in = 1, .out = is_free ? 1 : 0, .refused = is_free ? 0 : 1};
    if (!gate_check(&s->stop_gates, RULE_LOCK_FREE, is_free ? 1.0 : 0.0, 1.0)) {
        return STAGE_STOPPED;
    }
    u->lock_held = true;
    s->lock_token = ++u->lock_token;
    u->lock_until = s->shared->now + ttl;
    s->stop_gates.count = 0;
    return STAGE_DONE;
}

const stage_desc_t stage_lock = {
    .number = 1, .name = "lock", .title = "Loop entry and lock",
    .text = {.does = "Takes the scan lock of this user, so that two cycles never decide over one "
                     "account at once.",
             .edge = "The lock has a token and a life: the interval of the scan and a little more. A "
                     "cycle that died frees it that way.",
             .wrong = "A life shorter than a cycle would let a second one in; it is never set below "
                      "the interval."},
    .input = "user, configuration",
    .output = "lock with a token", .step = lock_step,
};
