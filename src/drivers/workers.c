/* See workers.h. */
#include "drivers/workers.h"

#include "base/assert.h"

static void each(void *ctx, void (*fn)(void *arg), void *args, size_t size, u32 count)
{
    pool_t *pool = ctx;
    ASSERT(pool != NULL && args != NULL);
    ASSERT(count > 0 && count <= MARKET_WORKERS);
    char *at = args;
    for (u32 i = 0; i + 1 < count; i++) {
        err_t err = pool_submit(pool, fn, at + (size_t)i * size);
        ASSERT(err == ERR_OK); /* the pool holds as many tasks as there are workers */
    }
    fn(at + (size_t)(count - 1) * size); /* the caller is one of them */
    void *done = NULL;
    while (pool_wait(pool, &done)) {
    }
}

err_t workers_open(workers_t *out, u32 threads)
{
    ASSERT(out != NULL);
    *out = (workers_t){0};
    u32 count = MIN_OF(threads, (u32)MARKET_WORKERS);
    if (count <= 1) {
        return ERR_OK;
    }
    TRY(pool_open(count, MARKET_WORKERS, &out->own_pool));
    out->lent = (market_workers_t){.ctx = out->own_pool, .each = each, .count = count};
    return ERR_OK;
}

void workers_close(workers_t *w)
{
    ASSERT(w != NULL);
    pool_close(w->own_pool);
    *w = (workers_t){0};
}
