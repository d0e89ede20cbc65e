/* See resident.h. */
#include "app/bench/resident.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

enum { SLICES_FIRST = 1024 };
static const size_t BYTES = (size_t)1 << 30; /* address space; only what is used becomes memory */

static void *copy(arena_t *a, const void *from, size_t bytes)
{
    void *to = bytes == 0 ? NULL : arena_alloc(a, bytes, 64);
    if (to != NULL) {
        memcpy(to, from, bytes);
    }
    return to;
}

static err_t room(resident_t *r)
{
    if (r->count < r->cap) {
        return ERR_OK;
    }
    u32 cap = MAX_OF(2 * r->cap, (u32)SLICES_FIRST);
    slice_t *more = realloc(r->slice, cap * sizeof *more);
    if (more == NULL) {
        return ERR_NO_MEMORY;
    }
    r->slice = more;
    r->cap = cap;
    return ERR_OK;
}

static err_t keep(resident_t *r, const slice_t *s)
{
    TRY(room(r));
    slice_t own = *s;
    own.inst = copy(&r->arena, s->inst, s->count * sizeof *s->inst);
    own.bar = copy(&r->arena, s->bar, s->count * sizeof *s->bar);
    own.action = copy(&r->arena, s->action, s->action_count * sizeof *s->action);
    bool whole = (own.count == 0 || (own.inst != NULL && own.bar != NULL)) &&
                 (own.action_count == 0 || own.action != NULL);
    r->slice[r->count++] = own;
    return whole ? ERR_OK : ERR_NO_MEMORY;
}

err_t resident_open(const source_t *from, diag_t *diag, resident_t *out)
{
    ASSERT(from != NULL && out != NULL);
    ASSERT(from->next != NULL);
    resident_t r = {0};
    slice_t s;
    TRY(arena_open(&r.arena, BYTES));
    err_t err = ERR_OK;
    while (err == ERR_OK) {
        err = from->next(from->ctx, &s, diag);
        err = err == ERR_OK ? keep(&r, &s) : err;
    }
    if (err != ERR_EMPTY) {
        resident_close(&r);
        return err;
    }
    *out = r;
    return ERR_OK;
}

void resident_close(resident_t *r)
{
    ASSERT(r != NULL);
    arena_close(&r->arena);
    free(r->slice);
    *r = (resident_t){0};
}

static err_t resident_next(void *ctx, slice_t *out, diag_t *diag)
{
    resident_t *r = ctx;
    (void)diag;
    if (r->at == r->count) {
        return ERR_EMPTY;
    }
    *out = r->slice[r->at++];
    return ERR_OK;
}

source_t resident_source(resident_t *r, const source_t *like)
{
    ASSERT(r != NULL && like != NULL);
    source_t s = *like;
    r->at = 0;
    s.ctx = r;
    s.next = resident_next;
    return s;
}
