/* One run of the whole machine for a bench: all thirteen stages, every refusal recorded, journal on. */
#ifndef VITRINE_APP_BENCH_WHOLE_H
#define VITRINE_APP_BENCH_WHOLE_H

#include "app/bench/bench.h"
#include "app/bench/resident.h"
#include "app/run_source.h"
#include "faces/cli/run_result.h"

typedef struct {
    bench_t *b;
    bool minute; /* the simulated market in minutes; else stored daily bars of the home */
    bool stored; /* bars come out of the store, or out of the simulator, while the clock runs */
    u32 threads; /* of the compute pool */
    void *ctx;   /* looks on between two slices; NULL: nobody does */
    void (*watch)(void *ctx, const runner_view_t *v);
    probe_t *probe; /* NULL: nobody counts cycles */
    run_done_t done;
    f64 cpu_s; /* user and system time of all threads of the run alone */
    f64 wall_s;
    /* Whose bars they are, and all of them in memory: from the first run without `stored` to whole_close. */
    run_source_t source;
    resident_t resident;
    date_t trade_from;
} whole_t;

/* ERR_NOT_FOUND or ERR_UNKNOWN_SYMBOL and the like if the home holds no daily bars. */
MUST_USE err_t whole_run(whole_t *w);
void whole_close(whole_t *w);
/* User and system time of this process so far, seconds. */
f64 whole_cpu(void);

#endif
