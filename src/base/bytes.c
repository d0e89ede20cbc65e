/* See bytes.h. Integers are copied with memcpy: types.h asserts little-endian. */
#include "base/bytes.h"

#include <string.h>

#include "base/assert.h"

void put_bytes(writer_t *w, const void *p, size_t n)
{
    ASSERT(w != NULL);
    if (w->full || n > w->size - w->used) {
        w->full = true;
        return;
    }
    if (n > 0) {
        memcpy(w->p + w->used, p, n);
    }
    w->used += n;
}

void put_u8(writer_t *w, u8 v)
{
    put_bytes(w, &v, sizeof v);
}
void put_u16(writer_t *w, u16 v)
{
    put_bytes(w, &v, sizeof v);
}
void put_u32(writer_t *w, u32 v)
{
    put_bytes(w, &v, sizeof v);
}
void put_u64(writer_t *w, u64 v)
{
    put_bytes(w, &v, sizeof v);
}
void put_i64(writer_t *w, i64 v)
{
    put_bytes(w, &v, sizeof v);
}

void put_f64(writer_t *w, f64 v)
{
    ASSERT(v == v);
    f64 clean = v == 0.0 ? 0.0 : v;
    put_bytes(w, &clean, sizeof clean);
}

/* Straight into the buffer where the longest form has room: records are made of millions of these. */
void put_varint(writer_t *w, u64 v)
{
    u8 b[10];
    ASSERT(w != NULL && w->used <= w->size);
    bool roomy = !w->full && w->size - w->used >= sizeof b;
    u8 *to = roomy ? w->p + w->used : b;
    u32 n = 0;
    while (v > 0x7F) {
        to[n++] = (u8)(v | 0x80);
        v >>= 7;
    }
    to[n++] = (u8)v;
    if (roomy) {
        w->used += n;
    } else {
        put_bytes(w, b, n);
    }
}

void put_svarint(writer_t *w, i64 v)
{
    put_varint(w, ((u64)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

void put_str(writer_t *w, str_t s)
{
    put_u32(w, s.n);
    put_bytes(w, s.p, s.n);
}

void put_key_value(writer_t *w, const char *key, const char *value)
{
    ASSERT(key != NULL && value != NULL);
    put_bytes(w, key, strlen(key));
    put_bytes(w, " = ", 3);
    put_bytes(w, value, strlen(value));
    put_bytes(w, "\n", 1);
}

static bool key_stands_above(const key_values_t *kv, u32 line_at)
{
    str_t rest = str_slice(kv->text, 0, line_at);
    str_t line;
    str_t key;
    str_t value;
    while (rest.n > 0) {
        (void)str_cut(rest, '\n', &line, &rest);
        if (str_cut(line, '=', &key, &value) && str_eq(str_trim(key), kv->key)) {
            return true;
        }
    }
    return false;
}

err_t key_values_next(key_values_t *kv)
{
    ASSERT(kv != NULL && kv->what != NULL && kv->at <= kv->text.n);
    kv->key = (str_t){0};
    kv->value = (str_t){0};
    while (kv->at < kv->text.n) {
        u32 from = kv->at;
        str_t line;
        str_t rest;
        (void)str_cut(str_slice(kv->text, from, kv->text.n), '\n', &line, &rest);
        kv->at = kv->text.n - rest.n;
        if (str_trim(line).n == 0) {
            continue;
        }
        if (!str_cut(line, '=', &kv->key, &kv->value) || str_trim(kv->key).n == 0) {
            return diag_fail(kv->diag, ERR_SYNTAX, "%s: a line is no \"key = value\"", kv->what);
        }
        kv->key = str_trim(kv->key);
        kv->value = str_trim(kv->value);
        if (memchr(line.p, '\0', line.n) != NULL) { /* it would end the text wherever it is kept as C text */
            return diag_fail(kv->diag, ERR_SYNTAX, "%s: a line holds a zero byte", kv->what);
        }
        if (key_stands_above(kv, from)) {
            return diag_fail(kv->diag, ERR_EXISTS, "%s: " STR_FMT " is given twice", kv->what,
                             STR_ARG(kv->key));
        }
        return ERR_OK;
    }
    return ERR_OK;
}

err_t writer_done(const writer_t *w)
{
    ASSERT(w != NULL);
    return w->full ? ERR_BUFFER_FULL : ERR_OK;
}

const u8 *get_view(reader_t *r, size_t n)
{
    ASSERT(r != NULL);
    if (r->bad || n > r->size - r->at) {
        r->bad = true;
        return NULL;
    }
    const u8 *p = r->p + r->at;
    r->at += n;
    return p;
}

void get_bytes(reader_t *r, void *out, size_t n)
{
    const u8 *p = get_view(r, n);
    if (n == 0) {
        return;
    }
    if (p == NULL) {
        memset(out, 0, n);
    } else {
        memcpy(out, p, n);
    }
}

u8 get_u8(reader_t *r)
{
    u8 v;
    get_bytes(r, &v, sizeof v);
    return v;
}
u16 get_u16(reader_t *r)
{
    u16 v;
    get_bytes(r, &v, sizeof v);
    return v;
}
u32 get_u32(reader_t *r)
{
    u32 v;
    get_bytes(r, &v, sizeof v);
    return v;
}
u64 get_u64(reader_t *r)
{
    u64 v;
    get_bytes(r, &v, sizeof v);
    return v;
}
i64 get_i64(reader_t *r)
{
    i64 v;
    get_bytes(r, &v, sizeof v);
    return v;
}

f64 get_f64(reader_t *r)
{
    f64 v;
    get_bytes(r, &v, sizeof v);
    if (v != v) {
        r->bad = true;
        return 0.0;
    }
    return v;
}

u64 get_varint(reader_t *r)
{
    u64 v = 0;
    for (u32 shift = 0; shift < 64; shift += 7) {
        u8 b = get_u8(r);
        if (r->bad) {
            return 0;
        }
        if (shift == 63 && b > 1) {
            break;
        }
        v |= (u64)(b & 0x7F) << shift;
        if ((b & 0x80) == 0) {
            return v;
        }
    }
    r->bad = true;
    return 0;
}

i64 get_svarint(reader_t *r)
{
    u64 v = get_varint(r);
    return (i64)(v >> 1) ^ -(i64)(v & 1);
}

str_t get_str(reader_t *r)
{
    u32 n = get_u32(r);
    const u8 *p = get_view(r, n);
    return (str_t){.p = p, .n = p == NULL ? 0 : n};
}

err_t reader_done(const reader_t *r)
{
    ASSERT(r != NULL);
    return r->bad ? ERR_TRUNCATED : ERR_OK;
}
