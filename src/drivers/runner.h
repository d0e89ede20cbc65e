/* The runner: one loop for backtest, demo and replay in virtual time. It reads slices, lets the paper broker
 * meet them, hands inputs to the engine and effects to the order door, and writes the journal.
 *
 * Promises: for each slice the order is actions, fills, then the slice itself; effects leave only after their
 * batch is durable when `durable` is set; with equal source, configuration and seed the journal is equal byte
 * for byte, for any look-ahead and any kernel level. Leaves to others: deciding (engine), where slices come
 * from (source). */
#ifndef VITRINE_DRIVERS_RUNNER_H
#define VITRINE_DRIVERS_RUNNER_H

#include "drivers/model_port.h"
#include "drivers/source.h"
#include "engine/engine.h"
#include "store/journal.h"

/* What a watcher may look at between two slices. */
typedef struct {
    engine_t *engine;
    const market_t *market;
    const slice_t *slice;
    i32 slot;
    i64 step_ns; /* telemetry: time the engine took for this slice; decides nothing */
} runner_view_t;

/* A run that was interrupted and goes on. The journal given with it was opened by journal_resume; the source
 * stands at its beginning. */
typedef struct {
    store_t *store; /* a second connection, to read what is recorded */
    str_t id;
    bool isolate; /* it stopped twice at one place: go on without entries */
} runner_resume_t;

typedef struct {
    const source_t *source;
    const config_t *config;
    journal_t *journal; /* NULL: nothing is written (benches, tests) */
    engine_sink_t tap;  /* sees every event after the journal; append may be NULL */
    str_t run_spec;     /* text a replay rebuilds the source from */
    u64 seed;
    id128_t incarnation;
    money_t cash; /* of the one user, where there are no rows */
    const user_row_t *users; /* ascending account ids; NULL: one user */
    u32 user_count;
    users_mode_t mode;
    profile_t profile;
    date_t trade_from; /* sessions before it only fill the history; 0: all trade */
    bool lookahead;    /* features of a whole block at once; the bits are the same without */
    bool durable;      /* demo, live: wait for the disk before an effect leaves */
    const model_port_t *models; /* who answers stage 9 (ai.models); NULL: nobody, and time does */
    bool untradable_proxy;
    bool desks_unskipped; /* tests: look at every user at every input; the decisions are the same */
    bool lists_whole;     /* tests: the broker lists the orders of a whole account, as real ones do */
    bool loops_unskipped; /* tests: fire idle loops as well; the decisions are the same */
    u32 kernel_level;
    u32 threads; /* for the features of a block; 0 and 1: the caller's own. The bits are the same */
    const runner_resume_t *resume; /* NULL: a new run */
    void *ctx;
    void (*watch)(void *ctx, const runner_view_t *v); /* may be NULL */
    bool (*stop)(void *ctx);                          /* asked between slices; may be NULL */
    i64 (*mono)(void *ctx); /* measures loops against budgets; NULL in virtual time, where runs are equal */
    bool (*killed)(void *ctx);                        /* the kill switch, asked between slices; may be NULL */
    /* A person's next word, asked between slices until there is none; recorded as it is. May be NULL. */
    bool (*word)(void *ctx, ev_COMMAND_t *out);
    probe_t *probe; /* counts cycles for a bench; NULL: nobody does */
    bool flight;    /* where the time of each decision went is recorded (flight.h); then nobody else counts */
} runner_spec_t;

typedef struct {
    digest_t decisions;
    digest_t input; /* chain over the slice hashes */
    engine_counts_t counts;
    u64 slices, bars;
    u64 bulletins;    /* heard */
    u64 suspect_bars; /* rows that a data rule marked */
    i64 t_first, t_last;
    money_t equity;
    bool stopped;
} runner_result_t;

/* Whether there can be such a run at all: a broker that trades something of it, days whose rules are known.
 * Runs ask it; who would record one asks before. ERR_CONFIG, ERR_USAGE. */
MUST_USE err_t runner_fits(const runner_spec_t *spec, diag_t *diag);
/* What the market of a source leaves no choice about (config_for_market). Runs apply it; who names or records
 * a configuration before its run does so too. */
void runner_config(const source_t *s, config_t *c);
MUST_USE err_t runner_run(const runner_spec_t *spec, diag_t *diag, runner_result_t *out);

#endif
