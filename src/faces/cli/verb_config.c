/* `vitrine config`: every value and where it came from. */
#include "faces/cli/app.h"

#include "base/assert.h"

/* "true", "0.5", "5000000": as the settings file would say it. */
static void value_print(char out[32], const key_desc_t *k, f64 v)
{
    if (k->type == KEY_BOOL) {
        (void)snprintf(out, 32, "%s", v != 0 ? "true" : "false");
    } else {
        (void)snprintf(out, 32, "%.12g", v);
    }
}

static void print_text(app_t *app)
{
    const settings_t *s = &app->settings;
    char text[80];
    app_print(app, "# home %s\n# file %s%s\n", app->home, s->path,
              s->file_found ? "" : app_remedy(app, " (not there; `vitrine init`)"));
    app_print(app, "%-44s # %s\n",
              (snprintf(text, sizeof text, "profile = \"%s\"", profile_name(s->config.profile)), text),
              origin_name(s->profile_origin));
    app_print(app, "%-44s # %s\n",
              (snprintf(text, sizeof text, "preset = \"%s\"", preset_name(s->config.preset)), text),
              origin_name(s->preset_origin));
    for (u32 i = 0; i < process_key_count(); i++) {
        const process_key_t *k = process_key_at(i);
        (void)snprintf(text, sizeof text, "%s = %lld", k->name, (long long)process_get(&s->process, k));
        app_print(app, "%-44s # %s\n", text, origin_name((origin_t)s->process_origin[i]));
    }
    for (u32 i = 0; i < key_count(); i++) {
        const key_desc_t *k = key_at(i);
        char value[32];
        value_print(value, k, key_get(&s->config, k));
        (void)snprintf(text, sizeof text, "%s.%s = %s", k->section, k->name, value);
        app_print(app, "%-44s # %s\n", text, origin_name(settings_origin(s, k)));
    }
}

static void put_key(jsonw_t *w, const char *name, origin_t origin)
{
    jsonw_object(w);
    jsonw_put_text(w, "key", name);
    jsonw_put_text(w, "origin", origin_name(origin));
}

static void print_json(app_t *app)
{
    const settings_t *s = &app->settings;
    jsonw_t *w = &app->jw;
    char hash[65];
    digest_t digest = config_hash(&s->config);
    hex_print(hash, digest.b, sizeof digest.b);
    jsonw_object(w);
    jsonw_put_text(w, "home", app->home);
    jsonw_put_text(w, "file", s->path);
    jsonw_put_bool(w, "file_found", s->file_found);
    jsonw_put_text(w, "profile", profile_name(s->config.profile));
    jsonw_put_text(w, "preset", preset_name(s->config.preset));
    jsonw_put_text(w, "config_hash", hash);
    jsonw_key(w, "keys");
    jsonw_array(w);
    for (u32 i = 0; i < process_key_count(); i++) {
        const process_key_t *k = process_key_at(i);
        put_key(w, k->name, (origin_t)s->process_origin[i]);
        jsonw_put_i64(w, "value", process_get(&s->process, k));
        jsonw_end(w);
    }
    for (u32 i = 0; i < key_count(); i++) {
        const key_desc_t *k = key_at(i);
        char name[96];
        (void)snprintf(name, sizeof name, "%s.%s", k->section, k->name);
        put_key(w, name, settings_origin(s, k));
        f64 v = key_get(&s->config, k);
        if (k->type == KEY_BOOL) {
            jsonw_put_bool(w, "value", v != 0);
        } else {
            jsonw_put_f64(w, "value", v);
        }
        jsonw_put_text(w, "unit", k->unit);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
    jsonw_line(w);
}

static err_t config_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    TRY(settings_load(app->home, app->environment, args, &app->diag, &app->settings));
    if (app->json) {
        print_json(app);
    } else {
        print_text(app);
    }
    return ERR_OK;
}

const verb_desc_t verb_config = {
    .name = "config",
    .aliases = {"show-config"},
    .summary = "show every setting, resolved, and where it came from",
    .usage = "[--profile NAME] [--preset NAME]",
    .detail = "  Later layers win: default, profile, preset, file, VITRINE__SECTION__KEY from the "
              "environment, options.",
    .example = "VITRINE__SIZE__RISK_PCT=0.5 vitrine config --preset conservative",
    .options = {{"profile", "NAME", "day or swing"}, {"preset", "NAME", "ultra_conservative to aggressive"}},
    .words_max = 0,
    .bare = true,
    .run = config_run,
};
