/* `vitrine stop`: a clean end; open positions keep their protective orders. */
#include "faces/cli/ask.h"

static err_t stop_run(app_t *app, const args_t *args)
{
    (void)args;
    return ask_and_print(app, "stop", NULL);
}

const verb_desc_t verb_stop = {
    .name = "stop",
    .summary = "end the engine of this home after its current step",
    .usage = "",
    .detail = "  Positions stay, with their protective orders. To cut risk at once: vitrine kill.",
    .example = "vitrine stop",
    .words_max = 0,
    .bare = true,
    .run = stop_run,
};
