/* Where the time of a whole run goes, by stage: a thread looks a few thousand times a second which stage the
 * scan is in. The engine knows nothing of it; a look may be torn, which costs one sample. */
#include "app/bench/whole.h"
#include "base/assert.h"
#include "os/os.h"

enum { OUTSIDE = 0, SAMPLE_ROWS = SCAN_STAGES + 1 };

typedef struct {
    const scan_t *scan; /* the slot that the engine uses for every cycle of a run without models */
    bool stop;
    u64 seen[SAMPLE_ROWS];
    u64 samples;
} sampler_t;

static void sample(void *arg)
{
    sampler_t *s = arg;
    while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
        os_sleep_ms(1);
        const scan_t *scan = __atomic_load_n(&s->scan, __ATOMIC_RELAXED);
        if (scan == NULL) {
            continue;
        }
        bool active = *(const volatile bool *)&scan->active;
        u32 stage = *(const volatile u32 *)&scan->stage;
        s->seen[active && stage >= 1 && stage <= SCAN_STAGES ? stage : OUTSIDE]++;
        s->samples++;
    }
}

static void remember(void *ctx, const runner_view_t *v)
{
    sampler_t *s = ctx;
    if (__atomic_load_n(&s->scan, __ATOMIC_RELAXED) == NULL) {
        __atomic_store_n(&s->scan, engine_last_scan(v->engine), __ATOMIC_RELAXED);
    }
}

static void stages_print(bench_t *b, const whole_t *w, const sampler_t *s)
{
    f64 ns_all = w->cpu_s * 1e9 / (f64)w->done.result.bars; /* processor time of all threads */
    app_print(b->app, "  %.0f ns of processor time a symbol-bar in all, %llu samples\n", ns_all,
              (unsigned long long)s->samples);
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        f64 share = s->samples > 0 ? (f64)s->seen[i] / (f64)s->samples : 0.0;
        app_print(b->app, "  stage %2u %-12s %6.2f %%  %8.1f ns a symbol-bar\n", i, stage_at(i)->name,
                  100.0 * share, share * ns_all);
    }
    f64 rest = s->samples > 0 ? (f64)s->seen[OUTSIDE] / (f64)s->samples : 0.0;
    app_print(b->app,
              "  outside: data, features, regime, exits, fills, journal %6.2f %%  %8.1f ns a symbol-bar\n",
              100.0 * rest, rest * ns_all);
}

static err_t stages_run(bench_t *b)
{
    sampler_t s = {0};
    os_thread_t *thread = NULL;
    whole_t w = {.b = b, .threads = 1, .ctx = &s, .watch = remember};
    TRY(os_thread_start("sampler", sample, &s, &thread));
    err_t err = whole_run(&w);
    if (err != ERR_OK) {
        b->app->diag = (diag_t){0};
        w.minute = true;
        err = whole_run(&w);
    }
    __atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
    os_thread_join(thread);
    if (err == ERR_OK) {
        stages_print(b, &w, &s);
    }
    return err;
}

const bench_desc_t bench_stages = {
    .name = "stages",
    .title = "where the time of a whole run goes",
    .run = stages_run,
};
