/* Replay: a recorded run decided again in this process, from its journal and the source of its bars alone.
 *
 * Inputs are taken from the record (broker messages, answers, commands, timers), slices from the source and
 * held against the recorded hash, as are the instruments and the regime proxy's own bars, which no slice
 * carries; every fact is compared with the record, in order, byte for byte. The first
 * difference is named with the input that led to it. Where the run was interrupted and resumed, the replay
 * goes through the same recovery, from its own snapshot and the recorded facts, and what follows is compared
 * as before. */
#ifndef VITRINE_DRIVERS_REPLAY_H
#define VITRINE_DRIVERS_REPLAY_H

#include "drivers/run_spec.h"
#include "drivers/run_users.h"
#include "drivers/runner.h"

typedef struct {
    u64 inputs, facts, slices;
    bool matches;
    bool same_logic; /* the record was made by this decision code and configuration */
    u64 seq_fact;    /* first fact that differs, 0 none */
    u64 seq_input;   /* input behind it, or the first input that differs; the run's start for an instrument */
    i64 t_input;
    bool input_differs; /* slice, instrument or bar of the regime proxy read now is not the one recorded */
    char what[320];     /* for people */
    digest_t decisions; /* of this replay */
    digest_t recorded;
} replay_verdict_t;

typedef struct {
    journal_reader_t *reader;
    const source_t *source;
    u32 kernel_level;
    u32 threads; /* as in runner.h */
    bool lookahead;
    const u64 *resume_from; /* replay_find_resumes; NULL for a run that was never interrupted */
    u32 resume_count;
    void *ctx;
    void (*watch)(void *ctx, const runner_view_t *v); /* may be NULL */
} replay_job_t;

/* ERR_OK whether it matches or not; errors are those of reading. */
MUST_USE err_t replay_run(const replay_job_t *job, const run_spec_t *spec, diag_t *diag,
                          replay_verdict_t *out);
enum { REPLAY_RESUMES = 256 };
/* Where the run was resumed: the snapshots it went on from, in order. Reads the whole record. */
MUST_USE err_t replay_find_resumes(store_t *store, str_t id, diag_t *diag, u64 out[REPLAY_RESUMES],
                                   u32 *count);
/* The run's own words about itself, from its first event. `symbols` memory of *spec must be set; `users` may
 * be NULL, else it is the caller's to free. */
MUST_USE err_t replay_open_spec(store_t *store, str_t id, diag_t *diag, run_spec_t *spec, config_t *config,
                                run_users_t *users);

#endif
