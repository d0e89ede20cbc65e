/* What `demo --resume` goes on with: the home's interrupted run, and the mark that tells a second crash at
 * one place. */
#ifndef VITRINE_APP_DEMO_RESUME_H
#define VITRINE_APP_DEMO_RESUME_H

#include "drivers/run_spec.h"
#include "drivers/run_users.h"
#include "drivers/runner.h"
#include "faces/cli/app.h"
#include "store/home.h"

typedef struct {
    store_t *store; /* NULL: nothing to resume */
    run_row_t run;
    runner_resume_t how;
    run_users_t users; /* of the record */
} demo_resume_t;

/* Finds the newest demo that has not ended and takes specification and configuration from its record. Writes
 * home/crash.mark with the run and its last event but for what a resume adds; if the mark stands there
 * already, the run came no further since, and it goes on without entries (decision 9). ERR_NOT_FOUND. */
MUST_USE err_t demo_resume_open(app_t *app, const home_t *home, run_spec_t *spec, config_t *config,
                                demo_resume_t *out);
/* After a run that did not fail the mark is taken away. */
void demo_resume_close(demo_resume_t *r, const home_t *home, err_t outcome);

#endif
