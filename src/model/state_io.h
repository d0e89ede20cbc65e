/* One description for saving and loading: a field is named once, and the same line writes it or reads it
 * back.
 *
 * Promises: canonical bytes (bytes.h), so that equal state gives equal bytes; a value outside its declared
 * range makes the reader bad. While writing nothing is changed. Leaves to others: versions, what the parts of
 * a snapshot are. */
#ifndef VITRINE_MODEL_STATE_IO_H
#define VITRINE_MODEL_STATE_IO_H

#include "base/bytes.h"
#include "base/fixed.h"
#include "base/hash.h"

/* Exactly one of the two is set. */
typedef struct {
    writer_t *w;
    reader_t *r;
} state_io_t;

static inline void state_bad(state_io_t *io, bool bad)
{
    if (io->r != NULL && bad) {
        io->r->bad = true;
    }
}

static inline bool state_is_bad(const state_io_t *io)
{
    return io->r != NULL ? io->r->bad : io->w->full;
}

static inline void state_u64(state_io_t *io, u64 *v)
{
    if (io->w != NULL) {
        put_varint(io->w, *v);
    } else {
        *v = get_varint(io->r);
    }
}

static inline void state_i64(state_io_t *io, i64 *v)
{
    if (io->w != NULL) {
        put_svarint(io->w, *v);
    } else {
        *v = get_svarint(io->r);
    }
}

/* A number of at most `max`. */
static inline u64 state_upto(state_io_t *io, u64 v, u64 max)
{
    state_u64(io, &v);
    state_bad(io, v > max);
    return io->r != NULL && v > max ? 0 : v;
}

static inline void state_u8(state_io_t *io, u8 *v)
{
    *v = (u8)state_upto(io, *v, UINT8_MAX);
}
static inline void state_u16(state_io_t *io, u16 *v)
{
    *v = (u16)state_upto(io, *v, UINT16_MAX);
}
static inline void state_u32(state_io_t *io, u32 *v)
{
    *v = (u32)state_upto(io, *v, UINT32_MAX);
}
static inline void state_bool(state_io_t *io, bool *v)
{
    *v = state_upto(io, *v ? 1 : 0, 1) != 0;
}

static inline void state_i32(state_io_t *io, i32 *v)
{
    i64 x = *v;
    state_i64(io, &x);
    state_bad(io, x < INT32_MIN || x > INT32_MAX);
    *v = x < INT32_MIN || x > INT32_MAX ? 0 : (i32)x;
}

static inline void state_i8(state_io_t *io, i8 *v)
{
    i32 x = *v;
    state_i32(io, &x);
    state_bad(io, x < INT8_MIN || x > INT8_MAX);
    *v = x < INT8_MIN || x > INT8_MAX ? 0 : (i8)x;
}

static inline void state_f64(state_io_t *io, f64 *v)
{
    if (io->w != NULL) {
        put_f64(io->w, *v);
    } else {
        *v = get_f64(io->r);
    }
}

static inline void state_f64s(state_io_t *io, f64 *v, size_t n)
{
    for (size_t i = 0; i < n && !state_is_bad(io); i++) {
        state_f64(io, &v[i]);
    }
}

static inline void state_u32s(state_io_t *io, u32 *v, size_t n)
{
    for (size_t i = 0; i < n && !state_is_bad(io); i++) {
        state_u32(io, &v[i]);
    }
}

static inline void state_bytes(state_io_t *io, void *p, size_t n)
{
    if (io->w != NULL) {
        put_bytes(io->w, p, n);
    } else {
        get_bytes(io->r, p, n);
    }
}

static inline void state_id(state_io_t *io, id128_t *id)
{
    state_bytes(io, id->b, sizeof id->b);
}
static inline void state_price(state_io_t *io, price_t *p)
{
    state_i64(io, &p->v);
}
static inline void state_money(state_io_t *io, money_t *m)
{
    state_i64(io, &m->v);
}
static inline void state_qty(state_io_t *io, qty_t *q)
{
    state_i64(io, &q->v);
}

#endif
