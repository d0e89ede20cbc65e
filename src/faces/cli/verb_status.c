/* `vitrine status`: what the engine of this home is doing. */
#include "base/assert.h"
#include "faces/cli/ask.h"
#include "store/journal.h"

/* Nobody answers: then the newest run of the home is at work without answering, was cut short, or has ended,
 * and of the first two a person wants to know. */
static void newest_run(app_t *app)
{
    home_t home;
    store_t *store = NULL;
    run_row_t run;
    diag_t ignored = {0};
    if (home_open(app->home, 0, &ignored, &home) != ERR_OK) {
        return;
    }
    if (home_is_killed(&home)) {
        app_say(app, "the kill switch of this home is on: no demo begins while it is\n"
                     "  do: `vitrine kill --off` takes it off\n");
    }
    if (store_open_home(&home, true, false, &ignored, &store) == ERR_OK) {
        bool running = run_find(store, STR("latest"), &ignored, &run) == ERR_OK && run.status == RUN_RUNNING;
        if (running && run_is_cut(&home, &run)) {
            const char *remedy = run.kind == RUN_DEMO
                                     ? "`vitrine demo --resume` goes on with it"
                                     : "run it again; `vitrine report` shows what it wrote";
            app->diag = (diag_t){0};
            err_t err = diag_fail(&app->diag, ERR_NOT_RUNNING,
                                  "no engine runs in this home; its newest run, %s %s, was cut short\ndo: %s",
                                  run_kind_name(run.kind), run.id.text, remedy);
            ASSERT(err == ERR_NOT_RUNNING);
        } else if (running && run.kind == RUN_BACKTEST) {
            app_say(app, "the back-test %s is at work; it answers no questions\n", run.id.text);
        }
        store_close(store);
    }
    home_close(&home);
}

static err_t status_run(app_t *app, const args_t *args)
{
    (void)args;
    err_t err = ask_and_print(app, "status", NULL);
    if (err == ERR_NOT_RUNNING) {
        newest_run(app);
    }
    return err;
}

const verb_desc_t verb_status = {
    .name = "status",
    .summary = "what the engine of this home is doing",
    .usage = "",
    .example = "vitrine status --json",
    .words_max = 0,
    .bare = true,
    .run = status_run,
};
