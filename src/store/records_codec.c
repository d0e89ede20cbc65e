/* See records_codec.h. */
#include "store/records_codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "wire/zst.h"

static const u8 MAGIC[4] = {'V', 'R', 'E', 'C'};
static const u8 MAGIC_FILE[4] = {'V', 'R', 'Z', '1'};

enum { HEAD_COLUMNS = 5, VARINT_MAX = 10, PACK_LEVEL = 3, FILE_HEAD = 12 };

/* Texts that the chosen rows use, in byte order: rank[number] is the place, UINT32_MAX if unused. */
typedef struct {
    u32 *own_rank;
    u32 *own_text; /* numbers in byte order */
    u32 count;
    u64 bytes;
} ranks_t;

typedef struct {
    str_t s;
    u32 number;
} named_t;

static int by_text(const void *pa, const void *pb)
{
    return str_cmp(((const named_t *)pa)->s, ((const named_t *)pb)->s);
}

static void ranks_use(const record_table_t *t, i64 number, ranks_t *r)
{
    ASSERT(number >= 0 && number < (i64)t->texts);
    if (r->own_rank[number] == UINT32_MAX) {
        r->own_rank[number] = 0;
        r->own_text[r->count++] = (u32)number;
    }
}

static err_t ranks_of(const record_kind_desc_t *kind, const record_table_t *t, const u32 *row, u32 count,
                      ranks_t *r)
{
    r->own_rank = malloc(((size_t)t->texts + 1) * sizeof *r->own_rank);
    r->own_text = malloc(((size_t)t->texts + 1) * sizeof *r->own_text);
    named_t *named = malloc(((size_t)t->texts + 1) * sizeof *named);
    if (r->own_rank == NULL || r->own_text == NULL || named == NULL) {
        free(named);
        return ERR_NO_MEMORY;
    }
    memset(r->own_rank, 0xFF, ((size_t)t->texts + 1) * sizeof *r->own_rank);
    for (u32 i = 0; i < count; i++) {
        ranks_use(t, t->own_head[row[i]].series, r);
        const i64 *cell = record_row(t, row[i]);
        for (u32 c = 0; c < kind->count; c++) {
            if (kind->column[c].type == CELL_TEXT && cell[c] != CELL_NONE) {
                ranks_use(t, cell[c], r);
            }
        }
    }
    for (u32 i = 0; i < r->count; i++) {
        named[i] = (named_t){.s = record_text(t, r->own_text[i]), .number = r->own_text[i]};
        r->bytes += named[i].s.n;
    }
    qsort(named, r->count, sizeof *named, by_text);
    for (u32 i = 0; i < r->count; i++) {
        r->own_text[i] = named[i].number;
        r->own_rank[named[i].number] = i;
    }
    free(named);
    return ERR_OK;
}

/* The value of head column k: series, t_event, t_known - t_event, ord, flags. */
static u64 head_value(const record_head_t *h, u32 k)
{
    switch (k) {
    case 0:
        return h->series;
    case 1:
        return (u64)h->t_event;
    case 2:
        return (u64)h->t_known - (u64)h->t_event;
    case 3:
        return h->ord;
    default:
        return h->flags;
    }
}

/* The rows of a table that are written, in this order. */
typedef struct {
    const record_table_t *t;
    const u32 *row;
    u32 count;
} chosen_t;

static void put_columns(const record_kind_desc_t *kind, const chosen_t *rows, const u32 *rank, writer_t *w)
{
    const record_table_t *t = rows->t;
    const u32 *row = rows->row;
    for (u32 k = 0; k < HEAD_COLUMNS + kind->count; k++) {
        u64 before = 0;
        bool text = k >= HEAD_COLUMNS && kind->column[k - HEAD_COLUMNS].type == CELL_TEXT;
        for (u32 i = 0; i < rows->count; i++) {
            u64 v = k < HEAD_COLUMNS ? head_value(&t->own_head[row[i]], k)
                                     : (u64)record_row(t, row[i])[k - HEAD_COLUMNS];
            if (k == 0 || (text && v != (u64)CELL_NONE)) {
                v = rank[v];
            }
            put_svarint(w, (i64)(v - before));
            before = v;
        }
    }
}

static void put_kind(const record_kind_desc_t *kind, writer_t *w)
{
    put_bytes(w, MAGIC, sizeof MAGIC);
    put_u16(w, RECORDS_VERSION);
    put_u16(w, kind->id);
    put_u32(w, kind->count);
    for (u32 c = 0; c < kind->count; c++) {
        put_str(w, str_from(kind->column[c].name));
        put_u8(w, kind->column[c].type);
        put_u8(w, kind->column[c].scale);
    }
}

err_t records_encode(const record_kind_desc_t *kind, const record_table_t *t, const u32 *row, u32 count,
                     records_bytes_t *out)
{
    ASSERT(kind != NULL && t != NULL && row != NULL && out != NULL);
    ASSERT(count > 0 && kind->count == t->columns);
    ranks_t r = {0};
    err_t err = ranks_of(kind, t, row, count, &r);
    size_t room = 4096 + r.bytes + (size_t)r.count * VARINT_MAX +
                  (size_t)count * (HEAD_COLUMNS + kind->count) * VARINT_MAX;
    u8 *own = err == ERR_OK ? malloc(room) : NULL;
    if (own != NULL) {
        writer_t w = writer_of(own, room);
        put_kind(kind, &w);
        put_u32(&w, count);
        put_u32(&w, r.count);
        for (u32 i = 0; i < r.count; i++) {
            put_str(&w, record_text(t, r.own_text[i]));
        }
        put_columns(kind, &(chosen_t){t, row, count}, r.own_rank, &w);
        err = writer_done(&w);
        ASSERT(err == ERR_OK);
        err = w.used > RECORDS_CONTENTS_MAX ? ERR_BUFFER_FULL : ERR_OK;
        *out = (records_bytes_t){.own = own, .n = w.used};
    } else {
        err = ERR_NO_MEMORY;
    }
    if (err != ERR_OK) {
        free(own);
        *out = (records_bytes_t){0};
    }
    free(r.own_rank);
    free(r.own_text);
    return err;
}

/* ---- reading ---- */

/* Columns of the file in terms of the kind's. */
typedef struct {
    u32 columns;
    u32 place[RECORD_COLUMNS];
    u32 rows;
    u32 texts;
} plan_t;

static err_t read_kind(const record_kind_desc_t *kind, reader_t *r, plan_t *p)
{
    u8 magic[4] = {0};
    get_bytes(r, magic, sizeof magic);
    if (memcmp(magic, MAGIC, sizeof magic) != 0) {
        return ERR_CORRUPT;
    }
    if (get_u16(r) != RECORDS_VERSION || get_u16(r) != kind->id) {
        return r->bad ? ERR_TRUNCATED : ERR_VERSION;
    }
    p->columns = get_u32(r);
    if (r->bad || p->columns > RECORD_COLUMNS) {
        return ERR_CORRUPT;
    }
    u32 seen = 0;
    for (u32 c = 0; c < p->columns; c++) {
        str_t name = get_str(r);
        u8 type = get_u8(r);
        u8 scale = get_u8(r);
        u32 at = 0;
        while (!r->bad && at < kind->count && !str_eq_c(name, kind->column[at].name)) {
            at++;
        }
        if (r->bad || at == kind->count || kind->column[at].type != type || kind->column[at].scale != scale ||
            (seen >> at & 1) != 0) {
            return r->bad ? ERR_TRUNCATED : ERR_VERSION;
        }
        seen |= 1u << at;
        p->place[c] = at;
    }
    p->rows = get_u32(r);
    p->texts = get_u32(r);
    /* Each row is a byte per column at least, each text its length: a false count is seen before memory. */
    bool fits = !r->bad && p->rows > 0 && p->rows <= RECORD_ROWS_MAX &&
                (u64)p->rows * (HEAD_COLUMNS + p->columns) <= reader_left(r) &&
                (u64)p->texts * 4 <= reader_left(r);
    return fits ? ERR_OK : ERR_CORRUPT;
}

static err_t read_texts(reader_t *r, const plan_t *p, record_table_t *t, u32 *number)
{
    for (u32 i = 0; i < p->texts; i++) {
        str_t s = get_str(r);
        if (r->bad) {
            return ERR_TRUNCATED;
        }
        TRY(record_text_add(t, s, &number[i]));
    }
    return ERR_OK;
}

static err_t read_heads(reader_t *r, const plan_t *p, const u32 *number, record_head_t *h)
{
    for (u32 k = 0; k < HEAD_COLUMNS; k++) {
        u64 v = 0;
        for (u32 i = 0; i < p->rows; i++) {
            v += (u64)get_svarint(r);
            bool small = k == 1 || k == 2 || v <= UINT32_MAX;
            if (!small || (k == 0 && v >= p->texts)) {
                return r->bad ? ERR_TRUNCATED : ERR_CORRUPT;
            }
            switch (k) {
            case 0:
                h[i].series = number[v];
                break;
            case 1:
                h[i].t_event = (i64)v;
                break;
            case 2:
                h[i].t_known = (i64)((u64)h[i].t_event + v);
                break;
            case 3:
                h[i].ord = (u32)v;
                break;
            default:
                h[i].flags = (u32)v;
                break;
            }
        }
    }
    return r->bad ? ERR_TRUNCATED : ERR_OK;
}

static err_t read_cells(reader_t *r, const record_kind_desc_t *kind, const plan_t *p, const u32 *number,
                        i64 *cell)
{
    for (u32 c = 0; c < p->columns; c++) {
        u32 at = p->place[c];
        u64 v = 0;
        bool text = kind->column[at].type == CELL_TEXT;
        for (u32 i = 0; i < p->rows; i++) {
            v += (u64)get_svarint(r);
            bool none = v == (u64)CELL_NONE;
            if (text && !none && v >= p->texts) {
                return r->bad ? ERR_TRUNCATED : ERR_CORRUPT;
            }
            cell[(size_t)i * kind->count + at] = text && !none ? (i64)number[v] : (i64)v;
        }
    }
    return reader_done(r) != ERR_OK ? ERR_TRUNCATED : reader_left(r) != 0 ? ERR_CORRUPT : ERR_OK;
}

err_t records_decode(const record_kind_desc_t *kind, const void *p, size_t n, record_table_t *t)
{
    ASSERT(kind != NULL && t != NULL);
    ASSERT(kind->count == t->columns);
    reader_t r = reader_of(p, n);
    plan_t plan = {0};
    TRY(read_kind(kind, &r, &plan));
    u32 *number = malloc(((size_t)plan.texts + 1) * sizeof *number);
    record_head_t *head = calloc(plan.rows, sizeof *head);
    i64 *cell = malloc(((size_t)plan.rows * kind->count + 1) * sizeof *cell);
    err_t err = number == NULL || head == NULL || cell == NULL ? ERR_NO_MEMORY : ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < (size_t)plan.rows * kind->count; i++) {
        cell[i] = CELL_NONE;
    }
    err = err == ERR_OK ? read_texts(&r, &plan, t, number) : err;
    err = err == ERR_OK ? read_heads(&r, &plan, number, head) : err;
    err = err == ERR_OK ? read_cells(&r, kind, &plan, number, cell) : err;
    for (u32 i = 0; err == ERR_OK && i < plan.rows; i++) {
        err = record_row_add(t, &head[i], cell + (size_t)i * kind->count);
    }
    free(number);
    free(head);
    free(cell);
    return err;
}

err_t records_pack(const records_bytes_t *contents, records_bytes_t *out)
{
    ASSERT(contents != NULL && contents->n > 0);
    ASSERT(out != NULL);
    size_t room = FILE_HEAD + zst_bound(contents->n);
    u8 *own = malloc(room);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    writer_t w = writer_of(own, FILE_HEAD);
    put_bytes(&w, MAGIC_FILE, sizeof MAGIC_FILE);
    put_u64(&w, contents->n);
    size_t used = 0;
    err_t err = zst_pack(contents->own, contents->n, PACK_LEVEL,
                         (zst_room_t){.p = own + FILE_HEAD, .size = room - FILE_HEAD}, &used);
    if (err != ERR_OK) {
        free(own);
        return err;
    }
    *out = (records_bytes_t){.own = own, .n = FILE_HEAD + used};
    return ERR_OK;
}

err_t records_unpack(const void *p, size_t n, records_bytes_t *out)
{
    ASSERT(p != NULL || n == 0);
    ASSERT(out != NULL);
    reader_t r = reader_of(p, n);
    u8 magic[4] = {0};
    get_bytes(&r, magic, sizeof magic);
    u64 size = get_u64(&r);
    /* A frame of zstd cannot unpack to more than some 10,000 times its size at our level. */
    if (r.bad || memcmp(magic, MAGIC_FILE, sizeof magic) != 0 || size == 0 || size > RECORDS_CONTENTS_MAX ||
        size / 20000 > n) {
        return ERR_CORRUPT;
    }
    u8 *own = malloc(size);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = zst_unpack(r.p + r.at, reader_left(&r), own, size);
    if (err != ERR_OK) {
        free(own);
        return ERR_CORRUPT;
    }
    *out = (records_bytes_t){.own = own, .n = size};
    return ERR_OK;
}
