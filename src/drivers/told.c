/* See told.h. */
#include "drivers/told.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/grow.h"

const halt_t *told_halt(const told_t *t, const slice_t *s)
{
    ASSERT(t != NULL);
    return s != NULL && t->halt_at < s->halt_count ? &s->halt[t->halt_at] : NULL;
}

const bulletin_t *told_bulletin(const told_t *t, const slice_t *s)
{
    ASSERT(t != NULL);
    if (s != NULL && t->early_at < t->early_count) {
        return &t->own_early[t->early_at];
    }
    return s != NULL && t->bulletin_at < s->bulletin_count ? &s->bulletin[t->bulletin_at] : NULL;
}

i64 told_next(const told_t *t, const slice_t *s, const halt_t **halt, const bulletin_t **bulletin)
{
    ASSERT(t != NULL && halt != NULL && bulletin != NULL);
    const halt_t *h = told_halt(t, s);
    const bulletin_t *b = told_bulletin(t, s);
    if (h != NULL && b != NULL && b->t_known < h->t_event) {
        h = NULL;
    }
    *halt = h;
    *bulletin = h != NULL ? NULL : b;
    return h != NULL ? h->t_event : b != NULL ? b->t_known : I64_MAX;
}

void told_halt_pass(told_t *t, const slice_t *s)
{
    ASSERT(told_halt(t, s) != NULL);
    t->last = MAX_OF(t->last, told_halt(t, s)->t_event);
    t->halt_at++;
}

void told_bulletin_pass(told_t *t, const slice_t *s)
{
    ASSERT(told_bulletin(t, s) != NULL);
    u8 kind = told_bulletin(t, s)->kind;
    bool counts = kind != BULLETIN_COVERS && kind != BULLETIN_MEMBER;
    t->last = MAX_OF(t->last, told_bulletin(t, s)->t_known);
    u32 *at = t->early_at < t->early_count ? &t->early_at : &t->bulletin_at;
    *at += 1;
    t->bulletins += counts ? 1 : 0;
}

err_t told_history(told_t *t, const slice_t *s)
{
    ASSERT(t != NULL && s != NULL);
    size_t count = (size_t)t->early_count + s->bulletin_count;
    TRY(list_room(&t->own_early, &t->early_room, count, sizeof *t->own_early));
    for (u32 i = 0; i < s->bulletin_count; i++) {
        t->own_early[t->early_count++] = s->bulletin[i];
    }
    return ERR_OK;
}

void told_slice_over(told_t *t)
{
    ASSERT(t != NULL);
    t->halt_at = 0;
    t->bulletin_at = 0;
    t->last = 0;
}

void told_free(told_t *t)
{
    ASSERT(t != NULL);
    free(t->own_early);
    *t = (told_t){0};
}
