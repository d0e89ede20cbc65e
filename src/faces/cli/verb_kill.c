/* `vitrine kill`: the kill switch. It works without an engine: the order door tests the file before every
 * send. */
#include "faces/cli/ask.h"

#include <string.h>

#include "base/assert.h"
#include "drivers/control.h"
#include "store/home.h"

enum { WHY_MAX = 200 };

/* An engine that runs is told at once; one that hangs is stopped by the file all the same. */
static err_t tell_engine(app_t *app, const char *ask, const char *why, bool *told)
{
    err_t err = ask_and_print(app, ask, why);
    *told = err == ERR_OK;
    if (err == ERR_NOT_RUNNING) {
        memset(&app->diag, 0, sizeof app->diag);
        return ERR_OK;
    }
    if (err == ERR_TIMEOUT) {
        memset(&app->diag, 0, sizeof app->diag);
        return diag_fail(&app->diag, err,
                         "the kill switch is %s in the home, but the engine does not answer\n%.200s\n"
                         "do: %s", strcmp(ask, "kill") == 0 ? "on" : "off", app->home,
                         strcmp(ask, "kill") == 0
                             ? "end its process; no order leaves it while the switch is on"
                             : "end its process and start it again");
    }
    return err;
}

static void print_switch(app_t *app, bool on, bool told)
{
    app_say(app, "the kill switch is %s; %s\n", on ? "ON" : "off",
            told ? "the running engine has been told" : "no engine runs in this home");
    if (app->json && !told) {
        jsonw_object(&app->jw);
        jsonw_put_bool(&app->jw, "killed", on);
        jsonw_put_bool(&app->jw, "engine_told", false);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
}

/* The file could not be written, on a full disk or without the right: the engine that runs is told all the
 * same, and the person what that is worth. */
static err_t kill_unwritten(app_t *app, err_t wrote, const char *why)
{
    ASSERT(wrote != ERR_OK);
    diag_t kept = app->diag;
    bool told = false;
    app->diag = (diag_t){0};
    err_t heard = tell_engine(app, "kill", why, &told);
    app->diag = (diag_t){0};
    return diag_fail(&app->diag, wrote, "%s, but the kill switch of the home is NOT on\n%.400s",
                     told                    ? "the running engine has been told and is killed until it ends"
                     : heard == ERR_TIMEOUT ? "an engine runs and does not answer"
                                            : "no engine runs in this home",
                     kept.text);
}

static err_t kill_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    bool off = args_has(args, "off");
    const char *given = args_value(args, "why");
    char why[WHY_MAX + 1]; /* cut rather than refused: nothing may stand between a person and this switch */
    (void)snprintf(why, sizeof why, "%s", given == NULL || given[0] == 0 ? "by hand" : given);
    bool told = false;
    home_t home;
    TRY(app_home_make(app)); /* the folders in it are not needed: what is wrong with them is no obstacle */
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err =
        off ? home_unkill(&home, &app->diag) : home_kill(&home, why, &app->diag);
    home_close(&home);
    if (err != ERR_OK && !off) {
        return kill_unwritten(app, err, why);
    }
    TRY(err);
    TRY(tell_engine(app, off ? "unkill" : "kill", why, &told));
    print_switch(app, !off, told);
    return ERR_OK;
}

const verb_desc_t verb_kill = {
    .name = "kill",
    .summary = "the kill switch: cancel, and let only risk-reducing orders out",
    .usage = "[--why TEXT] [--off]",
    .detail =
        "  Works without a running engine: a file in the home is tested before every order. It stays on\n"
        "  over restarts until a person takes it off.",
    .example = "vitrine kill --why \"prices look wrong\"",
    .options = {{"why", "TEXT", "kept with the switch and in the ledger", .may_be_empty = true},
                {"off", NULL, "take the switch off"}},
    .words_max = 0,
    .bare = true,
    .run = kill_run,
};
