/* See ask.h. */
#include "faces/cli/ask.h"

#include "base/assert.h"
#include "drivers/control.h"
#include "faces/cli/status_table.h"
#include "store/home.h"

enum { ASK_MEMORY = CONTROL_ANSWER_MAX * 40 }; /* the answer and its tree */

/* Copies a value of the answer into our own document. Depth is bounded by the reader. */
static void copy_scalar(jsonw_t *w, const json_t *j)
{
    f64 number = 0;
    i64 whole = 0;
    switch (j->kind) {
    case JSON_STRING:
        jsonw_str(w, j->text);
        return;
    case JSON_BOOL:
        jsonw_bool(w, j->yes);
        return;
    case JSON_NUMBER:
        if (json_to_i64(j, &whole) == ERR_OK) {
            jsonw_i64(w, whole);
        } else if (json_to_f64(j, &number) == ERR_OK) {
            jsonw_f64(w, number);
        } else {
            jsonw_null(w);
        }
        return;
    default:
        jsonw_null(w);
    }
}

/* Walks the tree with a stack of its own; the reader allows JSON_DEPTH_MAX levels. */
static void copy_tree(jsonw_t *w, const json_t *root)
{
    const json_t *open[JSON_DEPTH_MAX + 1];
    u32 depth = 0;
    const json_t *at = root;
    for (;;) {
        bool holds = at->kind == JSON_OBJECT || at->kind == JSON_ARRAY;
        if (depth > 0 && open[depth - 1]->kind == JSON_OBJECT) {
            char key[128];
            (void)snprintf(key, sizeof key, STR_FMT, STR_ARG(at->key));
            jsonw_key(w, key);
        }
        if (!holds) {
            copy_scalar(w, at);
        } else if (at->kind == JSON_OBJECT) {
            jsonw_object(w);
        } else {
            jsonw_array(w);
        }
        if (holds && at->first != NULL && depth + 1 < JSONW_DEPTH_MAX) {
            open[depth++] = at;
            at = at->first;
            continue;
        }
        if (holds) {
            jsonw_end(w);
        }
        while (depth > 0 && at->next == NULL) {
            at = open[--depth];
            jsonw_end(w);
        }
        if (depth == 0) {
            return;
        }
        at = at->next;
    }
}

static void print_lines(app_t *app, const json_t *result)
{
    const json_t *time = json_get(result, "time");
    str_t now = time != NULL && time->kind == JSON_STRING ? time->text : (str_t){0};
    for (const json_t *m = result->first; m != NULL; m = m->next) {
        if (m->kind == JSON_STRING || m->kind == JSON_NUMBER) {
            app_print(app, STR_FMT ": " STR_FMT "\n", STR_ARG(m->key), STR_ARG(m->text));
        } else if (m->kind == JSON_BOOL) {
            app_print(app, STR_FMT ": %s\n", STR_ARG(m->key), m->yes ? "yes" : "no");
        } else if (m->kind == JSON_ARRAY && str_eq_c(m->key, "loops")) {
            status_print_loops(app, m, now);
        } else if (m->kind == JSON_ARRAY && str_eq_c(m->key, "stopped")) {
            status_print_stopped(app, m);
        } else if (m->kind == JSON_ARRAY && str_eq_c(m->key, "told")) {
            status_print_told(app, m);
        } else if (m->kind == JSON_ARRAY && str_eq_c(m->key, "shared_accounts")) {
            status_print_accounts(app, m);
        } else if (m->kind != JSON_NULL) {
            app_print(app, STR_FMT ": %u entries (--json shows them)\n", STR_ARG(m->key), m->count);
        }
    }
}

err_t ask_and_print(app_t *app, const char *ask, const char *why)
{
    const ask_field_t field = {"why", why};
    return ask_with(app, ask, &field, 1);
}

err_t ask_with(app_t *app, const char *ask, const ask_field_t *fields, u32 count)
{
    ASSERT(app != NULL && ask != NULL && fields != NULL);
    char path[LIMIT_PATH];
    u8 text[1024];
    jsonw_t w;
    jsonw_init(&w, text, sizeof text);
    jsonw_object(&w);
    jsonw_put_text(&w, "ask", ask);
    for (u32 i = 0; i < count; i++) {
        if (fields[i].text != NULL) {
            jsonw_put_text(&w, fields[i].key, fields[i].text);
        }
    }
    jsonw_end(&w);
    if (jsonw_done(&w) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE, "the reason is too long\ndo: say it in 200 letters");
    }
    TRY(app_path(app, HOME_SOCKET, path));
    arena_t memory;
    const json_t *result = NULL;
    TRY(arena_open(&memory, ASK_MEMORY));
    err_t err = control_ask(path, (str_t){.p = text, .n = (u32)w.used}, &memory, &app->diag, &result);
    if (err == ERR_OK && app->json) {
        copy_tree(&app->jw, result);
        jsonw_line(&app->jw);
    } else if (err == ERR_OK) {
        print_lines(app, result);
    }
    arena_close(&memory);
    return err;
}
