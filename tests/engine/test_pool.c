/* The compute pool: equal results in submission order whatever the number of threads. */
#include "tests/test.h"

#include <stdlib.h>

#include "base/hash.h"
#include "engine/pool.h"

enum { TASKS = 500, CAPACITY = 32 };

typedef struct {
    u64 in;
    u64 out;
} work_t;

/* Uneven work, so that later tasks often end first. */
static void compute(void *arg)
{
    work_t *w = arg;
    u64 h = w->in;
    u64 rounds = 1 + (w->in * 2654435761u) % 3000;
    for (u64 i = 0; i < rounds; i++) {
        h = hash64(&h, sizeof h);
    }
    w->out = h;
}

static digest_t run(u32 threads, bool greedy)
{
    static work_t work[TASKS];
    pool_t *p = NULL;
    digest_state_t d;
    digest_begin(&d);
    CHECK_OK(pool_open(threads, CAPACITY, &p));
    u32 taken = 0;
    void *arg = NULL;
    for (u32 i = 0; i < TASKS; i++) {
        work[i] = (work_t){.in = i};
        while (pool_pending(p) == CAPACITY || (greedy && pool_pending(p) > 0)) {
            bool got = pool_take(p, &arg) || (pool_pending(p) == CAPACITY && pool_wait(p, &arg));
            if (!got) {
                break;
            }
            CHECK(arg == &work[taken]);
            digest_add(&d, &work[taken++].out, sizeof(u64));
        }
        CHECK_OK(pool_submit(p, compute, &work[i]));
    }
    while (pool_wait(p, &arg)) {
        CHECK(arg == &work[taken]);
        digest_add(&d, &work[taken++].out, sizeof(u64));
    }
    CHECK_EQ(taken, TASKS);
    CHECK(!pool_take(p, &arg));
    pool_close(p);
    return digest_end(&d);
}

TEST(results_do_not_depend_on_threads)
{
    UNUSED_STATE;
    digest_t expected = run(0, false);
    static const u32 threads[] = {1, 2, 8};
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        for (u32 greedy = 0; greedy < 2; greedy++) {
            digest_t got = run(threads[i], greedy == 1);
            CHECK(digest_eq(&got, &expected));
        }
    }
}

TEST(limits_are_errors)
{
    UNUSED_STATE;
    pool_t *p = NULL;
    work_t w[4] = {{0}};
    void *arg = NULL;
    CHECK_EQ(pool_open(POOL_THREADS_MAX + 1, 4, &p), ERR_PARAM_RANGE);
    CHECK_EQ(pool_open(2, 0, &p), ERR_PARAM_RANGE);
    for (u32 threads = 0; threads < 4; threads++) {
        CHECK_OK(pool_open(threads, 3, &p));
        CHECK(!pool_wait(p, &arg));
        for (u32 i = 0; i < 3; i++) {
            CHECK_OK(pool_submit(p, compute, &w[i]));
        }
        CHECK_EQ(pool_submit(p, compute, &w[3]), ERR_POOL_FULL);
        CHECK(pool_wait(p, &arg) && arg == &w[0]);
        CHECK_OK(pool_submit(p, compute, &w[3]));
        pool_close(p); /* with tasks in it */
    }
}

TEST(one_thread_or_none_runs_at_submission)
{
    UNUSED_STATE;
    for (u32 threads = 0; threads < 2; threads++) {
        pool_t *p = NULL;
        work_t w = {.in = 4};
        void *arg = NULL;
        CHECK_OK(pool_open(threads, 1, &p));
        CHECK_OK(pool_submit(p, compute, &w));
        CHECK(w.out != 0);
        CHECK(pool_take(p, &arg) && arg == &w);
        pool_close(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(results_do_not_depend_on_threads),
                                       cmocka_unit_test(limits_are_errors),
                                       cmocka_unit_test(one_thread_or_none_runs_at_submission)};
    return RUN_TESTS(tests);
}
