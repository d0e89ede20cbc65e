/* A chunk file of records: bytes in, table out, and the other way round.
 *
 * Contents (little-endian): "VREC", version, kind, columns with name, type and scale, texts in byte order,
 * then column by column the differences from row to row as zig-zag varints. A file is "VRZ1", the length of
 * the contents and one zstd frame of them; its name is the BLAKE2b-256 of the contents, which do not depend
 * on the version of libzstd. The same rows give the same contents in whatever order they came. */
#ifndef VITRINE_STORE_RECORDS_CODEC_H
#define VITRINE_STORE_RECORDS_CODEC_H

#include "base/bytes.h"
#include "store/records_table.h"

enum { RECORDS_VERSION = 1, RECORDS_CONTENTS_MAX = 1 << 30 };

typedef struct {
    u8 *own;
    size_t n;
} records_bytes_t;

/* Contents of the chosen rows (all of the table, in this order, which must ascend by series text, t_event,
 * t_known and ord). out->own is malloc'd. ERR_NO_MEMORY, ERR_BUFFER_FULL over RECORDS_CONTENTS_MAX. */
MUST_USE err_t records_encode(const record_kind_desc_t *kind, const record_table_t *t, const u32 *row,
                              u32 count, records_bytes_t *out);
/* Appends the rows of some contents to an open table. Any bytes may come: ERR_CORRUPT, ERR_VERSION,
 * ERR_TRUNCATED, ERR_NO_MEMORY; rows may then have been added. Columns the kind has now and the file has not
 * are CELL_NONE; a column of the file that the kind lacks is ERR_VERSION. `kind` gives id and columns. */
MUST_USE err_t records_decode(const record_kind_desc_t *kind, const void *p, size_t n, record_table_t *t);
/* The file around the contents, and back (out->own malloc'd). */
MUST_USE err_t records_pack(const records_bytes_t *contents, records_bytes_t *out);
MUST_USE err_t records_unpack(const void *p, size_t n, records_bytes_t *out);

#endif
