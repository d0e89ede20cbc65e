/* Worker threads for the blocks of a run: the compute pool, lent to the market (decisions 11, 43).
 *
 * Promises: the caller of `each` goes on when every part has ended, so a run with any number of threads takes
 * the same steps in the same order. Leaves to others: that parts do not touch one another (market). */
#ifndef VITRINE_DRIVERS_WORKERS_H
#define VITRINE_DRIVERS_WORKERS_H

#include "engine/pool.h"
#include "market/market.h"

typedef struct {
    pool_t *own_pool; /* NULL: one thread, the caller's */
    market_workers_t lent;
} workers_t;

/* `threads` 0 or 1: none beside the caller's; at most MARKET_WORKERS are used. ERR_NO_MEMORY, ERR_IO. */
MUST_USE err_t workers_open(workers_t *out, u32 threads);
void workers_close(workers_t *w);

#endif
