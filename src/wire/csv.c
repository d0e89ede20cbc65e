/* See csv.h. */
#include "wire/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "wire/zst.h"

enum { CSV_BUFFER = 1 << 18, CSV_HEADER_TEXT = 8192 };
_Static_assert((i32)CSV_BUFFER >= 2 * (i32)LIMIT_CSV_LINE, "the longest line fits with room to read ahead");

struct csv {
    zst_reader_t *in;
    char name[LIMIT_PATH];
    u64 line;       /* of the record at hand */
    u64 next_line;  /* of the next byte */
    size_t begin;   /* unread bytes are buffer[begin, end) */
    size_t end;
    bool ended;
    u32 field_count;
    u32 column_count;
    bool any_case;
    str_t field[CSV_FIELDS];
    str_t column[CSV_FIELDS];
    u8 header_text[CSV_HEADER_TEXT];
    u8 buffer[CSV_BUFFER];
};

/* Moves the unread bytes to the front and reads more behind them. */
static err_t csv_fill(csv_t *c, diag_t *diag)
{
    if (c->begin > 0) {
        memmove(c->buffer, c->buffer + c->begin, c->end - c->begin);
        c->end -= c->begin;
        c->begin = 0;
    }
    if (c->end == CSV_BUFFER || c->end > LIMIT_CSV_LINE) {
        return diag_fail(diag, ERR_BUFFER_FULL,
                         "%s:%llu: the line is longer than %d bytes\ndo: name a CSV file, plain or .zst",
                         c->name, (unsigned long long)c->next_line, (int)LIMIT_CSV_LINE);
    }
    size_t got = 0;
    TRY(zst_read(c->in, c->buffer + c->end, CSV_BUFFER - c->end, &got, diag));
    c->end += got;
    c->ended = got == 0;
    return ERR_OK;
}

/* Finds the end of the record at begin: *stop is the index after its last byte, *next where the next
 * begins. */
static err_t record_bounds(csv_t *c, size_t *stop, size_t *next, bool *quoted, diag_t *diag)
{
    size_t from = 0; /* relative to begin: bytes already searched */
    bool open = false;
    *quoted = false;
    for (;;) {
        u8 *base = c->buffer + c->begin;
        size_t have = c->end - c->begin;
        u8 *nl = from < have ? memchr(base + from, '\n', have - from) : NULL;
        size_t upto = nl != NULL ? (size_t)(nl - base) : have;
        for (u8 *q = base + from; (q = memchr(q, '"', upto - (size_t)(q - base))) != NULL; q++) {
            open = !open;
            *quoted = true;
        }
        if (nl != NULL && !open) {
            *stop = c->begin + upto;
            *next = *stop + 1;
            return ERR_OK;
        }
        from = nl != NULL ? upto + 1 : upto;
        if (nl != NULL && from < have) {
            continue;
        }
        if (!c->ended) {
            TRY(csv_fill(c, diag));
            continue;
        }
        if (open) {
            return diag_fail(diag, ERR_SYNTAX,
                             "%s:%llu: a quoted field is never closed\ndo: add the missing quote",
                             c->name, (unsigned long long)c->next_line);
        }
        *stop = c->end;
        *next = c->end;
        return ERR_OK;
    }
}

/* One field from p: unquoted in place. Returns the first byte after it (a comma or stop). */
static u8 *field_quoted(u8 *p, const u8 *stop, str_t *out)
{
    ASSERT(p < stop && *p == '"');
    u8 *w = ++p;
    const u8 *start = p;
    while (p < stop) {
        if (*p == '"') {
            if (p + 1 < stop && p[1] == '"') {
                p++;
            } else {
                p++;
                break;
            }
        }
        *w++ = *p++;
    }
    while (p < stop && *p != ',') { /* text behind the closing quote is kept as it is */
        *w++ = *p++;
    }
    *out = (str_t){.p = start, .n = (u32)(w - start)};
    return p;
}

static err_t split(csv_t *c, u8 *p, const u8 *stop, bool quoted, diag_t *diag)
{
    u32 n = 0;
    for (;;) {
        if (n == CSV_FIELDS) {
            return diag_fail(diag, ERR_SYNTAX, "%s:%llu: more than %d fields\n"
                                               "do: name a CSV file, plain or .zst", c->name,
                             (unsigned long long)c->line, (int)CSV_FIELDS);
        }
        const u8 *start = p;
        if (quoted && p < stop && *p == '"') {
            p = field_quoted(p, stop, &c->field[n++]);
        } else {
            while (p < stop && *p != ',') {
                p++;
            }
            c->field[n++] = (str_t){.p = start, .n = (u32)(p - start)};
        }
        if (p == stop) {
            break;
        }
        p++;
    }
    c->field_count = n;
    return ERR_OK;
}

err_t csv_next(csv_t *c, diag_t *diag)
{
    ASSERT(c != NULL);
    u32 empty = 0; /* in a row: a small file can unpack to gigabytes of them */
    for (;;) {
        size_t stop = 0;
        size_t next = 0;
        bool quoted = false;
        if (c->begin == c->end && c->ended) {
            return ERR_EMPTY;
        }
        TRY(record_bounds(c, &stop, &next, &quoted, diag));
        if (stop == c->begin && next == stop) {
            return ERR_EMPTY; /* nothing but the end of the file */
        }
        u8 *p = c->buffer + c->begin;
        u8 *end = c->buffer + stop;
        c->line = c->next_line++;
        if (quoted) {
            for (const u8 *q = p; (q = memchr(q, '\n', (size_t)(end - q))) != NULL; q++) {
                c->next_line++;
            }
        }
        c->begin = next;
        if (end > p && end[-1] == '\r') {
            end--;
        }
        if (end == p) {
            if (++empty > LIMIT_CSV_LINE) {
                return diag_fail(diag, ERR_SYNTAX,
                                 "%s:%llu: more than %d empty lines\n"
                                 "do: name a CSV file, plain or .zst", c->name,
                                 (unsigned long long)c->line, (int)LIMIT_CSV_LINE);
            }
            continue;
        }
        if ((size_t)(end - p) > LIMIT_CSV_LINE) {
            return diag_fail(diag, ERR_BUFFER_FULL,
                             "%s:%llu: the line is longer than %d bytes\ndo: name a CSV file, plain or .zst",
                             c->name, (unsigned long long)c->line, (int)LIMIT_CSV_LINE);
        }
        ASSERT(stop <= next && next <= c->end);
        return split(c, p, end, quoted, diag);
    }
}

/* The front of a field as it may stand in a message: a file must neither forge lines nor steer a terminal,
 * and what is no text is none in a message. */
static void printable(str_t s, char out[41])
{
    u32 n = MIN_OF(s.n, 40U);
    bool text = str_is_utf8(str_slice(s, 0, n));
    for (u32 i = 0; i < n; i++) {
        out[i] = (char)(s.p[i] < 0x20 || s.p[i] == 0x7F || (!text && s.p[i] >= 0x80) ? '?' : s.p[i]);
    }
    out[n] = '\0';
}

/* Two columns of one name: which of them holds the truth cannot be told. */
static err_t header_unique(const csv_t *c, diag_t *diag)
{
    for (u32 i = 1; i < c->column_count; i++) {
        for (u32 k = 0; k < i; k++) {
            if (c->column[i].n > 0 && str_eq(c->column[i], c->column[k])) {
                char title[41];
                printable(c->column[i], title);
                return diag_fail(diag, ERR_HEADER,
                                 "%s:1: columns %u and %u are both called '%s'\n"
                                 "do: rename or remove one of them",
                                 c->name, k + 1, i + 1, title);
            }
        }
    }
    return ERR_OK;
}

static err_t header_read(csv_t *c, diag_t *diag)
{
    TRY(csv_fill(c, diag));
    static const u8 mark[3] = {0xEF, 0xBB, 0xBF};
    if (c->end >= sizeof mark && memcmp(c->buffer, mark, sizeof mark) == 0) {
        c->begin = sizeof mark;
    }
    err_t e = csv_next(c, diag);
    if (e == ERR_EMPTY) {
        return diag_fail(diag, ERR_HEADER, "%s: the file is empty\n"
                                        "a header line with column names is needed\ndo: fetch the file again",
                         c->name);
    }
    TRY(e);
    size_t used = 0;
    for (u32 i = 0; i < c->field_count; i++) {
        str_t f = str_trim(c->field[i]);
        if (used + f.n > sizeof c->header_text) {
            return diag_fail(diag, ERR_HEADER, "%s:1: the header line is too long\n"
                                               "do: name a CSV file, plain or .zst", c->name);
        }
        if (f.n > 0) {
            memcpy(c->header_text + used, f.p, f.n);
        }
        c->column[i] = (str_t){.p = c->header_text + used, .n = f.n};
        used += f.n;
    }
    c->column_count = c->field_count;
    return header_unique(c, diag);
}

static err_t csv_start(zst_reader_t *in, const char *name, diag_t *diag, csv_t **out)
{
    csv_t *c = malloc(sizeof *c);
    if (c == NULL) {
        zst_close(in);
        return diag_fail(diag, ERR_NO_MEMORY, "%s: no memory to read", name);
    }
    memset(c, 0, offsetof(csv_t, buffer));
    c->in = in;
    c->next_line = 1;
    size_t n = MIN_OF(strlen(name), sizeof c->name - 1);
    memcpy(c->name, name, n);
    err_t e = header_read(c, diag);
    if (e != ERR_OK) {
        csv_close(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

err_t csv_open(const char *path, diag_t *diag, csv_t **out)
{
    ASSERT(path != NULL);
    ASSERT(out != NULL);
    zst_reader_t *in = NULL;
    TRY(zst_open(path, diag, &in));
    return csv_start(in, path, diag, out);
}

err_t csv_open_bytes(const void *p, size_t n, const char *name, diag_t *diag, csv_t **out)
{
    ASSERT(name != NULL);
    ASSERT(out != NULL);
    zst_reader_t *in = NULL;
    TRY(zst_open_bytes(p, n, name, diag, &in));
    return csv_start(in, name, diag, out);
}

void csv_close(csv_t *c)
{
    if (c != NULL) {
        zst_close(c->in);
        free(c);
    }
}

u32 csv_field_count(const csv_t *c)
{
    ASSERT(c != NULL);
    return c->field_count;
}

str_t csv_field(const csv_t *c, u32 i)
{
    ASSERT(c != NULL);
    return i < c->field_count ? c->field[i] : (str_t){.p = (const u8 *)"", .n = 0};
}

u64 csv_line(const csv_t *c)
{
    ASSERT(c != NULL);
    return c->line;
}

u32 csv_column_count(const csv_t *c)
{
    ASSERT(c != NULL);
    return c->column_count;
}

str_t csv_name(const csv_t *c, u32 i)
{
    ASSERT(c != NULL && i < c->column_count);
    return c->column[i];
}

u32 csv_find(const csv_t *c, const char *name)
{
    ASSERT(c != NULL);
    ASSERT(name != NULL);
    for (u32 i = 0; i < c->column_count; i++) {
        if (str_eq_c(c->column[i], name)) {
            return i;
        }
    }
    u32 found = CSV_NO_COLUMN;
    for (u32 i = 0; c->any_case && i < c->column_count; i++) {
        if (str_eq_nocase(c->column[i], str_from(name))) {
            if (found != CSV_NO_COLUMN) {
                return CSV_NO_COLUMN; /* which of the two is meant cannot be told */
            }
            found = i;
        }
    }
    return found;
}

void csv_any_case(csv_t *c)
{
    ASSERT(c != NULL);
    c->any_case = true;
}

bool csv_header_is_text(const csv_t *c)
{
    ASSERT(c != NULL);
    bool text = true;
    for (u32 i = 0; text && i < c->column_count; i++) {
        str_t s = c->column[i];
        text = str_is_utf8(s);
        for (u32 k = 0; text && k < s.n; k++) {
            text = (s.p[k] >= 0x20 || s.p[k] == '\t') && s.p[k] != 0x7F;
        }
    }
    return text;
}

err_t csv_column(const csv_t *c, const char *name, diag_t *diag, u32 *out)
{
    ASSERT(out != NULL);
    u32 i = csv_find(c, name);
    if (i != CSV_NO_COLUMN) {
        *out = i;
        return ERR_OK;
    }
    u32 best = 0;
    u32 least = UINT32_MAX;
    for (u32 k = 0; k < c->column_count; k++) {
        best = str_nearer(c->column[k], str_from(name), &least) ? k : best;
    }
    ASSERT(c->column_count > 0);
    if (!csv_header_is_text(c)) { /* whatever is nearest, its bytes say nothing to a reader */
        return diag_fail(diag, ERR_COLUMN, "%s:1: there is no column '%s': the header is not text\n"
                         "do: name a file of text", c->name, name);
    }
    return diag_fail(diag, ERR_COLUMN, "%s:1: there is no column '%s'; the nearest is '" STR_FMT
                     "' (column %u)\ndo: rename it, or name another layout with --format", c->name, name,
                     STR_ARG(c->column[best]), best + 1);
}

err_t csv_fail(const csv_t *c, diag_t *diag, err_t e, u32 column, const char *what)
{
    ASSERT(c != NULL);
    ASSERT(what != NULL);
    str_t name = column < c->column_count ? c->column[column] : STR("?");
    char value[41];
    char title[41];
    printable(csv_field(c, column), value);
    printable(name, title);
    return diag_fail(diag, e, "%.200s:%llu, column %s (%u): '%s' %s", c->name, (unsigned long long)c->line,
                     title, column + 1, value, what);
}
