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
    pid_t pid;
    u64 next; /* seed that it is at */
} sim_worker_t;

static bool goes_on(const sim_work_t *w, u64 seed)
{
    return seed <= w->to && (w->until_mono == 0 || os_mono() < w->until_mono);
}

static err_t seeds_run(const sim_work_t *work, u32 worker, int to)
{
    world_t *w = NULL;
    TRY(world_open(&w));
    err_t err = ERR_OK;
    sim_word_t word = {.worker = worker};
    for (u64 seed = work->from + worker; err == ERR_OK && goes_on(work, seed); seed += work->workers) {
        err = world_run(w, seed, NULL, &word.result);
        if (err == ERR_OK && to < 0) {
            work->done(work->self, &word.result);
        } else if (err == ERR_OK && write(to, &word, sizeof word) != (ssize_t)sizeof word) {
            err = ERR_IO;
        }
    }
    world_close(w);
    return err;
}

static err_t worker_start(const sim_work_t *work, u32 n, const int ends[2], sim_worker_t *out)
{
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        _exit(seeds_run(work, n, ends[1]) == ERR_OK ? 0 : 1);
    }
    *out = (sim_worker_t){.pid = pid, .next = work->from + n};
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

/* How a worker ended. One that a signal stopped fails the seed that it was at. */
static err_t worker_end(const sim_work_t *work, const sim_worker_t *k)
{
    int status = 0;
    if (waitpid(k->pid, &status, 0) != k->pid) {
        return ERR_IO;
    }
    if (WIFSIGNALED(status)) {
        world_result_t r = {.seed = k->next, .failed = true};
        (void)snprintf(r.what, sizeof r.what, "the program was stopped by signal %d", WTERMSIG(status));
        work->done(work->self, &r);
        return ERR_OK;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_OK : ERR_IO;
}

err_t sim_workers_run(const sim_work_t *work)
{
    ASSERT(work != NULL && work->done != NULL);
    ASSERT(work->workers >= 1 && work->workers <= SIM_WORKERS && work->from <= work->to);
    if (work->workers == 1) {
        return seeds_run(work, 0, -1);
    }
    int ends[2];
    if (pipe(ends) != 0) {
        return ERR_IO;
    }
    sim_worker_t workers[SIM_WORKERS];
    u32 started = 0;
    err_t err = ERR_OK;
    while (started < work->workers && err == ERR_OK) {
        err = worker_start(work, started, ends, &workers[started]);
        started += err == ERR_OK ? 1 : 0;
    }
    (void)close(ends[1]);
    sim_word_t word;
    while (word_read(ends[0], &word)) {
        workers[word.worker].next = word.result.seed + work->workers;
        work->done(work->self, &word.result);
    }
    (void)close(ends[0]);
    for (u32 i = 0; i < started; i++) {
        err_t ended = worker_end(work, &workers[i]);
        err = err == ERR_OK ? ended : err;
    }
    return err;
}
