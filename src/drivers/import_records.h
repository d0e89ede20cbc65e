/* Files of data that is no bars into the record store.
 *
 * A layout is one file of record_formats/: how it is told (columns of its header, words of its beginning, the
 * file's name), which cells come from which columns, and how a row's series and times are found. Everything
 * else is here: a row is stored or rejected by a named rule, rows read = stored + rejected, always. Text that
 * is no number or no date stops the import with file, line and column, and nothing of the file is kept;
 * `lenient` rejects such rows. Known time is the fence (decision 6): a layout states a release rule where the
 * file has no publication time; a file without any date is known from the day it was written (its
 * modification time), or from --known. */
#ifndef VITRINE_DRIVERS_IMPORT_RECORDS_H
#define VITRINE_DRIVERS_IMPORT_RECORDS_H

#include "drivers/import.h"
#include "store/records.h"
#include "wire/csv.h"

typedef enum { RECORDS_CSV = 1, RECORDS_TEXT = 2 } records_shape_t;

enum { RECORDS_KEYS = 8, RECORDS_NEED = 8, RECORDS_INPUT_MAX = 1 << 30 };

typedef struct record_import record_import_t;

typedef struct {
    const char *column; /* of the kind */
    const char *from;   /* of the file; "?NAME": may be absent */
} record_map_t;

typedef struct {
    const char *name; /* also the default source */
    const char *about;
    const char *known; /* the release rule in words, for people */
    const char *kind;
    records_shape_t shape;
    const char *hint;               /* must stand in the file's name; NULL: any name */
    const char *need[RECORDS_NEED]; /* CSV: header columns; TEXT: words of the first 16 KiB */
    const char *header;             /* CSV without a header line: this is its header; told by `hint` alone */
    const char *key[RECORDS_KEYS];  /* CSV: columns that `head` asks for; "?NAME": may be absent */
    record_map_t map[RECORD_COLUMNS];
    zone_t zone;
    i64 price_scale; /* prices (decimals of scale 9 of the map) are real x this; 0: 1 */
    i64 length_ns;   /* of a bar */
    bool ragged;     /* rows may be shorter or longer than the header; lines that begin with # are no rows */
    const char *unbuilt; /* why `data build` makes no bars of it, in words; NULL: it may */
    bool no_volume;  /* its volumes mean nothing: bars made of it have none */
    bool round;      /* digits beyond a column's scale are noise and are rounded */
    /* CSV: series and times of the row at hand. ERR_EMPTY: rejected and counted. */
    err_t (*head)(record_import_t *ri, record_head_t *h);
    /* CSV: cells beyond the map and rules over the row; NULL: none. May set h->flags. ERR_EMPTY: rejected. */
    err_t (*row)(record_import_t *ri, record_head_t *h, i64 *cell);
    /* TEXT: the whole contents; calls record_import_add for each row. */
    err_t (*text)(record_import_t *ri, str_t all);
} record_format_desc_t;

/* By name in byte order; NULL beyond the last. */
const record_format_desc_t *record_format_at(u32 index);
const record_format_desc_t *record_format_find(str_t name);

/* What an input is: a file's bytes, or a member of an archive with the name it would have as a file. */
typedef struct {
    const char *name; /* for messages and for telling the layout */
    const u8 *p;      /* unpacked bytes */
    size_t n;
    i64 written_ns; /* modification time of the file */
} import_input_t;

/* The layout of an input, NULL if none of ours fits. ERR_USAGE if spec->format names none (of either kind).
 */
const record_format_desc_t *record_format_guess(const import_spec_t *spec, const import_input_t *in);
/* Imports one input; report as import_file's. The store is unchanged on error. With spec->home NULL the input
 * is only read and judged. */
MUST_USE err_t import_records(const import_spec_t *spec, const import_input_t *in,
                              const record_format_desc_t *format, diag_t *diag, import_report_t *out);

/* Digest that tells an input read under a format from any other. */
digest_t import_content(const import_input_t *in, const char *format);

/* ---- for the layouts ---- */

struct record_import {
    const import_spec_t *spec;
    const import_input_t *in;
    const record_format_desc_t *format;
    const record_kind_desc_t *kind;
    import_report_t report;
    diag_t *diag;
    csv_t *own_csv;
    record_table_t table;
    u32 key_at[RECORDS_KEYS];
    u32 map_at[RECORD_COLUMNS]; /* file column of map i */
    u32 map_to[RECORD_COLUMNS]; /* kind column of map i */
    u64 line;                   /* TEXT: of the row at hand */
    date_t day_known;           /* session asked of the calendar last, and its close */
    i64 day_close;
    i64 written;  /* when the file was known: --known or its modification time */
    bool refused; /* the row at hand is counted as rejected already */
};

/* ERR_EMPTY says that a row, or a cell and with it its row, was refused and counted: what stands behind it is
 * read on. */
static inline err_t past_refusal(err_t e)
{
    return e == ERR_EMPTY ? ERR_OK : e;
}

/* Text of key column i. */
str_t record_key(const record_import_t *ri, u32 i);
/* A fault in the text: an error with place, or with `lenient` a rejected row (then ERR_EMPTY). */
err_t record_fault(record_import_t *ri, err_t e, const char *column, const char *what);
/* A fault that no row can be had without: an error with place, `lenient` or not. */
err_t record_fail(record_import_t *ri, err_t e, const char *column, const char *what);
/* Counts the row at hand as rejected by a rule, once however often it is refused: ERR_EMPTY. */
err_t record_reject(record_import_t *ri, quality_rule_t rule);
/* Counts a fault that leaves the row in; `mark` sets RECORD_SUSPECT too. */
void record_note(record_import_t *ri, quality_rule_t rule, record_head_t *h);
/* Series text, in capitals. */
MUST_USE err_t record_series(record_import_t *ri, str_t s, record_head_t *h);
/* A text cell; CELL_NONE for an empty text. */
MUST_USE err_t record_text_cell(record_import_t *ri, str_t s, i64 *cell);
/* Decimal text at the scale of the kind's column; empty: CELL_NONE. */
MUST_USE err_t record_number_cell(record_import_t *ri, u32 column, str_t s, i64 *cell);
/* Column of the kind that must be there. */
u32 record_at(const record_import_t *ri, const char *column);
/* A row begins: nothing of it is refused yet, and its cells are `common`, or CELL_NONE with NULL. */
void record_row_begin(record_import_t *ri, i64 *cell, const i64 *common);
/* The row at hand ends and is kept. ERR_EMPTY if any part of it was refused since it began. `cell` holds the
 * kind's columns. */
MUST_USE err_t record_import_add(record_import_t *ri, const record_head_t *h, const i64 *cell);
/* 1900 to 2099: what layouts take for a date. */
bool record_date_fits(date_t d);
/* Date text, in that span. */
MUST_USE err_t record_date(record_import_t *ri, const char *column, str_t s, date_t *out);
/* Moment of a date and milliseconds since midnight of the layout's zone. */
MUST_USE err_t record_date_ms(record_import_t *ri, str_t date, str_t ms, i64 *out);
/* Close of the New York session of a day, 16:00 there if it is none. */
i64 record_close(record_import_t *ri, date_t d);
/* Open of the first New York session after a day. */
i64 record_open_after(date_t d);
/* End of day `d` in New York, when the regulator's doors are shut (22:00). */
i64 record_filing_end(date_t d);

#endif
