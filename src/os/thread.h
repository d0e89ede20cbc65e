/* Threads, locks and waiting.
 *
 * Promises: waits run on the monotonic clock; a started thread gets no signals. A lock that cannot be taken
 * is a broken program and asserts. Leaves to others: who owns which state. Used in os, store, engine/pool and
 * drivers. */
#ifndef VITRINE_OS_THREAD_H
#define VITRINE_OS_THREAD_H

#include "base/err.h"
#include "base/types.h"

typedef struct os_mutex os_mutex_t;
typedef struct os_cond os_cond_t;
typedef struct os_thread os_thread_t;

MUST_USE err_t os_mutex_open(os_mutex_t **out);
void os_mutex_close(os_mutex_t *m);
void os_mutex_lock(os_mutex_t *m);
void os_mutex_unlock(os_mutex_t *m);
MUST_USE err_t os_cond_open(os_cond_t **out);
void os_cond_close(os_cond_t *c);
void os_cond_wait(os_cond_t *c, os_mutex_t *m);
/* False on timeout. Runs on the monotonic clock. */
bool os_cond_wait_ns(os_cond_t *c, os_mutex_t *m, i64 timeout_ns);
void os_cond_signal(os_cond_t *c);
void os_cond_broadcast(os_cond_t *c);
/* `name` up to 15 characters, for people with a debugger. All signals are blocked in the new thread. */
MUST_USE err_t os_thread_start(const char *name, void (*run)(void *arg), void *arg, os_thread_t **out);
/* Waits for its end and frees it. */
void os_thread_join(os_thread_t *t);

#endif
