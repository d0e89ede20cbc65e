/* Blocks of the journal: what may stand in one, and how it is packed.
 *
 * A block is encoded events one after another, sequence without gaps. Its link is BLAKE2b-256(previous link
 * || unpacked bytes). Packing is zstd where it pays; hashes never depend on it. Pure: bytes in, verdict out.
 */
#ifndef VITRINE_STORE_JOURNAL_BLOCK_H
#define VITRINE_STORE_JOURNAL_BLOCK_H

#include "base/err.h"
#include "base/types.h"
#include "model/event.h"

enum { BLOCK_RAW = 0, BLOCK_ZSTD = 1 }; /* stored ids */
enum {
    BLOCK_SIZE_MAX = 64 << 20, /* unpacked; one step's facts stay far below: a decision record is some KiB */
    BLOCK_PACK_FROM = 4 << 10  /* below this, packing costs latency and saves nothing worth it */
};

typedef struct {
    u64 first_seq;
    u64 last_seq;
    i64 t_first;
    i64 t_last;
    u32 events;
} block_summary_t;

/* Walks every event of an unpacked block; the first must have `first_seq`. *offset is where reading stopped,
 * for messages (set on failure too). ERR_EMPTY (no event), ERR_CORRUPT, ERR_TRUNCATED, ERR_VERSION,
 * ERR_UNKNOWN_KIND. */
MUST_USE err_t block_scan(const u8 *raw, size_t n, u64 first_seq, block_summary_t *out, size_t *offset);
/* Unpacks into out[raw_size]. ERR_UNKNOWN_KIND for a codec we do not know, ERR_CORRUPT. */
MUST_USE err_t block_unpack(u32 codec, const u8 *packed, size_t n, u8 *out, size_t raw_size);

#endif
