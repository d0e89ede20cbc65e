/* What backtest and demo share: a run in a home's journal, from opening to the last line printed. */
#ifndef VITRINE_FACES_CLI_RUN_RESULT_H
#define VITRINE_FACES_CLI_RUN_RESULT_H

#include "drivers/run_spec.h"
#include "drivers/run_users.h"
#include "drivers/runner.h"
#include "faces/cli/app.h"

typedef struct {
    const run_spec_t *spec;
    const source_t *source;
    const config_t *config;
    const run_users_t *users; /* NULL or without rows: one user with the run's cash and configuration */
    bool durable;
    bool lookahead;
    u32 kernel_level;
    date_t trade_from;
    const runner_resume_t *resume; /* NULL: a new run */
    void *ctx;
    void (*watch)(void *ctx, const runner_view_t *v);
    bool (*stop)(void *ctx);
    bool (*killed)(void *ctx);
    bool (*word)(void *ctx, ev_COMMAND_t *out);
    /* The n-th write of the journal that took a second or longer, when it is over; NULL: nobody asks. */
    void (*slow)(void *ctx, u64 n, i64 took_ns);
    probe_t *probe; /* counts cycles for a bench; NULL: nobody does */
    bool flight;    /* where the time of each decision went is recorded */
} run_job_t;

typedef struct {
    run_id_t id;
    runner_result_t result;
    journal_counts_t journal;
    i64 wall_ns;
} run_done_t;

/* Runs and journals; prints nothing but progress. The run is marked failed if it fails. */
MUST_USE err_t run_journaled(app_t *app, const run_job_t *job, run_done_t *out);
/* The figures of a run that ended: text or one JSON document (cli.md). */
void run_print(app_t *app, const run_job_t *job, const run_done_t *done);
/* Runs, then the figures: text or one JSON document (cli.md). */
MUST_USE err_t run_and_report(app_t *app, const run_job_t *job);
/* Layered settings with another profile below the file, the environment and the options. */
config_t settings_with_profile(const settings_t *s, profile_t profile);
/* --set SECTION.NAME=VALUE, any number of times. */
MUST_USE err_t config_from_sets(app_t *app, const args_t *args, config_t *c);
/* A list of symbols as a run keeps it: any run of blanks and commas becomes one comma. `out` has room for
 * text.n + 1. */
void symbols_tidy(str_t text, char *out);
/* One symbol a line or comma separated. */
MUST_USE err_t symbols_from_file(app_t *app, const char *path, char *out, size_t out_size);
/* NULL: the best this processor has; one it lacks falls back to the best. */
u32 kernel_level_from(const char *name);
/* --threads, or one per processor. */
u32 run_threads(const app_t *app);
/* The ids of a run that must come out equal anywhere: from seed, configuration and data. */
id128_t run_incarnation(u64 seed, const config_t *config, const source_t *source);

#endif
