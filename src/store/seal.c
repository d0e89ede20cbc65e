/* See seal.h. */
#include "store/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "os/host.h"
#include "store/head.h"

enum { SEALS_MEMORY = 16 << 20, KEY_MEMORY = 4096 };

void merkle_begin(merkle_t *m)
{
    ASSERT(m != NULL);
    memset(m, 0, sizeof *m);
}

static digest_t node_of(const digest_t *left, const digest_t *right)
{
    static const u8 inner = 1;
    sha256_state_t s;
    sha256_begin(&s);
    sha256_add(&s, &inner, 1);
    sha256_add(&s, left->b, sizeof left->b);
    sha256_add(&s, right->b, sizeof right->b);
    return sha256_end(&s);
}

/* Like counting in binary: each trailing one of the old count is a subtree as large as the one that arrives.
 */
void merkle_add(merkle_t *m, const digest_t *leaf)
{
    ASSERT(m != NULL && leaf != NULL);
    ASSERT(m->depth < SEAL_LEVELS);
    digest_t d = *leaf;
    for (u64 n = m->leaves; (n & 1) != 0; n >>= 1) {
        ASSERT(m->depth > 0);
        m->depth--;
        d = node_of(&m->root[m->depth], &d);
    }
    m->root[m->depth++] = d;
    m->leaves++;
}

digest_t merkle_root(const merkle_t *m)
{
    ASSERT(m != NULL);
    if (m->leaves == 0) {
        return sha256_of("", 0);
    }
    digest_t d = m->root[m->depth - 1];
    for (u32 i = m->depth - 1; i > 0; i--) {
        d = node_of(&m->root[i - 1], &d);
    }
    return d;
}

seal_salt_t seal_salt(const seal_key_t *key, id128_t incarnation, u64 seq)
{
    ASSERT(key != NULL && seq > 0);
    u8 bytes[SEAL_KEY + sizeof incarnation.b + sizeof seq];
    writer_t w = writer_of(bytes, sizeof bytes);
    put_bytes(&w, key->b, sizeof key->b);
    put_bytes(&w, incarnation.b, sizeof incarnation.b);
    put_u64(&w, seq);
    ASSERT(w.used == sizeof bytes);
    digest_t d = digest_of(bytes, sizeof bytes);
    seal_salt_t salt;
    memcpy(salt.b, d.b, sizeof salt.b);
    return salt;
}

digest_t seal_leaf(const seal_salt_t *salt, str_t event)
{
    ASSERT(salt != NULL && event.n > 0);
    static const u8 outer = 0;
    sha256_state_t s;
    sha256_begin(&s);
    sha256_add(&s, &outer, 1);
    sha256_add(&s, salt->b, sizeof salt->b);
    sha256_add(&s, event.p, event.n);
    return sha256_end(&s);
}

size_t seal_line(const day_seal_t *d, const char *run, char out[SEAL_LINE])
{
    ASSERT(d != NULL && run != NULL);
    char day[11];
    char root[2 * sizeof d->root.b + 1];
    char before[2 * sizeof d->before.b + 1];
    date_print(day, d->day);
    hex_print(root, d->root.b, sizeof d->root.b);
    hex_print(before, d->before.b, sizeof d->before.b);
    int n = snprintf(out, SEAL_LINE, "vitrine-seal 1 %s %s %" PRIu64 " %" PRIu64 " %s %s", run, day,
                     d->first_seq, d->last_seq, root, before);
    ASSERT(n > 0 && n < SEAL_LINE);
    return (size_t)n;
}

static err_t key_read(const char *path, diag_t *diag, seal_key_t *out)
{
    arena_t a;
    str_t text;
    TRY(arena_open(&a, KEY_MEMORY));
    err_t err = os_file_read(&a, path, diag, &text);
    if (err == ERR_OK && text.n != sizeof out->b) {
        err = diag_fail(diag, ERR_CORRUPT, "%s: %u bytes, a key has %d\ndo: restore it from a backup", path,
                        text.n, SEAL_KEY);
    }
    if (err == ERR_OK) {
        memcpy(out->b, text.p, sizeof out->b);
    }
    arena_close(&a);
    return err;
}

/* Two may seal a fresh home at once: the key of the first holds for both, or a seal that was told would never
 * come out again. */
static err_t key_make(const char *path, diag_t *diag)
{
    seal_key_t key;
    TRY(os_entropy(key.b, sizeof key.b));
    err_t err = os_file_create(path, (str_t){.p = key.b, .n = sizeof key.b}, 0600, diag);
    return err == ERR_EXISTS ? ERR_OK : err;
}

err_t seal_key_open(const home_t *h, bool create, diag_t *diag, seal_key_t *out)
{
    ASSERT(h != NULL && out != NULL);
    char path[LIMIT_PATH];
    home_path(h, HOME_SEAL_KEY, path);
    if (!os_exists(path) && !create) {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "%s: this home has no key for its seals\ndo: vitrine audit seal", path);
    }
    if (!os_exists(path)) {
        TRY(key_make(path, diag));
    }
    return key_read(path, diag, out);
}

/* ---- walking --------------------------------------------------------------------------------------------
 */

typedef struct {
    const seal_visitor_t *visit;
    const char *run;
    merkle_t tree;
    day_seal_t day; /* the one that is growing */
} walk_t;

static date_t day_of(i64 t_engine)
{
    return (date_t)(t_engine >= 0 ? t_engine / NS_PER_DAY : -((-t_engine + NS_PER_DAY - 1) / NS_PER_DAY));
}

static err_t day_end(walk_t *w, bool whole)
{
    if (w->tree.leaves == 0) {
        return ERR_OK;
    }
    ASSERT(w->day.last_seq - w->day.first_seq + 1 == w->tree.leaves);
    char line[SEAL_LINE];
    w->day.root = merkle_root(&w->tree);
    size_t n = seal_line(&w->day, w->run, line);
    w->day.seal = sha256_of(line, n);
    err_t err = w->visit->day == NULL ? ERR_OK : w->visit->day(w->visit->ctx, &w->day, whole);
    w->day.before = w->day.seal;
    merkle_begin(&w->tree);
    return err;
}

static err_t walk_event(walk_t *w, const seal_key_t *key, const journal_reader_t *r, const event_t *e)
{
    /* The first event of a run carries no time of its own; it belongs to the day of the second. */
    date_t day = e->head.t_engine == 0 && w->tree.leaves > 0 ? w->day.day : day_of(e->head.t_engine);
    if (w->tree.leaves > 0 && day != w->day.day && w->day.day != 0) {
        TRY(day_end(w, true));
    }
    w->day.first_seq = w->tree.leaves == 0 ? e->head.seq : w->day.first_seq;
    w->day.last_seq = e->head.seq;
    w->day.day = day;
    str_t bytes = journal_reader_bytes(r);
    seal_salt_t salt = seal_salt(key, journal_reader_run(r)->incarnation, e->head.seq);
    digest_t leaf = seal_leaf(&salt, bytes);
    merkle_add(&w->tree, &leaf);
    return w->visit->event == NULL ? ERR_OK : w->visit->event(w->visit->ctx, e, bytes, &salt, &leaf);
}

err_t seal_walk(store_t *s, str_t run, const seal_key_t *key, const seal_visitor_t *visit, diag_t *diag)
{
    ASSERT(s != NULL && key != NULL && visit != NULL);
    journal_reader_t *r = NULL;
    TRY(journal_reader_open(s, run, diag, &r));
    walk_t w = {.visit = visit, .run = journal_reader_run(r)->id.text};
    bool ended = journal_reader_run(r)->status != RUN_RUNNING;
    event_t e;
    bool more = true;
    err_t err = journal_next(r, diag, &e, &more);
    while (err == ERR_OK && more) {
        err = walk_event(&w, key, r, &e);
        err = err == ERR_OK ? journal_next(r, diag, &e, &more) : err;
    }
    if (err == ERR_OK) {
        err = day_end(&w, ended);
    }
    journal_reader_close(r);
    return err;
}

/* ---- the file of a run ----------------------------------------------------------------------------------
 */

typedef struct {
    diag_t *diag;
    const char *path;
    str_t old; /* what was sealed before and not yet compared */
    char *own_text;
    size_t size;
    size_t used;
    seal_result_t *out;
} sealing_t;

static err_t put_line(sealing_t *s, const char *line, size_t n)
{
    if (s->used + n > s->size) {
        size_t size = 2 * (s->used + n);
        char *p = realloc(s->own_text, size);
        if (p == NULL) {
            return ERR_NO_MEMORY;
        }
        s->own_text = p;
        s->size = size;
    }
    memcpy(s->own_text + s->used, line, n);
    s->used += n;
    return ERR_OK;
}

/* One whole day: its line must be the next of the file, or the file has come to its end. */
static err_t take_day(void *ctx, const day_seal_t *d, bool whole)
{
    sealing_t *s = ctx;
    if (!whole) {
        s->out->open = true;
        return ERR_OK;
    }
    char line[SEAL_LINE + 2 * sizeof d->seal.b + 8];
    char seal[2 * sizeof d->seal.b + 1];
    size_t n = seal_line(d, s->out->run.text, line);
    hex_print(seal, d->seal.b, sizeof d->seal.b);
    int more = snprintf(line + n, sizeof line - n, " %s\n", seal);
    ASSERT(more > 0 && n + (size_t)more < sizeof line);
    n += (size_t)more;
    if (s->old.n > 0 && (s->old.n < n || memcmp(s->old.p, line, n) != 0)) {
        char day[11];
        date_print(day, d->day);
        return diag_fail(s->diag, ERR_CORRUPT,
                         "%s: %s was sealed otherwise than the journal reads today\n"
                         "do: compare with the seal that was published; restore the home from a backup",
                         s->path, day);
    }
    s->out->added += s->old.n == 0 ? 1 : 0;
    s->old = s->old.n == 0 ? s->old : (str_t){.p = s->old.p + n, .n = s->old.n - (u32)n};
    s->out->days++;
    s->out->last = *d;
    return put_line(s, line, n);
}

static err_t seal_with(sealing_t *s, store_t *store, const seal_key_t *key)
{
    seal_visitor_t visit = {.day = take_day, .ctx = s};
    TRY(seal_walk(store, str_from(s->out->run.text), key, &visit, s->diag));
    if (s->old.n > 0) {
        return diag_fail(s->diag, ERR_CORRUPT,
                         "%s: more days were sealed than the journal has\ndo: restore the home from a backup",
                         s->path);
    }
    return s->out->added == 0
               ? ERR_OK
               : os_file_write(s->path, (str_t){.p = (const u8 *)s->own_text, .n = (u32)s->used}, 0644,
                               s->diag);
}

static err_t seal_path(const home_t *h, const char *run, char path[LIMIT_PATH])
{
    char folder[LIMIT_PATH];
    char name[RUN_ID_LENGTH + 8];
    home_path(h, HOME_SEALS, folder);
    (void)snprintf(name, sizeof name, "%s.seal", run);
    return os_path_join(path, LIMIT_PATH, folder, name);
}

/* A run that is not there and was sealed once is no misspelt id. */
static err_t find_sealed(const home_t *h, store_t *s, str_t run, diag_t *diag, run_row_t *out)
{
    char id[RUN_ID_LENGTH + 1];
    char path[LIMIT_PATH];
    diag_t why = {0};
    err_t err = run_find(s, run, &why, out);
    if (err == ERR_NOT_FOUND && str_copy(id, sizeof id, run) == ERR_OK &&
        seal_path(h, id, path) == ERR_OK && os_exists(path)) {
        return diag_fail(diag, ERR_CORRUPT,
                         "%s: this run was sealed, and the database does not know it\n"
                         "do: put the database back in which it stood", path);
    }
    return err != ERR_OK && why.set ? diag_fail(diag, err, "%s", why.text) : err;
}

err_t seal_run(const home_t *h, store_t *s, str_t run, diag_t *diag, seal_result_t *out)
{
    ASSERT(h != NULL && s != NULL && out != NULL);
    char folder[LIMIT_PATH];
    char path[LIMIT_PATH];
    seal_key_t key;
    run_row_t row;
    arena_t a;
    memset(out, 0, sizeof *out);
    TRY(find_sealed(h, s, run, diag, &row));
    out->run = row.id;
    TRY(head_check(h->root, diag)); /* what yesterday's seals, today's would call sealed otherwise */
    TRY(seal_key_open(h, true, diag, &key));
    home_path(h, HOME_SEALS, folder);
    TRY(os_dir_make(folder, 0700, diag));
    TRY(seal_path(h, row.id.text, path));
    TRY(arena_open(&a, SEALS_MEMORY));
    sealing_t sealing = {.diag = diag, .path = path, .out = out};
    err_t err = os_exists(path) ? os_file_read(&a, path, diag, &sealing.old) : ERR_OK;
    err = err == ERR_OK ? seal_with(&sealing, s, &key) : err;
    free(sealing.own_text);
    arena_close(&a);
    return err;
}
