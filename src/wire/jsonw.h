/* An append-only JSON writer.
 *
 * Writes into the caller's buffer and hands full buffers to `flush`; without one the buffer is the document.
 * Commas and nesting are kept here, so a document that ends is well formed (RFC 8259). Misuse (a value where
 * a key is due, an unclosed array) is a broken invariant. Numbers that JSON does not know (NaN, infinities)
 * become null. Bytes that are not UTF-8 become U+FFFD. */
#ifndef VITRINE_WIRE_JSONW_H
#define VITRINE_WIRE_JSONW_H

#include "base/err.h"
#include "base/str.h"
#include "base/types.h"

enum { JSONW_DEPTH_MAX = 32 };

typedef struct {
    u8 *p;
    size_t size;
    size_t used;
    void (*flush)(void *ctx, const u8 *p, size_t n); /* NULL: memory only */
    void *ctx;
    u32 depth;
    u32 objects; /* bit d: level d is an object */
    u32 filled;  /* bit d: level d has a value */
    bool key;    /* a key stands, its value is due */
    bool full;   /* memory only: something was lost */
} jsonw_t;

/* size >= 64. */
void jsonw_init(jsonw_t *w, void *memory, size_t size);
/* The same with a sink; `flush` takes every byte it is given. */
void jsonw_init_sink(jsonw_t *w, void *memory, size_t size, void (*flush)(void *ctx, const u8 *p, size_t n),
                     void *ctx);

void jsonw_object(jsonw_t *w);
void jsonw_array(jsonw_t *w);
/* Closes the innermost object or array. */
void jsonw_end(jsonw_t *w);
void jsonw_key(jsonw_t *w, const char *name);
void jsonw_str(jsonw_t *w, str_t v);
/* NULL becomes null. */
void jsonw_text(jsonw_t *w, const char *v);
void jsonw_i64(jsonw_t *w, i64 v);
void jsonw_u64(jsonw_t *w, u64 v);
/* The shortest of 15, 16 or 17 digits that reads back to the same double. */
void jsonw_f64(jsonw_t *w, f64 v);
/* value x 10^-scale, exact. */
void jsonw_fixed(jsonw_t *w, i64 value, u32 scale);
void jsonw_bool(jsonw_t *w, bool v);
void jsonw_null(jsonw_t *w);
/* A line break between documents (JSON lines) or at the end; only at depth 0. */
void jsonw_line(jsonw_t *w);

/* Key and value in one. */
void jsonw_put_str(jsonw_t *w, const char *key, str_t v);
void jsonw_put_text(jsonw_t *w, const char *key, const char *v);
void jsonw_put_i64(jsonw_t *w, const char *key, i64 v);
void jsonw_put_u64(jsonw_t *w, const char *key, u64 v);
void jsonw_put_f64(jsonw_t *w, const char *key, f64 v);
void jsonw_put_bool(jsonw_t *w, const char *key, bool v);

/* Flushes the sink. ERR_BUFFER_FULL if memory was too small. Everything must be closed. */
MUST_USE err_t jsonw_done(jsonw_t *w);

#endif
