/* The fenced view (see records.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/records_inner.h"

/* Whole file into malloc'd memory. */
static err_t slurp(const char *path, diag_t *diag, records_bytes_t *out)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "%s: a chunk of records is missing\n"
                         "do: import the data into a new --home",
                         path);
    }
    long size = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    u8 *own = size > 0 && size <= RECORDS_CONTENTS_MAX ? malloc((size_t)size) : NULL;
    bool ok = own != NULL && fseek(f, 0, SEEK_SET) == 0 && fread(own, 1, (size_t)size, f) == (size_t)size;
    (void)fclose(f);
    if (!ok) {
        free(own);
        return diag_fail(diag, ERR_IO, "%s: cannot be read\ndo: import the data into a new --home", path);
    }
    *out = (records_bytes_t){.own = own, .n = (size_t)size};
    return ERR_OK;
}

err_t records_load(records_t *r, const records_chunk_t *c, diag_t *diag, record_table_t *t)
{
    ASSERT(r != NULL && c != NULL);
    ASSERT(t != NULL);
    char path[LIMIT_PATH];
    const record_kind_desc_t *kind = record_kind_find(c->kind);
    if (kind == NULL) {
        return diag_fail(diag, ERR_VERSION,
                         "%.32s holds records of kind %u, which this program does not know\n"
                         "do: use the newer program",
                         c->source, c->kind);
    }
    ASSERT(kind->count == t->columns);
    records_path(r, &c->hash, path);
    records_bytes_t file = {0};
    records_bytes_t contents = {0};
    TRY(slurp(path, diag, &file));
    u32 before = t->rows;
    err_t err = records_unpack(file.own, file.n, &contents);
    free(file.own);
    if (err == ERR_OK) {
        digest_t d = digest_of(contents.own, contents.n);
        err = digest_eq(&d, &c->hash) ? records_decode(kind, contents.own, contents.n, t) : ERR_CORRUPT;
        free(contents.own);
    }
    if (err == ERR_OK && t->rows - before != c->rows) {
        err = ERR_CORRUPT;
    }
    return err == ERR_OK ? ERR_OK
                         : diag_fail(diag, err,
                                     "%s: the chunk of %.32s does not match its hash\n"
                                     "do: import the data into a new --home",
                                     path, c->source);
}

static bool wanted(const records_query_t *q, u32 series, const record_head_t *h)
{
    return h->t_known <= q->as_of && h->t_event >= q->from && (q->to == 0 || h->t_event < q->to) &&
           (q->series == NULL || h->series == series);
}

typedef struct {
    str_t series;
    const record_head_t *head;
    u32 row;
} order_t;

static int by_order(const void *pa, const void *pb)
{
    const order_t *a = pa;
    const order_t *b = pb;
    int c = a->head->series == b->head->series ? 0 : str_cmp(a->series, b->series);
    if (c != 0) {
        return c;
    }
    if (a->head->t_event != b->head->t_event) {
        return a->head->t_event < b->head->t_event ? -1 : 1;
    }
    if (a->head->t_known != b->head->t_known) {
        return a->head->t_known < b->head->t_known ? -1 : 1;
    }
    if (a->head->ord != b->head->ord) {
        return a->head->ord < b->head->ord ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row ? 1 : 0;
}

static err_t copy_row(const record_table_t *from, const record_kind_desc_t *kind, u32 row, record_table_t *to)
{
    record_head_t h = from->own_head[row];
    i64 cell[RECORD_COLUMNS];
    TRY(record_text_add(to, record_text(from, h.series), &h.series));
    for (u32 c = 0; c < kind->count; c++) {
        cell[c] = record_row(from, row)[c];
        if (kind->column[c].type == CELL_TEXT && cell[c] != CELL_NONE) {
            u32 number = 0;
            TRY(record_text_add(to, record_text(from, (u32)cell[c]), &number));
            cell[c] = number;
        }
    }
    return record_row_add(to, &h, cell);
}

/* Chosen rows of a loaded table in order, newest versions only unless all are asked for. */
static err_t give(const record_table_t *all, const records_query_t *q, record_table_t *out)
{
    order_t *own = malloc(((size_t)all->rows + 1) * sizeof *own);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    u32 series = q->series == NULL ? 0 : record_text_find(all, str_from(q->series));
    u32 n = 0;
    for (u32 i = 0; i < all->rows; i++) {
        const record_head_t *h = &all->own_head[i];
        if (wanted(q, series, h)) {
            own[n++] = (order_t){.series = record_text(all, h->series), .head = h, .row = i};
        }
    }
    qsort(own, n, sizeof *own, by_order);
    err_t err = ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < n; i++) {
        bool older = i + 1 < n && own[i].head->series == own[i + 1].head->series &&
                     own[i].head->t_event == own[i + 1].head->t_event;
        if (q->all_versions || q->kind->many || !older) {
            err = copy_row(all, q->kind, own[i].row, out);
        }
    }
    free(own);
    return err;
}

err_t records_read(records_t *r, const records_query_t *q, diag_t *diag, record_table_t *out)
{
    ASSERT(r != NULL && q != NULL && out != NULL);
    ASSERT(q->source != NULL && q->kind != NULL && out->columns == q->kind->count);
    records_chunk_t *own = NULL;
    u32 count = 0;
    record_table_t all = {0};
    TRY(records_chunks(r, q->source, diag, &own, &count));
    err_t err = record_table_open(&all, q->kind->count);
    for (u32 i = 0; err == ERR_OK && i < count; i++) {
        if (own[i].kind == q->kind->id && own[i].known_first <= q->as_of) {
            err = records_load(r, &own[i], diag, &all);
        }
    }
    u32 before = out->rows;
    err = err == ERR_OK ? give(&all, q, out) : err;
    free(own);
    record_table_close(&all);
    return err == ERR_OK && out->rows == before
               ? diag_fail(diag, ERR_EMPTY,
                           "%.32s: no record of that kind and series was known then\n"
                           "do: `vitrine data list` shows what is stored",
                           q->source)
               : err;
}
