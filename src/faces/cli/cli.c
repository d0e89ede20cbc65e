/* See cli.h. */
#include "faces/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"

exit_code_t cli_exit_code(err_t e)
{
    switch (e) {
    case ERR_OK:
        return EXIT_CODE_OK;
    case ERR_NOT_FOUND:
    case ERR_UNKNOWN_SYMBOL:
    case ERR_EMPTY:
        return EXIT_CODE_NOT_FOUND;
    case ERR_NOT_RUNNING:
        return EXIT_CODE_NOT_RUNNING;
    case ERR_USAGE:
    case ERR_CONFIG:
    case ERR_UNKNOWN_KEY:
    case ERR_NOT_FILE: /* a folder or a pipe was named where a file is read */
        return EXIT_CODE_USAGE;
    case ERR_TIMEOUT:
        return EXIT_CODE_TIMEOUT;
    default:
        return EXIT_CODE_ERROR;
    }
}

static void print_options(FILE *out, const option_desc_t *table, u32 max)
{
    for (u32 i = 0; i < max && table[i].name != NULL; i++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", table[i].name, table[i].value == NULL ? "" : " ",
                       table[i].value == NULL ? "" : table[i].value);
        (void)fprintf(out, "  %-22s %s\n", left, table[i].help);
    }
}

static void print_overview(FILE *out)
{
    (void)fputs("vitrine: an autonomous trading engine that shows its reasons\n\n"
                "  vitrine VERB [options]     `vitrine help VERB` has an example\n"
                "  new here?                  `vitrine demo`, then docs/tutorial.md\n\n",
                out);
    for (u32 i = 0; i < verb_count(); i++) {
        const verb_desc_t *v = verb_at(i);
        (void)fprintf(out, "  %-16s %s\n", v->name, v->summary);
    }
    (void)fputs("\ncommon options, before or after the verb:\n", out);
    print_options(out, args_common(), VERB_OPTIONS_MAX);
    (void)fputs("\nexit codes: 0 ok, 1 error, 2 not found, 3 not running, 4 bad configuration or usage, 5 "
                "timed out\n",
                out);
}

static void print_verb_help(FILE *out, const verb_desc_t *v)
{
    (void)fprintf(out, "vitrine %s%s%s\n\n  %s\n", v->name, v->usage[0] == 0 ? "" : " ", v->usage,
                  v->summary);
    if (v->detail != NULL) {
        (void)fprintf(out, "\n%s\n", v->detail);
    }
    if (v->aliases[0] != NULL) {
        (void)fputs("\nalso called:", out);
        for (u32 i = 0; i < VERB_ALIASES_MAX && v->aliases[i] != NULL; i++) {
            (void)fprintf(out, " %s", v->aliases[i]);
        }
        (void)fputc('\n', out);
    }
    if (v->options[0].name != NULL) {
        (void)fputs("\noptions:\n", out);
        print_options(out, v->options, VERB_OPTIONS_MAX);
    }
    (void)fputs("\ncommon options:\n", out);
    print_options(out, args_common(), VERB_OPTIONS_MAX);
    (void)fprintf(out, "\nexample:\n  %s\n", v->example);
}

/* As the line says it, which may be wrong in every other word: an error has to know how it is to be told. */
static bool wants_json(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

static err_t prepare(app_t *app, const args_t *args)
{
    app->quiet = args_has(args, "quiet");
    app->terminal = isatty(fileno(app->err)) == 1;
    app->home_named = args_has(args, "home");
    return settings_home(args, app->environment, &app->diag, app->home);
}

/* All that went there has arrived: an earlier write that failed is remembered by the stream alone. */
static bool is_written(FILE *out)
{
    return fflush(out) == 0 && ferror(out) == 0;
}

/* Runs the verb; a result that could not be written (closed pipe, full disk) is an error too. */
static err_t run_verb(app_t *app, const args_t *args)
{
    TRY(prepare(app, args));
    if (!args->verb->bare) {
        TRY(settings_load(app->home, app->environment, args, &app->diag, &app->settings));
    }
    err_t err = args->verb->run(app, args);
    app_progress_end(app);
    if (err == ERR_OK && app->json) {
        err = jsonw_done(&app->jw);
    } else if (app->json && app->jw.depth == 0 && app->jw.used > 0) {
        err_t ignored = jsonw_done(&app->jw); /* a report that came before the error is still a report */
        (void)ignored;
    }
    if (!is_written(app->out) && err == ERR_OK) {
        err = diag_fail(&app->diag, ERR_IO,
                        "the result could not be written\nstandard output\ndo: check where it goes");
    }
    return err;
}

exit_code_t cli_run(int argc, char *const *argv, char *const *environment, const parts_t *parts,
                    streams_t streams)
{
    ASSERT(argv != NULL && parts != NULL);
    ASSERT(streams.out != NULL && streams.err != NULL);
    app_t *app = calloc(1, sizeof *app);
    args_t *args = calloc(1, sizeof *args);
    exit_code_t code = EXIT_CODE_ERROR;
    if (app == NULL || args == NULL) {
        (void)fprintf(streams.err, "vitrine: %s\n", err_text(ERR_NO_MEMORY));
        goto done;
    }
    app->parts = parts;
    app->environment = environment;
    app->out = streams.out;
    app->err = streams.err;
    app->json = wants_json(argc, argv);
    app_json_begin(app);
    err_t e = args_parse(argc, argv, &app->diag, args);
    if (e == ERR_OK && args_has(args, "version")) {
        (void)fprintf(streams.out, "vitrine %s\n", parts->version);
        code = EXIT_CODE_OK;
        goto done;
    }
    if (e == ERR_OK && args->verb == NULL && args->word_count == 0) {
        bool asked = args_has(args, "help");
        print_overview(asked ? streams.out : streams.err);
        code = asked ? EXIT_CODE_OK : EXIT_CODE_USAGE;
        goto done;
    }
    if (e == ERR_OK && args_has(args, "help")) {
        print_verb_help(streams.out, args->verb);
        code = EXIT_CODE_OK;
        goto done;
    }
    if (e == ERR_OK) {
        e = args->verb == NULL
                ? diag_fail(&app->diag, ERR_USAGE, "no verb is named before --\ndo: vitrine --help")
                : run_verb(app, args);
    }
    if (e != ERR_OK) {
        app_print_error(app, e, &app->diag);
    }
    code = cli_exit_code(e);
done:
    if (!is_written(streams.out) && code == EXIT_CODE_OK) { /* help and version are results too */
        (void)diag_fail(&app->diag, ERR_IO, "the result could not be written\nstandard output\n"
                                            "do: check where it goes");
        app_print_error(app, ERR_IO, &app->diag);
        code = EXIT_CODE_ERROR;
    }
    free(args);
    free(app);
    return code;
}
