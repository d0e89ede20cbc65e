/* See door_drill.h. */
#include "drivers/door_drill.h"

#include <stdlib.h>

#include "base/assert.h"

static err_t passed(void *self, const intent_t *intent, i64 now, broker_msgs_t *out)
{
    (void)intent;
    (void)now;
    (void)out;
    ++*(u8 *)self;
    return ERR_OK;
}

static u8 show(order_door_t *door, u8 *through, const effect_t *e, i64 now)
{
    ev_BROKER_t words[8];
    ev_SEND_RESULT_t results[4];
    door_out_t out = {.broker = {.v = words, .cap = COUNT_OF(words)},
                      .results = results,
                      .result_cap = COUNT_OF(results)};
    u8 before = *through;
    order_door_send(door, e, now, &out);
    return (u8)(*through - before);
}

err_t door_drill(u64 epoch, i64 now, u8 out[DOOR_DRILL_BYTES])
{
    ASSERT(out != NULL && epoch < ((u64)1 << 62));
    static const struct {
        effect_kind_t kind;
        side_t side;
        u32 flags;
        u32 later; /* than the epoch before the kill */
        bool opens;
    } cases[] = {{EFFECT_SUBMIT, SIDE_BUY, 0, 0, true},           /* decided before the switch was pulled */
                 {EFFECT_SUBMIT, SIDE_SELL_SHORT, 0, 0, true},
                 {EFFECT_SUBMIT, SIDE_BUY, 0, 1, true},           /* with the epoch of afterwards */
                 {EFFECT_SUBMIT, SIDE_BUY, INTENT_REDUCING, 1, true}, /* an entry that calls itself an exit */
                 {EFFECT_SUBMIT, SIDE_SELL, INTENT_REDUCING, 0, false},
                 {EFFECT_SUBMIT, SIDE_BUY_TO_COVER, INTENT_REDUCING, 1, false},
                 {EFFECT_CANCEL, SIDE_BUY, 0, 1, false}};
    u8 through = 0;
    door_word_t word = {0};
    order_door_t *door = malloc(sizeof *door);
    if (door == NULL) {
        return ERR_NO_MEMORY;
    }
    broker_port_t port = {
        .self = &through, .submit = passed, .cancel = passed, .replace = passed, .lookup = passed};
    order_door_open(door, port, &word, 1);
    door_publish(&word, epoch + 1, true);
    for (u32 i = 0; i < DOOR_DRILL_BYTES; i++) {
        out[i] = 0;
    }
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        effect_t e = {.kind = cases[i].kind,
                      .epoch = epoch + cases[i].later,
                      .intent = {.id.b = {0xD1, (u8)(i + 1)},
                                 .side = (u8)cases[i].side,
                                 .flags = cases[i].flags,
                                 .send_before = now + NS_PER_SEC}};
        u32 at = cases[i].opens ? 0 : 2;
        out[at]++;
        out[at + 1] += show(door, &through, &e, now);
    }
    free(door);
    return ERR_OK;
}
