/* See demo_resume.h. */
#include "app/demo_resume.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/replay.h"
#include "drivers/resume.h"
#include "store/head.h"

enum { RUNS_LOOKED_AT = 64 };

/* A run that came to no event has nothing to go on from. */
static bool goes_on(const run_row_t *r)
{
    return r->kind == RUN_DEMO && r->status == RUN_RUNNING && r->last_seq > 0;
}

static err_t find_interrupted(app_t *app, store_t *store, run_row_t *out)
{
    run_row_t *rows = calloc(RUNS_LOOKED_AT, sizeof *rows);
    u32 count = 0;
    err_t err = rows == NULL ? ERR_NO_MEMORY : run_list(store, rows, RUNS_LOOKED_AT, &app->diag, &count);
    bool found = false;
    for (u32 i = 0; err == ERR_OK && i < count && !found; i++) {
        found = goes_on(&rows[i]);
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
    TRY(head_check(home->root, &app->diag)); /* from yesterday it would trade the same day twice */
    TRY(store_open_home(home, true, false, &app->diag, &store));
    r.store = store;
    err_t err = find_interrupted(app, store, &r.run);
    if (err == ERR_OK) {
        err = replay_open_spec(store, str_from(r.run.id.text), &app->diag, spec, config, &r.users);
    }
    resume_seen_t seen = {0};
    if (err == ERR_OK) {
        err = resume_look(store, str_from(r.run.id.text), &app->diag, &seen);
    }
    if (err != ERR_OK) {
        run_users_free(&r.users);
        store_close(store);
        return err;
    }
    r.how.isolate = seen.stood_still;
    r.timed = seen.timed;
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

void demo_resume_advise(app_t *app, const home_t *home, run_id_t id, err_t failed)
{
    ASSERT(app != NULL && home != NULL && failed != ERR_OK);
    store_t *store = NULL;
    run_row_t run;
    diag_t ignored = {0};
    static const struct {
        err_t err;
        const char *first;
    } passing[] = {{ERR_DISK_FULL, "free some space"},
                   {ERR_BUSY, "wait for the process that holds the database, or end it"}};
    u32 k = 0;
    while (k < COUNT_OF(passing) && passing[k].err != failed) {
        k++;
    }
    if (k == COUNT_OF(passing) || store_open_home(home, true, false, &ignored, &store) != ERR_OK) {
        return;
    }
    if (run_find(store, str_from(id.text), &ignored, &run) == ERR_OK && goes_on(&run)) {
        diag_t was = app->diag;
        char *remedy = strstr(was.text, "\ndo: ");
        if (remedy != NULL) {
            *remedy = 0;
        }
        app->diag = (diag_t){0};
        err_t same = diag_fail(&app->diag, failed,
                               "%.320s\nuntil then the run %s is whole\n"
                               "do: %s, then `vitrine demo --resume` goes on with it",
                               was.set ? was.text : err_text(failed), id.text, passing[k].first);
        ASSERT(same == failed);
    }
    store_close(store);
}
