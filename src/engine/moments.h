/* When each of many has something to do, kept as a tournament: who is first, and who is due, without looking
 * at the others. And which of them were touched, as a set of bits.
 *
 * Promises: whoever is due is told in order of index, so what happens does not depend on who happens to be
 * early; a change of one costs the height of the tournament. Pure values over memory that is handed in.
 * Leaves to others: what is due and when (engine). */
#ifndef VITRINE_ENGINE_MOMENTS_H
#define VITRINE_ENGINE_MOMENTS_H

#include "base/arena.h"
#include "model/user_row.h"

typedef struct {
    u32 count;
    u32 leaves; /* a power of two */
    i64 *least; /* [2 leaves]: node n has the least of 2n and 2n + 1, leaf i stands at leaves + i */
} moments_t;

/* All at I64_MIN: nobody has said yet when. */
MUST_USE err_t moments_init(moments_t *m, arena_t *arena, u32 count);
/* I64_MAX: never. */
void moments_set(moments_t *m, u32 index, i64 t);
/* The first moment of all. */
static inline i64 moments_first(const moments_t *m)
{
    return m->least[1];
}
/* The first at or after index `from` whose moment is not after `until`; `count` if there is none. */
u32 moments_due(const moments_t *m, u32 from, i64 until);

/* Every user's desk and the house's. */
enum { DESK_SET_WORDS = (LIMIT_USERS + 1 + 63) / 64 };
typedef struct {
    u64 word[DESK_SET_WORDS];
} desk_set_t;

static inline void desk_set_add(desk_set_t *s, u32 index)
{
    s->word[index / 64] |= (u64)1 << index % 64;
}
/* Adds all of `other`. */
void desk_set_join(desk_set_t *s, const desk_set_t *other);
/* The first in the set at or after `from`; `count` if there is none below it. */
u32 desk_set_next(const desk_set_t *s, u32 from, u32 count);

#endif
