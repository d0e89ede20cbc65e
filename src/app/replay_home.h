/* Replaying a run of a home: what `replay` does and what `demo` ends with. */
#ifndef VITRINE_APP_REPLAY_HOME_H
#define VITRINE_APP_REPLAY_HOME_H

#include "drivers/replay.h"
#include "faces/cli/app.h"

typedef struct {
    run_row_t run;
    digest_t settings; /* of the run */
    bool certified;    /* print what a match certifies */
    digest_t program;  /* SHA-256 of this program's file, if certified */
    replay_verdict_t verdict;
} replay_done_t;

/* ERR_OK whether it matches or not. */
MUST_USE err_t replay_home_run(app_t *app, str_t id, const char *kernels, bool lookahead, replay_done_t *out);
/* The same with a job of the caller's: reader, source and resumes are filled in. */
MUST_USE err_t replay_home_job(app_t *app, str_t id, const replay_job_t *how, replay_done_t *out);
/* "replay matches", or what differs. ERR_DIVERGED when it does. */
MUST_USE err_t replay_print(app_t *app, const replay_done_t *d);

#endif
