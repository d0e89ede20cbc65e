/* `vitrine clear`: a person has looked, and what waited for that goes on. */
#include "faces/cli/ask.h"

#include <string.h>

#include "base/assert.h"
#include "base/str.h"

/* Whether an engine runs or not, a word that none would take is told. */
static err_t check_word(app_t *app, const args_t *args)
{
    static const char *const words[] = {"reconcile", "breaker", "clock"};
    str_t word = str_from(args_word(args, 0));
    const char *near = words[0];
    u32 least = UINT32_MAX;
    bool known = false;
    for (u32 i = 0; i < COUNT_OF(words); i++) {
        known = known || str_eq_c(word, words[i]);
        near = str_nearer(word, str_from(words[i]), &least) ? words[i] : near;
    }
    if (!known) {
        bool meant = str_is_near(word, str_from(near));
        return diag_fail(&app->diag, ERR_USAGE,
                         "clear: there is no '%.48s'%s%s%s\ndo: use reconcile, breaker or clock",
                         args_word(args, 0), meant ? "\ndid you mean " : "", meant ? near : "",
                         meant ? "?" : "");
    }
    if (strcmp(args_word(args, 0), "clock") == 0 && args_value(args, "user") != NULL) {
        return diag_fail(&app->diag, ERR_USAGE, "clear: the clock is everybody's\ndo: leave --user out");
    }
    return ERR_OK;
}

static err_t clear_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    TRY(check_word(app, args));
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
