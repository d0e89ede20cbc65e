/* Frames of Zstandard made by hand. */
#ifndef VITRINE_TESTS_FACES_ZST_FRAME_H
#define VITRINE_TESTS_FACES_ZST_FRAME_H

#include <string.h>

#include "base/types.h"

enum { BLOCK_RAW = 0, BLOCK_RUN = 1, BLOCK_RESERVED = 3, BLOCK_MOST = 1 << 17 };

/* Frames by hand (RFC 8878, 3.1.1): magic, descriptor 0, a window of 128 KiB; then blocks, each three bytes
 * of header (last, kind, size), raw or one byte to be repeated. */
static inline size_t frame_begin(u8 *out)
{
    static const u8 head[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38};
    memcpy(out, head, sizeof head);
    return sizeof head;
}

static inline size_t block_begin(u8 *out, bool last, u32 kind, size_t size)
{
    u32 v = (last ? 1U : 0U) | (kind << 1) | ((u32)size << 3);
    out[0] = (u8)v;
    out[1] = (u8)(v >> 8);
    out[2] = (u8)(v >> 16);
    return 3;
}

static inline size_t pack(u8 *out, const char *text, size_t n)
{
    size_t used = frame_begin(out);
    for (size_t at = 0; at < n; at += 4096) {
        size_t size = MIN_OF(n - at, (size_t)4096);
        used += block_begin(out + used, at + size == n, BLOCK_RAW, size);
        memcpy(out + used, text + at, size);
        used += size;
    }
    return used;
}

#endif
