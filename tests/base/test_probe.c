/* Counters of cycles: a place counts itself without the places inside it, and nothing without a probe. */
#include "tests/test.h"

#include "base/probe.h"

static u64 tick; /* the test's clock: each reading is one later */

static u64 now(void)
{
    return tick++;
}

TEST(inner_places_are_taken_out)
{
    UNUSED_STATE;
    probe_t p = {.now = now};
    probe_mark_t outer = probe_begin(&p);
    tick += 100;
    for (u32 i = 0; i < 3; i++) {
        probe_mark_t inner = probe_begin(&p);
        tick += 10;
        probe_mark_t innermost = probe_begin(&p);
        tick += 5;
        probe_end(&p, PROBE_JOURNAL, innermost);
        probe_end(&p, 6, inner);
    }
    probe_end(&p, PROBE_COMPUTE, outer);
    CHECK_EQ(p.calls[PROBE_JOURNAL], 3);
    CHECK_EQ(p.calls[6], 3);
    CHECK_EQ(p.cycles[PROBE_JOURNAL], 3 * 6);
    CHECK_EQ(p.cycles[6], 3 * 12);
    CHECK_EQ(p.cycles[PROBE_COMPUTE], 104);
    CHECK_EQ(p.cycles[PROBE_JOURNAL] + p.cycles[6] + p.cycles[PROBE_COMPUTE], p.inside);
}

TEST(off_is_nothing)
{
    UNUSED_STATE;
    u64 before = tick;
    probe_end(NULL, 1, probe_begin(NULL));
    CHECK_EQ(tick, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(inner_places_are_taken_out),
                                       cmocka_unit_test(off_is_nothing)};
    return RUN_TESTS(tests);
}
