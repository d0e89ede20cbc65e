/* Arenas: memory that is handed out in order and given back whole.
 *
 * The caller owns the bytes. Allocation is aligned to 64 bytes for arrays of lanes, 16 otherwise, and zeroed.
 * A full arena returns NULL, which the caller turns into ERR_ARENA_FULL: a limit, not a crash.
 * After a reset the old bytes are poisoned with 0xA5, so that a value kept too long shows itself. */
#ifndef VITRINE_BASE_ARENA_H
#define VITRINE_BASE_ARENA_H

#include "base/err.h"
#include "base/types.h"

typedef struct {
    u8 *base;
    size_t size;
    size_t used;
    size_t high_water;
    size_t clean; /* bytes from here on were never handed out and read 0: no clearing, no page yet */
} arena_t;

void arena_init(arena_t *a, void *memory, size_t size);
/* malloc'd arena for process lifetime; ERR_NO_MEMORY. */
MUST_USE err_t arena_open(arena_t *out, size_t size);
void arena_close(arena_t *a);
void *arena_alloc(arena_t *a, size_t size, size_t align);
/* A copy of `size` bytes, aligned like an array; NULL if the arena is full. */
void *arena_copy(arena_t *a, const void *bytes, size_t size);
void arena_reset(arena_t *a);

/* Zeroed array of `count` elements or NULL. */
#define arena_array(a, type, count) ((type *)arena_alloc_array((a), sizeof(type), (count)))
void *arena_alloc_array(arena_t *a, size_t element_size, size_t count);

#endif
