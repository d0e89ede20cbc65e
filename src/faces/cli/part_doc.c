/* See part_doc.h. */
#include "faces/cli/part_doc.h"

#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "faces/wrap.h"

enum { WIDTH = 100, KEY_WIDTH = 16, CELL_TEXT = 1024 };

void part_slug(const char *name, char *out, size_t size)
{
    ASSERT(name != NULL && out != NULL && size > 0);
    size_t n = 0;
    for (; name[n] != 0 && n + 1 < size; n++) {
        char c = name[n];
        bool upper = c >= 'A' && c <= 'Z';
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        out[n] = upper ? (char)(c - 'A' + 'a') : plain ? c : '_';
    }
    out[n] = 0;
}

void part_link(const parts_t *parts, const char *kind, const char *name, char out[DOC_LINK])
{
    ASSERT(parts != NULL && kind != NULL && name != NULL && out != NULL);
    out[0] = 0;
    for (u32 k = 0; k < parts->kind_count; k++) {
        const part_kind_t *p = &parts->kinds[k];
        for (u32 i = 0; p->page != NULL && strcmp(p->kind, kind) == 0 && i < p->count(); i++) {
            char slug[64];
            char file[64];
            part_t part = p->at(i);
            if (strcmp(part.name, name) != 0) {
                continue;
            }
            part_page_t page = p->page(i);
            part_slug(name, slug, sizeof slug);
            part_slug(page.file, file, sizeof file);
            (void)snprintf(out, DOC_LINK, "%s/%s.md%s%s", kind, file, page.alone ? "" : "#",
                           page.alone ? "" : slug);
            return;
        }
    }
}

/* "wrong_when" as "Wrong when", or in small letters on a terminal. */
static const char *title_of(const char *key, bool capital, char out[64])
{
    (void)snprintf(out, 64, "%s", key);
    for (char *c = out; *c != 0; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    if (capital && out[0] >= 'a' && out[0] <= 'z') {
        out[0] = (char)(out[0] - 'a' + 'A');
    }
    return out;
}

/* Backquotes are Markdown's: elsewhere a name stands as it is. */
static void plain_of(const char *text, char out[CELL_TEXT])
{
    size_t n = 0;
    for (const char *c = text; *c != 0 && n + 1 < CELL_TEXT; c++) {
        if (*c != '`') {
            out[n++] = *c;
        }
    }
    out[n] = 0;
}

/* A cell of a Markdown table: what the page would take for its own signs is kept from it. */
static void put_escaped(FILE *out, const char *text)
{
    bool code = false;
    for (const char *c = text; *c != 0; c++) {
        code = *c == '`' ? !code : code;
        if (*c == '|' || (!code && (*c == '*' || *c == '<'))) {
            (void)fputc('\\', out);
        }
        (void)fputc(*c, out);
    }
}

void doc_flush(part_doc_t *d)
{
    ASSERT(d != NULL && d->key == NULL);
    if (d->as == DOC_MARKDOWN && d->facts) {
        (void)fputc('\n', d->out);
    }
    d->facts = false;
}

static void fact_begin(part_doc_t *d, const char *key)
{
    char title[64];
    if (d->as == DOC_TEXT) {
        (void)fprintf(d->out, "  %-*s", KEY_WIDTH, title_of(key, false, title));
        return;
    }
    if (!d->facts) {
        (void)fprintf(d->out, "| | |\n|---|---|\n");
        d->facts = true;
    }
    (void)fprintf(d->out, "| %s | ", title_of(key, true, title));
}

void doc_lead(part_doc_t *d, const char *text)
{
    ASSERT(d != NULL && text != NULL);
    char plain[CELL_TEXT];
    plain_of(text, plain);
    if (d->as == DOC_JSON) {
        jsonw_put_text(d->json, "does", plain);
    } else if (d->as == DOC_MARKDOWN) {
        (void)fprintf(d->out, "%s\n\n", text);
    } else {
        (void)fprintf(d->out, "\n  ");
        put_wrapped(d->out, plain, 2, WIDTH);
        (void)fputc('\n', d->out);
    }
}

void doc_fact(part_doc_t *d, const char *key, const char *fmt, ...)
{
    ASSERT(d != NULL && key != NULL && fmt != NULL);
    char text[CELL_TEXT];
    char plain[CELL_TEXT];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    plain_of(text, plain);
    if (d->as == DOC_JSON) {
        jsonw_put_text(d->json, key, plain);
        return;
    }
    fact_begin(d, key);
    if (d->as == DOC_TEXT) {
        put_wrapped(d->out, plain, 2 + KEY_WIDTH, WIDTH);
    } else {
        put_escaped(d->out, text);
        (void)fprintf(d->out, " |\n");
    }
}

void doc_para(part_doc_t *d, const char *key, const char *text)
{
    ASSERT(d != NULL && key != NULL);
    char title[64];
    if (text == NULL || text[0] == 0) {
        return;
    }
    if (d->as != DOC_MARKDOWN) {
        doc_fact(d, key, "%s", text);
        return;
    }
    doc_flush(d);
    (void)fprintf(d->out, "**%s.** %s\n\n", title_of(key, true, title), text);
}

void doc_code(part_doc_t *d, const char *key, const char *text)
{
    ASSERT(d != NULL && key != NULL);
    if (text == NULL || text[0] == 0) {
        return;
    }
    if (d->as == DOC_JSON) {
        jsonw_put_text(d->json, key, text);
        return;
    }
    if (d->as == DOC_MARKDOWN) {
        char title[64];
        doc_flush(d);
        (void)fprintf(d->out, "**%s.**\n\n```text\n%s\n```\n\n", title_of(key, true, title), text);
        return;
    }
    fact_begin(d, key);
    for (const char *at = text; *at != 0;) {
        size_t n = strcspn(at, "\n");
        (void)fprintf(d->out, "%*s%.*s\n", at == text ? 0 : 2 + KEY_WIDTH, "", (int)n, at);
        at += n + (at[n] == '\n' ? 1 : 0);
    }
}

void doc_part_text(part_doc_t *d, const part_text_t *text, const char *formula_is)
{
    ASSERT(d != NULL && text != NULL);
    doc_code(d, formula_is, text->formula);
    doc_para(d, "in_particular", text->edge);
    doc_para(d, "beware", text->wrong);
    doc_para(d, "source", text->source);
}

/* A link or, where no page shows it, the words alone. */
static void put_link(part_doc_t *d, const char *kind, const char *name, const char *words)
{
    char link[DOC_LINK];
    part_link(d->parts, kind, name, link);
    if (link[0] == 0) {
        (void)fprintf(d->out, "`%s`", words);
    } else {
        (void)fprintf(d->out, "[`%s`](../%s)", words, link);
    }
}

void doc_list(part_doc_t *d, const char *key)
{
    ASSERT(d != NULL && key != NULL && d->key == NULL);
    d->key = key;
    d->cells = 0;
    d->used = 0;
}

static doc_cell_t *cell_add(part_doc_t *d, const char *said)
{
    char plain[CELL_TEXT];
    plain_of(said, plain);
    const char *text = d->as == DOC_MARKDOWN ? said : plain;
    size_t n = strlen(text) + 1;
    ASSERT(d->key != NULL && d->cells < COUNT_OF(d->cell));
    ASSERT(d->used + n <= DOC_ROOM);
    memcpy(d->room + d->used, text, n);
    doc_cell_t *c = &d->cell[d->cells++];
    *c = (doc_cell_t){.at = d->used};
    d->used += (u32)n;
    return c;
}

void doc_name(part_doc_t *d, const char *kind, const char *name)
{
    ASSERT(d != NULL && kind != NULL && name != NULL);
    cell_add(d, name)->kind = kind;
}

void doc_list_end(part_doc_t *d)
{
    ASSERT(d != NULL && d->key != NULL);
    const char *key = d->key;
    d->key = NULL;
    if (d->cells == 0) {
        return;
    }
    if (d->as == DOC_JSON) {
        jsonw_key(d->json, key);
        jsonw_array(d->json);
        for (u32 i = 0; i < d->cells; i++) {
            jsonw_text(d->json, d->room + d->cell[i].at);
        }
        jsonw_end(d->json);
        return;
    }
    char line[CELL_TEXT] = "";
    size_t used = 0;
    if (d->as == DOC_MARKDOWN) {
        fact_begin(d, key);
    }
    for (u32 i = 0; i < d->cells; i++) {
        const char *name = d->room + d->cell[i].at;
        if (d->as == DOC_MARKDOWN) {
            (void)fputs(i == 0 ? "" : ", ", d->out);
            put_link(d, d->cell[i].kind, name, name);
        } else if (used < sizeof line) {
            used += (size_t)snprintf(line + used, sizeof line - used, "%s%s", i == 0 ? "" : ", ", name);
        }
    }
    if (d->as == DOC_MARKDOWN) {
        (void)fprintf(d->out, " |\n");
    } else {
        doc_fact(d, key, "%s", line);
    }
}

void doc_table(part_doc_t *d, const char *key, const char *const *head, u32 columns)
{
    ASSERT(d != NULL && key != NULL && head != NULL && d->key == NULL);
    ASSERT(columns >= 1 && columns <= DOC_COLUMNS);
    d->key = key;
    d->head = head;
    d->columns = columns;
    d->cells = 0;
    d->used = 0;
}

void doc_cell(part_doc_t *d, const char *fmt, ...)
{
    ASSERT(d != NULL && fmt != NULL);
    char text[CELL_TEXT];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)cell_add(d, text);
}

void doc_cell_number(part_doc_t *d, f64 value, i32 decimals)
{
    ASSERT(d != NULL && value == value);
    char text[64];
    if (decimals < 0) {
        (void)snprintf(text, sizeof text, "%g", value);
    } else {
        (void)snprintf(text, sizeof text, "%.*f", decimals, value);
    }
    cell_add(d, text)->number = true;
}

void doc_cell_none(part_doc_t *d)
{
    ASSERT(d != NULL);
    cell_add(d, "-")->none = true;
}

void doc_cell_code(part_doc_t *d, const char *text)
{
    ASSERT(d != NULL && text != NULL);
    cell_add(d, text)->code = true;
}

void doc_cell_name(part_doc_t *d, const char *kind, const char *name)
{
    ASSERT(d != NULL && kind != NULL && name != NULL);
    cell_add(d, name)->kind = kind;
}

void doc_cell_link(part_doc_t *d, const char *kind, const char *name, const char *words)
{
    ASSERT(d != NULL && kind != NULL && name != NULL && words != NULL);
    doc_cell_t *c = cell_add(d, words);
    c->kind = kind;
    c->name = name;
}

void doc_cell_names(part_doc_t *d, const char *kind, const char *names)
{
    ASSERT(d != NULL && kind != NULL && names != NULL);
    doc_cell_t *c = cell_add(d, names);
    c->kind = kind;
    c->many = true;
}

void doc_cell_anchor(part_doc_t *d, const char *name)
{
    ASSERT(d != NULL && name != NULL);
    doc_cell_t *c = cell_add(d, name);
    c->anchor = true;
    c->code = true;
}

static void table_text(part_doc_t *d)
{
    u32 width[DOC_COLUMNS] = {0};
    char title[64];
    for (u32 i = 0; i < d->cells; i++) {
        u32 n = (u32)strlen(d->room + d->cell[i].at);
        width[i % d->columns] = MAX_OF(width[i % d->columns], n);
    }
    (void)fprintf(d->out, "\n  %s\n   ", title_of(d->key, false, title));
    for (u32 k = 0; k < d->columns; k++) {
        width[k] = MAX_OF(width[k], (u32)strlen(d->head[k]));
        bool last = k + 1 == d->columns;
        (void)fprintf(d->out, " %-*s%s", last ? 0 : (int)width[k], title_of(d->head[k], false, title),
                      last ? "\n" : " ");
    }
    for (u32 i = 0; i < d->cells; i++) {
        u32 k = i % d->columns;
        bool last = k + 1 == d->columns;
        (void)fprintf(d->out, "%s %-*s%s", k == 0 ? "   " : "", last ? 0 : (int)width[k],
                      d->room + d->cell[i].at, last ? "\n" : " ");
    }
    (void)fputc('\n', d->out);
}

static void put_names(part_doc_t *d, const char *kind, const char *names)
{
    char name[64];
    for (const char *at = names; *at != 0;) {
        size_t n = strcspn(at, " ");
        (void)snprintf(name, sizeof name, "%.*s", (int)n, at);
        (void)fputs(at == names ? "" : ", ", d->out);
        put_link(d, kind, name, name);
        at += n + (at[n] == ' ' ? 1 : 0);
    }
}

static void cell_markdown(part_doc_t *d, const doc_cell_t *c)
{
    const char *text = d->room + c->at;
    char slug[64];
    if (c->anchor) {
        part_slug(text, slug, sizeof slug);
        (void)fprintf(d->out, "<a id=\"%s\"></a>", slug);
    }
    if (c->many) {
        put_names(d, c->kind, text);
    } else if (c->kind != NULL) {
        put_link(d, c->kind, c->name != NULL ? c->name : text, text);
    } else if (c->code && text[0] != 0) {
        (void)fprintf(d->out, "`%s`", text);
    } else {
        put_escaped(d->out, text);
    }
}

static void table_markdown(part_doc_t *d)
{
    char title[64];
    doc_flush(d);
    (void)fputc('|', d->out);
    for (u32 k = 0; k < d->columns; k++) {
        (void)fprintf(d->out, " %s |", title_of(d->head[k], false, title));
    }
    (void)fputs("\n|", d->out);
    for (u32 k = 0; k < d->columns; k++) {
        (void)fputs("---|", d->out);
    }
    for (u32 i = 0; i < d->cells; i++) {
        (void)fputs(i % d->columns == 0 ? "\n| " : " | ", d->out);
        cell_markdown(d, &d->cell[i]);
        (void)fputs(i % d->columns + 1 == d->columns ? " |" : "", d->out);
    }
    (void)fputs("\n\n", d->out);
}

static void table_json(part_doc_t *d)
{
    jsonw_key(d->json, d->key);
    jsonw_array(d->json);
    for (u32 i = 0; i < d->cells; i++) {
        u32 k = i % d->columns;
        if (k == 0) {
            jsonw_object(d->json);
        }
        const doc_cell_t *c = &d->cell[i];
        const char *text = d->room + c->at;
        f64 number = 0;
        if (c->number && str_to_f64(str_from(text), &number) == ERR_OK) {
            jsonw_put_f64(d->json, d->head[k], number);
        } else {
            jsonw_put_text(d->json, d->head[k], c->none ? NULL : text);
        }
        if (k + 1 == d->columns) {
            jsonw_end(d->json);
        }
    }
    jsonw_end(d->json);
}

void doc_table_end(part_doc_t *d)
{
    ASSERT(d != NULL && d->key != NULL && d->cells % d->columns == 0);
    const char *key = d->key;
    if (d->cells > 0 && d->as == DOC_MARKDOWN) {
        d->key = NULL;
        table_markdown(d);
    } else if (d->cells > 0) {
        d->as == DOC_JSON ? table_json(d) : table_text(d);
    }
    ASSERT(key != NULL);
    d->key = NULL;
}
