/* `vitrine capsule`: a run in one file, to be run again anywhere. */
#include "app/capsule.h"

#include <string.h>

#include "base/assert.h"
#include "faces/cli/args.h"

static err_t capsule_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *what = args_word(args, 0);
    const char *second = args_word(args, 1);
    if (strcmp(what, "verify") == 0 && second != NULL && args_word(args, 2) == NULL) {
        return capsule_verify(app, second);
    }
    if (strcmp(what, "pack") == 0 && second != NULL && args_word(args, 2) != NULL) {
        return capsule_pack(app, second, args_word(args, 2));
    }
    return diag_fail(
        &app->diag, ERR_USAGE,
        "capsule %.32s: there are `capsule pack RUN FILE` and `capsule verify FILE`\ndo: write one of them",
        what);
}

const verb_desc_t verb_capsule = {
    .name = "capsule",
    .summary = "wrap a run up with all it stands on, or run such a file again",
    .usage = "pack RUN FILE | verify FILE",
    .detail = "  The file is a tar: journal, configuration, the bars that were read, the report and the "
              "SHA-256 of\n"
              "  each. `verify` needs no home and no network: it decides the run again from its inputs and "
              "makes the\n"
              "  report again; both must come out the same. RUN is an id, the beginning of one, latest or\n"
              "  previous.",
    .example = "vitrine capsule pack latest run.capsule.tar",
    .options = {{NULL, NULL, NULL}},
    .words_min = 1,
    .words_max = 3,
    .run = capsule_run,
};
