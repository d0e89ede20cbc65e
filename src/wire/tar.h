/* Archives in the format of ustar (POSIX.1-1988): 512-byte headers, contents padded to 512, two empty blocks
 * at the end. Only plain files with names up to 99 bytes: what capsules need, and what `tar tf` lists.
 *
 * Pure: bytes in, bytes out. Leaves to others: files, and which names are welcome. */
#ifndef VITRINE_WIRE_TAR_H
#define VITRINE_WIRE_TAR_H

#include "base/err.h"
#include "base/types.h"

enum { TAR_BLOCK = 512, TAR_NAME = 100 };

typedef struct {
    char name[TAR_NAME];
    u64 size;
} tar_member_t;

/* The header of a member. ERR_OVERFLOW: the name is empty or too long, or the size has more than 33 bits. */
MUST_USE err_t tar_header(const tar_member_t *m, u8 out[TAR_BLOCK]);
/* Reads a header: ERR_EMPTY for an empty block (the end), ERR_CORRUPT (checksum, digits), ERR_UNKNOWN_KIND
 * (no plain file). */
MUST_USE err_t tar_header_read(const u8 block[TAR_BLOCK], tar_member_t *out);
/* Bytes of padding behind a content of this size. */
u32 tar_padding(u64 size);

#endif
