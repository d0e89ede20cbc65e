/* `vitrine init`: a settings file in which every key stands, with its default, as a comment. */
#include "faces/cli/app.h"

#include <string.h>

#include "base/assert.h"
#include "os/file.h"

enum { INIT_TEXT_MAX = 1 << 16 }; /* some 170 keys of 200 bytes */

static void put_text(writer_t *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

static void put_head(writer_t *w, const config_t *c)
{
    char line[256];
    put_text(
        w, "# Settings of vitrine. A line with # shows the value that holds without it; remove the # to\n"
           "# change it. `vitrine config` shows what is in force and why; a wrong key names the right one.\n"
           "# Any key can also come from the environment: VITRINE__SIZE__RISK_PCT=0.5\n\n"
           "# day (bars of minutes, nothing held overnight) or swing (daily bars).\n");
    (void)snprintf(line, sizeof line, "profile = \"%s\"\n\n", profile_name(c->profile));
    put_text(w, line);
    put_text(w, "# ultra_conservative, conservative, moderate, growth or aggressive: a set of limits.\n");
    (void)snprintf(line, sizeof line, "preset = \"%s\"\n\n[process]\n", preset_name(c->preset));
    put_text(w, line);
    for (u32 i = 0; i < process_key_count(); i++) {
        const process_key_t *k = process_key_at(i);
        (void)snprintf(line, sizeof line, "# %s\n#%s = %lld\n", k->help, k->name + sizeof "process." - 1,
                       (long long)k->dflt);
        put_text(w, line);
    }
}

static void put_key(writer_t *w, const config_t *c, const key_desc_t *k)
{
    char line[512];
    f64 v = key_get(c, k);
    if (k->type == KEY_BOOL) {
        (void)snprintf(line, sizeof line, "# %s\n#%s = %s\n", k->help, k->name, v != 0 ? "true" : "false");
    } else {
        (void)snprintf(line, sizeof line, "# %s; %.12g to %.12g%s%s\n#%s = %.12g\n", k->help, k->lo, k->hi,
                       k->unit[0] == 0 ? "" : " ", k->unit, k->name, v);
    }
    put_text(w, line);
}

/* A TOML table may stand once, so keys are gathered by section in the order in which sections first appear.
 */
static void put_sections(writer_t *w, const config_t *c)
{
    for (u32 i = 0; i < key_count(); i++) {
        const char *section = key_at(i)->section;
        bool first = true;
        for (u32 j = 0; j < i && first; j++) {
            first = strcmp(key_at(j)->section, section) != 0;
        }
        if (!first) {
            continue;
        }
        put_text(w, "\n[");
        put_text(w, section);
        put_text(w, "]\n");
        for (u32 j = i; j < key_count(); j++) {
            if (strcmp(key_at(j)->section, section) == 0) {
                put_key(w, c, key_at(j));
            }
        }
    }
}

static err_t init_write(app_t *app, const char *path, const config_t *c)
{
    arena_t memory;
    TRY(arena_open(&memory, INIT_TEXT_MAX + 64));
    writer_t w = writer_of(arena_alloc(&memory, INIT_TEXT_MAX, 16), INIT_TEXT_MAX);
    put_head(&w, c);
    put_sections(&w, c);
    err_t err = writer_done(&w);
    ASSERT(err == ERR_OK);
    err = os_file_write(path, (str_t){.p = w.p, .n = (u32)w.used}, 0600, &app->diag);
    arena_close(&memory);
    return err;
}

static err_t init_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    profile_t profile = PROFILE_DAY;
    preset_t preset = PRESET_MODERATE;
    const char *text = args_value(args, "profile");
    if (text != NULL && profile_parse(str_from(text), &profile) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "no profile %.48s; there are day and swing\ndo: choose one of them", text);
    }
    text = args_value(args, "preset");
    if (text != NULL && preset_parse(str_from(text), &preset) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "no preset %.48s; there are ultra_conservative, conservative, moderate, growth and "
                         "aggressive\ndo: choose one of them",
                         text);
    }
    char path[LIMIT_PATH];
    TRY(app_home_make(app));
    text = args_value(args, "config");
    if (text == NULL) {
        TRY(app_path(app, "config.toml", path));
    } else if (str_copy(path, sizeof path, str_from(text)) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE, "the file's name is too long\ndo: give a shorter --config");
    }
    TRY(app_may_write(app, path));
    if (os_exists(path) && !args_has(args, "force")) {
        return diag_fail(
            &app->diag, ERR_EXISTS,
            "there are settings already\n%s\ndo: edit them, or write new ones over them with --force", path);
    }
    config_t c = config_default(profile, preset);
    TRY(init_write(app, path, &c));
    app_print(app, "%s\n", path);
    app_say(app, "%s", app_remedy(app, "every key stands in it with its default; `vitrine doctor` checks the "
                                       "rest\n"));
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "file", path);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    return ERR_OK;
}

const verb_desc_t verb_init = {
    .name = "init",
    .aliases = {"new-config", "create-userdir"},
    .summary = "write a commented settings file",
    .usage = "[--profile NAME] [--preset NAME] [--force]",
    .example = "vitrine init --preset conservative",
    .options = {{"profile", "NAME", "day or swing"},
                {"preset", "NAME", "ultra_conservative to aggressive"},
                {"force", NULL, "write over an existing file"}},
    .words_max = 0,
    .bare = true,
    .run = init_run,
};
