/* What an arena hands out reads zero, fresh or used before, in memory of its own or the caller's. */
#include "tests/test.h"

#include <string.h>

#include "base/arena.h"

static bool zero(const u8 *p, size_t n)
{
    u8 any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= p[i];
    }
    return any == 0;
}

static void rounds(arena_t *a)
{
    for (u32 round = 0; round < 4; round++) {
        for (size_t size = 1; size < 9000; size = size * 3 + round) {
            u8 *p = arena_alloc(a, size, size % 2 == 0 ? 64 : 16);
            CHECK(p != NULL && zero(p, size));
            memset(p, 0xff, size);
        }
        size_t used = a->used;
        arena_reset(a);
        CHECK(a->high_water >= used && a->used == 0);
    }
}

TEST(handed_out_memory_is_zero)
{
    UNUSED_STATE;
    static u8 own[1 << 16];
    arena_t a;
    memset(own, 0xee, sizeof own);
    arena_init(&a, own, sizeof own);
    rounds(&a);
    CHECK_OK(arena_open(&a, 1 << 16));
    rounds(&a);
    CHECK(arena_alloc(&a, 1 << 17, 16) == NULL);
    CHECK(arena_alloc(&a, 1 << 16, 16) != NULL);
    CHECK(arena_alloc(&a, 64, 16) == NULL);
    arena_close(&a);
}

TEST(old_bytes_are_poisoned)
{
    UNUSED_STATE;
    arena_t a;
    CHECK_OK(arena_open(&a, 4096));
    u8 *p = arena_alloc(&a, 64, 16);
    arena_reset(&a);
    CHECK_EQ(p[0], 0xA5);
    arena_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(handed_out_memory_is_zero),
                                       cmocka_unit_test(old_bytes_are_poisoned)};
    return RUN_TESTS(tests);
}
