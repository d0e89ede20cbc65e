/* Zip archives: the list of members and their contents.
 *
 * Reads an archive that is wholly in memory (the layouts we know have archives of a few MB). Stored and
 * deflated members, no encryption, no zip64, one volume (PKWARE APPNOTE 6.3, sections 4.3.7 to 4.3.16). Sizes
 * are bounded before memory is taken, contents checked against their CRC-32. zip.c is the one file that names
 * zlib. */
#ifndef VITRINE_WIRE_ZIP_H
#define VITRINE_WIRE_ZIP_H

#include "base/err.h"
#include "base/str.h"

enum {
    ZIP_MEMBERS_MAX = 65535,
    ZIP_MEMBER_MAX = 1 << 29 /* unpacked; a day of one symbol's quotes is some 100 MB at most */
};

typedef struct {
    const u8 *p;
    size_t n;
    char name[256]; /* for messages */
    u32 count;
    size_t directory; /* offset of the central directory */
} zip_t;

typedef struct {
    str_t name; /* borrowed from the archive */
    u32 packed;
    u32 size;
    u32 crc;
    u16 method;
    size_t offset; /* of the local header */
    size_t next;   /* of the next directory entry */
} zip_member_t;

/* True if the bytes begin like a zip archive. */
bool zip_is(const void *p, size_t n);
/* The bytes must outlive *out. ERR_SYNTAX (no directory), ERR_TRUNCATED. */
MUST_USE err_t zip_open(const void *p, size_t n, const char *name, diag_t *diag, zip_t *out);
/* Member after *m in the order of the directory; zero *m first. ERR_EMPTY after the last, ERR_CORRUPT. */
MUST_USE err_t zip_next(const zip_t *z, diag_t *diag, zip_member_t *m);
/* Contents, malloc'd, with a NUL after them that is not counted. ERR_CORRUPT, ERR_TRUNCATED, ERR_BUFFER_FULL
 * (over ZIP_MEMBER_MAX), ERR_NO_MEMORY. */
MUST_USE err_t zip_read(const zip_t *z, const zip_member_t *m, diag_t *diag, u8 **own_out);

#endif
