/* Who is due, and who was touched, against looking at all of them. */
#include "tests/test.h"

#include "base/rng.h"
#include "engine/moments.h"

TEST(who_is_due_is_found_as_by_looking_at_all)
{
    UNUSED_STATE;
    static const u32 counts[] = {1, 2, 3, 7, 64, 65, 1000};
    for (u32 k = 0; k < COUNT_OF(counts); k++) {
        u32 n = counts[k];
        arena_t arena;
        moments_t m;
        i64 plain[1000];
        CHECK_OK(arena_open(&arena, 1 << 16));
        CHECK_OK(moments_init(&m, &arena, n));
        CHECK_EQ(moments_due(&m, 0, I64_MIN), 0); /* all, until they have spoken */
        CHECK_EQ(moments_due(&m, n - 1, I64_MIN), n - 1);
        CHECK_EQ(moments_due(&m, n, I64_MAX), n);
        for (u32 i = 0; i < n; i++) {
            plain[i] = I64_MAX;
            moments_set(&m, i, I64_MAX);
        }
        for (u32 step = 0; step < 3000; step++) {
            rng_key_t key = {.seed = 9, .entity = n, .cycle = step};
            u32 i = (u32)rng_below(key, 0, n);
            plain[i] = rng_below(key, 1, 4) == 0 ? I64_MAX : (i64)rng_below(key, 2, 50);
            moments_set(&m, i, plain[i]);
            u32 from = (u32)rng_below(key, 3, n + 1);
            i64 until = (i64)rng_below(key, 4, 60) - 5;
            i64 first = I64_MAX;
            u32 due = n;
            for (u32 at = n; at > 0; at--) {
                first = MIN_OF(first, plain[at - 1]);
                due = at > from && plain[at - 1] <= until ? at - 1 : due;
            }
            CHECK_EQ(moments_first(&m), first);
            CHECK_EQ(moments_due(&m, from, until), due);
        }
        arena_close(&arena);
    }
}

TEST(a_set_gives_back_what_was_put_in)
{
    UNUSED_STATE;
    enum { DESKS = LIMIT_USERS + 1 };
    for (u32 step = 0; step < 200; step++) {
        rng_key_t key = {.seed = 10, .cycle = step};
        desk_set_t a = {{0}};
        desk_set_t b = {{0}};
        bool in[DESKS] = {false};
        u32 count = 1 + (u32)rng_below(key, 0, DESKS);
        for (u32 i = 0; i < rng_below(key, 1, 40); i++) {
            u32 at = (u32)rng_below(key, 2 + i, DESKS);
            in[at] = true;
            desk_set_add(i % 2 == 0 ? &a : &b, at);
        }
        desk_set_join(&a, &b);
        u32 next = desk_set_next(&a, 0, count);
        for (u32 i = 0; i < count; i++) {
            CHECK_EQ(next == i, in[i]);
            next = next == i ? desk_set_next(&a, i + 1, count) : next;
        }
        CHECK_EQ(next, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_due_is_found_as_by_looking_at_all),
        cmocka_unit_test(a_set_gives_back_what_was_put_in),
    };
    return RUN_TESTS(tests);
}
