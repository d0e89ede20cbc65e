/* See pool.h. A ring of tasks: threads start them in order, each marks its own slot when done, the caller
 * takes them in order. The one file of engine/ that needs threads, and therefore os/thread.h. */
#include "engine/pool.h"

#include <stdlib.h>

#include "base/assert.h"
#include "os/thread.h"

typedef struct {
    void (*fn)(void *arg);
    void *arg;
    bool done;
} task_t;

struct pool {
    task_t *own_tasks;
    os_thread_t **own_threads;
    os_mutex_t *own_mutex;
    os_cond_t *own_work; /* a task waits, or the pool closes */
    os_cond_t *own_done; /* a task ended */
    u32 thread_count;
    u32 capacity;
    u64 submitted; /* written by the caller under the mutex */
    u64 started;
    u64 taken; /* the caller's alone */
    bool closing;
};

static void pool_worker(void *arg)
{
    pool_t *p = arg;
    os_mutex_lock(p->own_mutex);
    for (;;) {
        while (p->started == p->submitted && !p->closing) {
            os_cond_wait(p->own_work, p->own_mutex);
        }
        if (p->closing) {
            break;
        }
        task_t *t = &p->own_tasks[p->started % p->capacity];
        p->started++;
        os_mutex_unlock(p->own_mutex);
        t->fn(t->arg);
        os_mutex_lock(p->own_mutex);
        t->done = true;
        os_cond_signal(p->own_done);
    }
    os_mutex_unlock(p->own_mutex);
}

static err_t pool_start(pool_t *p, u32 threads)
{
    p->own_threads = calloc(threads, sizeof(os_thread_t *));
    if (p->own_threads == NULL) {
        return ERR_NO_MEMORY;
    }
    TRY(os_mutex_open(&p->own_mutex));
    TRY(os_cond_open(&p->own_work));
    TRY(os_cond_open(&p->own_done));
    while (p->thread_count < threads) {
        TRY(os_thread_start("compute", pool_worker, p, &p->own_threads[p->thread_count]));
        p->thread_count++;
    }
    return ERR_OK;
}

err_t pool_open(u32 threads, u32 capacity, pool_t **out)
{
    ASSERT(out != NULL);
    if (threads > POOL_THREADS_MAX || capacity == 0 || capacity > POOL_CAPACITY_MAX) {
        return ERR_PARAM_RANGE;
    }
    pool_t *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NO_MEMORY;
    }
    p->capacity = capacity;
    p->own_tasks = calloc(capacity, sizeof *p->own_tasks);
    err_t err = p->own_tasks == NULL ? ERR_NO_MEMORY : ERR_OK;
    if (err == ERR_OK && threads > 1) {
        err = pool_start(p, threads);
    }
    if (err != ERR_OK) {
        pool_close(p);
        return err;
    }
    *out = p;
    return ERR_OK;
}

void pool_close(pool_t *p)
{
    if (p == NULL) {
        return;
    }
    if (p->thread_count > 0) {
        os_mutex_lock(p->own_mutex);
        p->closing = true;
        os_cond_broadcast(p->own_work);
        os_mutex_unlock(p->own_mutex);
    }
    for (u32 i = 0; i < p->thread_count; i++) {
        os_thread_join(p->own_threads[i]);
    }
    os_cond_close(p->own_done);
    os_cond_close(p->own_work);
    os_mutex_close(p->own_mutex);
    free((void *)p->own_threads);
    free(p->own_tasks);
    free(p);
}

err_t pool_submit(pool_t *p, void (*fn)(void *arg), void *arg)
{
    ASSERT(p != NULL);
    ASSERT(fn != NULL);
    if (p->submitted - p->taken == p->capacity) {
        return ERR_POOL_FULL;
    }
    task_t *t = &p->own_tasks[p->submitted % p->capacity]; /* taken before: no thread touches it */
    *t = (task_t){.fn = fn, .arg = arg};
    if (p->thread_count == 0) {
        fn(arg);
        t->done = true;
        p->started++;
        p->submitted++;
        return ERR_OK;
    }
    os_mutex_lock(p->own_mutex);
    p->submitted++;
    os_cond_signal(p->own_work);
    os_mutex_unlock(p->own_mutex);
    return ERR_OK;
}

static bool pool_head(pool_t *p, bool wait, void **arg)
{
    ASSERT(p != NULL);
    ASSERT(arg != NULL);
    if (p->taken == p->submitted) {
        return false;
    }
    task_t *t = &p->own_tasks[p->taken % p->capacity];
    bool done = true;
    if (p->thread_count > 0) {
        os_mutex_lock(p->own_mutex);
        while (wait && !t->done) {
            os_cond_wait(p->own_done, p->own_mutex);
        }
        done = t->done;
        os_mutex_unlock(p->own_mutex);
    }
    if (done) {
        *arg = t->arg;
        p->taken++;
        ASSERT(p->taken <= p->submitted);
    }
    return done;
}

bool pool_take(pool_t *p, void **arg)
{
    return pool_head(p, false, arg);
}
bool pool_wait(pool_t *p, void **arg)
{
    return pool_head(p, true, arg);
}

u32 pool_pending(const pool_t *p)
{
    ASSERT(p != NULL);
    return (u32)(p->submitted - p->taken);
}
