/* W2f: the whole machine. Symbol-bars a second of processor time (the honest single-core figure on a shared
 * machine) and of wall time on all processors, bytes a refusal on disk. */
#include "app/bench/whole.h"
#include "base/assert.h"
#include "os/os.h"

static f64 million_bars(const whole_t *w)
{
    return (f64)w->done.result.bars / 1e6;
}

static f64 by_cpu(void *ctx)
{
    whole_t *w = ctx;
    w->threads = 1;
    return whole_run(w) == ERR_OK && w->cpu_s > 0 ? million_bars(w) / w->cpu_s : -1.0;
}

static f64 by_wall(void *ctx)
{
    whole_t *w = ctx;
    w->threads = os_processor_count();
    return whole_run(w) == ERR_OK && w->wall_s > 0 ? million_bars(w) / w->wall_s : -1.0;
}

/* Of the run measured last. */
static f64 refusal_bytes(void *ctx)
{
    const whole_t *w = ctx;
    u64 refusals = w->done.result.counts.refusals;
    return refusals > 0 ? (f64)w->done.journal.bytes_kept / (f64)refusals : 0.0;
}

static f64 peak_mib(void *ctx)
{
    (void)ctx;
    return (f64)os_memory_peak() / 1048576.0;
}

static err_t rows_of(whole_t *w, const char *const names[2])
{
    bench_row_t row = {.name = names[0],
                       .unit = "M bars/cpu s",
                       .more_is_better = true,
                       .ctx = w,
                       .ours = by_cpu,
                       .target = 3.0,
                       .note = "all threads' user and system time; Lean publishes 0.03 M points/s for less"};
    TRY(bench_row(w->b, &row));
    row = (bench_row_t){.name = names[1],
                        .unit = "M bars/s",
                        .more_is_better = true,
                        .ctx = w,
                        .ours = by_wall,
                        .target = 5.0};
    TRY(bench_row(w->b, &row));
    row = (bench_row_t){.name = "journal bytes a refusal",
                        .unit = "bytes",
                        .ctx = w,
                        .ours = refusal_bytes,
                        .target = 16.0,
                        .note = "the whole journal over the refusals in it"};
    TRY(bench_row(w->b, &row));
    row =
        (bench_row_t){.name = "peak memory of the process so far", .unit = "MiB", .ctx = w, .ours = peak_mib};
    return bench_row(w->b, &row);
}

static err_t w2f_run(bench_t *b)
{
    static const char *const daily[] = {"daily, 383 symbols x 20 years", "daily, all processors"};
    static const char *const minute[] = {"minute, 300 simulated stocks", "minute, all processors"};
    whole_t w = {.b = b, .threads = 1};
    err_t err = whole_run(&w); /* warms the page cache, and finds out whether there is data */
    if (err == ERR_OK) {
        TRY(rows_of(&w, daily));
    } else {
        app_print(b->app,
                  "  daily: no bars of sp500_daily and lean_equity_daily in %s; `vitrine data import` brings "
                  "them\n",
                  b->app->home);
        b->app->diag = (diag_t){0};
    }
    w = (whole_t){.b = b, .minute = true, .threads = 1};
    return rows_of(&w, minute);
}

const bench_desc_t bench_w2f = {
    .name = "W2f",
    .title = "the whole machine: thirteen stages, every refusal journaled",
    .run = w2f_run,
};
