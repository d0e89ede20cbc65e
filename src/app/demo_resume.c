/* See demo_resume.h. */
#include "app/demo_resume.h"

#include <stdlib.h>

#include "base/assert.h"
#include "drivers/replay.h"
#include "drivers/resume.h"

enum { RUNS_LOOKED_AT = 64 };

static err_t find_interrupted(app_t *app, store_t *store, run_row_t *out)
{
    run_row_t *rows = calloc(RUNS_LOOKED_AT, sizeof *rows);
    u32 count = 0;
    err_t err = rows == NULL ? ERR_NO_MEMORY : run_list(store, rows, RUNS_LOOKED_AT, &app->diag, &count);
    bool found = false;
    for (u32 i = 0; err == ERR_OK && i < count && !found; i++) {
        found = rows[i].kind == RUN_DEMO && rows[i].status == RUN_RUNNING && rows[i].last_seq > 0;
        *out = found ? rows[i] : *out;
    }
    free(rows);
    if (err == ERR_OK && !found) {
        err = diag_fail(&app->diag, ERR_NOT_FOUND,
                        "%s holds no interrupted demo that came to its first event\n  do: `vitrine demo` "
                        "starts one",
                        app->home);
    }
    return err;
}

err_t demo_resume_open(app_t *app, const home_t *home, run_spec_t *spec, config_t *config, demo_resume_t *out)
{
    ASSERT(app != NULL && home != NULL && spec != NULL && config != NULL && out != NULL);
    store_t *store = NULL;
    demo_resume_t r = {0};
    TRY(store_open_home(home, true, false, &app->diag, &store));
    r.store = store;
    err_t err = find_interrupted(app, store, &r.run);
    if (err == ERR_OK) {
        err = replay_open_spec(store, str_from(r.run.id.text), &app->diag, spec, config, &r.users);
    }
    if (err == ERR_OK) {
        err = resume_stood_still(store, str_from(r.run.id.text), &app->diag, &r.how.isolate);
    }
    if (err != ERR_OK) {
        run_users_free(&r.users);
        store_close(store);
        return err;
    }
    *out = r;
    out->how.store = store;
    out->how.id = str_from(out->run.id.text); /* borrows *out */
    if (out->how.isolate) {
        app_say(app, "the run stopped twice at one place: it goes on without entries; exits and stops go on\n"
                     "  do: `vitrine demo` begins another run, with entries\n");
    }
    return ERR_OK;
}

void demo_resume_close(demo_resume_t *r)
{
    ASSERT(r != NULL);
    if (r->store == NULL) {
        return;
    }
    run_users_free(&r->users);
    store_close(r->store);
    r->store = NULL;
}
