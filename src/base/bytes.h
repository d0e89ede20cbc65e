/* Little-endian byte writer and reader over the caller's memory.
 *
 * A writer that runs out sets `full` and ignores the rest; a reader that runs out sets `bad` and returns
 * zeros. Callers check once at the end, so encode and decode code stays a straight line. */
#ifndef VITRINE_BASE_BYTES_H
#define VITRINE_BASE_BYTES_H

#include "base/err.h"
#include "base/str.h"
#include "base/types.h"

typedef struct {
    u8 *p;
    size_t size;
    size_t used;
    bool full;
} writer_t;

typedef struct {
    const u8 *p;
    size_t size;
    size_t at;
    bool bad;
} reader_t;

static inline writer_t writer_of(void *p, size_t size)
{
    return (writer_t){.p = (u8 *)p, .size = size};
}
static inline reader_t reader_of(const void *p, size_t size)
{
    return (reader_t){.p = (const u8 *)p, .size = size};
}
static inline size_t reader_left(const reader_t *r)
{
    return r->size - r->at;
}

void put_bytes(writer_t *w, const void *p, size_t n);
void put_u8(writer_t *w, u8 v);
void put_u16(writer_t *w, u16 v);
void put_u32(writer_t *w, u32 v);
void put_u64(writer_t *w, u64 v);
void put_i64(writer_t *w, i64 v);
/* Bits of the double; NaN is a broken invariant, -0 becomes 0. */
void put_f64(writer_t *w, f64 v);
/* LEB128, at most 10 bytes; signed values are zig-zagged. */
void put_varint(writer_t *w, u64 v);
void put_svarint(writer_t *w, i64 v);
/* u32 length, then the bytes. */
void put_str(writer_t *w, str_t s);
/* A line of text, "key = value". */
void put_key_value(writer_t *w, const char *key, const char *value);
/* Such lines read again: `text`, `what` it is (for messages) and `diag` are given, the others start at 0. */
typedef struct {
    str_t text;
    const char *what;
    diag_t *diag;
    u32 at;
    str_t key;
    str_t value;
} key_values_t;
/* The next line's key and value, trimmed; blank lines are passed over and key.n is 0 at the end. ERR_SYNTAX
 * for a line without key or '=' or with a zero byte, ERR_EXISTS for a key that an earlier line gave: which of
 * the two holds must not depend on who reads. */
MUST_USE err_t key_values_next(key_values_t *kv);
/* ERR_BUFFER_FULL if anything was lost. */
MUST_USE err_t writer_done(const writer_t *w);

void get_bytes(reader_t *r, void *out, size_t n);
/* Borrowed view of the next n bytes, NULL (and bad) if there are not so many. */
const u8 *get_view(reader_t *r, size_t n);
u8 get_u8(reader_t *r);
u16 get_u16(reader_t *r);
u32 get_u32(reader_t *r);
u64 get_u64(reader_t *r);
i64 get_i64(reader_t *r);
/* NaN sets bad. */
f64 get_f64(reader_t *r);
u64 get_varint(reader_t *r);
i64 get_svarint(reader_t *r);
str_t get_str(reader_t *r);
/* ERR_TRUNCATED if anything was missing. */
MUST_USE err_t reader_done(const reader_t *r);

#endif
