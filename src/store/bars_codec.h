/* The chunk file: bars of one series and period as bit-packed columns (decision 26).
 *
 * Rows are sorted by (t_known, then t_event descending), so that at one moment the new bar comes before
 * any late correction. Blocks of 64 rows; per block and column a base and a width: times as differences,
 * prices as steps from the close before, the rest above the block's smallest. Every column is divided by
 * its greatest common divisor over the chunk first (cents, minutes), which is most of the gain. A
 * whole-chunk zstd frame goes around the blocks when it saves an eighth or more. Encoding is a function of
 * the rows alone, except for that frame. */
#ifndef VITRINE_STORE_BARS_CODEC_H
#define VITRINE_STORE_BARS_CODEC_H

#include "base/bytes.h"
#include "model/bar.h"

enum { BARS_BLOCK = 64, BARS_COLUMNS = 8, BARS_SOURCE = 32, BARS_PAD = 8 };

/* Sorted as the chunk holds them: a before b? */
bool bars_row_before(const bar_t *a, const bar_t *b);

/* What stands in front of the blocks. */
typedef struct {
    char source[BARS_SOURCE];
    char symbol[LIMIT_SYMBOL];
    timeframe_t timeframe;
    i32 period;       /* bars_period() */
    date_t adjusted_to;
    u32 rows;
    u32 packed_size;  /* bytes of the blocks before zstd */
    bool zstd;
    i64 unit_time;
    i64 unit_price;
    i64 unit_volume;
} bars_head_t;

/* Largest file of `rows` rows. */
size_t bars_encode_bound(u32 rows);
/* Writes a chunk file image: rows sorted and sane, 1..2^20 of them. `scratch` holds
 * bars_encode_bound(rows) too. head->rows, units, packed_size and zstd are filled in. ERR_BUFFER_FULL. */
MUST_USE err_t bars_encode(bars_head_t *head, const bar_t *rows, void *scratch, writer_t *out);

/* A chunk being read, block after block. */
typedef struct {
    bars_head_t head;
    reader_t in;  /* over the unpacked blocks; at least BARS_PAD readable bytes follow */
    u32 row_next;
    i64 event_last; /* in units */
    i64 close_last;
} bars_cursor_t;

/* Reads the head of a file image. *body gets the bytes behind it. ERR_VERSION, ERR_TRUNCATED, ERR_CORRUPT. */
MUST_USE err_t bars_head_read(const void *p, size_t n, bars_head_t *out, str_t *body);
/* `blocks` are the unpacked blocks, padded by BARS_PAD readable bytes that are not counted. */
void bars_cursor_begin(bars_cursor_t *c, const bars_head_t *head, const u8 *blocks);
/* Next block of up to 64 rows into out. ERR_EMPTY at the end, ERR_CORRUPT. */
MUST_USE err_t bars_cursor_next(bars_cursor_t *c, bar_t out[BARS_BLOCK], u32 *count);

#endif
