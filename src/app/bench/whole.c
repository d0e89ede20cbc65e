/* See whole.h. */
#include "app/bench/whole.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/assert.h"

f64 whole_cpu(void)
{
    struct rusage u;
    if (getrusage(RUSAGE_SELF, &u) != 0) {
        return 0.0;
    }
    return (f64)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (f64)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static err_t spec_of(const whole_t *w, run_spec_t *s)
{
    s->cash.v = 100000 * MONEY_SCALE;
    s->seed = 1;
    if (w->minute) {
        s->kind = RUN_DEMO;
        s->timeframe = TF_1M;
        s->stocks = 300;
        s->history = 300;
        s->warmup = 12;
        s->sessions = 10;
        s->market_start = date_from_ymd(2025, 1, 2);
        return str_copy(s->edge, sizeof s->edge, STR("none"));
    }
    s->kind = RUN_BACKTEST;
    s->timeframe = TF_1D;
    s->from = (i64)date_from_ymd(2000, 1, 1) * NS_PER_DAY;
    s->to = (i64)date_from_ymd(2020, 1, 1) * NS_PER_DAY;
    TRY(str_copy(s->source, sizeof s->source, STR("sp500_daily")));
    TRY(str_copy(s->proxy, sizeof s->proxy, STR("SPY")));
    return str_copy(s->proxy_source, sizeof s->proxy_source, STR("lean_equity_daily"));
}

/* One run of `source`; the journal goes to the bench's own folder. */
static err_t run_timed(whole_t *w, const run_spec_t *spec, const source_t *source)
{
    app_t *app = w->b->app;
    char home[LIMIT_PATH];
    config_t config = settings_with_profile(&app->settings, w->minute ? PROFILE_DAY : PROFILE_SWING);
    run_job_t job = {.spec = spec,
                     .source = source,
                     .config = &config,
                     .lookahead = true,
                     .kernel_level = kernel_level_from(NULL),
                     .trade_from = spec->trade_from,
                     .ctx = w->ctx,
                     .watch = w->watch,
                     .probe = w->probe};
    memcpy(home, app->home, sizeof home);
    err_t err = str_copy(app->home, sizeof app->home, str_from(w->b->work));
    i64 threads = app->settings.process.threads;
    bool quiet = app->quiet;
    app->settings.process.threads = w->threads;
    app->quiet = true;
    f64 cpu = whole_cpu();
    if (err == ERR_OK) {
        err = run_journaled(app, &job, &w->done);
    }
    w->cpu_s = whole_cpu() - cpu;
    w->wall_s = (f64)w->done.wall_ns / 1e9;
    app->quiet = quiet;
    app->settings.process.threads = threads;
    memcpy(app->home, home, sizeof home);
    return err;
}

static err_t run_stored(whole_t *w, run_spec_t *spec)
{
    run_source_t source = {0};
    TRY(run_source_open(spec, w->b->app->home, &w->b->app->diag, &source));
    err_t err = run_timed(w, spec, &source.source);
    run_source_close(&source);
    return err;
}

static err_t run_resident(whole_t *w, run_spec_t *spec)
{
    diag_t *diag = &w->b->app->diag;
    if (w->resident.slice == NULL) {
        TRY(run_source_open(spec, w->b->app->home, diag, &w->source));
        err_t err = resident_open(&w->source.source, diag, &w->resident);
        if (err != ERR_OK) {
            run_source_close(&w->source);
            return err;
        }
        w->trade_from = spec->trade_from; /* a simulated market says where trading begins */
    }
    spec->trade_from = w->trade_from;
    source_t source = resident_source(&w->resident, &w->source.source);
    return run_timed(w, spec, &source);
}

err_t whole_run(whole_t *w)
{
    ASSERT(w != NULL && w->b != NULL && w->threads >= 1);
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    run_spec_t spec = {.symbols = symbols};
    if (symbols == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = spec_of(w, &spec);
    if (err == ERR_OK) {
        err = w->stored ? run_stored(w, &spec) : run_resident(w, &spec);
    }
    free(symbols);
    return err;
}

void whole_close(whole_t *w)
{
    ASSERT(w != NULL);
    if (w->resident.slice != NULL) {
        resident_close(&w->resident);
        run_source_close(&w->source);
    }
}
