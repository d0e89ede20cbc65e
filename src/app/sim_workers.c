/* See sim_workers.h. */
#include "app/sim_workers.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "os/clock.h"

/* A whole one is written to the pipe at once or not at all (POSIX: up to PIPE_BUF, 4096 on Linux). */
typedef struct {
    u32 worker;
    world_result_t result;
} sim_word_t;
_Static_assert(sizeof(sim_word_t) <= 4096, "a result must go through the pipe in one piece");

typedef struct {
    pid_t pid; /* 0: it has nothing left */
    u64 next;  /* seed that it is at, or begins with */
} sim_worker_t;

static bool goes_on(const sim_work_t *w, u64 seed)
{
    return seed <= w->to && (w->until_mono == 0 || os_mono() < w->until_mono);
}

static err_t seeds_run(const sim_work_t *work, u32 worker, u64 from, int to)
{
    world_t *w = NULL;
    TRY(world_open(&w));
    err_t err = ERR_OK;
    sim_word_t word = {.worker = worker};
    for (u64 seed = from; err == ERR_OK && goes_on(work, seed); seed += work->workers) {
        err = world_run(w, seed, work->hooks, &word.result);
        if (err == ERR_OK && to < 0) {
            work->done(work->self, &word.result);
        } else if (err == ERR_OK && write(to, &word, sizeof word) != (ssize_t)sizeof word) {
            err = ERR_IO;
        }
    }
    world_close(w);
    return err;
}

static err_t worker_start(const sim_work_t *work, u32 n, const int ends[2], sim_worker_t *k)
{
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        _exit(seeds_run(work, n, k->next, ends[1]) == ERR_OK ? 0 : 1);
    }
    k->pid = MAX_OF(pid, 0);
    return pid < 0 ? ERR_IO : ERR_OK;
}

/* The next whole word; false at the end of the last worker. */
static bool word_read(int from, sim_word_t *out)
{
    ssize_t n = 0;
    do {
        n = read(from, out, sizeof *out);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *out;
}

/* How a worker ended. One that a signal stopped fails the seed that it was at, and another goes on behind it.
 */
static err_t worker_end(const sim_work_t *work, sim_worker_t *k)
{
    int status = 0;
    pid_t pid = k->pid;
    k->pid = 0;
    if (waitpid(pid, &status, 0) != pid) {
        return ERR_IO;
    }
    if (WIFSIGNALED(status)) {
        world_result_t r = {.seed = k->next, .failed = true, .stopped = true};
        (void)snprintf(r.what, sizeof r.what, "the program was stopped by signal %d", WTERMSIG(status));
        work->done(work->self, &r);
        k->next += work->workers;
        return ERR_OK;
    }
    k->next = UINT64_MAX;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_OK : ERR_IO;
}

/* One worker each for what has seeds left, until they end. */
static err_t workers_round(const sim_work_t *work, sim_worker_t workers[SIM_WORKERS])
{
    int ends[2];
    if (pipe(ends) != 0) {
        return ERR_IO;
    }
    err_t err = ERR_OK;
    for (u32 i = 0; i < work->workers && err == ERR_OK; i++) {
        err = goes_on(work, workers[i].next) ? worker_start(work, i, ends, &workers[i]) : ERR_OK;
    }
    (void)close(ends[1]);
    sim_word_t word;
    while (word_read(ends[0], &word)) {
        workers[word.worker].next = word.result.seed + work->workers;
        work->done(work->self, &word.result);
    }
    (void)close(ends[0]);
    for (u32 i = 0; i < work->workers; i++) {
        err_t ended = workers[i].pid > 0 ? worker_end(work, &workers[i]) : ERR_OK;
        err = err == ERR_OK ? ended : err;
    }
    return err;
}

static bool seeds_left(const sim_work_t *work, const sim_worker_t workers[SIM_WORKERS])
{
    bool left = false;
    for (u32 i = 0; i < work->workers; i++) {
        left = left || goes_on(work, workers[i].next);
    }
    return left;
}

err_t sim_workers_run(const sim_work_t *work)
{
    ASSERT(work != NULL && work->done != NULL);
    ASSERT(work->workers >= 1 && work->workers <= SIM_WORKERS && work->from <= work->to);
    if (work->workers == 1) {
        return seeds_run(work, 0, work->from, -1);
    }
    sim_worker_t workers[SIM_WORKERS] = {0};
    for (u32 i = 0; i < work->workers; i++) {
        workers[i].next = work->from + i;
    }
    err_t err = ERR_OK;
    do {
        err = workers_round(work, workers);
    } while (err == ERR_OK && seeds_left(work, workers));
    return err;
}
