/* `vitrine clear`: a person has looked, and what waited for that goes on. */
#include "faces/cli/ask.h"

#include "base/assert.h"
#include "faces/cli/clear_word.h"

static err_t clear_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    clear_word_t word; /* told whether an engine runs or not */
    TRY(clear_word_find(str_from(args_word(args, 0)), args_value(args, "user") != NULL, &app->diag, &word));
    const char *why = args_value(args, "why");
    if (why == NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "clear: a word that lets entries on stands in the record with its reason\n"
                         "do: add --why TEXT");
    }
    const ask_field_t fields[] = {
        {"what", args_word(args, 0)}, {"user", args_value(args, "user")}, {"why", why}};
    return ask_with(app, "clear", fields, COUNT_OF(fields));
}

const verb_desc_t verb_clear = {
    .name = "clear",
    .summary = "let entries on that wait for a person's word",
    .usage = "reconcile|breaker|clock [--user NAME] --why TEXT",
    .detail =
        "  reconcile: the account's books were compared with the broker's by hand. If they differ, the next\n"
        "             comparison stops entries again.\n"
        "  breaker:   the losses that opened the circuit breaker are understood; its count begins anew.\n"
        "  clock:     the clock had stepped and is right now; everybody's.\n"
        "  `vitrine status` names who waits and for what; the answer says how many waited. Exits never wait.",
    .example = "vitrine clear reconcile --user bert --why \"statement of 3 March agrees\"",
    .options = {{"user", "NAME", "of this user alone (all)"},
                {"why", "TEXT", "stands in the ledger with the word"}},
    .words_min = 1,
    .words_max = 1,
    .bare = true,
    .run = clear_run,
};
