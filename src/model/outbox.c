/* See outbox.h. */
#include "model/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

err_t outbox_open(outbox_t *out, size_t blob_bytes)
{
    return outbox_open_for(out, blob_bytes, 1);
}

err_t outbox_open_for(outbox_t *out, size_t blob_bytes, u32 accounts)
{
    ASSERT(out != NULL && accounts > 0 && accounts <= UINT32_MAX / OUTBOX_FACTS);
    outbox_t o = {.fact_cap = OUTBOX_FACTS * accounts, .effect_cap = OUTBOX_EFFECTS * accounts};
    o.facts = calloc(o.fact_cap, sizeof *o.facts);
    o.effects = calloc(o.effect_cap, sizeof *o.effects);
    err_t err = arena_open(&o.blobs, blob_bytes * accounts);
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
    ASSERT(o->fact_count < o->fact_cap);
    event_t *e = &o->facts[o->fact_count++];
    memset(e, 0, sizeof *e);
    e->head.kind = (u16)kind;
    return e;
}

effect_t *outbox_effect(outbox_t *o, effect_kind_t kind)
{
    ASSERT(o != NULL);
    ASSERT(o->effect_count < o->effect_cap);
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

void outbox_alert(outbox_t *o, u16 code, u64 account, const char *text)
{
    ASSERT(o != NULL && code != 0);
    ev_ALERT_t *f = &outbox_fact(o, EV_ALERT)->as.ALERT;
    blob_t blob = {0};
    f->code = code;
    f->account = account;
    if (text != NULL && outbox_blob(o, text, strlen(text), &blob) == ERR_OK) {
        f->text = blob;
    }
}

void outbox_reset(outbox_t *o)
{
    ASSERT(o != NULL);
    o->fact_count = 0;
    o->effect_count = 0;
    o->blobs.used = 0;
}
