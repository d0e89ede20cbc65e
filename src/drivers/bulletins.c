/* See bulletins.h: finding the sets, filers' symbols, order and coverage. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "base/str.h"
#include "drivers/bulletins_inner.h"

enum { YEAR_BEFORE = 366 };

/* ---- the run's names ---- */

static int by_symbol(const void *key, const void *element)
{
    return str_cmp(*(const str_t *)key, str_from(((const instrument_t *)element)->symbol));
}

inst_t bulletin_inst(const bulletin_make_t *m, str_t symbol)
{
    ASSERT(m != NULL);
    const instrument_t *all = m->spec->instruments;
    const instrument_t *found = bsearch(&symbol, all, m->spec->count, sizeof *found, by_symbol);
    return found == NULL ? INST_NONE : (inst_t)(found - all);
}

err_t bulletin_put(bulletin_make_t *m, const bulletin_t *b)
{
    ASSERT(m != NULL && b != NULL);
    TRY(list_room(&m->out->own_v, &m->room, (size_t)m->out->count + 1, sizeof *m->out->own_v));
    m->out->own_v[m->out->count++] = *b;
    return ERR_OK;
}

err_t bulletin_add(bulletin_make_t *m, const bulletin_t *b)
{
    ASSERT(m != NULL && b != NULL);
    const record_head_t *h = &m->table->own_head[m->row];
    bulletin_t one = *b;
    str_clip_words(one.text, sizeof one.text, str_from(b->text));
    one.t_known = h->t_known;
    one.t_event = one.t_event != 0 ? one.t_event : h->t_event;
    return bulletin_is_sound(&one, m->spec->count) ? bulletin_put(m, &one) : ERR_OK;
}

/* ---- filers ---- */

static int by_filer(const void *pa, const void *pb)
{
    const bulletin_filer_t *a = pa;
    const bulletin_filer_t *b = pb;
    return a->cik != b->cik ? (a->cik < b->cik ? -1 : 1) : (i32)a->inst - (i32)b->inst;
}

static err_t filers_add(bulletin_make_t *m, const record_kind_desc_t *kind, const record_table_t *t)
{
    u32 at = record_column_find(kind, "cik");
    for (u32 i = 0; at != UINT32_MAX && i < t->rows; i++) {
        i64 cik = record_row(t, i)[at];
        inst_t inst = cik == CELL_NONE ? INST_NONE : bulletin_inst(m, record_text(t, t->own_head[i].series));
        if (inst == INST_NONE) {
            continue;
        }
        TRY(list_room(&m->own_filer, &m->filer_room, (size_t)m->filers + 1, sizeof *m->own_filer));
        m->own_filer[m->filers++] = (bulletin_filer_t){cik, inst};
    }
    return ERR_OK;
}

static void filers_sort(bulletin_make_t *m)
{
    u32 n = 0;
    if (m->filers > 0) {
        qsort(m->own_filer, m->filers, sizeof *m->own_filer, by_filer);
    }
    for (u32 i = 0; i < m->filers; i++) {
        if (n == 0 || by_filer(&m->own_filer[n - 1], &m->own_filer[i]) != 0) {
            m->own_filer[n++] = m->own_filer[i];
        }
    }
    m->filers = n;
}

/* ---- reading ---- */

typedef struct {
    records_t *store;
    records_chunk_t *own_chunk; /* by (source, kind, period) */
    u32 chunks;
    diag_t *diag;
} sets_t;

static bool first_of_set(const sets_t *s, u32 i)
{
    const records_chunk_t *c = &s->own_chunk[i];
    return i == 0 || c[-1].kind != c->kind || strcmp(c[-1].source, c->source) != 0;
}

/* Rows of one set and kind, of one series if it is named; without rows the table stays empty. */
static err_t read_set(const sets_t *s, const records_chunk_t *c, const char *series, record_table_t *t)
{
    records_query_t q = {.source = c->source,
                         .kind = record_kind_find(c->kind),
                         .series = series,
                         .as_of = I64_MAX,
                         .from = I64_MIN,
                         .all_versions = true};
    diag_t quiet = {0};
    TRY(record_table_open(t, q.kind->count));
    err_t err = records_read(s->store, &q, &quiet, t);
    if (err != ERR_OK && err != ERR_EMPTY) {
        *s->diag = quiet;
    }
    return err == ERR_EMPTY ? ERR_OK : err;
}

bool bulletin_is_inside(const bulletin_make_t *m, i64 t_known)
{
    ASSERT(m != NULL);
    i64 from = m->spec->from - (i64)YEAR_BEFORE * NS_PER_DAY;
    return t_known >= from && (m->spec->to == 0 || t_known < m->spec->to);
}

static err_t tell_rows(bulletin_make_t *m, const bulletin_teller_t *teller)
{
    for (m->row = 0; m->row < m->table->rows; m->row++) {
        const record_head_t *h = &m->table->own_head[m->row];
        if (bulletin_is_inside(m, h->t_known) && (h->flags & RECORD_SUSPECT) == 0) {
            TRY(teller->tell(m));
        }
    }
    return ERR_OK;
}

static err_t tell_set(bulletin_make_t *m, const sets_t *s, const records_chunk_t *c)
{
    const bulletin_teller_t *teller = bulletin_teller(record_kind_find(c->kind)->name);
    err_t err = ERR_OK;
    for (u32 k = 0; err == ERR_OK && (k == 0 || (k < COUNT_OF(teller->series) && teller->series[k] != NULL));
         k++) {
        record_table_t t = {0};
        err = read_set(s, c, teller->series[k], &t);
        m->kind = record_kind_find(c->kind);
        m->table = &t;
        err = err != ERR_OK ? err : teller->whole != NULL ? teller->whole(m) : tell_rows(m, teller);
        record_table_close(&t);
    }
    return err;
}

static err_t filers_read(bulletin_make_t *m, const sets_t *s)
{
    err_t err = ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < s->chunks; i++) {
        const record_kind_desc_t *kind = record_kind_find(s->own_chunk[i].kind);
        if (kind == NULL || strcmp(kind->name, "membership") != 0 || !first_of_set(s, i)) {
            continue;
        }
        record_table_t t = {0};
        err = read_set(s, &s->own_chunk[i], NULL, &t);
        err = err == ERR_OK ? filers_add(m, kind, &t) : err;
        record_table_close(&t);
    }
    filers_sort(m);
    return err;
}

/* ---- which sets ---- */

static const bulletin_teller_t *teller_of(const records_chunk_t *c)
{
    const record_kind_desc_t *kind = record_kind_find(c->kind);
    return kind == NULL ? NULL : bulletin_teller(kind->name);
}

static err_t unknown_set(const sets_t *s, str_t name, bool stored)
{
    const char *best = NULL;
    u32 least = UINT32_MAX;
    char meant[STR_MEANT];
    for (u32 i = 0; i < s->chunks; i++) {
        if (teller_of(&s->own_chunk[i]) != NULL &&
            str_nearer(name, str_from(s->own_chunk[i].source), &least)) {
            best = s->own_chunk[i].source;
        }
    }
    return stored ? diag_fail(s->diag, ERR_USAGE,
                              "--news " STR_FMT ": nothing in this set can be heard\n"
                              "do: name sets of headlines, filings, reports, insiders' or senators' trades, "
                              "earnings dates, option chains or numbers; `vitrine data list` shows what is "
                              "stored",
                              STR_ARG(name))
                  : diag_fail(s->diag, ERR_NOT_FOUND,
                              "--news " STR_FMT ": there is no such set of records%s\n"
                              "do: `vitrine data list` shows what is stored; import it first",
                              STR_ARG(name), str_meant(name, best, meant));
}

/* Of a set either the kinds that are told row by row, or those that are told whole. */
static err_t tell_named(bulletin_make_t *m, const sets_t *s, str_t name, bool whole)
{
    bool all = str_eq_c(name, "all");
    bool stored = false;
    bool told = false;
    for (u32 i = 0; i < s->chunks; i++) {
        const records_chunk_t *c = &s->own_chunk[i];
        bool own = all || str_eq_c(name, c->source);
        stored = stored || own;
        const bulletin_teller_t *teller = own && first_of_set(s, i) ? teller_of(c) : NULL;
        told = told || teller != NULL;
        if (teller != NULL && (teller->whole != NULL) == whole) {
            TRY(tell_set(m, s, c));
        }
    }
    return told || all ? ERR_OK : unknown_set(s, name, stored);
}

/* A set that is named twice is told once. */
static bool named_before(str_t all, str_t name)
{
    while (all.n > 0 && all.p < name.p) {
        str_t one;
        (void)str_cut(all, ',', &one, &all);
        one = str_trim(one);
        if (one.p < name.p && str_eq(one, name)) {
            return true;
        }
    }
    return false;
}

static err_t tell_each(bulletin_make_t *m, const sets_t *s, bool whole)
{
    str_t list = str_from(m->spec->sources);
    str_t rest = list;
    while (rest.n > 0) {
        str_t name;
        (void)str_cut(rest, ',', &name, &rest);
        name = str_trim(name);
        if (name.n > 0 && !named_before(list, name)) {
            TRY(tell_named(m, s, name, whole));
        }
    }
    return ERR_OK;
}

static err_t tell_all(bulletin_make_t *m, const sets_t *s)
{
    TRY(tell_each(m, s, false));
    m->dates = m->out->count;
    return tell_each(m, s, true);
}

/* ---- order and coverage ---- */

static int compare(i64 a, i64 b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

/* Total, but for equal ones. Coverage comes before what it covers. */
static int by_known(const void *pa, const void *pb)
{
    const bulletin_t *a = pa;
    const bulletin_t *b = pb;
    int c = compare(a->t_known, b->t_known);
    c = c != 0 ? c : compare(a->kind != BULLETIN_COVERS, b->kind != BULLETIN_COVERS);
    c = c != 0 ? c : compare(a->inst, b->inst);
    c = c != 0 ? c : compare(a->kind, b->kind);
    c = c != 0 ? c : compare(a->t_event, b->t_event);
    c = c != 0 ? c : compare(a->value, b->value);
    return c != 0 ? c : strcmp(a->text, b->text);
}

static err_t cover(bulletin_make_t *m, i64 t, inst_t inst, i64 value)
{
    bulletin_t b = {.t_known = t, .t_event = t, .inst = inst, .kind = BULLETIN_COVERS, .value = value};
    return bulletin_put(m, &b);
}

/* From a name's first row of a kind to the day after the kind's last row; of dates, after the last date. */
static err_t cover_all(bulletin_make_t *m)
{
    u32 told = m->out->count;
    i64 last[BULLETIN_KINDS] = {0};
    u32 *own_seen = calloc((size_t)m->spec->count + 1, sizeof *own_seen);
    err_t err = own_seen == NULL ? ERR_NO_MEMORY : ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < told; i++) {
        const bulletin_t b = m->out->own_v[i];
        last[b.kind] = MAX_OF(last[b.kind], b.kind == BULLETIN_CALENDAR ? b.t_event : b.t_known);
        if (b.inst != INST_NONE && (own_seen[b.inst] & 1U << b.kind) == 0) {
            own_seen[b.inst] |= 1U << b.kind;
            err = cover(m, b.t_known, b.inst, b.kind);
        }
    }
    for (i64 k = 0; err == ERR_OK && k < BULLETIN_KINDS; k++) {
        i64 end = last[k] + NS_PER_DAY;
        if (last[k] != 0 && !bulletin_is_of_market((bulletin_kind_t)k) &&
            (m->spec->to == 0 || end < m->spec->to)) {
            err = cover(m, end, INST_NONE, -k);
        }
    }
    free(own_seen);
    return err;
}

/* In order; what is told twice in the same words at the same moment is told once. */
static void sort(bulletins_t *b)
{
    u32 n = 0;
    if (b->count > 0) {
        qsort(b->own_v, b->count, sizeof *b->own_v, by_known);
    }
    for (u32 i = 0; i < b->count; i++) {
        bool trade = b->own_v[i].kind == BULLETIN_INSIDER || b->own_v[i].kind == BULLETIN_CONGRESS;
        if (n == 0 || trade || by_known(&b->own_v[n - 1], &b->own_v[i]) != 0) {
            b->own_v[n++] = b->own_v[i];
        }
    }
    b->count = n;
}

static void content_of(bulletins_t *b)
{
    digest_state_t d;
    digest_begin(&d);
    for (u32 i = 0; i < b->count; i++) {
        const bulletin_t *x = &b->own_v[i];
        i64 numbers[5] = {x->t_known, x->t_event, x->value, x->inst, x->kind};
        digest_add(&d, numbers, sizeof numbers);
        digest_add(&d, x->text, strlen(x->text) + 1);
    }
    b->content = digest_end(&d);
}

/* ---- who may be traded ---- */

static err_t members_of(bulletin_make_t *m, const sets_t *s)
{
    str_t group = {0};
    str_t set;
    err_t err = ERR_NOT_FOUND;
    (void)str_cut(str_from(m->spec->members), '/', &set, &group);
    for (u32 i = 0; err == ERR_NOT_FOUND && i < s->chunks; i++) {
        const records_chunk_t *c = &s->own_chunk[i];
        const record_kind_desc_t *kind = record_kind_find(c->kind);
        if (!str_eq_c(set, c->source) || kind == NULL || strcmp(kind->name, "membership") != 0) {
            continue;
        }
        record_table_t t = {0};
        err = read_set(s, c, NULL, &t);
        m->kind = kind;
        m->table = &t;
        err = err == ERR_OK ? bulletins_members(m, set, group, s->diag) : err;
        record_table_close(&t);
    }
    return err != ERR_NOT_FOUND ? err
                                : diag_fail(s->diag, ERR_NOT_FOUND,
                                            "--members " STR_FMT ": no such set of members is stored\n"
                                            "do: `vitrine data list` shows sets of kind membership",
                                            STR_ARG(set));
}

static err_t make(bulletin_make_t *m, const sets_t *s)
{
    TRY(filers_read(m, s));
    TRY(m->spec->sources != NULL ? tell_all(m, s) : ERR_OK);
    sort(m->out);
    TRY(cover_all(m));
    TRY(m->spec->members != NULL ? members_of(m, s) : ERR_OK);
    sort(m->out);
    content_of(m->out);
    return ERR_OK;
}

err_t bulletins_open(const bulletins_spec_t *spec, diag_t *diag, bulletins_t *out)
{
    ASSERT(spec != NULL && (spec->sources != NULL || spec->members != NULL) && out != NULL);
    sets_t s = {.diag = diag};
    bulletins_t b = {0};
    bulletin_make_t m = {.spec = spec, .out = &b};
    TRY(records_open(spec->home, true, diag, &s.store));
    err_t err = records_chunks(s.store, NULL, diag, &s.own_chunk, &s.chunks);
    err = err == ERR_OK ? make(&m, &s) : err;
    free(m.own_filer);
    free(s.own_chunk);
    records_close(s.store);
    if (err != ERR_OK) {
        bulletins_close(&b);
        return err;
    }
    *out = b;
    return ERR_OK;
}

void bulletins_close(bulletins_t *b)
{
    ASSERT(b != NULL);
    free(b->own_v);
    *b = (bulletins_t){0};
}
