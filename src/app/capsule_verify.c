/* See capsule.h: verifying. A capsule comes from strangers: names, sizes and order are checked before
 * anything is written, and nothing is written outside a folder of our own. */
#include "app/capsule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/capsule_parts.h"
#include "app/replay_home.h"
#include "base/assert.h"
#include "store/capsule.h"
#include "store/journal.h"
#include "wire/tar.h"

enum { MANIFEST_MAX = 16 << 20, FILE_MAX_GIB = 4 };

typedef struct {
    app_t *app;
    const char *path;
    char folder[LIMIT_PATH / 2];
    FILE *tar;
    char *own_manifest;
    str_t rest; /* of the manifest: lines of files not yet met */
    char run[RUN_ID_LENGTH + 1];
    digest_t decisions, head, data, logic;
    u32 files;
    bool has_db, has_report;
} verify_t;

static err_t broken(verify_t *v, const char *what, const char *name)
{
    return diag_fail(&v->app->diag, ERR_CORRUPT, "%s: %s%s%s\ndo: ask for the capsule again", v->path, what,
                     name[0] != '\0' ? ": " : "", name);
}

/* MANIFEST, report.json, vitrine.db, bars/ab/HEX.bars: nothing else may be in a capsule. */
static bool is_welcome(const char *name)
{
    if (strcmp(name, "report.json") == 0 || strcmp(name, HOME_DB) == 0) {
        return true;
    }
    static const char hex[] = "0123456789abcdef";
    const char *at = name + strlen(HOME_BARS "/");
    return strncmp(name, HOME_BARS "/", strlen(HOME_BARS "/")) == 0 && strspn(at, hex) == 2 && at[2] == '/' &&
           strspn(at + 3, hex) == 64 && strcmp(at + 3 + 64, ".bars") == 0;
}

static err_t read_block(verify_t *v, u8 block[TAR_BLOCK])
{
    return fread(block, 1, TAR_BLOCK, v->tar) == TAR_BLOCK ? ERR_OK : broken(v, "it ends too early", "");
}

static err_t next_member(verify_t *v, tar_member_t *m, bool *more)
{
    u8 block[TAR_BLOCK];
    TRY(read_block(v, block));
    err_t err = tar_header_read(block, m);
    *more = err != ERR_EMPTY;
    return err == ERR_EMPTY || err == ERR_OK ? ERR_OK : broken(v, "no capsule, or damaged", "");
}

static err_t skip_padding(verify_t *v, u64 size)
{
    u8 block[TAR_BLOCK];
    u32 n = tar_padding(size);
    return n == 0 || fread(block, 1, n, v->tar) == n ? ERR_OK : broken(v, "it ends too early", "");
}

/* The next word of a line. */
static bool word(str_t *line, str_t *out)
{
    str_t rest = {0};
    if (line->n == 0) {
        return false;
    }
    if (!str_cut(*line, ' ', out, &rest)) {
        *out = *line;
    }
    *line = rest;
    return out->n > 0;
}

static bool next_line(str_t *text, str_t *out)
{
    return str_cut(*text, '\n', out, text);
}

static bool take_digest(str_t *text, const char *key, digest_t *out)
{
    str_t at;
    str_t name;
    str_t hex;
    return next_line(text, &at) && word(&at, &name) && str_eq_c(name, key) && word(&at, &hex) &&
           hex_parse((const char *)hex.p, hex.n, out->b, sizeof out->b) == ERR_OK;
}

static err_t read_manifest(verify_t *v)
{
    tar_member_t m;
    bool more = false;
    str_t at;
    str_t name;
    str_t id = {0};
    TRY(next_member(v, &m, &more));
    if (!more || strcmp(m.name, "MANIFEST") != 0 || m.size == 0 || m.size > MANIFEST_MAX) {
        return broken(v, "it does not begin with a manifest", "");
    }
    v->own_manifest = malloc(m.size);
    if (v->own_manifest == NULL) {
        return ERR_NO_MEMORY;
    }
    if (fread(v->own_manifest, 1, m.size, v->tar) != m.size) {
        return broken(v, "it ends too early", "");
    }
    TRY(skip_padding(v, m.size));
    v->rest = (str_t){.p = (const u8 *)v->own_manifest, .n = (u32)m.size};
    if (!next_line(&v->rest, &at) || !str_eq_c(at, "vitrine-capsule 1")) {
        return diag_fail(&v->app->diag, ERR_VERSION,
                         "%s: a capsule of another version\ndo: use the program that packed it", v->path);
    }
    bool ok = next_line(&v->rest, &at) && word(&at, &name) && str_eq_c(name, "run") && word(&at, &id) &&
              id.n == RUN_ID_LENGTH && next_line(&v->rest, &at) &&
              take_digest(&v->rest, "decisions", &v->decisions) &&
              take_digest(&v->rest, "journal", &v->head) && take_digest(&v->rest, "data", &v->data) &&
              take_digest(&v->rest, "logic", &v->logic);
    if (!ok) {
        return broken(v, "its manifest cannot be read", "");
    }
    memcpy(v->run, id.p, RUN_ID_LENGTH);
    return ERR_OK;
}

/* What the manifest says of the member that comes next. */
static err_t expect(verify_t *v, const tar_member_t *m, digest_t *hash)
{
    str_t at;
    str_t w[4];
    i64 size = 0;
    bool ok = next_line(&v->rest, &at);
    for (u32 i = 0; ok && i < COUNT_OF(w); i++) {
        ok = word(&at, &w[i]);
    }
    ok = ok && str_eq_c(w[0], "file") &&
         hex_parse((const char *)w[1].p, w[1].n, hash->b, sizeof hash->b) == ERR_OK &&
         str_to_i64(w[2], &size) == ERR_OK && str_eq_c(w[3], m->name) && size >= 0 && (u64)size == m->size;
    if (!ok || !is_welcome(m->name) || m->size > (u64)FILE_MAX_GIB << 30) {
        return broken(v, "a file that the manifest does not name so", m->name);
    }
    return ERR_OK;
}

static err_t write_member(verify_t *v, const tar_member_t *m, const digest_t *hash)
{
    u8 part[1 << 14];
    char path[LIMIT_PATH];
    sha256_state_t s;
    if (strchr(m->name, '/') != NULL) {
        (void)snprintf(path, sizeof path, "%s/%.7s", v->folder, m->name); /* bars/ab */
        TRY(os_dir_make(path, 0700, &v->app->diag));
    }
    (void)snprintf(path, sizeof path, "%s/%s", v->folder, m->name);
    FILE *out = fopen(path, "wb");
    bool ok = out != NULL;
    sha256_begin(&s);
    for (u64 left = m->size; ok && left > 0;) {
        size_t n = fread(part, 1, MIN_OF(left, (u64)sizeof part), v->tar);
        if (n == 0) {
            (void)fclose(out);
            return broken(v, "it ends too early", m->name);
        }
        sha256_add(&s, part, n);
        ok = fwrite(part, 1, n, out) == n;
        left -= n;
    }
    ok = out != NULL && fclose(out) == 0 && ok;
    if (!ok) {
        return diag_fail(&v->app->diag, ERR_IO, "%s: cannot be written\ndo: free some space, or set TMPDIR",
                         path);
    }
    digest_t d = sha256_end(&s);
    return digest_eq(&d, hash) ? skip_padding(v, m->size)
                               : broken(v, "its bytes are not those of the manifest", m->name);
}

static err_t unpack(verify_t *v)
{
    TRY(read_manifest(v));
    for (;;) {
        tar_member_t m;
        digest_t hash;
        bool more = false;
        TRY(next_member(v, &m, &more));
        if (!more) {
            break;
        }
        TRY(expect(v, &m, &hash));
        TRY(write_member(v, &m, &hash));
        v->has_db = v->has_db || strcmp(m.name, HOME_DB) == 0;
        v->has_report = v->has_report || strcmp(m.name, "report.json") == 0;
        v->files++;
    }
    return v->rest.n == 0 && v->has_db && v->has_report ? ERR_OK : broken(v, "files of it are missing", "");
}

static bool claims_agree(const verify_t *v, const run_row_t *run, const journal_verdict_t *verdict)
{
    return digest_eq(&run->head, &v->head) && digest_eq(&verdict->decisions, &v->decisions) &&
           digest_eq(&run->input, &v->data) && digest_eq(&run->logic, &v->logic);
}

/* The journal's chain, its decisions, data and logic are those that the manifest claims. */
static err_t check_journal(verify_t *v)
{
    home_t home;
    store_t *store = NULL;
    run_row_t run;
    journal_verdict_t verdict;
    diag_t *diag = &v->app->diag;
    TRY(home_open(v->folder, 0, diag, &home));
    err_t err = capsule_is_plain(&home, diag);
    err = err == ERR_OK ? store_open_home(&home, true, false, diag, &store) : err;
    err = err == ERR_OK ? run_find(store, str_from(v->run), diag, &run) : err;
    err = err == ERR_OK ? journal_verify(store, str_from(v->run), diag, &verdict) : err;
    if (err == ERR_OK && !claims_agree(v, &run, &verdict)) {
        err = broken(v, "its journal is not the one that the manifest claims", v->run);
    }
    store_close(store);
    home_close(&home);
    return err;
}

/* The report made here is the report that came with it, to the byte. */
static err_t check_report(verify_t *v)
{
    u8 *own_text = NULL;
    size_t size = 0;
    char path[LIMIT_PATH];
    arena_t a;
    str_t packed;
    TRY(capsule_report(v->folder, v->run, &v->app->diag, &own_text, &size));
    (void)snprintf(path, sizeof path, "%s/report.json", v->folder);
    err_t err = arena_open(&a, CAPSULE_REPORT + 4096);
    if (err == ERR_OK) {
        err = os_file_read(&a, path, &v->app->diag, &packed);
        if (err == ERR_OK && (packed.n != size || memcmp(packed.p, own_text, size) != 0)) {
            err = diag_fail(
                &v->app->diag, ERR_DIVERGED,
                "%s: its report claims other figures than the run gives\ndo: trust the run, not the report",
                v->path);
        }
        arena_close(&a);
    }
    free(own_text);
    return err;
}

static err_t run_again(verify_t *v)
{
    replay_done_t d;
    char home[LIMIT_PATH];
    app_t *app = v->app;
    (void)snprintf(home, sizeof home, "%s", app->home);
    (void)snprintf(app->home, sizeof app->home, "%s",
                   v->folder); /* the verbs below work on the home of the application */
    err_t err = replay_home_run(app, str_from(v->run), NULL, true, &d);
    (void)snprintf(app->home, sizeof app->home, "%s", home);
    TRY(err);
    return replay_print(app, &d);
}

static err_t verify_with(verify_t *v)
{
    TRY(capsule_folder_make(&v->app->diag, v->folder));
    TRY(unpack(v));
    TRY(check_journal(v));
    TRY(run_again(v));
    TRY(check_report(v));
    app_print(v->app,
              "whole   capsule of run %s: %u files, the chain, every decision, the report made of them\n"
              "        (how many other tries there were is the word of whoever packed it)\n",
              v->run, v->files + 1);
    return ERR_OK;
}

err_t capsule_verify(app_t *app, const char *path)
{
    ASSERT(app != NULL && path != NULL);
    verify_t v = {.app = app, .path = path};
    if (os_is_folder(path)) {
        return diag_fail(&app->diag, ERR_NOT_FILE, "%s: a folder, and no capsule\ndo: name a file", path);
    }
    v.tar = fopen(path, "rb");
    if (v.tar == NULL) {
        return diag_fail(&app->diag, ERR_NOT_FOUND, "%s: no such file\ndo: check the path", path);
    }
    err_t err = verify_with(&v);
    (void)fclose(v.tar);
    if (v.folder[0] != '\0') {
        capsule_folder_remove(v.folder);
    }
    free(v.own_manifest);
    return err;
}
