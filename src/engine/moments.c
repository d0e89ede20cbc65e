/* See moments.h. */
#include "engine/moments.h"

#include "base/assert.h"

err_t moments_init(moments_t *m, arena_t *arena, u32 count)
{
    ASSERT(m != NULL && arena != NULL && count > 0);
    u32 leaves = 1;
    while (leaves < count) {
        leaves *= 2;
    }
    *m = (moments_t){.count = count, .leaves = leaves, .least = arena_array(arena, i64, 2 * (size_t)leaves)};
    if (m->least == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 n = 0; n < 2 * leaves; n++) {
        m->least[n] = n >= leaves + count ? I64_MAX : I64_MIN;
    }
    for (u32 n = leaves - 1; n > 0; n--) {
        m->least[n] = MIN_OF(m->least[2 * n], m->least[2 * n + 1]);
    }
    return ERR_OK;
}

void moments_set(moments_t *m, u32 index, i64 t)
{
    ASSERT(m != NULL && index < m->count);
    u32 n = m->leaves + index;
    m->least[n] = t;
    for (n /= 2; n > 0; n /= 2) {
        i64 least = MIN_OF(m->least[2 * n], m->least[2 * n + 1]);
        if (m->least[n] == least) {
            break; /* nor does anything above it change */
        }
        m->least[n] = least;
    }
}

u32 moments_due(const moments_t *m, u32 from, i64 until)
{
    ASSERT(m != NULL && from <= m->count);
    if (from == m->count) {
        return m->count;
    }
    u32 n = m->leaves + from;
    while (m->least[n] > until) { /* to the right, and up where the right ends */
        while (n % 2 == 1) {
            n /= 2;
        }
        if (n == 0) {
            return m->count;
        }
        n++;
    }
    while (n < m->leaves) {
        n *= 2;
        n += m->least[n] > until ? 1 : 0;
    }
    return MIN_OF(n - m->leaves, m->count);
}

void desk_set_join(desk_set_t *s, const desk_set_t *other)
{
    ASSERT(s != NULL && other != NULL);
    for (u32 i = 0; i < DESK_SET_WORDS; i++) {
        s->word[i] |= other->word[i];
    }
}

u32 desk_set_next(const desk_set_t *s, u32 from, u32 count)
{
    ASSERT(s != NULL && count <= 64 * DESK_SET_WORDS);
    for (u32 at = from; at < count; at = (at / 64 + 1) * 64) {
        u64 rest = s->word[at / 64] >> at % 64;
        if (rest != 0) {
            return MIN_OF(at + (u32)__builtin_ctzll(rest), count);
        }
    }
    return count;
}
