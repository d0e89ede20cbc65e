/* The verb sim: one seed runs again by one command, on however many processors, and wrong words are told. */
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/modules.h"
#include "app/sim_workers.h"
#include "faces/cli/cli.h"

static exit_code_t run_by(char *option, char *seeds, char *threads, char *text, size_t size)
{
    char *argv[] = {"vitrine", "sim", option, seeds, "--json", "--threads", threads, NULL};
    char *environment[] = {"HOME=/nonexistent", NULL};
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    assert_true(out != NULL && err != NULL);
    exit_code_t code = cli_run(7, argv, environment, &app_parts, (streams_t){.out = out, .err = err});
    rewind(out);
    size_t n = fread(text, 1, size - 1, out);
    text[n] = 0;
    (void)fclose(out);
    (void)fclose(err);
    return code;
}

static exit_code_t run_with(char *seeds, char *threads, char *text, size_t size)
{
    return run_by("--seeds", seeds, threads, text, size);
}

static exit_code_t run(char *seeds, char *text, size_t size)
{
    return run_with(seeds, "1", text, size);
}

TEST(a_seed_runs_again_with_one_command)
{
    UNUSED_STATE;
    char once[4096];
    char again[4096];
    assert_int_equal(run("7", once, sizeof once), 0);
    assert_int_equal(run("7", again, sizeof again), 0);
    CHECK(strncmp(once, "{\"worlds\":1,\"failed\":0,", 23) == 0);
    CHECK_STR(once, again);
    assert_int_equal(run_by("--seed", "7", "1", again, sizeof again), 0);
    CHECK_STR(once, again);
}

TEST(a_range_counts_its_worlds_and_nonsense_is_told)
{
    UNUSED_STATE;
    char text[4096];
    assert_int_equal(run("3-5", text, sizeof text), 0);
    CHECK(strncmp(text, "{\"worlds\":3,", 12) == 0);
    assert_int_not_equal(run("x", text, sizeof text), 0);
    assert_int_not_equal(run("5-3", text, sizeof text), 0);
}

TEST(worlds_side_by_side_add_up_to_the_same)
{
    UNUSED_STATE;
    char one[4096];
    char three[4096];
    assert_int_equal(run_with("1-7", "1", one, sizeof one), 0);
    assert_int_equal(run_with("1-7", "3", three, sizeof three), 0);
    CHECK(strncmp(one, "{\"worlds\":7,\"failed\":0,", 23) == 0);
    CHECK_STR(one, three);
}

typedef struct {
    u32 count, stopped;
    u64 sum, at;
} heard_t;

static void hear(void *self, const world_result_t *r)
{
    heard_t *h = self;
    h->count++;
    h->sum += r->seed;
    h->stopped += r->stopped && r->failed ? 1 : 0;
    h->at = r->stopped ? r->seed : h->at;
}

/* As a failed assertion would. */
static void stop_here(void *self, world_t *w)
{
    (void)self;
    if (w->seed == 3) {
        (void)raise(SIGABRT);
    }
}

TEST(a_world_that_stops_its_process_is_told_and_the_others_run)
{
    UNUSED_STATE;
    world_hooks_t hooks = {.on_step = stop_here};
    heard_t h = {0};
    sim_work_t work = {.from = 1, .to = 9, .workers = 2, .hooks = &hooks, .self = &h, .done = hear};
    CHECK_OK(sim_workers_run(&work));
    CHECK_EQ(h.count, 9);
    CHECK_EQ(h.sum, 45);
    CHECK_EQ(h.stopped, 1);
    CHECK_EQ(h.at, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_runs_again_with_one_command),
        cmocka_unit_test(a_range_counts_its_worlds_and_nonsense_is_told),
        cmocka_unit_test(worlds_side_by_side_add_up_to_the_same),
        cmocka_unit_test(a_world_that_stops_its_process_is_told_and_the_others_run),
    };
    return RUN_TESTS(tests);
}
