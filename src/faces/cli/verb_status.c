/* `vitrine status`: what the engine of this home is doing. */
#include "faces/cli/ask.h"

static err_t status_run(app_t *app, const args_t *args)
{
    (void)args;
    return ask_and_print(app, "status", NULL);
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
