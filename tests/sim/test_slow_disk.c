/* A disk that takes its time (F7): writes and syncs of one second to five minutes, in virtual time, in the
 * worlds of the order simulation with all their other faults. While the process waits for its disk its broker
 * and the market go on. Every checker of those worlds holds; no order leaves before it is durable, nor when
 * the time to send it is over. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "sim/world.h"
#include "tests/budget.h"

enum { SEEDS = 150, ONE_IN = 150 };

typedef struct {
    u64 worlds, broken, stalls, held_back, fills, restarts;
    u64 first_seed;
    char first[CHECK_TEXT];
} sum_t;

static sum_t run_worlds(const world_hooks_t *hooks, u64 seeds, u64 enough)
{
    sum_t s = {0};
    world_t *w = NULL;
    CHECK_OK(world_open(&w));
    budget_t met = budget_start(seeds);
    for (u64 next; s.broken < enough && budget_next(&met, &next);) {
        world_result_t r;
        CHECK_OK(world_run(w, next + 1, hooks, &r));
        s.worlds++;
        s.stalls += r.stalls;
        s.held_back += r.held_back;
        s.fills += r.fills;
        s.restarts += r.restarts;
        if (r.failed && s.broken++ == 0) {
            s.first_seed = next + 1;
            (void)snprintf(s.first, sizeof s.first, "%s", r.what);
        }
    }
    if (s.broken < enough) {
        budget_say(&met, "worlds");
    }
    world_close(w);
    return s;
}

TEST(every_invariant_holds_on_a_slow_disk)
{
    UNUSED_STATE;
    world_hooks_t hooks = {.slow_disk = ONE_IN};
    sum_t s = run_worlds(&hooks, SEEDS, UINT64_MAX);
    print_message("# %llu worlds, %llu waits for the disk, %llu orders held back as too late, %llu fills, "
                  "%llu restarts\n",
                  (unsigned long long)s.worlds, (unsigned long long)s.stalls,
                  (unsigned long long)s.held_back, (unsigned long long)s.fills,
                  (unsigned long long)s.restarts);
    if (s.broken > 0) {
        print_error("%llu failed; seed %llu: %s\n", (unsigned long long)s.broken,
                    (unsigned long long)s.first_seed, s.first);
    }
    CHECK_EQ(s.broken, 0);
    CHECK(s.stalls > s.worlds && s.held_back > s.worlds / 4 && s.fills > s.worlds);
}

/* Wrong versions: each must be caught. */
TEST(a_door_that_looks_at_no_clock_is_caught)
{
    UNUSED_STATE;
    world_hooks_t hooks = {.slow_disk = ONE_IN, .door_late = true};
    sum_t s = run_worlds(&hooks, SEEDS, 1);
    CHECK_EQ(s.broken, 1);
    CHECK(strstr(s.first, "the time to send it was over") != NULL);
}

TEST(a_send_before_the_slow_write_is_caught)
{
    UNUSED_STATE;
    world_hooks_t hooks = {.slow_disk = ONE_IN, .send_early = true};
    sum_t s = run_worlds(&hooks, SEEDS, 1);
    CHECK_EQ(s.broken, 1);
}

/* The same worlds, the same waits. */
TEST(waits_are_a_function_of_the_seed)
{
    UNUSED_STATE;
    world_hooks_t hooks = {.slow_disk = ONE_IN};
    world_result_t a;
    world_result_t b;
    world_t *w = NULL;
    CHECK_OK(world_open(&w));
    CHECK_OK(world_run(w, 11, &hooks, &a));
    CHECK_OK(world_run(w, 11, &hooks, &b));
    CHECK(a.stalls > 0 && a.stalls == b.stalls && a.lived == b.lived && a.steps == b.steps);
    CHECK_EQ(memcmp(a.trace, b.trace, sizeof a.trace), 0);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_invariant_holds_on_a_slow_disk),
        cmocka_unit_test(a_door_that_looks_at_no_clock_is_caught),
        cmocka_unit_test(a_send_before_the_slow_write_is_caught),
        cmocka_unit_test(waits_are_a_function_of_the_seed),
    };
    return RUN_TESTS(tests);
}
