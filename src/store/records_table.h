/* Rows of data that are no bars: ticks, quotes, chains, membership, filings, news, series of numbers.
 *
 * A table has one kind, so one list of typed columns. Every row has a series (symbol, contract, name of a
 * series), t_event (when it happened, or the period it speaks of) and t_known (when it could be known): the
 * fence of decision 6. Cells are i64: fixed point, days, nanoseconds, or the number of a text in the table's
 * pool; a cell that is not there is CELL_NONE. Leaves to others: files (records.h), meaning (drivers). */
#ifndef VITRINE_STORE_RECORDS_TABLE_H
#define VITRINE_STORE_RECORDS_TABLE_H

#include "base/hash.h"
#include "base/str.h"
#include "base/units.h"

enum {
    RECORD_COLUMNS = 24,
    RECORD_NAME = 32,         /* column and kind names, with NUL */
    RECORD_TEXT_MAX = 4096,   /* one text cell; a longer one is refused by the importer */
    RECORD_ROWS_MAX = 4000000 /* of one put: a day's whole tape of one venue is less */
};
#define CELL_NONE I64_MIN

/* Stored ids. */
typedef enum {
    CELL_INT = 1,
    CELL_DECIMAL = 2, /* at 10^-scale; a price has scale 9 */
    CELL_DATE = 3,    /* days since 1970-01-01 */
    CELL_TIME = 4,    /* UTC nanoseconds */
    CELL_TEXT = 5,
    CELL_BOOL = 6
} cell_type_t;

/* Stored bits. */
enum {
    RECORD_LATE = 1 << 0,    /* corrects an earlier row */
    RECORD_SUSPECT = 1 << 1, /* a rule has marked it; not for bars and decisions */
};

typedef struct {
    char name[RECORD_NAME];
    u8 type; /* cell_type_t */
    u8 scale;
} record_column_t;

/* How many rows of one chunk: ticks by month, slow series by decade. */
typedef enum { RECORD_BY_MONTH = 1, RECORD_BY_DECADE = 2 } record_period_t;

typedef struct {
    u16 id; /* stored, never used twice */
    const char *name;
    const char *about;
    record_period_t period;
    bool
        many; /* several rows of one series and t_event are normal (ticks, trades): no row corrects another */
    u32 count;
    record_column_t column[RECORD_COLUMNS];
} record_kind_desc_t;

typedef struct {
    i64 t_event;
    i64 t_known;
    u32 series; /* text number */
    u32 ord;    /* order of the source within one series and t_event */
    u32 flags;
    u32 line; /* of the source file; not stored */
} record_head_t;

typedef struct {
    u32 columns;
    u32 rows;
    u32 row_room;
    record_head_t *own_head;
    i64 *own_cell; /* rows x columns */
    u8 *own_bytes; /* texts, back to back */
    u64 bytes;
    u64 byte_room;
    u64 *own_start; /* of text i; start of i + 1 is its end */
    u32 texts;
    u32 text_room;
    u32 *own_slot; /* text number + 1 */
    u32 slots;
} record_table_t;

MUST_USE err_t record_table_open(record_table_t *t, u32 columns);
void record_table_close(record_table_t *t);
/* Number of a text, added if it is new. ERR_NO_MEMORY. */
MUST_USE err_t record_text_add(record_table_t *t, str_t s, u32 *out);
/* Number of a text that is there, UINT32_MAX if it is not. */
u32 record_text_find(const record_table_t *t, str_t s);
/* Borrowed until the next text is added. */
str_t record_text(const record_table_t *t, u32 number);
/* Appends a row; `cell` holds t->columns values. ERR_NO_MEMORY, ERR_POOL_FULL. */
MUST_USE err_t record_row_add(record_table_t *t, const record_head_t *head, const i64 *cell);
static inline const i64 *record_row(const record_table_t *t, u32 row)
{
    return t->own_cell + (size_t)row * t->columns;
}
/* Column of that name, UINT32_MAX if the kind has none. */
u32 record_column_find(const record_kind_desc_t *k, const char *name);
/* A cell of a column that the kind has, in its unit; 0 where nothing stands. */
f64 record_value(const record_table_t *t, const record_kind_desc_t *k, u32 row, const char *column);
/* Of a kind with bid, ask and close: the middle of bid and ask, else the last price; 0 if there is none. The
 * middle of a crossed quote is nobody's price. */
f64 record_price(const record_table_t *t, const record_kind_desc_t *k, u32 row);

#endif
