/* See import_path.h. */
#include "drivers/import_path.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "base/grow.h"
#include "os/file.h"
#include "wire/zip.h"
#include "wire/zst.h"

enum { PATH_DEPTH = 16, PATHS_MAX = 1000000, READ_STEP = 1 << 20 };

typedef struct {
    const import_spec_t *spec;
    const import_sink_t *sink;
    import_sum_t *sum;
    records_t *own_done; /* NULL: nothing is passed over */
    bool folder;
    char **own_path;
    u32 paths;
    u32 room;
} walk_t;

/* ---- paths ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static err_t path_add(walk_t *w, const char *path, diag_t *diag)
{
    if (w->paths == PATHS_MAX ||
        list_room(&w->own_path, &w->room, (size_t)w->paths + 1, sizeof *w->own_path) != ERR_OK) {
        return diag_fail(diag, ERR_NO_MEMORY, "%.200s: too many files below it\ndo: import it in parts",
                         path);
    }
    w->own_path[w->paths] = strdup(path);
    if (w->own_path[w->paths] == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for names of files");
    }
    w->paths++;
    return ERR_OK;
}

/* Breadth first, so that no recursion follows what lies on the disk: folders wait in the list itself. */
static err_t path_list(walk_t *w, const char *root, diag_t *diag)
{
    TRY(path_add(w, root, diag));
    u32 kept = 0;
    for (u32 i = 0; i < w->paths; i++) {
        struct stat st;
        char *path = w->own_path[i];
        DIR *d = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(path) : NULL;
        if (d == NULL) {
            w->own_path[i] = NULL;
            w->own_path[kept++] = path;
            continue;
        }
        err_t err = ERR_OK;
        const struct dirent *e = NULL;
        while (err == ERR_OK && (e = readdir(d)) != NULL) {
            char child[LIMIT_PATH];
            bool there = e->d_name[0] != '.' && os_path_join(child, sizeof child, path, e->d_name) == ERR_OK;
            err = there ? path_add(w, child, diag) : ERR_OK;
        }
        (void)closedir(d);
        free(path);
        w->own_path[i] = NULL;
        TRY(err);
    }
    w->paths = kept;
    if (kept > 0) {
        qsort(w->own_path, kept, sizeof *w->own_path, by_name);
    }
    return ERR_OK;
}

/* ---- contents ---- */

typedef struct {
    u8 *own;
    size_t n;
} bytes_t;

/* Whole file, zstd unpacked. */
static err_t read_all(const char *path, diag_t *diag, bytes_t *out)
{
    zst_reader_t *z = NULL;
    bytes_t b = {0};
    size_t room = 0;
    size_t got = 1;
    TRY(zst_open(path, diag, &z));
    err_t err = ERR_OK;
    while (err == ERR_OK && got > 0) {
        if (b.n + READ_STEP + 1 > room) {
            room = room == 0 ? 4 * READ_STEP : room * 2;
            u8 *p = room <= (size_t)RECORDS_INPUT_MAX * 2 ? realloc(b.own, room) : NULL;
            if (p == NULL) {
                err = diag_fail(diag, ERR_NO_MEMORY, "%.200s: too large to read at once\ndo: split the file",
                                path);
                break;
            }
            b.own = p;
        }
        err = zst_read(z, b.own + b.n, READ_STEP, &got, diag);
        b.n += err == ERR_OK ? got : 0;
    }
    zst_close(z);
    if (err != ERR_OK) {
        free(b.own);
        return err;
    }
    b.own[b.n] = 0;
    *out = b;
    return ERR_OK;
}

/* Header, then each line with the prefix in front. */
static err_t lean_join(const lean_place_t *place, const u8 *p, size_t n, diag_t *diag, bytes_t *out)
{
    size_t lines = 1;
    for (size_t i = 0; i < n; i++) {
        lines += p[i] == '\n' ? 1 : 0;
    }
    size_t prefix = strlen(place->prefix);
    size_t header = strlen(place->header);
    u8 *own = malloc(header + 2 + n + lines * (prefix + 1) + 1);
    if (own == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for %zu lines", lines);
    }
    size_t at = 0;
    memcpy(own, place->header, header);
    at += header;
    own[at++] = '\n';
    for (size_t from = 0; from < n;) {
        const u8 *end = memchr(p + from, '\n', n - from);
        size_t to = end == NULL ? n : (size_t)(end - p);
        size_t length = to - from;
        if (length > 0 && p[from] != '\r') {
            memcpy(own + at, place->prefix, prefix);
            memcpy(own + at + prefix, p + from, length);
            at += prefix + length;
            own[at++] = '\n';
        }
        from = to + 1;
    }
    *out = (bytes_t){.own = own, .n = at};
    return ERR_OK;
}

/* ---- one input ---- */

static err_t tell(walk_t *w, const char *name, import_outcome_t what, const import_report_t *r,
                  const diag_t *d)
{
    w->sum->files++;
    w->sum->done += what == IMPORT_DONE ? 1 : 0;
    w->sum->other += what == IMPORT_OTHER ? 1 : 0;
    w->sum->faulty += what == IMPORT_FAULTY ? 1 : 0;
    if (what == IMPORT_READ) {
        w->sum->rows_read += r->rows_read;
        w->sum->rows_stored += r->rows_stored;
        w->sum->rows_rejected += r->rows_rejected;
    }
    if (w->sink->input != NULL) {
        w->sink->input(w->sink->ctx, name, what, r, d);
    }
    return ERR_OK;
}

/* Bars are logged as records are, so that they too are passed over. */
static err_t log_bars(walk_t *w, const import_input_t *in, const import_report_t *r, const char *format,
                      diag_t *diag)
{
    records_t *store = NULL;
    records_file_t f = {.content = import_content(in, format),
                        .t_import = w->spec->now_ns,
                        .rows_read = r->rows_read,
                        .rows_stored = r->rows_stored,
                        .rows_rejected = r->rows_rejected};
    const char *slash = strrchr(in->name, '/');
    (void)snprintf(f.file, sizeof f.file, "%s", slash == NULL ? in->name : slash + 1);
    (void)snprintf(f.format, sizeof f.format, "%s", r->format);
    (void)snprintf(f.source, sizeof f.source, "%s", r->source);
    TRY(records_open(w->spec->home, false, diag, &store));
    err_t err = records_log_file(store, &f, diag);
    records_close(store);
    return err;
}

static bool is_done(walk_t *w, const import_input_t *in, const char *format)
{
    diag_t ignored = {0};
    bool done = false;
    digest_t d = import_content(in, format);
    bool asked =
        w->folder && w->own_done != NULL && records_file_done(w->own_done, &d, &ignored, &done) == ERR_OK;
    return asked && done;
}

/* In a folder, text whose first line is no header of a table is no data of ours. */
static bool is_table(const import_input_t *in)
{
    csv_t *c = NULL;
    diag_t ignored = {0};
    err_t err = csv_open_bytes(in->p, in->n, in->name, &ignored, &c);
    if (err == ERR_OK) {
        csv_close(c);
    }
    return err == ERR_OK;
}

static err_t input_import(walk_t *w, const import_input_t *in, diag_t *diag, import_outcome_t *what,
                          import_report_t *r)
{
    const record_format_desc_t *f = record_format_guess(w->spec, in);
    const char *name = f != NULL ? f->name : "bars";
    if (is_done(w, in, name)) {
        *what = IMPORT_DONE;
        return ERR_OK;
    }
    *what = IMPORT_READ;
    if (f != NULL) {
        return import_records(w->spec, in, f, diag, r);
    }
    if (w->folder && in->n > 0 && !is_table(in)) {
        *what = IMPORT_OTHER;
        return ERR_HEADER;
    }
    import_spec_t spec = *w->spec;
    spec.path = in->name;
    spec.bytes = in->p;
    spec.byte_count = in->n;
    err_t err = import_file(&spec, diag, r);
    if (err == ERR_HEADER || (err == ERR_COLUMN && r->rows_read == 0 && w->folder)) {
        *what = IMPORT_OTHER;
        return err;
    }
    return err == ERR_OK ? log_bars(w, in, r, name, diag) : err;
}

static err_t input_one(walk_t *w, const import_input_t *in, diag_t *diag)
{
    import_report_t r = {0};
    diag_t inner = {0};
    import_outcome_t what = IMPORT_READ;
    err_t err = input_import(w, in, &inner, &what, &r);
    if (err == ERR_OK) {
        return tell(w, in->name, what, &r, NULL);
    }
    if (!w->folder) {
        *diag = inner;
        return err;
    }
    if (what != IMPORT_OTHER) {
        what = IMPORT_FAULTY;
        if (w->sum->first_error == ERR_OK) {
            w->sum->first_error = err;
            w->sum->first_diag = inner;
        }
    }
    return tell(w, in->name, what, NULL, &inner);
}

static err_t member_one(walk_t *w, const import_input_t *archive, const zip_t *z, const zip_member_t *m,
                        diag_t *diag)
{
    char member[256];
    char name[LIMIT_PATH];
    lean_place_t place;
    u8 *own = NULL;
    bytes_t joined = {0};
    (void)snprintf(member, sizeof member, "%.*s", (int)MIN_OF(m->name.n, 200u), (const char *)m->name.p);
    if (m->name.n == 0 || m->name.p[m->name.n - 1] == '/') {
        return ERR_OK;
    }
    TRY(zip_read(z, m, diag, &own));
    import_input_t in = {.name = name, .p = own, .n = m->size, .written_ns = archive->written_ns};
    err_t err = ERR_OK;
    if (lean_place(archive->name, member, &place)) {
        err = lean_join(&place, own, m->size, diag, &joined);
        in.p = joined.own;
        in.n = joined.n;
        (void)snprintf(name, sizeof name, "%.3000s:%s/%s", archive->name, member, place.name);
    } else {
        (void)snprintf(name, sizeof name, "%.3000s:%s", archive->name, member);
    }
    err = err == ERR_OK ? input_one(w, &in, diag) : err;
    free(joined.own);
    free(own);
    return err;
}

static err_t archive_one(walk_t *w, const import_input_t *in, diag_t *diag)
{
    zip_t z;
    zip_member_t m = {0};
    TRY(zip_open(in->p, in->n, in->name, diag, &z));
    err_t err = ERR_OK;
    while ((err = zip_next(&z, diag, &m)) == ERR_OK) {
        TRY(member_one(w, in, &z, &m, diag));
    }
    return err == ERR_EMPTY ? ERR_OK : err;
}

static err_t file_one(walk_t *w, const char *path, diag_t *diag)
{
    struct stat st;
    bytes_t b = {0};
    bytes_t joined = {0};
    lean_place_t place;
    diag_t inner = {0};
    import_input_t in = {.name = path};
    if (stat(path, &st) == 0) {
        in.written_ns = (i64)st.st_mtim.tv_sec * NS_PER_SEC;
    }
    err_t err = read_all(path, &inner, &b);
    in.p = b.own;
    in.n = b.n;
    if (err == ERR_OK && zip_is(b.own, b.n)) {
        err = archive_one(w, &in, &inner);
    } else if (err == ERR_OK) {
        if (lean_place(path, NULL, &place)) {
            char name[LIMIT_PATH];
            err = lean_join(&place, b.own, b.n, &inner, &joined);
            (void)snprintf(name, sizeof name, "%.3000s/%s", path, place.name);
            in.name = name;
            in.p = joined.own;
            in.n = joined.n;
            err = err == ERR_OK ? input_one(w, &in, &inner) : err;
        } else {
            err = input_one(w, &in, &inner);
        }
    }
    free(joined.own);
    free(b.own);
    if (err == ERR_OK || !w->folder) {
        *diag = err == ERR_OK ? *diag : inner;
        return err;
    }
    w->sum->first_diag = w->sum->first_error == ERR_OK ? inner : w->sum->first_diag;
    w->sum->first_error = w->sum->first_error == ERR_OK ? err : w->sum->first_error;
    return tell(w, path, IMPORT_FAULTY, NULL, &inner);
}

err_t import_path(const import_spec_t *spec, const import_sink_t *sink, diag_t *diag, import_sum_t *io)
{
    ASSERT(spec != NULL && spec->path != NULL && spec->home != NULL);
    ASSERT(sink != NULL && io != NULL);
    struct stat st;
    walk_t w = {.spec = spec, .sink = sink, .sum = io};
    import_sum_t before = *io;
    w.folder = stat(spec->path, &st) == 0 && S_ISDIR(st.st_mode);
    err_t err = path_list(&w, spec->path, diag);
    if (err == ERR_OK && w.folder && records_open(spec->home, true, NULL, &w.own_done) != ERR_OK) {
        w.own_done = NULL; /* nothing was imported here yet */
    }
    for (u32 i = 0; err == ERR_OK && i < w.paths; i++) {
        if (sink->progress != NULL) {
            sink->progress(sink->ctx, w.own_path[i], i, w.paths);
        }
        err = file_one(&w, w.own_path[i], diag);
    }
    if (err == ERR_OK && w.folder && io->files - io->other == before.files - before.other &&
        io->done == before.done && io->faulty == before.faulty) {
        err = diag_fail(diag, ERR_EMPTY,
                        "%.500s: nothing in this folder is market data of a known layout\n"
                        "do: `vitrine modules layouts` names them",
                        spec->path);
    }
    records_close(w.own_done);
    for (u32 i = 0; i < w.paths; i++) {
        free(w.own_path[i]);
    }
    free(w.own_path);
    return err;
}
