/* Worlds on several processors: processes, since SQLite's chance is one for each process
 * (store/sqlite_vfs.h).
 *
 * Promises: seed n is run by worker (n - from) % workers, and its result is that of a run alone; results come
 * to the caller one by one, in no order between workers. A worker that an assertion stops is told as a failed
 * and stopped result of the seed that it was at, and another goes on behind it. Leaves to others: adding up,
 * telling. */
#ifndef VITRINE_APP_SIM_WORKERS_H
#define VITRINE_APP_SIM_WORKERS_H

#include "sim/world.h"

typedef struct {
    u64 from, to;   /* seeds, inclusive */
    i64 until_mono; /* no seed is begun after it; 0: no bound */
    u32 workers;    /* 1 to SIM_WORKERS; 1: in this process */
    const world_hooks_t *hooks; /* wrong engines, for tests; NULL: none */
    void *self;
    void (*done)(void *self, const world_result_t *r);
} sim_work_t;

enum { SIM_WORKERS = 64 };

/* ERR_IO: a worker could not be started or failed outside of any world. ERR_NO_MEMORY. */
MUST_USE err_t sim_workers_run(const sim_work_t *work);

#endif
