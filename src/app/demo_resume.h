/* What `demo --resume` goes on with: the home's interrupted run. */
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
    bool timed;        /* it was started with --time */
} demo_resume_t;

/* Finds the newest demo that has not ended and takes specification and configuration from its record. If
 * it was resumed before and came no further since, it goes on without entries (decision 9). ERR_NOT_FOUND. */
MUST_USE err_t demo_resume_open(app_t *app, const home_t *home, run_spec_t *spec, config_t *config,
                                demo_resume_t *out);
void demo_resume_close(demo_resume_t *r);
/* After `failed` of the run `id`: if it was for want of room, and the run came so far that --resume goes on
 * with it, the remedy says so. */
void demo_resume_advise(app_t *app, const home_t *home, run_id_t id, err_t failed);

#endif
