/* What the files of the bar store share with one another and with nobody else. */
#ifndef VITRINE_STORE_BARS_INNER_H
#define VITRINE_STORE_BARS_INNER_H

#include "store/bars.h"
#include "store/sqlite.h"

enum {
    BARS_HOME_MAX = 3800, BARS_PATH = LIMIT_PATH,
    BARS_SYNC_EACH = 64 /* up to so many files are synced one by one, more by a sync of the file system */
};

struct bars {
    char home[BARS_HOME_MAX + 1];
    char dir[BARS_HOME_MAX + 8];
    bool read_only;
    bool in_transaction;
    bool dir_made[256];
    digest_t written[BARS_SYNC_EACH]; /* since begin */
    u32 written_count;                /* may exceed the array */
    sql_db_t *db;
    sql_stmt_t *put_chunk;
    sql_stmt_t *put_action;
    sql_stmt_t *named;
    sql_stmt_t *for_put; /* chunks that a merge has to see */
    bars_buffer_t buffer;
    u8 *own_image;
    size_t image_size;
    u8 *own_scratch;
    size_t scratch_size;
};

void bars_chunk_path(const bars_t *b, const digest_t *hash, char out[BARS_PATH]);
MUST_USE err_t bars_file_write(bars_t *b, const void *p, size_t n, digest_t *hash, diag_t *diag);
MUST_USE err_t bars_files_sync(bars_t *b, diag_t *diag);
MUST_USE err_t bars_chunk_rows(bars_t *b, const bars_chunk_t *chunk, bar_t *out, diag_t *diag);

MUST_USE err_t bars_sql_open(bars_t *b, diag_t *diag);
enum { BARS_CHUNKS_SQL = 512 };
/* The statement of bars_chunks. What is asked for stands as an equality: with "or all" beside it the key is
 * not used, and to read a store series by series scans all of its chunks as often as it has series. */
void bars_chunks_sql(const bars_query_t *q, char out[BARS_CHUNKS_SQL]);
void bars_sql_close(bars_t *b);
MUST_USE err_t bars_sql_named(bars_t *b, const digest_t *hash, diag_t *diag, bool *named);
MUST_USE err_t bars_sql_put_chunk(bars_t *b, const bars_chunk_t *c, diag_t *diag);
/* What a merge may touch: periods first to last, and the one that corrections would go to. */
typedef struct { i32 first; i32 last; i32 revision; } bars_periods_t;
typedef struct { bars_chunk_t *own; u32 count; } merge_chunks_t;
/* Chunks of the series in those periods, and all that hold revisions. out->own is malloc'd. */
MUST_USE err_t bars_sql_for_put(bars_t *b, const bars_series_t *series, const bars_periods_t *p,
                                merge_chunks_t *out,
                                diag_t *diag);

#endif
