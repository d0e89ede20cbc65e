/* See thread.h: over POSIX threads. A mutex that cannot be locked or a wait that fails is a broken program,
 * not input. */
#include "os/thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/assert.h"
#include "base/units.h"
#include "os/clock.h"

struct os_mutex {
    pthread_mutex_t m;
};
struct os_cond {
    pthread_cond_t c;
};
struct os_thread {
    pthread_t t;
    void (*run)(void *arg);
    void *arg;
    char name[16];
};

err_t os_mutex_open(os_mutex_t **out)
{
    ASSERT(out != NULL);
    os_mutex_t *m = malloc(sizeof *m);
    if (m == NULL || pthread_mutex_init(&m->m, NULL) != 0) {
        free(m);
        return ERR_NO_MEMORY;
    }
    *out = m;
    return ERR_OK;
}

void os_mutex_close(os_mutex_t *m)
{
    if (m != NULL) {
        int rc = pthread_mutex_destroy(&m->m);
        ASSERT(rc == 0);
        free(m);
    }
}

void os_mutex_lock(os_mutex_t *m)
{
    ASSERT(m != NULL);
    int rc = pthread_mutex_lock(&m->m);
    ASSERT(rc == 0);
}

void os_mutex_unlock(os_mutex_t *m)
{
    ASSERT(m != NULL);
    int rc = pthread_mutex_unlock(&m->m);
    ASSERT(rc == 0);
}

err_t os_cond_open(os_cond_t **out)
{
    ASSERT(out != NULL);
    os_cond_t *c = malloc(sizeof *c);
    if (c == NULL) {
        return ERR_NO_MEMORY;
    }
    pthread_condattr_t a;
    int rc = pthread_condattr_init(&a);
    ASSERT(rc == 0);
    rc = pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    ASSERT(rc == 0);
    rc = pthread_cond_init(&c->c, &a);
    (void)pthread_condattr_destroy(&a);
    if (rc != 0) {
        free(c);
        return ERR_NO_MEMORY;
    }
    *out = c;
    return ERR_OK;
}

void os_cond_close(os_cond_t *c)
{
    if (c != NULL) {
        int rc = pthread_cond_destroy(&c->c);
        ASSERT(rc == 0);
        free(c);
    }
}

void os_cond_wait(os_cond_t *c, os_mutex_t *m)
{
    ASSERT(c != NULL && m != NULL);
    int rc = pthread_cond_wait(&c->c, &m->m);
    ASSERT(rc == 0);
}

bool os_cond_wait_ns(os_cond_t *c, os_mutex_t *m, i64 timeout_ns)
{
    ASSERT(c != NULL && m != NULL);
    i64 until = os_mono() + (timeout_ns > 0 ? timeout_ns : 0);
    struct timespec t = {.tv_sec = until / NS_PER_SEC, .tv_nsec = until % NS_PER_SEC};
    int rc = pthread_cond_timedwait(&c->c, &m->m, &t);
    ASSERT(rc == 0 || rc == ETIMEDOUT);
    return rc == 0;
}

void os_cond_signal(os_cond_t *c)
{
    ASSERT(c != NULL);
    (void)pthread_cond_signal(&c->c);
}

void os_cond_broadcast(os_cond_t *c)
{
    ASSERT(c != NULL);
    (void)pthread_cond_broadcast(&c->c);
}

static void *thread_main(void *arg)
{
    os_thread_t *t = arg;
    (void)pthread_setname_np(pthread_self(), t->name);
    t->run(t->arg);
    return NULL;
}

err_t os_thread_start(const char *name, void (*run)(void *arg), void *arg, os_thread_t **out)
{
    ASSERT(name != NULL && run != NULL);
    ASSERT(out != NULL);
    os_thread_t *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return ERR_NO_MEMORY;
    }
    t->run = run;
    t->arg = arg;
    (void)snprintf(t->name, sizeof t->name, "%s", name);
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    int rc = pthread_sigmask(SIG_SETMASK, &all, &before);
    ASSERT(rc == 0);
    int started = pthread_create(&t->t, NULL, thread_main, t);
    rc = pthread_sigmask(SIG_SETMASK, &before, NULL);
    ASSERT(rc == 0);
    if (started != 0) {
        free(t);
        return ERR_NO_MEMORY;
    }
    *out = t;
    return ERR_OK;
}

void os_thread_join(os_thread_t *t)
{
    if (t != NULL) {
        int rc = pthread_join(t->t, NULL);
        ASSERT(rc == 0);
        free(t);
    }
}
