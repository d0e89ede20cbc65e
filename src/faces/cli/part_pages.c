/* See part_pages.h. */
#include "faces/cli/part_pages.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/part_doc.h"
#include "os/file.h"

typedef struct {
    app_t *app;
    const char *path; /* of the folder */
    char page[LIMIT_PATH]; /* that is written */
    os_stream_t stream;    /* of it, open while doc->out is */
    part_doc_t *doc;
    u32 files;
} pages_t;

static err_t page_open(pages_t *p, const char *kind, const char *name)
{
    char file[64];
    char path[LIMIT_PATH];
    part_slug(name, file, sizeof file);
    int n = kind == NULL ? snprintf(path, sizeof path, "%s/README.md", p->path)
                         : snprintf(path, sizeof path, "%s/%s/%s.md", p->path, kind,
                                    strcmp(name, "README") == 0 ? "README" : file);
    if (n < 0 || (size_t)n >= sizeof path) {
        return diag_fail(&p->app->diag, ERR_USAGE, "the path is too long\n%s\ndo: choose a shorter folder",
                         p->path);
    }
    TRY(os_stream_open(path, &p->app->diag, &p->stream));
    p->doc->out = p->stream.own_file;
    memcpy(p->page, path, sizeof path);
    p->files++;
    return ERR_OK;
}

static err_t page_close(pages_t *p)
{
    doc_flush(p->doc);
    err_t err = os_stream_close(&p->stream, p->page, ERR_OK, &p->app->diag);
    p->doc->out = NULL;
    return err;
}

/* "Rules" of "rules". */
static const char *kind_title(const part_kind_t *k, char out[64])
{
    (void)snprintf(out, 64, "%s", k->kind);
    out[0] = (char)(out[0] >= 'a' && out[0] <= 'z' ? out[0] - 'a' + 'A' : out[0]);
    return out;
}

/* Pages are met at their first part. */
static bool is_first_of_page(const part_kind_t *k, u32 index)
{
    const char *file = k->page(index).file;
    for (u32 i = 0; i < index; i++) {
        if (strcmp(k->page(i).file, file) == 0) {
            return false;
        }
    }
    return true;
}

static void page_alone(pages_t *p, const part_kind_t *k, u32 index)
{
    part_t part = k->at(index);
    (void)fprintf(p->doc->out, "# `%s`%s%s\n\n", part.name, k->sentences ? "" : ": ",
                  k->sentences ? "" : part.title);
    k->doc(index, p->doc);
    doc_flush(p->doc);
    if (k->story) {
        (void)fprintf(p->doc->out, "<!-- story %s -->\n", part.name);
    }
}

static void page_shared(pages_t *p, const part_kind_t *k, u32 first)
{
    part_page_t page = k->page(first);
    FILE *out = p->doc->out;
    (void)fprintf(out, "# %s\n\n%s", page.title, page.lead);
    if (page.see != NULL) {
        char link[DOC_LINK];
        part_link(p->app->parts, page.see_kind, page.see, link);
        ASSERT(link[0] != 0);
        (void)fprintf(out, " %s [`%s`](../%s).", page.see_how, page.see, link);
    }
    (void)fputs("\n\n", out);
    if (k->head != NULL) {
        u32 columns = 0;
        while (k->head[columns] != NULL) {
            columns++;
        }
        doc_table(p->doc, k->kind, k->head, columns);
        for (u32 i = first; i < k->count(); i++) {
            if (strcmp(k->page(i).file, page.file) == 0) {
                k->row(i, p->doc);
            }
        }
        doc_table_end(p->doc);
    }
    for (u32 i = first; i < k->count() && !k->rows_alone; i++) {
        if (strcmp(k->page(i).file, page.file) != 0) {
            continue;
        }
        char slug[64];
        part_t part = k->at(i);
        part_slug(part.name, slug, sizeof slug);
        (void)fprintf(out, "<a id=\"%s\"></a>\n\n## `%s`%s%s\n\n", slug, part.name, k->sentences ? "" : ": ",
                      k->sentences ? "" : part.title);
        k->doc(i, p->doc);
        doc_flush(p->doc);
    }
}

static err_t kind_pages(pages_t *p, const part_kind_t *k)
{
    char title[64];
    for (u32 i = 0; i < k->count(); i++) {
        if (!is_first_of_page(k, i)) {
            continue;
        }
        part_page_t page = k->page(i);
        TRY(page_open(p, k->kind, page.file));
        (void)fprintf(p->doc->out, "[Parts](../README.md) / [%s](README.md)\n\n", kind_title(k, title));
        page.alone ? page_alone(p, k, i) : page_shared(p, k, i);
        TRY(page_close(p));
    }
    return ERR_OK;
}

/* Of a page that several parts share: the names of them, or where they are rows alone how many. */
static void index_shared(pages_t *p, const part_kind_t *k, u32 index, const char *slug)
{
    part_page_t page = k->page(index);
    FILE *out = p->doc->out;
    u32 n = 0;
    if (!k->rows_alone) {
        (void)fprintf(out, "| [%s](%s.md) | ", page.title, slug);
    }
    for (u32 i = index; i < k->count(); i++) {
        if (strcmp(k->page(i).file, page.file) != 0) {
            continue;
        }
        if (!k->rows_alone) {
            char anchor[64];
            const char *name = k->at(i).name;
            part_slug(name, anchor, sizeof anchor);
            (void)fprintf(out, "%s[`%s`](%s.md#%s)", n > 0 ? ", " : "", name, slug, anchor);
        }
        n++;
    }
    if (k->rows_alone) {
        (void)fprintf(out, "| [%s](%s.md) | %s | %u |\n", page.title, slug, page.lead, n);
    } else {
        (void)fputs(" |\n", out);
    }
}

static void index_row(pages_t *p, const part_kind_t *k, u32 index)
{
    part_page_t page = k->page(index);
    char slug[64];
    part_slug(page.file, slug, sizeof slug);
    if (page.alone) {
        part_t part = k->at(index);
        (void)fprintf(p->doc->out, "| [`%s`](%s.md) | %s |\n", part.name, slug, part.title);
    } else {
        index_shared(p, k, index, slug);
    }
}

static err_t kind_index(pages_t *p, const part_kind_t *k)
{
    char title[64];
    TRY(page_open(p, k->kind, "README"));
    FILE *out = p->doc->out;
    bool alone = k->page(0).alone;
    (void)fprintf(out, "[Parts](../README.md)\n\n# %s\n\n%s\n\n", kind_title(k, title), k->about);
    (void)fputs(k->rows_alone ? "| page | what it is about | how many |\n|---|---|---|\n"
                : alone       ? "| part | what it is |\n|---|---|\n"
                              : "| page | parts |\n|---|---|\n",
                out);
    for (u32 i = 0; i < k->count(); i++) {
        if (is_first_of_page(k, i)) {
            index_row(p, k, i);
        }
    }
    return page_close(p);
}

static err_t whole_index(pages_t *p)
{
    const parts_t *parts = p->app->parts;
    char title[64];
    TRY(page_open(p, NULL, "README"));
    FILE *out = p->doc->out;
    (void)fputs("# The parts of Vitrine\n\n"
                "Everything there are many of in this program, one by one: what it does, by which figures, "
                "and when it is wrong.\n\n"
                "These pages are written by the program about itself (`tools/docs-parts`), so they cannot "
                "say what it does not do. `vitrine modules KIND NAME` shows the same in a terminal, with "
                "`--json` for programs. Where to begin instead: [the tutorial](../tutorial.md).\n\n"
                "| kind | how many | what they are |\n|---|---|---|\n",
                out);
    for (u32 i = 0; i < parts->kind_count; i++) {
        const part_kind_t *k = &parts->kinds[i];
        if (k->page != NULL) {
            (void)fprintf(out, "| [%s](%s/README.md) | %u | %s |\n", kind_title(k, title), k->kind,
                          k->count(), k->about);
        }
    }
    return page_close(p);
}

static err_t pages_all(pages_t *p)
{
    const parts_t *parts = p->app->parts;
    TRY(os_dir_make(p->path, 0777, &p->app->diag));
    TRY(whole_index(p));
    for (u32 i = 0; i < parts->kind_count; i++) {
        const part_kind_t *k = &parts->kinds[i];
        char folder[LIMIT_PATH];
        if (k->page == NULL) {
            continue;
        }
        ASSERT(k->doc != NULL && k->about != NULL && k->count() > 0);
        TRY(os_path_join(folder, sizeof folder, p->path, k->kind));
        TRY(os_dir_make(folder, 0777, &p->app->diag));
        TRY(kind_index(p, k));
        TRY(kind_pages(p, k));
    }
    return ERR_OK;
}

err_t part_pages_write(app_t *app, const char *path, u32 *files)
{
    ASSERT(app != NULL && path != NULL && files != NULL);
    pages_t p = {.app = app, .path = path, .doc = calloc(1, sizeof *p.doc)};
    if (p.doc == NULL) {
        return ERR_NO_MEMORY;
    }
    p.doc->as = DOC_MARKDOWN;
    p.doc->parts = app->parts;
    err_t err = pages_all(&p);
    if (p.doc->out != NULL) {
        err_t given_up = os_stream_close(&p.stream, p.page, ERR_IO, &app->diag);
        ASSERT(given_up != ERR_OK);
    }
    free(p.doc);
    *files = p.files;
    return err;
}
