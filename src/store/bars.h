/* The bar store: immutable chunk files and the manifest that names them (decision 26).
 *
 * Files: home/bars/xx/HASH.bars, HASH the BLAKE2b-256 of the file's bytes, one per source, symbol,
 * resolution and period. The period is the UTC month of t_known for intraday bars and the decade for daily
 * ones: a month of daily bars is 21 rows, and two decades of 400 symbols would be 100,000 files of 300 bytes;
 * a decade is 2,520 rows or 30 KB, much like a month of 5-minute bars, and still quick to write anew each
 * day. Manifest, actions and import log are tables of home/vitrine.db. A chunk is on disk before the row that
 * names it is committed, so a kill at any moment leaves at worst a file that nobody names.
 *
 * Rows are never changed. Putting a row that is there already, value for value, changes nothing; other
 * values for the same t_event become a new row with a later t_known and BAR_LATE (a revision). What reads
 * back is what was put, or ERR_CORRUPT naming file and symbol. One connection belongs to one thread. */
#ifndef VITRINE_STORE_BARS_H
#define VITRINE_STORE_BARS_H

#include "base/hash.h"
#include "store/bars_codec.h"

typedef struct bars bars_t;

typedef struct {
    char source[BARS_SOURCE]; /* data set, e.g. "sp500_daily" */
    char symbol[LIMIT_SYMBOL];
    timeframe_t timeframe;
    date_t adjusted_to; /* 0: raw; otherwise prices are adjusted for all actions before this day */
    bool built;         /* made by us from a finer resolution */
} bars_series_t;

/* A manifest row. */
typedef struct {
    bars_series_t series;
    i32 period;
    u32 rows;
    u32 revisions; /* rows with BAR_LATE */
    i64 known_first;
    i64 known_last;
    digest_t hash;
} bars_chunk_t;

typedef struct {
    u64 rows_new;      /* stored for the first time */
    u64 rows_same;     /* were there already, value for value */
    u64 rows_revision; /* of rows_new: corrections */
    u64 chunks_written;
} bars_put_t;

typedef struct {
    i64 t_import;
    char file[256]; /* base name */
    char source[BARS_SOURCE];
    u64 rows_read;
    u64 rows_stored; /* rows_read - rows_rejected, asserted */
    u64 rows_rejected;
    u64 rows_same;
    char rules[512]; /* "rule=count ..." */
} bars_import_t;

/* 2010 for daily bars known in 2010 to 2019, 201603 for intraday bars known in March 2016. */
i32 bars_period(timeframe_t tf, i64 t_known);

/* Opens (and, unless read_only, creates) the store of a home. ERR_NOT_FOUND, ERR_IO and what sql_open
 * returns. */
MUST_USE err_t bars_open(const char *home, bool read_only, diag_t *diag, bars_t **out);
void bars_close(bars_t *b);
/* Everything between begin and commit becomes visible at once or not at all. Commit first syncs the files. */
MUST_USE err_t bars_begin(bars_t *b, diag_t *diag);
MUST_USE err_t bars_commit(bars_t *b, diag_t *diag);
void bars_rollback(bars_t *b);

/* Rows to store: sane, sorted by t_event ascending (t_known ascending within one t_event). */
typedef struct {
    const bar_t *v;
    u32 count;
    i64 revision_known; /* when a correction without a later t_known of its own became known */
} bars_rows_t;

/* Merges rows into the series. A correction gets the row's own t_known if that is later than the newest
 * stored version's, else `revision_known`. Adds to *io. Inside begin/commit only. */
MUST_USE err_t bars_put(bars_t *b, const bars_series_t *series, const bars_rows_t *in, bars_put_t *io,
                        diag_t *diag);
/* Inserts actions of a symbol; one that is there already is left alone. */
MUST_USE err_t bars_put_actions(bars_t *b, const bars_series_t *series, const action_t *rows, u32 count,
                                diag_t *diag);
MUST_USE err_t bars_log_import(bars_t *b, const bars_import_t *row, diag_t *diag);

/* A fault that only the source file shows (a column that is not stored). */
typedef struct {
    char source[BARS_SOURCE];
    char symbol[LIMIT_SYMBOL];
    date_t date;
    i32 rule; /* market/quality.h */
    i64 a;    /* the two numbers compared, 1e-6 */
    i64 b;
} bars_fault_t;
MUST_USE err_t bars_put_fault(bars_t *b, const bars_fault_t *f, diag_t *diag);
/* By source, symbol, date, rule; source NULL: all. *own_out is malloc'd. */
MUST_USE err_t bars_faults(bars_t *b, const char *source, diag_t *diag, bars_fault_t **own_out, u32 *count);

/* What the manifest is asked for; NULL and 0 mean any. */
typedef struct {
    const char *source;
    const char *symbol;
    timeframe_t timeframe;
    i64 from; /* t_known, inclusive */
    i64 to;   /* exclusive; 0 means no end */
} bars_query_t;

/* Chunks sorted by (source, symbol, timeframe, known_first). *own_out is malloc'd (NULL if none): free()
 * it. */
MUST_USE err_t bars_chunks(bars_t *b, const bars_query_t *q, diag_t *diag, bars_chunk_t **own_out,
                           u32 *count);
/* Actions of a symbol from a source, by t_known; inst is left INST_NONE. *own_out is malloc'd. */
MUST_USE err_t bars_actions(bars_t *b, const char *source, const char *symbol, diag_t *diag,
                            action_t **own_out, u32 *count);
/* The import log, oldest first. *own_out is malloc'd. */
MUST_USE err_t bars_imports(bars_t *b, diag_t *diag, bars_import_t **own_out, u32 *count);

/* Memory for reading chunks, used again and again; zero it first, bars_buffer_free at the end. */
typedef struct {
    u8 *own_file;
    size_t file_size;
    u8 *own_blocks;
    size_t blocks_size;
} bars_buffer_t;
void bars_buffer_free(bars_buffer_t *m);
/* Reads a chunk file, verifies its hash and head against the manifest row and points the cursor at its first
 * block; the cursor borrows the buffer. ERR_CORRUPT (file and symbol named), ERR_NOT_FOUND, ERR_IO. */
MUST_USE err_t bars_load(bars_t *b, const bars_chunk_t *chunk, bars_buffer_t *m, diag_t *diag,
                         bars_cursor_t *out);
/* Raises *last to the newest t_known of rows of these chunks that correct no other (BAR_LATE): how far the
 * bars go, whenever corrections of them came in. Opens those chunks alone whose manifest rows leave it open.
 * ERR_CORRUPT, ERR_NOT_FOUND, ERR_IO. */
MUST_USE err_t bars_fresh_last(bars_t *b, const bars_chunk_t *chunks, u32 count, diag_t *diag, i64 *last);
/* All rows of the chunks of one series, in chunk order, into *own_out (malloc'd). */
MUST_USE err_t bars_read_all(bars_t *b, const bars_query_t *one_series, diag_t *diag, bar_t **own_out,
                             u32 *count);

/* Removes chunk files that no manifest row names. *removed counts them. Not while another process imports. */
MUST_USE err_t bars_sweep(bars_t *b, diag_t *diag, u64 *removed);

#endif
