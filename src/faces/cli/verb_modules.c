/* `vitrine modules`: what this binary is made of, from the descriptor tables themselves. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/args.h"
#include "faces/cli/part_doc.h"
#include "faces/cli/part_pages.h"

static void print_kind(app_t *app, const part_kind_t *k)
{
    u32 n = k->count();
    app_print(app, "%s (%u)\n", k->kind, n);
    for (u32 i = 0; i < n; i++) {
        part_t p = k->at(i);
        ASSERT(p.name != NULL);
        bool titled = p.title != NULL && p.title[0] != 0;
        int beside = !titled ? 0 : p.detail[0] != 0 ? 58 : 34; /* what the title stands behind */
        if (p.detail[0] != 0) {
            app_print(app, "  %-20s %-*s", p.name, beside, p.detail);
        } else {
            app_print(app, "  %-*s", beside, p.name);
        }
        app_print(app, "%s%s\n", titled ? " " : "", titled ? p.title : "");
        if (p.detail[0] != 0 && p.more[0] != 0) {
            app_print(app, "  %-20s %s\n", "", p.more);
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
    const char *nearest = "";
    u32 least = UINT32_MAX;
    for (u32 i = 0; i < app->parts->kind_count && used < sizeof list; i++) {
        const char *have = app->parts->kinds[i].kind;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", have);
        nearest = str_nearer(str_from(kind), str_from(have), &least) ? have : nearest;
    }
    char meant[STR_MEANT];
    return diag_fail(&app->diag, ERR_NOT_FOUND, "no kind %.48s%s\nthere are: %s\ndo: vitrine modules", kind,
                     str_meant(str_from(kind), nearest, meant), list);
}

static const part_kind_t *kind_find(const app_t *app, const char *kind)
{
    for (u32 i = 0; i < app->parts->kind_count; i++) {
        if (strcmp(app->parts->kinds[i].kind, kind) == 0) {
            return &app->parts->kinds[i];
        }
    }
    return NULL;
}

/* By name, whatever the case: rules are shouted and everything else is not. */
static err_t part_find(app_t *app, const part_kind_t *k, const char *name, u32 *index)
{
    str_t want = str_from(name);
    u32 least = UINT32_MAX;
    const char *nearest = "";
    for (u32 i = 0; i < k->count(); i++) {
        const char *have = k->at(i).name;
        if (str_eq_nocase(want, str_from(have))) {
            *index = i;
            return ERR_OK;
        }
        nearest = str_nearer(want, str_from(have), &least) ? have : nearest;
    }
    char meant[STR_MEANT];
    return diag_fail(&app->diag, ERR_NOT_FOUND, "no %.48s among the %s%s\ndo: vitrine modules %s", name,
                     k->kind, str_meant(want, nearest, meant), k->kind);
}

/* All there is to say of one part. */
static err_t show_one(app_t *app, const part_kind_t *k, const char *name)
{
    u32 index = 0;
    TRY(part_find(app, k, name, &index));
    part_doc_t *d = calloc(1, sizeof *d);
    part_t part = k->at(index);
    if (d == NULL) {
        return ERR_NO_MEMORY;
    }
    d->as = app->json ? DOC_JSON : DOC_TEXT;
    d->out = app->out;
    d->json = &app->jw;
    d->parts = app->parts;
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "kind", k->kind);
        jsonw_put_text(&app->jw, "name", part.name);
        jsonw_put_text(&app->jw, "title", part.title);
    } else {
        bool titled = !k->sentences && part.title != NULL && part.title[0] != 0;
        app_print(app, "%s%s%s\n", part.name, titled ? ": " : "", titled ? part.title : "");
    }
    if (k->doc != NULL) {
        k->doc(index, d);
    }
    if (app->json) {
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    free(d);
    return ERR_OK;
}

static err_t list_kinds(app_t *app, const part_kind_t *only)
{
    if (app->json) {
        jsonw_object(&app->jw);
    }
    for (u32 i = 0; i < app->parts->kind_count; i++) {
        const part_kind_t *k = &app->parts->kinds[i];
        if (only == NULL || only == k) {
            app->json ? put_kind(&app->jw, k) : print_kind(app, k);
        }
    }
    if (app->json) {
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    return ERR_OK;
}

static err_t modules_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *kind = args_word(args, 0);
    const char *name = args_word(args, 1);
    const char *pages = args_value(args, "pages");
    if (pages != NULL) {
        u32 files = 0;
        TRY(part_pages_write(app, pages, &files));
        app_say(app, "%u pages written below %s\n", files, pages);
        return ERR_OK;
    }
    const part_kind_t *k = kind == NULL ? NULL : kind_find(app, kind);
    if (kind != NULL && k == NULL) {
        return unknown_kind(app, kind);
    }
    return name == NULL ? list_kinds(app, k) : show_one(app, k, name);
}

const verb_desc_t verb_modules = {
    .name = "modules",
    .aliases = {"list-modules"},
    .summary = "what this binary is made of, and each part explained",
    .usage = "[KIND [NAME]] [--pages FOLDER]",
    .detail = "Without words every part of every kind; with a kind those of it; with a name all there is\n"
              "to say of one: what it does, by which figures, and when it is wrong.",
    .example = "vitrine modules indicators rsi",
    .options = {{"pages", "FOLDER", "write the whole as Markdown, a page a part (docs/parts is made so)"},
                {NULL, NULL, NULL}},
    .words_max = 2,
    .anywhere = true,
    .bare = true,
    .run = modules_run,
};
