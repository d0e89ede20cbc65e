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

static err_t run_with(whole_t *w, run_spec_t *spec)
{
    app_t *app = w->b->app;
    run_source_t source = {0};
    char home[LIMIT_PATH];
    TRY(run_source_open(spec, app->home, &app->diag, &source));
    config_t config = settings_with_profile(&app->settings, w->minute ? PROFILE_DAY : PROFILE_SWING);
    run_job_t job = {.spec = spec,
                     .source = &source.source,
                     .config = &config,
                     .lookahead = true,
                     .kernel_level = kernel_level_from(NULL),
                     .trade_from = spec->trade_from,
                     .ctx = w->ctx,
                     .watch = w->watch};
    memcpy(home, app->home, sizeof home);
    err_t err =
        str_copy(app->home, sizeof app->home, str_from(w->b->work)); /* the journal goes to our own folder */
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
    run_source_close(&source);
    return err;
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
        err = run_with(w, &spec);
    }
    free(symbols);
    return err;
}
