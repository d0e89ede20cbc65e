/* Any bytes as a chunk of records, which a capsule brings from strangers with a hash that fits: an error, or
 * rows that are encoded and read again as they were. */
#include <stdlib.h>

#include "base/assert.h"
#include "store/records.h"
#include "store/records_codec.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void read_as(const record_kind_desc_t *kind, const u8 *data, size_t size)
{
    record_table_t t = {0};
    if (record_table_open(&t, kind->count) != ERR_OK) {
        return;
    }
    err_t err = records_decode(kind, data, size, &t);
    ASSERT(err == ERR_OK || err == ERR_CORRUPT || err == ERR_VERSION || err == ERR_TRUNCATED ||
           err == ERR_NO_MEMORY);
    for (u32 i = 0; err == ERR_OK && i < t.rows; i++) {
        str_t series = record_text(&t, t.own_head[i].series);
        ASSERT(series.n == 0 || series.p != NULL);
        for (u32 k = 0; k < kind->count; k++) {
            i64 v = record_row(&t, i)[k];
            if (kind->column[k].type == CELL_TEXT && v != CELL_NONE) {
                ASSERT(record_text(&t, (u32)v).n < size);
            }
        }
    }
    record_table_close(&t);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    records_bytes_t contents = {0};
    if (size < 1) {
        return 0;
    }
    const record_kind_desc_t *kind = record_kind_find(data[0]);
    if (kind != NULL) {
        read_as(kind, data + 1, size - 1);
    }
    if (records_unpack(data, size, &contents) == ERR_OK) {
        ASSERT(contents.own != NULL);
    }
    free(contents.own);
    return 0;
}
