/* Comma separated text, line by line, columns by name.
 *
 * Reads plain or zstd files (zst.h) in bounded memory: one buffer for the line at hand, nothing allocated
 * per line. Fields are borrowed until the next line. Quoted fields ("" for a quote, line breaks inside
 * allowed), LF and CRLF, a byte order mark and a last line without line break are understood (RFC 4180).
 * Empty lines are skipped. Lines are counted from 1, the header is line 1. What a field means is the
 * caller's. */
#ifndef VITRINE_WIRE_CSV_H
#define VITRINE_WIRE_CSV_H

#include "base/limits.h"
#include "base/str.h"

enum { CSV_FIELDS = 128 /* a 25-level book has 104 */ };
#define CSV_NO_COLUMN 0xFFFFFFFFu

typedef struct csv csv_t;

/* Opens and reads the header. ERR_NOT_FOUND, ERR_HEADER (empty file), and what zst_open and csv_next
 * return. */
MUST_USE err_t csv_open(const char *path, diag_t *diag, csv_t **out);
/* The same over bytes that outlive it; `name` stands in messages. */
MUST_USE err_t csv_open_bytes(const void *p, size_t n, const char *name, diag_t *diag, csv_t **out);
void csv_close(csv_t *c);

/* Next record. ERR_EMPTY at the end; ERR_SYNTAX (quote left open, too many fields), ERR_BUFFER_FULL (line
 * over LIMIT_CSV_LINE), ERR_TRUNCATED, ERR_CORRUPT, ERR_IO. The number of fields may differ from the
 * header's. */
MUST_USE err_t csv_next(csv_t *c, diag_t *diag);
u32 csv_field_count(const csv_t *c);
/* Field i of the record, empty beyond its end. */
str_t csv_field(const csv_t *c, u32 i);

/* Line of the record at hand (its first, if it spans several). */
u64 csv_line(const csv_t *c);
u32 csv_column_count(const csv_t *c);
/* Name of column i. */
str_t csv_name(const csv_t *c, u32 i);
/* From now on a name is found in any case too, where no column has it exactly and just one has it so. */
void csv_any_case(csv_t *c);
/* Index of the column of that name, CSV_NO_COLUMN if there is none. */
u32 csv_find(const csv_t *c, const char *name);
/* False where a name holds bytes that are no text: then none of them is worth a reader's eyes. */
bool csv_header_is_text(const csv_t *c);
/* The same where it must be there: ERR_COLUMN, with the nearest header name as a hint if all are text. */
MUST_USE err_t csv_column(const csv_t *c, const char *name, diag_t *diag, u32 *out);
/* Fills the diag with "file:line, column NAME: what" and returns e. */
err_t csv_fail(const csv_t *c, diag_t *diag, err_t e, u32 column, const char *what);

#endif
