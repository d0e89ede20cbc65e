/* The store of records: immutable chunk files per set, kind and period, and the manifest that names them.
 *
 * Files: home/records/xx/HASH.rec (records_codec.h), one per source, kind and period of t_known. Manifest and
 * the list of finished files are tables of home/vitrine.db (migration 3). A chunk is on disk before the row
 * that names it is committed. Rows are never changed: a row that is there already, value for value, is left
 * alone; other values for the same series and t_event become a new row with a later t_known and RECORD_LATE -
 * but in kinds with `many` rows of one moment (ticks, trades) nothing corrects, and a row counts as there if
 * as many equal ones are there. Reading is fenced by t_known: chunks and rows known later are not seen. One
 * connection belongs to one thread. */
#ifndef VITRINE_STORE_RECORDS_H
#define VITRINE_STORE_RECORDS_H

#include "base/hash.h"
#include "base/limits.h"
#include "store/records_codec.h"

enum { RECORDS_SOURCE = 32, RECORDS_RULES = 512 };

typedef struct records records_t;

/* A manifest row. */
typedef struct {
    char source[RECORDS_SOURCE];
    u32 kind;
    i32 period; /* 201603, or 2010 of a decade */
    u32 rows;
    u32 revisions;
    u32 suspects;
    u32 series;
    i64 known_first;
    i64 known_last;
    digest_t hash;
} records_chunk_t;

typedef struct {
    u64 rows_new;
    u64 rows_same;
    u64 rows_revision;  /* of rows_new */
    u64 rows_duplicate; /* not stored: a second row of one series and moment in one put */
    u64 duplicate_line; /* first of them, 0 if none */
    u64 chunks_written;
} records_put_t;

/* Every kind there is, by position; NULL beyond the last. */
const record_kind_desc_t *record_kind_at(u32 index);
const record_kind_desc_t *record_kind_find(u32 id);
const record_kind_desc_t *record_kind_named(str_t name);

/* Opens the store of a home; unless read_only creates it and brings the database's schema up to date.
 * ERR_NOT_FOUND if there is none to read. */
MUST_USE err_t records_open(const char *home, bool read_only, diag_t *diag, records_t **out);
void records_close(records_t *r);
/* Everything between begin and commit becomes visible at once or not at all. */
MUST_USE err_t records_begin(records_t *r, diag_t *diag);
MUST_USE err_t records_commit(records_t *r, diag_t *diag);

/* What rows belong to. */
typedef struct {
    const char *source;
    const record_kind_desc_t *kind;
    i64 revision_known; /* when a correction without a later t_known of its own became known */
} records_target_t;
/* Merges the rows of `t` (in the order of the source; `ord` is given here). The table is used up: stored rows
 * are appended to it. Adds to *io. ERR_NO_MEMORY, ERR_CORRUPT, ERR_DISK_FULL, ERR_IO. */
MUST_USE err_t records_put(records_t *r, const records_target_t *to, record_table_t *t, records_put_t *io,
                           diag_t *diag);

/* A file that was read to its end. Its content's digest tells it, so a second import may pass it over. */
typedef struct {
    digest_t content;
    i64 t_import;
    char file[256]; /* base name, or ARCHIVE:member */
    char format[RECORDS_SOURCE];
    char source[RECORDS_SOURCE];
    u64 rows_read;
    u64 rows_stored;
    u64 rows_rejected;
    char rules[RECORDS_RULES];
} records_file_t;
MUST_USE err_t records_log_file(records_t *r, const records_file_t *f, diag_t *diag);
/* *done tells whether a file of that content has been read under that format (NULL: any). */
MUST_USE err_t records_file_done(records_t *r, const digest_t *content, diag_t *diag, bool *done);

/* Whether a file of that layout is in the set. */
MUST_USE err_t records_has_format(records_t *r, const char *source, const char *format, diag_t *diag,
                                  bool *has);

/* Manifest by (source, kind, period). *own_out is malloc'd (NULL if none). */
MUST_USE err_t records_chunks(records_t *r, const char *source, diag_t *diag, records_chunk_t **own_out,
                              u32 *count);
/* Digest over the manifests of records and bars: two homes with the same data agree in it, whatever the order
 * and number of imports. */
MUST_USE err_t records_manifest_hash(records_t *r, diag_t *diag, digest_t *out);

/* The fenced view. */
typedef struct {
    const char *source;
    const record_kind_desc_t *kind;
    const char *series; /* NULL: all */
    i64 as_of;          /* nothing with a later t_known is seen */
    i64 from;           /* t_event, inclusive */
    i64 to;             /* t_event, exclusive; 0: no end */
    bool all_versions;  /* false: of each series and t_event the version known last; `many` kinds give all */
} records_query_t;
/* Rows in order of series, t_event, t_known, ord into *out, an open table (record_table_close it). ERR_EMPTY
 * if nothing fits, ERR_CORRUPT (file named), ERR_IO. */
MUST_USE err_t records_read(records_t *r, const records_query_t *q, diag_t *diag, record_table_t *out);
/* Rows of one chunk, verified against its hash, appended to an open table. */
MUST_USE err_t records_load(records_t *r, const records_chunk_t *c, diag_t *diag, record_table_t *t);

#endif
