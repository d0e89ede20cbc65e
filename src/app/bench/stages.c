/* What each of the thirteen stages costs, and what stands around them: cycles counted in a run of the whole
 * machine, beside the same run without a counter, whose decisions must be the same.
 *
 * The counter does not stop while another program has the processor; that hits every place by its length, so
 * shares stay right and times are given as shares of the thread's processor time. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "app/bench/whole.h"
#include "base/assert.h"
#include "drivers/flight.h"
#include "faces/report/report.h"
#include "os/clock.h"
#include "os/cycles.h"

enum { PAIRS = 1000000 };

typedef struct {
    whole_t w;
    probe_t probe;
    f64 thread_s; /* processor time of the engine's thread */
    f64 report_s;
    u64 cycles; /* of the whole run by the counter */
    f64 pair;   /* cycles that one begin and end cost */
} stages_t;

static f64 thread_cpu(void)
{
    struct rusage u;
    if (getrusage(RUSAGE_THREAD, &u) != 0) {
        return 0.0;
    }
    return (f64)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (f64)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static f64 pair_cost(void)
{
    probe_t p = {.now = os_cycles};
    u64 start = os_cycles();
    for (u32 i = 0; i < PAIRS; i++) {
        probe_mark_t m = probe_begin(&p);
        probe_end(&p, PROBE_SOURCE, m);
    }
    ASSERT(p.calls[PROBE_SOURCE] == PAIRS);
    return (f64)(os_cycles() - start) / PAIRS;
}

static void put_place(const stages_t *s, const char *name, u64 cycles, u64 calls)
{
    app_t *app = s->w.b->app;
    f64 bars = (f64)s->w.done.result.bars;
    f64 share = s->cycles > 0 ? (f64)cycles / (f64)s->cycles : 0.0;
    f64 ns = share * s->thread_s * 1e9 / bars;
    if (app->json) {
        jsonw_t *w = &app->jw;
        jsonw_object(w);
        jsonw_put_text(w, "place", name);
        jsonw_put_f64(w, "share", share);
        jsonw_put_f64(w, "ns_per_symbol_bar", ns);
        jsonw_put_f64(w, "cycles_per_symbol_bar", (f64)cycles / bars);
        jsonw_put_u64(w, "calls", calls);
        jsonw_end(w);
        jsonw_line(w);
        return;
    }
    app_print(app, "  %-34s %6.2f %%  %8.2f ns  %9.2f cycles  %10llu calls\n", name, 100.0 * share, ns,
              (f64)cycles / bars, (unsigned long long)calls);
}

static void put_places(const stages_t *s)
{
    u64 rest = s->cycles;
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        put_place(s, flight_place_name(i), s->probe.cycles[i], s->probe.calls[i]);
        rest -= MIN_OF(rest, s->probe.cycles[i]);
    }
    put_place(s, "rest", rest, 1);
}

static void put_others(const stages_t *s)
{
    app_t *app = s->w.b->app;
    f64 bars = (f64)s->w.done.result.bars;
    u64 pairs = 0;
    for (u32 i = 0; i < PROBE_PLACES; i++) {
        pairs += s->probe.calls[i];
    }
    f64 store = (s->w.cpu_s - s->thread_s) * 1e9 / bars;
    f64 own = s->pair * (f64)pairs / bars;
    if (app->json) {
        jsonw_t *w = &app->jw;
        jsonw_object(w);
        jsonw_put_f64(w, "engine_thread_ns_per_symbol_bar", s->thread_s * 1e9 / bars);
        jsonw_put_f64(w, "store_thread_ns_per_symbol_bar", store);
        jsonw_put_f64(w, "report_ns_per_symbol_bar", s->report_s * 1e9 / bars);
        jsonw_put_f64(w, "counter_cycles_per_pair", s->pair);
        jsonw_put_f64(w, "counter_cycles_per_symbol_bar", own);
        jsonw_end(w);
        jsonw_line(w);
        return;
    }
    app_print(app, "  %-34s           %8.2f ns\n", "all of the engine's thread", s->thread_s * 1e9 / bars);
    app_print(app, "  %-34s           %8.2f ns  (processor time; cycles would count waiting for the disk)\n",
              "store: its thread", store);
    app_print(app, "  %-34s           %8.2f ns  (after the run; without a benchmark held)\n", "report",
              s->report_s * 1e9 / bars);
    app_print(app, "  the counter itself: %.0f cycles a reading pair, %.3f cycles a symbol-bar, counted in\n",
              s->pair, own);
}

static err_t report_cost(stages_t *s)
{
    report_t *report = calloc(1, sizeof *report);
    if (report == NULL) {
        return ERR_NO_MEMORY;
    }
    report_ask_t ask = {.home = s->w.b->work, .run = s->w.done.id.text};
    i64 start = os_cpu();
    err_t err = report_build(&ask, &s->w.b->app->diag, report);
    s->report_s = (f64)(os_cpu() - start) / 1e9;
    if (err == ERR_OK) {
        report_free(report);
    }
    free(report);
    return err;
}

/* Without the counter, then with it: the decisions must not know. */
static err_t measure(stages_t *s)
{
    TRY(whole_run(&s->w));
    digest_t plain = s->w.done.result.decisions;
    s->w.probe = &s->probe;
    f64 cpu = thread_cpu();
    u64 start = os_cycles();
    TRY(whole_run(&s->w));
    s->cycles = os_cycles() - start;
    s->thread_s = thread_cpu() - cpu;
    if (!digest_eq(&plain, &s->w.done.result.decisions)) {
        return diag_fail(&s->w.b->app->diag, ERR_DIVERGED, "stages: counting cycles changed a decision");
    }
    TRY(report_cost(s));
    put_places(s);
    put_others(s);
    return ERR_OK;
}

static err_t stages_run(bench_t *b)
{
    static const char *const MARKET[2] = {"daily, 383 symbols x 20 years", "minute, 300 simulated stocks"};
    f64 pair = pair_cost();
    for (u32 minute = 0; minute < 2; minute++) {
        stages_t s = {.w = {.b = b, .threads = 1, .minute = minute == 1},
                      .probe = {.now = os_cycles},
                      .pair = pair};
        app_print(b->app, "  %s\n", MARKET[minute]);
        err_t err = measure(&s);
        whole_close(&s.w);
        if (err != ERR_OK && minute == 0 && err != ERR_DIVERGED) {
            app_print(b->app, "  no stored bars for it: `vitrine data import` brings them\n");
            b->app->diag = (diag_t){0};
            continue;
        }
        TRY(err);
    }
    return ERR_OK;
}

const bench_desc_t bench_stages = {
    .name = "stages",
    .title = "what each stage and each part of a whole run costs, per symbol-bar",
    .run = stages_run,
};
