/* See users_args.h. */
#include "faces/cli/users_args.h"

#include "base/assert.h"
#include "faces/cli/users_file.h"

err_t users_from_args(app_t *app, const args_t *args, money_t cash, run_users_t *out)
{
    ASSERT(app != NULL && args != NULL && cash.v > 0 && out != NULL);
    const char *path = args_value(args, "users");
    users_default_t dflt = {.cash = cash};
    *out = (run_users_t){0};
    if (path == NULL) {
        return ERR_OK;
    }
    TRY(users_file_read(path, &dflt, &app->diag, out));
    if (args_value(args, "cash") != NULL && dflt.taken == 0) {
        app_say(app, "--cash changes nothing: each user of %s names its own\n", path);
    }
    return ERR_OK;
}

static bool source_has(const source_t *source, str_t symbol)
{
    for (u32 i = 0; i < source->instrument_count; i++) {
        if (str_eq_c(symbol, source->instruments[i].symbol)) {
            return true;
        }
    }
    return false;
}

static void say_list(app_t *app, const user_row_t *row, const char *which, const source_t *source)
{
    str_t one;
    str_t rest = str_from(which[0] == 'w' ? row->watch : row->exclude);
    while (user_list_next(&rest, &one)) {
        if (!source_has(source, one)) {
            app_say(app, "user %s, %s: " STR_FMT " is not among the symbols of this run\n", row->name, which,
                    STR_ARG(one));
        }
    }
}

void users_say_unknown(app_t *app, const run_users_t *users, const source_t *source)
{
    ASSERT(app != NULL && users != NULL && source != NULL);
    for (u32 i = 0; i < users->count; i++) {
        say_list(app, &users->rows[i], "watch", source);
        say_list(app, &users->rows[i], "exclude", source);
    }
}
