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

typedef struct {
    const char *name[3]; /* one thread, all processors, bars made while the clock runs */
    const char *stored_note;
} w2f_text_t;

static err_t speed_rows(whole_t *w, const w2f_text_t *text)
{
    bench_row_t row = {.name = text->name[0],
                       .unit = "M bars/cpu s",
                       .more_is_better = true,
                       .ctx = w,
                       .ours = by_cpu,
                       .target = 3.0,
                       .note = "bars resident; all threads' user and system time; Lean publishes 0.03 M "
                               "points/s for less"};
    TRY(bench_row(w->b, &row));
    row = (bench_row_t){.name = text->name[1],
                        .unit = "M bars/s",
                        .more_is_better = true,
                        .ctx = w,
                        .ours = by_wall,
                        .target = 5.0,
                        .note = "bars resident; wall clock, so other work on the machine counts against it"};
    TRY(bench_row(w->b, &row));
    w->stored = true;
    row = (bench_row_t){.name = text->name[2],
                        .unit = "M bars/cpu s",
                        .more_is_better = true,
                        .ctx = w,
                        .ours = by_cpu,
                        .note = text->stored_note};
    err_t err = bench_row(w->b, &row);
    w->stored = false;
    return err;
}

static err_t rows_of(whole_t *w, const w2f_text_t *text)
{
    TRY(speed_rows(w, text));
    bench_row_t row = {.name = "journal bytes a refusal",
                       .unit = "bytes",
                       .ctx = w,
                       .ours = refusal_bytes,
                       .target = 16.0,
                       .note = "the whole journal over the refusals in it"};
    TRY(bench_row(w->b, &row));
    row = (bench_row_t){.name = "peak memory of the process so far",
                        .unit = "MiB",
                        .ctx = w,
                        .ours = peak_mib,
                        .note = "the resident bars of this bench counted in"};
    return bench_row(w->b, &row);
}

static err_t w2f_run(bench_t *b)
{
    static const w2f_text_t DAILY = {
        {"daily, 383 symbols x 20 years", "daily, all processors", "daily, bars out of the store"},
        "the store warm in the page cache"};
    static const w2f_text_t MINUTE = {
        {"minute, 300 simulated stocks", "minute, all processors", "minute, with the simulator"},
        "the simulator's making of the bars counted in"};
    whole_t w = {.b = b, .threads = 1};
    err_t err = whole_run(&w); /* reads the bars, and finds out whether there are any */
    if (err == ERR_OK) {
        err = rows_of(&w, &DAILY);
        whole_close(&w);
        TRY(err);
    } else {
        app_print(b->app,
                  "  daily: no bars of sp500_daily and lean_equity_daily in %s; `vitrine data import` brings "
                  "them\n",
                  b->app->home);
        b->app->diag = (diag_t){0};
    }
    w = (whole_t){.b = b, .minute = true, .threads = 1};
    err = rows_of(&w, &MINUTE);
    whole_close(&w);
    return err;
}

const bench_desc_t bench_w2f = {
    .name = "W2f",
    .title = "the whole machine: thirteen stages, every refusal journaled",
    .run = w2f_run,
};
