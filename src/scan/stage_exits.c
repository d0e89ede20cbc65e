/* Stage 13 of a cycle: what stands open after the entries. The exits themselves run on every slice (exits.c),
 * whether or not a cycle reached this point. */
#include "base/assert.h"
#include "scan/scan.h"

static stage_result_t exits_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    u32 open = account_position_count(s->user->account);
    ASSERT(open <= LIMIT_POSITIONS);
    s->count[13] = (stage_count_t){.in = open, .out = open};
    return STAGE_DONE;
}

const stage_desc_t stage_exits = {
    .number = 13, .name = "exits", .title = "Exit monitoring",
    .text = {.does = "Watches what is open: the end of the day, a regime that turned, a set-up that "
                     "lost its reason, the longest holding time; and tightens stops.",
             .edge = "Stop and target rest at the broker; this is everything else. It runs on every "
                     "slice, also when entries are stopped.",
             .wrong = "Between two slices only the resting orders protect. Ratchets never loosen, so "
                      "a stop once moved up can take a trade out early."},
    .input = "quotes, position state",
    .output = "exit orders, closed trades, lessons", .step = exits_step,
};
