/* Any bytes as a CSV or zstd file: no crash, every record inside the buffer, lines counted upwards. And as
 * a chunk file of the bar store: an error or sane bars. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/bars_codec.h"
#include "wire/csv.h"

static void fuzz_text(const u8 *data, size_t size)
{
    csv_t *c = NULL;
    diag_t diag = {0};
    if (csv_open_bytes(data, size, "fuzz", &diag, &c) != ERR_OK) {
        ASSERT(diag.set);
        return;
    }
    u64 line = 0;
    volatile u8 sink = 0;
    while (csv_next(c, &diag) == ERR_OK) {
        ASSERT(csv_line(c) > line);
        ASSERT(csv_field_count(c) > 0 && csv_field_count(c) <= CSV_FIELDS);
        line = csv_line(c);
        for (u32 i = 0; i < csv_field_count(c); i++) {
            str_t f = csv_field(c, i);
            for (u32 k = 0; k < f.n; k++) {
                sink = (u8)(sink + f.p[k]);
            }
        }
    }
    csv_close(c);
}

static void fuzz_chunk(const u8 *data, size_t size)
{
    bars_head_t head;
    str_t body;
    if (bars_head_read(data, size, &head, &body) != ERR_OK || head.zstd) {
        return;
    }
    u8 *blocks = calloc(1, (size_t)head.packed_size + BARS_PAD);
    if (blocks == NULL) {
        return;
    }
    memcpy(blocks, body.p, head.packed_size);
    bars_cursor_t cursor;
    bar_t block[BARS_BLOCK];
    u32 n = 0;
    u32 rows = 0;
    bars_cursor_begin(&cursor, &head, blocks);
    while (bars_cursor_next(&cursor, block, &n) == ERR_OK) {
        for (u32 i = 0; i < n; i++) {
            ASSERT(bar_is_sane(&block[i]));
        }
        rows += n;
    }
    ASSERT(rows <= head.rows);
    free(blocks);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    fuzz_text(data, size);
    fuzz_chunk(data, size);
    return 0;
}
