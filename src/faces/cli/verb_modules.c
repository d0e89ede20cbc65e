/* `vitrine modules`: what this binary is made of, from the descriptor tables themselves. */
#include "faces/cli/app.h"

#include <string.h>

#include "base/assert.h"

static void print_kind(app_t *app, const part_kind_t *k)
{
    u32 n = k->count();
    app_print(app, "%s (%u)\n", k->kind, n);
    for (u32 i = 0; i < n; i++) {
        part_t p = k->at(i);
        ASSERT(p.name != NULL);
        const char *title = p.title == NULL ? "" : p.title;
        if (p.detail[0] != 0) {
            app_print(app, "  %-20s %-58s %s\n", p.name, p.detail, title);
            if (p.more[0] != 0) {
                app_print(app, "  %-20s %s\n", "", p.more);
            }
        } else {
            app_print(app, "  %-34s %s\n", p.name, title);
        }
    }
}

static void put_kind(jsonw_t *w, const part_kind_t *k)
{
    jsonw_key(w, k->kind);
    jsonw_array(w);
    for (u32 i = 0; i < k->count(); i++) {
        part_t p = k->at(i);
        jsonw_object(w);
        jsonw_put_text(w, "name", p.name);
        jsonw_put_text(w, "title", p.title);
        if (p.detail[0] != 0) {
            jsonw_put_text(w, "detail", p.detail);
        }
        if (p.more[0] != 0) {
            jsonw_put_text(w, "more", p.more);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

static err_t unknown_kind(app_t *app, const char *kind)
{
    char list[256] = "";
    size_t used = 0;
    for (u32 i = 0; i < app->parts->kind_count && used < sizeof list; i++) {
        int n =
            snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", app->parts->kinds[i].kind);
        used += (size_t)n;
    }
    return diag_fail(&app->diag, ERR_NOT_FOUND, "no kind %.48s\nthere are: %s\ndo: vitrine modules", kind,
                     list);
}

static err_t modules_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *kind = args_word(args, 0);
    bool found = false;
    jsonw_t *w = &app->jw;
    if (app->json) {
        jsonw_object(w);
    }
    for (u32 i = 0; i < app->parts->kind_count; i++) {
        const part_kind_t *k = &app->parts->kinds[i];
        if (kind != NULL && strcmp(kind, k->kind) != 0) {
            continue;
        }
        found = true;
        if (app->json) {
            put_kind(w, k);
        } else {
            print_kind(app, k);
        }
    }
    if (!found) {
        if (app->json) {
            jsonw_end(w);
            w->used = 0;
        }
        return unknown_kind(app, kind);
    }
    if (app->json) {
        jsonw_end(w);
        jsonw_line(w);
    }
    return ERR_OK;
}

const verb_desc_t verb_modules = {
    .name = "modules",
    .aliases = {"list-modules"},
    .summary = "list the parts of this binary: keys, rules, verbs, ...",
    .usage = "[KIND]",
    .example = "vitrine modules indicators",
    .words_max = 1,
    .bare = true,
    .run = modules_run,
};
