/* What the files that write records share: one pair of words for both directions, and the way onto a grid.
 * Nobody outside scan/ includes this. */
#ifndef VITRINE_SCAN_RECORD_INNER_H
#define VITRINE_SCAN_RECORD_INNER_H

#include "base/assert.h"
#include "base/bytes.h"

/* A writer or a reader; exactly one of them is set. */
typedef struct {
    writer_t *w;
    reader_t *r;
} io_t;

static inline void io_u(io_t *io, u64 *v)
{
    if (io->w != NULL) {
        put_varint(io->w, *v);
    } else {
        *v = get_varint(io->r);
    }
}

static inline void io_i(io_t *io, i64 *v)
{
    if (io->w != NULL) {
        put_svarint(io->w, *v);
    } else {
        *v = get_svarint(io->r);
    }
}

/* Steps of 1 / scale, half away from zero, cut at +-9e15. NaN is a broken invariant. */
static inline i64 record_grid(f64 v, f64 scale)
{
    f64 x = v * scale;
    ASSERT(x == x);
    x = x > 9e15 ? 9e15 : (x < -9e15 ? -9e15 : x);
    return x < 0 ? -(i64)(-x + 0.5) : (i64)(x + 0.5);
}

#endif
