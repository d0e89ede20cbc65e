/* See records.h: opening, chunk files, merging. The fenced view is records_read.c, the SQL records_sql.c. */
#include "store/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "os/file.h"
#include "store/head.h"
#include "store/home.h"
#include "store/records_inner.h"

i32 records_period(record_period_t p, i64 t_known)
{
    i32 y = 0;
    i32 m = 0;
    i32 d = 0;
    i64 day = t_known / NS_PER_DAY - (t_known % NS_PER_DAY < 0 ? 1 : 0);
    date_to_ymd((date_t)day, &y, &m, &d);
    return p == RECORD_BY_DECADE ? y - y % 10 : y * 100 + m;
}

err_t records_open(const char *home, bool read_only, diag_t *diag, records_t **out)
{
    ASSERT(home != NULL);
    ASSERT(out != NULL);
    if (strlen(home) > RECORDS_HOME_MAX) {
        return diag_fail(diag, ERR_PARAM_RANGE,
                         "the path of the home is longer than %d bytes\n"
                         "do: give a shorter --home",
                         (int)RECORDS_HOME_MAX);
    }
    records_t *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for the record store");
    }
    r->read_only = read_only;
    (void)snprintf(r->home, sizeof r->home, "%s", home);
    err_t err = read_only ? ERR_OK : os_dir_make(home, 0700, diag);
    char db[LIMIT_PATH];
    (void)snprintf(db, sizeof db, "%s/" HOME_DB, r->home);
    if (err == ERR_OK && read_only && !os_exists(db)) {
        err = diag_fail(diag, ERR_NOT_FOUND,
                        "%.200s: no records here\ndo: `vitrine data import PATH...` first", home);
    }
    err = err == ERR_OK && !read_only ? head_check(home, diag) : err;
    err = err == ERR_OK ? records_sql_open(r, diag) : err;
    if (err != ERR_OK) {
        records_close(r);
        return err;
    }
    *out = r;
    return ERR_OK;
}

void records_close(records_t *r)
{
    if (r == NULL) {
        return;
    }
    if (r->in_transaction) {
        diag_t ignored = {0};
        err_t err = sql_exec(r->db, "ROLLBACK", &ignored);
        (void)err; /* SQLite has rolled back by itself if this fails */
    }
    if (r->db != NULL) {
        sql_close(r->db);
    }
    free(r);
}

void records_path(const records_t *r, const digest_t *hash, char out[LIMIT_PATH])
{
    ASSERT(r != NULL);
    ASSERT(hash != NULL);
    char hex[65];
    hex_print(hex, hash->b, sizeof hash->b);
    (void)snprintf(out, LIMIT_PATH, "%s/records/%.2s/%s.rec", r->home, hex, hex);
}

/* ---- merging ---- */

enum { ROW_TAKEN = 1, ROW_LEFT = 2 };

typedef struct {
    records_t *r;
    const records_target_t *to;
    record_table_t *t;
    records_put_t *io;
    diag_t *diag;
    u32 fresh;    /* rows of the put stand first in the table */
    u32 *own_row; /* all rows, in the order of the moment */
    u8 *own_state;
    i64 *own_known; /* t_known of the put's rows as they came */
} merge_t;

/* qsort has no context, and a global one is forbidden: what is compared is copied into the key. */
typedef struct {
    str_t series;
    const record_head_t *head;
    const i64 *cell;
    const record_kind_desc_t *kind;
    const record_table_t *table;
    u32 columns;
    u32 row;
    bool old;
} sort_key_t;

static int by_i64(i64 a, i64 b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

static int by_moment(const sort_key_t *a, const sort_key_t *b)
{
    int c = a->head->series == b->head->series ? 0 : str_cmp(a->series, b->series);
    return c != 0 ? c : by_i64(a->head->t_event, b->head->t_event);
}

/* Series, t_event, place in the source: gives `ord`. */
static int by_source(const void *pa, const void *pb)
{
    const sort_key_t *a = pa;
    const sort_key_t *b = pb;
    int c = by_moment(a, b);
    return c != 0 ? c : by_i64(a->row, b->row);
}

/* Series, t_event, then values: equal rows stand together, the stored ones first. Texts of one table are
 * equal if their numbers are. */
static int by_values(const void *pa, const void *pb)
{
    const sort_key_t *a = pa;
    const sort_key_t *b = pb;
    int c = by_moment(a, b);
    for (u32 i = 0; c == 0 && i < a->columns; i++) {
        c = by_i64(a->cell[i], b->cell[i]);
    }
    c = c != 0 ? c : (int)b->old - (int)a->old;
    return c != 0 ? c : by_i64(a->row, b->row);
}

/* Series, t_event, stored first, t_known, place in the source. */
static int by_version(const void *pa, const void *pb)
{
    const sort_key_t *a = pa;
    const sort_key_t *b = pb;
    int c = by_moment(a, b);
    c = c != 0 ? c : (int)b->old - (int)a->old;
    c = c != 0 ? c : by_i64(a->head->t_known, b->head->t_known);
    return c != 0 ? c : by_i64(a->row, b->row);
}

static int by_cell(const sort_key_t *a, const sort_key_t *b, u32 column)
{
    i64 x = a->cell[column];
    i64 y = b->cell[column];
    bool text = a->kind->column[column].type == CELL_TEXT && x != CELL_NONE && y != CELL_NONE && x != y;
    return text ? str_cmp(record_text(a->table, (u32)x), record_text(b->table, (u32)y)) : by_i64(x, y);
}

/* The order of a chunk: by contents alone, not by how texts happen to be numbered. */
static int by_chunk(const void *pa, const void *pb)
{
    const sort_key_t *a = pa;
    const sort_key_t *b = pb;
    int c = by_moment(a, b);
    c = c != 0 ? c : by_i64(a->head->t_known, b->head->t_known);
    c = c != 0 ? c : by_i64(a->head->ord, b->head->ord);
    for (u32 i = 0; c == 0 && i < a->columns; i++) {
        c = by_cell(a, b, i);
    }
    return c;
}

static err_t sort_rows(merge_t *m, u32 *row, u32 count, int (*order)(const void *, const void *))
{
    sort_key_t *own = malloc(((size_t)count + 1) * sizeof *own);
    if (own == NULL) {
        return diag_fail(m->diag, ERR_NO_MEMORY, "no memory to sort %u records", count);
    }
    bool sorted = true;
    for (u32 i = 0; i < count; i++) {
        u32 k = row[i];
        const record_head_t *h = &m->t->own_head[k];
        own[i] = (sort_key_t){.series = record_text(m->t, h->series),
                              .head = h,
                              .cell = record_row(m->t, k),
                              .kind = m->to->kind,
                              .table = m->t,
                              .columns = m->t->columns,
                              .row = k,
                              .old = k >= m->fresh};
        sorted &= i == 0 || order(&own[i - 1], &own[i]) <= 0;
    }
    if (!sorted) {
        qsort(own, count, sizeof *own, order);
    }
    for (u32 i = 0; i < count; i++) {
        row[i] = own[i].row;
    }
    free(own);
    return ERR_OK;
}

static bool same_moment(const merge_t *m, u32 a, u32 b)
{
    const record_head_t *x = &m->t->own_head[a];
    const record_head_t *y = &m->t->own_head[b];
    return x->series == y->series && x->t_event == y->t_event;
}

static bool same_values(const merge_t *m, u32 a, u32 b)
{
    return m->t->columns == 0 ||
           memcmp(record_row(m->t, a), record_row(m->t, b), m->t->columns * sizeof(i64)) == 0;
}

static err_t give_ord(merge_t *m)
{
    TRY(sort_rows(m, m->own_row, m->fresh, by_source));
    u32 ord = 0;
    for (u32 i = 0; i < m->fresh; i++) {
        ord = i > 0 && same_moment(m, m->own_row[i - 1], m->own_row[i]) ? ord + 1 : 0;
        m->t->own_head[m->own_row[i]].ord = ord;
    }
    return ERR_OK;
}

/* Kinds with many rows of one moment: the n-th of several equal rows is there if n equal ones are stored. */
static void select_many(merge_t *m, u32 count)
{
    u32 from = 0;
    while (from < count) {
        u32 to = from;
        u32 stored = 0;
        while (to < count && same_moment(m, m->own_row[from], m->own_row[to]) &&
               same_values(m, m->own_row[from], m->own_row[to])) {
            stored += m->own_row[to] >= m->fresh ? 1 : 0;
            to++;
        }
        for (u32 i = from, n = 0; i < to; i++) {
            u32 row = m->own_row[i];
            if (row < m->fresh) {
                bool there = n++ < stored;
                m->own_state[row] = there ? ROW_LEFT : ROW_TAKEN;
                m->io->rows_same += there ? 1 : 0;
                m->io->rows_new += there ? 0 : 1;
            }
        }
        from = to;
    }
}

/* When a correction became known. It stays in a period whose chunk was loaded: that of the newest version or
 * of `revision_known`. */
static i64 revised(const merge_t *m, i64 newest)
{
    record_period_t by = m->to->kind->period;
    if (m->to->revision_known > newest) {
        return m->to->revision_known;
    }
    return records_period(by, newest + 1) == records_period(by, newest) ? newest + 1 : newest;
}

static void select_one(merge_t *m, u32 from, u32 at)
{
    u32 row = m->own_row[at];
    record_head_t *h = &m->t->own_head[row];
    i64 newest = I64_MIN;
    u32 last = UINT32_MAX;
    bool equal = false;
    for (u32 i = from; i < at; i++) {
        u32 other = m->own_row[i];
        const record_head_t *o = &m->t->own_head[other];
        if (other < m->fresh && m->own_known[other] == m->own_known[row]) { /* a second row in one file */
            m->own_state[row] = ROW_LEFT;
            m->io->duplicate_line = m->io->rows_duplicate == 0 ? h->line : m->io->duplicate_line;
            m->io->rows_duplicate++;
            return;
        }
        if (other < m->fresh && m->own_state[other] != ROW_TAKEN) {
            continue;
        }
        equal |= same_values(m, row, other);
        last = o->t_known > newest ? other : last;
        newest = MAX_OF(newest, o->t_known);
    }
    bool later = last != UINT32_MAX && h->t_known > newest;
    bool there = last != UINT32_MAX && (later ? same_values(m, row, last) : equal);
    m->own_state[row] = there ? ROW_LEFT : ROW_TAKEN;
    m->io->rows_same += there ? 1 : 0;
    m->io->rows_new += there ? 0 : 1;
    if (last != UINT32_MAX && !there) {
        h->t_known = later ? h->t_known : revised(m, newest);
        h->flags |= RECORD_LATE;
        m->io->rows_revision++;
    }
}

static void select_versions(merge_t *m, u32 count)
{
    u32 from = 0;
    for (u32 i = 0; i < count; i++) {
        from = same_moment(m, m->own_row[from], m->own_row[i]) ? from : i;
        if (m->own_row[i] < m->fresh) {
            select_one(m, from, i);
        }
    }
}

static err_t load_old(merge_t *m, records_chunk_t **own_chunk, u32 *chunks)
{
    records_periods_t p = {.first = INT32_MAX,
                           .last = INT32_MIN,
                           .revision = records_period(m->to->kind->period, m->to->revision_known)};
    for (u32 i = 0; i < m->fresh; i++) {
        i32 at = records_period(m->to->kind->period, m->t->own_head[i].t_known);
        p.first = MIN_OF(p.first, at);
        p.last = MAX_OF(p.last, at);
    }
    TRY(records_sql_for_put(m->r, m->to, &p, m->diag, own_chunk, chunks));
    for (u32 i = 0; i < *chunks; i++) {
        TRY(records_load(m->r, &(*own_chunk)[i], m->diag, m->t));
    }
    return ERR_OK;
}

static err_t write_file(records_t *r, const records_bytes_t *contents, diag_t *diag, digest_t *hash)
{
    char path[LIMIT_PATH];
    *hash = digest_of(contents->own, contents->n);
    records_path(r, hash, path);
    records_bytes_t packed = {0};
    TRY(records_pack(contents, &packed));
    char *slash = strrchr(path, '/');
    ASSERT(slash != NULL);
    *slash = '\0';
    err_t err = os_dir_make(path, 0700, diag);
    *slash = '/';
    if (err == ERR_OK) {
        err = os_file_write(path, (str_t){.p = packed.own, .n = (u32)packed.n}, 0600, diag);
    }
    free(packed.own);
    return err;
}

static err_t write_chunk(merge_t *m, i32 period, u32 *row, u32 count)
{
    records_chunk_t c = {.kind = m->to->kind->id,
                         .period = period,
                         .rows = count,
                         .known_first = I64_MAX,
                         .known_last = I64_MIN};
    (void)snprintf(c.source, sizeof c.source, "%s", m->to->source);
    TRY(sort_rows(m, row, count, by_chunk));
    for (u32 i = 0; i < count; i++) {
        const record_head_t *h = &m->t->own_head[row[i]];
        c.known_first = MIN_OF(c.known_first, h->t_known);
        c.known_last = MAX_OF(c.known_last, h->t_known);
        c.revisions += (h->flags & RECORD_LATE) != 0 ? 1 : 0;
        c.suspects += (h->flags & RECORD_SUSPECT) != 0 ? 1 : 0;
        c.series += i == 0 || m->t->own_head[row[i - 1]].series != h->series ? 1 : 0;
    }
    records_bytes_t contents = {0};
    err_t err = records_encode(m->to->kind, m->t, row, count, &contents);
    if (err != ERR_OK) {
        return diag_fail(m->diag, err, "%.32s: %u records of one period cannot be packed", c.source, count);
    }
    err = write_file(m->r, &contents, m->diag, &c.hash);
    free(contents.own);
    TRY(err);
    m->io->chunks_written++;
    return records_sql_put(m->r, &c, m->diag);
}

/* All rows of the period that row `first` belongs to: taken ones, which count as written then, and stored
 * ones. */
static u32 gather_period(merge_t *m, u32 first, u32 *out)
{
    record_period_t by = m->to->kind->period;
    i32 period = records_period(by, m->t->own_head[first].t_known);
    u32 n = 0;
    for (u32 k = first; k < m->t->rows; k++) {
        bool fresh = k < m->fresh;
        bool in = !fresh || m->own_state[k] == ROW_TAKEN;
        if (!in || records_period(by, m->t->own_head[k].t_known) != period) {
            continue;
        }
        out[n++] = k;
        m->own_state[k] = fresh ? ROW_LEFT : m->own_state[k];
    }
    return n;
}

/* Every period that has a row taken is written anew, with what was stored of it. */
static err_t write_periods(merge_t *m)
{
    u32 *own = malloc(((size_t)m->t->rows + 1) * sizeof *own);
    if (own == NULL) {
        return diag_fail(m->diag, ERR_NO_MEMORY, "no memory to store %u records", m->t->rows);
    }
    err_t err = ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < m->fresh; i++) {
        if (m->own_state[i] == ROW_TAKEN) {
            i32 period = records_period(m->to->kind->period, m->t->own_head[i].t_known);
            u32 n = gather_period(m, i, own);
            err = write_chunk(m, period, own, n);
        }
    }
    free(own);
    return err;
}

static err_t merge(merge_t *m)
{
    records_chunk_t *own_chunk = NULL;
    u32 chunks = 0;
    err_t err = load_old(m, &own_chunk, &chunks);
    free(own_chunk);
    TRY(err);
    m->own_row = malloc(((size_t)m->t->rows + 1) * sizeof *m->own_row);
    m->own_state = calloc((size_t)m->t->rows + 1, 1);
    m->own_known = malloc(((size_t)m->fresh + 1) * sizeof *m->own_known);
    if (m->own_row == NULL || m->own_state == NULL || m->own_known == NULL) {
        return diag_fail(m->diag, ERR_NO_MEMORY, "no memory to merge %u records", m->t->rows);
    }
    for (u32 i = 0; i < m->t->rows; i++) {
        m->own_row[i] = i;
    }
    for (u32 i = 0; i < m->fresh; i++) {
        m->own_known[i] = m->t->own_head[i].t_known;
    }
    TRY(give_ord(m));
    for (u32 i = 0; i < m->t->rows; i++) {
        m->own_row[i] = i;
    }
    TRY(sort_rows(m, m->own_row, m->t->rows, m->to->kind->many ? by_values : by_version));
    if (m->to->kind->many) {
        select_many(m, m->t->rows);
    } else {
        select_versions(m, m->t->rows);
    }
    return write_periods(m);
}

err_t records_put(records_t *r, const records_target_t *to, record_table_t *t, records_put_t *io,
                  diag_t *diag)
{
    ASSERT(r != NULL && to != NULL && t != NULL && io != NULL);
    ASSERT(r->in_transaction && to->kind->count == t->columns);
    if (t->rows == 0) {
        return ERR_OK;
    }
    merge_t m = {.r = r, .to = to, .t = t, .io = io, .diag = diag, .fresh = t->rows};
    err_t err = merge(&m);
    free(m.own_row);
    free(m.own_state);
    free(m.own_known);
    return err;
}
