/* See capsule.h: packing. Verifying is in capsule_verify.c. */
#include "app/capsule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/capsule_parts.h"
#include "app/file_sha256.h"
#include "app/run_source.h"
#include "base/assert.h"
#include "base/grow.h"
#include "drivers/replay.h"
#include "faces/report/report.h"
#include "os/host.h"
#include "store/capsule.h"
#include "wire/tar.h"

enum { MANIFEST_BYTES = 8 << 20, MANIFEST_LINE = 256 };

/* ---- what both sides need ------------------------------------------------------------------------------ */

err_t capsule_folder_make(diag_t *diag, char out[LIMIT_PATH / 2])
{
    u8 random[8];
    char hex[2 * sizeof random + 1];
    const char *base = getenv("TMPDIR");
    TRY(os_entropy(random, sizeof random));
    hex_print(hex, random, sizeof random);
    base = base == NULL || base[0] == '\0' ? "/tmp" : base;
    int n = snprintf(out, LIMIT_PATH / 2, "%s/vitrine-capsule-%s", base, hex);
    if (n < 0 || n >= LIMIT_PATH / 2) { /* cut short it would be a folder of somebody else, to be cleared */
        out[0] = '\0';
        return diag_fail(diag, ERR_OVERFLOW, "TMPDIR: its path is too long\ndo: set TMPDIR to a shorter one");
    }
    return os_dir_make(out, 0700, diag);
}

/* The files of a folder, and the folder itself if it held nothing else. */
static void folder_clear(const char *folder)
{
    os_names_t names = {0};
    if (os_dir_list(folder, NULL, &names) != ERR_OK) {
        return;
    }
    for (u32 i = 0; i < names.count; i++) {
        char path[LIMIT_PATH];
        (void)snprintf(path, sizeof path, "%.500s/%s", folder, names.own_v[i]);
        (void)remove(path);
    }
    os_names_free(&names);
    (void)remove(folder);
}

/* Removes what a capsule may hold, and nothing else: a folder with strangers in it stays. */
void capsule_folder_remove(const char *folder)
{
    char path[LIMIT_PATH];
    os_names_t names = {0};
    (void)snprintf(path, sizeof path, "%.500s/" HOME_BARS, folder);
    if (os_dir_list(path, NULL, &names) == ERR_OK) {
        for (u32 i = 0; i < names.count; i++) {
            char chunks[LIMIT_PATH];
            (void)snprintf(chunks, sizeof chunks, "%.600s/%s", path, names.own_v[i]);
            folder_clear(chunks);
        }
        os_names_free(&names);
        (void)remove(path);
    }
    (void)snprintf(path, sizeof path, "%.500s/" HOME_REPORTS, folder);
    (void)remove(path);
    folder_clear(folder);
}

err_t capsule_report(const char *home, const char *run, diag_t *diag, u8 **own_text, size_t *size)
{
    report_t *r = calloc(1, sizeof *r);
    u8 *text = malloc(CAPSULE_REPORT);
    report_ask_t ask = {.home = home, .run = run, .market = run_source_market};
    err_t err = r == NULL || text == NULL ? ERR_NO_MEMORY : report_build(&ask, diag, r);
    if (err == ERR_OK) {
        jsonw_t w;
        jsonw_init(&w, text, CAPSULE_REPORT);
        report_json(r, &w);
        jsonw_line(&w);
        err = w.full ? ERR_BUFFER_FULL : ERR_OK;
        *size = w.used;
    }
    if (r != NULL) {
        report_free(r);
    }
    free(r);
    if (err != ERR_OK) {
        free(text);
        return err;
    }
    *own_text = text;
    return ERR_OK;
}

/* ---- packing --------------------------------------------------------------------------------------------
 */

typedef struct {
    app_t *app;
    char folder[LIMIT_PATH / 2];
    run_row_t run;
    FILE *tar;
    const char *path;
    char *own_manifest; /* MANIFEST_BYTES */
    size_t used;
    tar_member_t *own_members; /* in the order of the archive, MANIFEST apart */
    u32 count, room;
    report_inst_t *own_insts; /* of the run */
    u32 inst_count;
    capsule_copied_t copied;
} pack_t;

static err_t name_add(pack_t *p, const char *name)
{
    TRY(list_room(&p->own_members, &p->room, (size_t)p->count + 1, sizeof *p->own_members));
    (void)snprintf(p->own_members[p->count++].name, TAR_NAME, "%s", name);
    return ERR_OK;
}

static err_t chunks_add(pack_t *p)
{
    char path[LIMIT_PATH];
    os_names_t folders = {0};
    diag_t *diag = &p->app->diag;
    (void)snprintf(path, sizeof path, "%s/" HOME_BARS, p->folder);
    err_t err = os_dir_list(path, diag, &folders);
    for (u32 i = 0; err == ERR_OK && i < folders.count; i++) {
        os_names_t chunks = {0};
        (void)snprintf(path, sizeof path, "%s/" HOME_BARS "/%s", p->folder, folders.own_v[i]);
        err = os_dir_list(path, diag, &chunks);
        for (u32 k = 0; err == ERR_OK && k < chunks.count; k++) {
            char name[TAR_NAME];
            (void)snprintf(name, sizeof name, HOME_BARS "/%.2s/%.90s", folders.own_v[i], chunks.own_v[k]);
            err = name_add(p, name);
        }
        os_names_free(&chunks);
    }
    os_names_free(&folders);
    return err;
}

static void line(pack_t *p, const char *key, const digest_t *d)
{
    char hex[2 * sizeof d->b + 1];
    hex_print(hex, d->b, sizeof d->b);
    p->used += (size_t)snprintf(p->own_manifest + p->used, MANIFEST_LINE, "%s %s\n", key, hex);
}

static err_t manifest(pack_t *p)
{
    p->used = (size_t)snprintf(p->own_manifest, MANIFEST_LINE, "vitrine-capsule 1\nrun %s\nprogram %s\n",
                               p->run.id.text, p->app->parts->version);
    line(p, "decisions", &p->run.decisions);
    line(p, "journal", &p->run.head);
    line(p, "data", &p->run.input);
    line(p, "logic", &p->run.logic);
    for (u32 i = 0; i < p->count; i++) {
        tar_member_t *m = &p->own_members[i];
        char path[LIMIT_PATH];
        char hex[2 * sizeof(digest_t) + 1];
        digest_t d;
        (void)snprintf(path, sizeof path, "%s/%s", p->folder, m->name);
        TRY(file_sha256(path, &d, &m->size));
        hex_print(hex, d.b, sizeof d.b);
        if (p->used + MANIFEST_LINE > MANIFEST_BYTES) {
            return ERR_OVERFLOW;
        }
        p->used += (size_t)snprintf(p->own_manifest + p->used, MANIFEST_LINE, "file %s %llu %s\n", hex,
                                    (unsigned long long)m->size, m->name);
    }
    return ERR_OK;
}

static bool put(FILE *f, const void *p, size_t n)
{
    return n == 0 || fwrite(p, 1, n, f) == n;
}

static bool put_file(pack_t *p, const tar_member_t *m)
{
    u8 part[1 << 14];
    char path[LIMIT_PATH];
    (void)snprintf(path, sizeof path, "%s/%s", p->folder, m->name);
    FILE *in = fopen(path, "rb");
    u64 left = m->size;
    bool ok = in != NULL;
    while (ok && left > 0) {
        size_t n = fread(part, 1, MIN_OF(left, (u64)sizeof part), in);
        ok = n > 0 && put(p->tar, part, n);
        left -= n;
    }
    if (in != NULL) {
        (void)fclose(in);
    }
    return ok;
}

/* A member from memory, or, with `bytes` NULL, the file of its name. */
static err_t put_member(pack_t *p, const tar_member_t *m, const char *bytes)
{
    static const u8 nothing[TAR_BLOCK];
    u8 header[TAR_BLOCK];
    TRY(tar_header(m, header));
    bool ok = put(p->tar, header, sizeof header);
    ok = ok && (bytes != NULL ? put(p->tar, bytes, m->size) : put_file(p, m));
    ok = ok && put(p->tar, nothing, tar_padding(m->size));
    return ok ? ERR_OK : ERR_IO;
}

static err_t put_all(pack_t *p)
{
    static const u8 end[2 * TAR_BLOCK];
    TRY(put_member(p, &(tar_member_t){.name = "MANIFEST", .size = p->used}, p->own_manifest));
    for (u32 i = 0; i < p->count; i++) {
        TRY(put_member(p, &p->own_members[i], NULL));
    }
    return put(p->tar, end, sizeof end) ? ERR_OK : ERR_IO;
}

static err_t write_tar(pack_t *p)
{
    if (os_exists(p->path)) {
        return diag_fail(&p->app->diag, ERR_EXISTS, "%s: is there already\ndo: name another file", p->path);
    }
    os_stream_t stream;
    TRY(app_may_write(p->app, p->path));
    TRY(os_stream_open(p->path, &p->app->diag, &stream));
    p->tar = stream.own_file;
    return os_stream_close(&stream, p->path, put_all(p), &p->app->diag);
}

/* The series that the run may have read: its own names, the proxy and the volatility index. A simulated
 * market needs none. */
static err_t copy_series(pack_t *p, const run_spec_t *spec, const home_t *from, const home_t *to)
{
    u32 n = p->inst_count;
    capsule_series_t *series = calloc((size_t)n + 2, sizeof *series);
    capsule_spec_t copy = {.from = from, .to = to, .run = &p->run, .series = series};
    if (series == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; spec->kind == RUN_BACKTEST && i < n; i++) {
        series[copy.series_count++] =
            (capsule_series_t){.symbol = str_from(p->own_insts[i].symbol), .source = str_from(spec->source)};
    }
    if (spec->kind == RUN_BACKTEST && spec->proxy[0] != '\0') {
        series[copy.series_count++] =
            (capsule_series_t){.symbol = str_from(spec->proxy), .source = str_from(spec->proxy_source)};
    }
    if (spec->kind == RUN_BACKTEST && spec->vix[0] != '\0') {
        series[copy.series_count++] =
            (capsule_series_t){.symbol = str_from(spec->vix), .source = str_from(spec->vix_source)};
    }
    err_t err = capsule_copy(&copy, &p->app->diag, &p->copied);
    free(series);
    return err;
}

/* The folder as the capsule will hold it: the run's own home, and the report that it gives there. */
static err_t fill_folder(pack_t *p, const home_t *from, const run_spec_t *spec)
{
    diag_t *diag = &p->app->diag;
    home_t to;
    TRY(home_open(p->folder, HOME_CREATE, diag, &to));
    err_t err = copy_series(p, spec, from, &to);
    home_close(&to);
    TRY(err);
    u8 *own_text = NULL;
    size_t size = 0;
    char path[LIMIT_PATH];
    TRY(capsule_report(p->folder, p->run.id.text, diag, &own_text, &size));
    (void)snprintf(path, sizeof path, "%s/report.json", p->folder);
    err = os_file_write(path, (str_t){.p = own_text, .n = (u32)size}, 0600, diag);
    free(own_text);
    return err;
}

static err_t pack_with(pack_t *p, const home_t *home, run_spec_t *spec)
{
    TRY(capsule_folder_make(&p->app->diag, p->folder));
    TRY(fill_folder(p, home, spec));
    TRY(name_add(p, "report.json"));
    TRY(name_add(p, HOME_DB));
    TRY(chunks_add(p));
    TRY(manifest(p));
    return write_tar(p);
}

/* The names of the run, from its first event. */
static err_t read_instruments(pack_t *p, store_t *store)
{
    journal_reader_t *reader = NULL;
    event_t start;
    bool more = false;
    TRY(journal_reader_open(store, str_from(p->run.id.text), &p->app->diag, &reader));
    err_t err = journal_next(reader, &p->app->diag, &start, &more);
    if (err == ERR_OK) {
        ASSERT(more && start.head.kind == EV_RUN_START); /* replay_open_spec has read it */
        err = report_instruments(start.as.RUN_START.instrument_table, &p->own_insts, &p->inst_count);
    }
    journal_reader_close(reader);
    return err;
}

static err_t read_run(pack_t *p, const home_t *home, const char *id, run_spec_t *spec)
{
    store_t *store = NULL;
    config_t config;
    TRY(store_open_home(home, true, false, &p->app->diag, &store));
    err_t err = run_find(store, str_from(id), &p->app->diag, &p->run);
    if (err == ERR_OK && p->run.status != RUN_ENDED && p->run.status != RUN_STOPPED) {
        err = diag_fail(&p->app->diag, ERR_ORDER_STATE, "run %s is %s\ndo: pack a run that has ended",
                        p->run.id.text, run_status_name(p->run.status));
    }
    if (err == ERR_OK) {
        err = replay_open_spec(store, str_from(p->run.id.text), &p->app->diag, spec, &config, NULL);
    }
    err = err == ERR_OK ? read_instruments(p, store) : err;
    store_close(store);
    return err;
}

err_t capsule_pack(app_t *app, const char *id, const char *path)
{
    ASSERT(app != NULL && id != NULL && path != NULL);
    pack_t p = {.app = app, .path = path};
    home_t home;
    run_spec_t spec = {.symbols = calloc(1, RUN_SPEC_SYMBOLS)};
    p.own_manifest = malloc(MANIFEST_BYTES);
    err_t err = spec.symbols == NULL || p.own_manifest == NULL ? ERR_NO_MEMORY
                                                               : home_open(app->home, 0, &app->diag, &home);
    if (err == ERR_OK) {
        err = read_run(&p, &home, id, &spec);
        err = err == ERR_OK ? pack_with(&p, &home, &spec) : err;
        home_close(&home);
    }
    if (p.folder[0] != '\0') {
        capsule_folder_remove(p.folder);
    }
    if (err == ERR_OK) {
        app_print(app, "packed  %s  into %s: %u files, %llu chunks of bars, %llu other tries counted\n",
                  p.run.id.text, path, p.count + 1, (unsigned long long)p.copied.chunks,
                  (unsigned long long)p.copied.tries);
        if (app->json) {
            jsonw_object(&app->jw);
            jsonw_put_text(&app->jw, "run_id", p.run.id.text);
            jsonw_put_text(&app->jw, "file", path);
            jsonw_put_u64(&app->jw, "files", p.count + 1U);
            jsonw_put_u64(&app->jw, "chunks", p.copied.chunks);
            jsonw_put_u64(&app->jw, "other_tries", p.copied.tries);
            jsonw_end(&app->jw);
            jsonw_line(&app->jw);
        }
    }
    free(p.own_manifest);
    free(p.own_members);
    free(p.own_insts);
    free(spec.symbols);
    return err;
}
