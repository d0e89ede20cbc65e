/* See demo_resume.h. */
#include "app/demo_resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/replay.h"

#define CRASH_MARK "crash.mark"
enum { RUNS_LOOKED_AT = 64, MARK_BYTES = 160 };

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

/* How far a run came: slices, since a resume adds events without coming further. */
static err_t place_of(store_t *store, str_t id, diag_t *diag, u64 *slices)
{
    journal_reader_t *reader = NULL;
    event_t e;
    bool more = true;
    *slices = 0;
    TRY(journal_reader_open(store, id, diag, &reader));
    err_t err = ERR_OK;
    while (err == ERR_OK && more) {
        err = journal_next(reader, diag, &e, &more);
        *slices += err == ERR_OK && more && e.head.kind == EV_SLICE ? 1 : 0;
    }
    journal_reader_close(reader);
    return err;
}

static err_t mark(app_t *app, const home_t *home, demo_resume_t *r)
{
    char path[LIMIT_PATH];
    char text[MARK_BYTES];
    u8 memory[MARK_BYTES * 4];
    arena_t arena;
    diag_t quiet = {0};
    str_t old = {0};
    u64 slices = 0;
    TRY(place_of(r->store, str_from(r->run.id.text), &app->diag, &slices));
    int n = snprintf(text, sizeof text, "run %s stopped after slice %llu\n", r->run.id.text,
                     (unsigned long long)slices);
    ASSERT(n > 0 && n < (int)sizeof text);
    home_path(home, CRASH_MARK, path);
    arena_init(&arena, memory, sizeof memory);
    r->how.isolate = os_file_read(&arena, path, &quiet, &old) == ERR_OK && str_eq_c(old, text);
    return os_file_write(path, (str_t){.p = (const u8 *)text, .n = (u32)n}, 0600, &app->diag);
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
        err = mark(app, home, &r);
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
        app_say(app, "the run stopped twice at one place: it goes on without entries\n");
    }
    return ERR_OK;
}

void demo_resume_close(demo_resume_t *r, const home_t *home, err_t outcome)
{
    ASSERT(r != NULL && home != NULL);
    if (r->store == NULL) {
        return;
    }
    run_users_free(&r->users);
    store_close(r->store);
    r->store = NULL;
    if (outcome == ERR_OK) {
        char path[LIMIT_PATH];
        diag_t quiet = {0};
        home_path(home, CRASH_MARK, path);
        err_t err = os_remove(path, &quiet);
        (void)err; /* it was not needed any more */
    }
}
