/* See journal_block.h. */
#include "store/journal_block.h"

#include <string.h>

#include "base/assert.h"
#include "wire/zst.h"

err_t block_scan(const u8 *raw, size_t n, u64 first_seq, block_summary_t *out, size_t *offset)
{
    ASSERT(raw != NULL || n == 0);
    ASSERT(out != NULL && offset != NULL);
    reader_t r = reader_of(raw, n);
    block_summary_t sum = {.first_seq = first_seq};
    *offset = 0;
    while (reader_left(&r) > 0) {
        event_t e;
        *offset = r.at;
        TRY(event_decode(&r, &e));
        if (e.head.seq != first_seq + sum.events) {
            return ERR_CORRUPT;
        }
        sum.t_first = sum.events == 0 ? e.head.t_engine : sum.t_first;
        sum.t_last = e.head.t_engine;
        sum.last_seq = e.head.seq;
        sum.events++;
    }
    if (sum.events == 0) {
        return ERR_EMPTY;
    }
    ASSERT(sum.last_seq - sum.first_seq + 1 == sum.events);
    *offset = n;
    *out = sum;
    return ERR_OK;
}

err_t block_unpack(u32 codec, const u8 *packed, size_t n, u8 *out, size_t raw_size)
{
    ASSERT(packed != NULL || n == 0);
    ASSERT(out != NULL || raw_size == 0);
    if (raw_size > BLOCK_SIZE_MAX) {
        return ERR_CORRUPT;
    }
    if (codec == BLOCK_ZSTD) {
        return zst_unpack(packed, n, out, raw_size);
    }
    if (codec != BLOCK_RAW) {
        return ERR_UNKNOWN_KIND;
    }
    if (n != raw_size) {
        return ERR_CORRUPT;
    }
    if (n > 0) {
        memcpy(out, packed, n);
    }
    return ERR_OK;
}
