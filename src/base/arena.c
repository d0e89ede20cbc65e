/* See arena.h. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

enum { ARENA_POISON = 0xA5, ARENA_LANE_ALIGN = 64 };

void arena_init(arena_t *a, void *memory, size_t size)
{
    ASSERT(a != NULL);
    ASSERT(memory != NULL);
    *a = (arena_t){.base = memory, .size = size, .clean = size};
}

err_t arena_open(arena_t *out, size_t size)
{
    ASSERT(out != NULL);
    ASSERT(size > 0);
    void *memory = calloc(1, size);
    if (memory == NULL) {
        return ERR_NO_MEMORY;
    }
    arena_init(out, memory, size);
    out->clean = 0;
    return ERR_OK;
}

void arena_close(arena_t *a)
{
    ASSERT(a != NULL);
    free(a->base);
    *a = (arena_t){0};
}

/* Takes the bytes, and says how many of them may hold what was there before. */
static u8 *take(arena_t *a, size_t size, size_t align, size_t *used_before)
{
    ASSERT(a != NULL);
    ASSERT(align > 0 && (align & (align - 1)) == 0);
    uintptr_t at = (uintptr_t)a->base + a->used;
    size_t pad = (size_t)(-at & (align - 1));
    if (size > a->size || pad > a->size - size || a->used > a->size - size - pad) {
        return NULL;
    }
    size_t start = a->used + pad;
    u8 *p = a->base + start;
    a->used = start + size;
    a->high_water = MAX_OF(a->high_water, a->used);
    *used_before = start < a->clean ? MIN_OF(size, a->clean - start) : 0;
    a->clean = MAX_OF(a->clean, a->used);
    return p;
}

void *arena_alloc(arena_t *a, size_t size, size_t align)
{
    size_t dirty = 0;
    u8 *p = take(a, size, align, &dirty);
    if (p != NULL) {
        memset(p, 0, dirty);
    }
    return p;
}

void *arena_copy(arena_t *a, const void *bytes, size_t size)
{
    ASSERT(bytes != NULL || size == 0);
    size_t dirty = 0;
    u8 *p = take(a, size, ARENA_LANE_ALIGN, &dirty);
    if (p != NULL && size > 0) {
        memcpy(p, bytes, size);
    }
    return p;
}

void *arena_alloc_array(arena_t *a, size_t element_size, size_t count)
{
    ASSERT(element_size > 0);
    if (count > SIZE_MAX / element_size) {
        return NULL;
    }
    return arena_alloc(a, element_size * count, ARENA_LANE_ALIGN);
}

void arena_reset(arena_t *a)
{
    ASSERT(a != NULL);
    ASSERT(a->used <= a->size);
    if (a->used > 0) {
        memset(a->base, ARENA_POISON, a->used);
    }
    a->used = 0;
}
