/* Zstandard and plain files behind one door, and packing of single buffers.
 *
 * A reader tells the two apart by the first four bytes (magic number, RFC 8878 section 3.1.1), holds a
 * bounded window (128 MiB at most, refused beyond) and reads several frames in a row as one stream. A
 * frame that stops early is ERR_TRUNCATED with the byte where the file ended; damaged contents are
 * ERR_CORRUPT. zst.c is the one file that names libzstd. Lines and fields are csv.h's matter. */
#ifndef VITRINE_WIRE_ZST_H
#define VITRINE_WIRE_ZST_H

#include "base/err.h"
#include "base/types.h"

typedef struct zst_reader zst_reader_t;

/* Opens a file. ERR_NOT_FOUND, ERR_PERMISSION, ERR_IO, ERR_NO_MEMORY. */
MUST_USE err_t zst_open(const char *path, diag_t *diag, zst_reader_t **out);
/* The same over bytes that outlive the reader; `name` stands in messages. */
MUST_USE err_t zst_open_bytes(const void *p, size_t n, const char *name, diag_t *diag, zst_reader_t **out);
/* Up to n unpacked bytes; *got = 0 only at the end. ERR_TRUNCATED, ERR_CORRUPT, ERR_IO. */
MUST_USE err_t zst_read(zst_reader_t *r, void *p, size_t n, size_t *got, diag_t *diag);
void zst_close(zst_reader_t *r);

/* Largest packed size of n bytes. */
size_t zst_bound(size_t n);
typedef struct {
    void *p;
    size_t size;
} zst_room_t;

/* One frame at `level` 1..19, its length in *used. ERR_BUFFER_FULL if out is smaller than needed. The bytes
 * depend on the version of libzstd: name packed data by a hash of what it unpacks to, or keep the packed
 * bytes. */
MUST_USE err_t zst_pack(const void *p, size_t n, i32 level, zst_room_t room, size_t *used);
/* Exactly out_size bytes must come out. ERR_CORRUPT. */
MUST_USE err_t zst_unpack(const void *p, size_t n, void *out, size_t out_size);

#endif
