/* See outbox.h. */
#include "model/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

err_t outbox_open(outbox_t *out, size_t blob_bytes)
{
    ASSERT(out != NULL);
    outbox_t o = {0};
    o.facts = calloc(OUTBOX_FACTS, sizeof *o.facts);
    o.effects = calloc(OUTBOX_EFFECTS, sizeof *o.effects);
    err_t err = arena_open(&o.blobs, blob_bytes);
    if (o.facts == NULL || o.effects == NULL || err != ERR_OK) {
        outbox_close(&o);
        return ERR_NO_MEMORY;
    }
    *out = o;
    return ERR_OK;
}

void outbox_close(outbox_t *o)
{
    ASSERT(o != NULL);
    free(o->facts);
    free(o->effects);
    arena_close(&o->blobs);
    *o = (outbox_t){0};
}

event_t *outbox_fact(outbox_t *o, event_kind_t kind)
{
    ASSERT(o != NULL && !event_is_input(kind));
    ASSERT(o->fact_count < OUTBOX_FACTS);
    event_t *e = &o->facts[o->fact_count++];
    memset(e, 0, sizeof *e);
    e->head.kind = (u16)kind;
    return e;
}

effect_t *outbox_effect(outbox_t *o, effect_kind_t kind)
{
    ASSERT(o != NULL);
    ASSERT(o->effect_count < OUTBOX_EFFECTS);
    effect_t *e = &o->effects[o->effect_count++];
    memset(e, 0, sizeof *e);
    e->kind = kind;
    return e;
}

err_t outbox_blob(outbox_t *o, const void *p, size_t n, blob_t *out)
{
    ASSERT(o != NULL && out != NULL);
    u8 *copy = arena_alloc(&o->blobs, n == 0 ? 1 : n, 1);
    if (copy == NULL) {
        return ERR_ARENA_FULL;
    }
    if (n > 0) {
        memcpy(copy, p, n);
    }
    *out = (blob_t){.p = copy, .n = (u32)n};
    return ERR_OK;
}

void outbox_reset(outbox_t *o)
{
    ASSERT(o != NULL);
    o->fact_count = 0;
    o->effect_count = 0;
    o->blobs.used = 0;
}
