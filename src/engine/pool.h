/* Compute pool: pure functions on other threads, results in the order they were submitted (decision 11).
 *
 * Promises: with any number of threads the caller sees the same results in the same order; with 0 or 1 thread
 * the function runs inside pool_submit. A function reads and writes what `arg` points to and nothing else,
 * and the caller leaves that alone between submit and take. One pool per lane (decision, batch); exits never
 * use one. Leaves to others: when a result becomes an event (virtual time: at its submission time; live: when
 * taken). */
#ifndef VITRINE_ENGINE_POOL_H
#define VITRINE_ENGINE_POOL_H

#include "base/err.h"
#include "base/types.h"

typedef struct pool pool_t;

enum { POOL_THREADS_MAX = 256, POOL_CAPACITY_MAX = 65536 };

/* `capacity`: tasks submitted and not yet taken. ERR_PARAM_RANGE, ERR_NO_MEMORY. */
MUST_USE err_t pool_open(u32 threads, u32 capacity, pool_t **out);
/* Waits for running tasks; results not taken are dropped. */
void pool_close(pool_t *p);
/* ERR_POOL_FULL if `capacity` tasks are not yet taken. One thread submits and takes. */
MUST_USE err_t pool_submit(pool_t *p, void (*fn)(void *arg), void *arg);
/* The oldest task if it has ended: *arg is what was submitted. False if it still runs or there is none. */
bool pool_take(pool_t *p, void **arg);
/* The oldest task, waiting for it. False if there is none. */
bool pool_wait(pool_t *p, void **arg);
/* Submitted and not taken. */
u32 pool_pending(const pool_t *p);

#endif
