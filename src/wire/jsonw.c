/* See jsonw.h. */
#include "wire/jsonw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fixed.h"

void jsonw_init(jsonw_t *w, void *memory, size_t size)
{
    jsonw_init_sink(w, memory, size, NULL, NULL);
}

void jsonw_init_sink(jsonw_t *w, void *memory, size_t size, void (*flush)(void *ctx, const u8 *p, size_t n),
                     void *ctx)
{
    ASSERT(w != NULL && memory != NULL);
    ASSERT(size >= 64);
    *w = (jsonw_t){.p = memory, .size = size, .flush = flush, .ctx = ctx};
}

static void put(jsonw_t *w, const void *bytes, size_t n)
{
    const u8 *p = bytes;
    while (n > 0) {
        if (w->used == w->size) {
            if (w->flush == NULL) {
                w->full = true;
                return;
            }
            w->flush(w->ctx, w->p, w->used);
            w->used = 0;
        }
        size_t part = MIN_OF(n, w->size - w->used);
        memcpy(w->p + w->used, p, part);
        w->used += part;
        p += part;
        n -= part;
    }
    ASSERT(w->used <= w->size);
}

/* Every value starts here: the comma before it, and the rule that an object wants a key first. */
static void value_begin(jsonw_t *w)
{
    ASSERT(w != NULL);
    u32 bit = 1u << w->depth;
    if (w->depth > 0 && (w->objects & bit) != 0) {
        ASSERT(w->key);
        w->key = false;
        return;
    }
    ASSERT(w->depth > 0 || (w->filled & 1u) == 0);
    if ((w->filled & bit) != 0) {
        put(w, ",", 1);
    }
    w->filled |= bit;
}

static void open_level(jsonw_t *w, bool object)
{
    value_begin(w);
    ASSERT(w->depth + 1 < JSONW_DEPTH_MAX);
    w->depth++;
    u32 bit = 1u << w->depth;
    w->filled &= ~bit;
    w->objects = object ? w->objects | bit : w->objects & ~bit;
    put(w, object ? "{" : "[", 1);
}

void jsonw_object(jsonw_t *w)
{
    open_level(w, true);
}

void jsonw_array(jsonw_t *w)
{
    open_level(w, false);
}

void jsonw_end(jsonw_t *w)
{
    ASSERT(w->depth > 0);
    ASSERT(!w->key);
    put(w, (w->objects & (1u << w->depth)) != 0 ? "}" : "]", 1);
    w->depth--;
}

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), or 0. */
static u32 utf8_length(const u8 *p, u32 n)
{
    u8 c = p[0];
    u32 want = c < 0x80                 ? 1
               : c >= 0xC2 && c <= 0xDF ? 2
               : c >= 0xE0 && c <= 0xEF ? 3
               : c >= 0xF0 && c <= 0xF4 ? 4
                                        : 0;
    if (want == 0 || want > n || !str_is_utf8((str_t){.p = p, .n = want})) {
        return 0;
    }
    return want;
}

static void put_escaped(jsonw_t *w, u8 c)
{
    char text[8];
    switch (c) {
    case '"':
        put(w, "\\\"", 2);
        return;
    case '\\':
        put(w, "\\\\", 2);
        return;
    case '\n':
        put(w, "\\n", 2);
        return;
    case '\r':
        put(w, "\\r", 2);
        return;
    case '\t':
        put(w, "\\t", 2);
        return;
    default:
        (void)snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
        put(w, text, 6);
    }
}

static void put_string(jsonw_t *w, str_t v)
{
    put(w, "\"", 1);
    u32 i = 0;
    while (i < v.n) {
        u8 c = v.p[i];
        if (c == '"' || c == '\\' || c < 0x20 || c == 0x7F) {
            put_escaped(w, c);
            i++;
            continue;
        }
        u32 n = utf8_length(v.p + i, v.n - i);
        if (n == 2 && c == 0xC2 && v.p[i + 1] < 0xA0) { /* U+0080 to U+009F: commands of a terminal */
            put_escaped(w, v.p[i + 1]);
            i += n;
            continue;
        }
        if (n == 0) {
            put(w, "\xEF\xBF\xBD", 3);
            i++;
            continue;
        }
        put(w, v.p + i, n);
        i += n;
    }
    put(w, "\"", 1);
}

void jsonw_key(jsonw_t *w, const char *name)
{
    ASSERT(name != NULL);
    ASSERT(w->depth > 0 && !w->key);
    u32 bit = 1u << w->depth;
    ASSERT((w->objects & bit) != 0);
    if ((w->filled & bit) != 0) {
        put(w, ",", 1);
    }
    w->filled |= bit;
    put_string(w, str_from(name));
    put(w, ":", 1);
    w->key = true;
}

void jsonw_str(jsonw_t *w, str_t v)
{
    ASSERT(v.p != NULL || v.n == 0);
    value_begin(w);
    put_string(w, v);
}

void jsonw_text(jsonw_t *w, const char *v)
{
    if (v == NULL) {
        jsonw_null(w);
        return;
    }
    jsonw_str(w, str_from(v));
}

void jsonw_i64(jsonw_t *w, i64 v)
{
    char text[24];
    value_begin(w);
    put(w, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)v));
}

void jsonw_u64(jsonw_t *w, u64 v)
{
    char text[24];
    value_begin(w);
    put(w, text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)v));
}

void jsonw_f64(jsonw_t *w, f64 v)
{
    if (!isfinite(v)) {
        jsonw_null(w);
        return;
    }
    char text[40];
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) {
            break;
        }
    }
    ASSERT(n > 0 && n < (int)sizeof text);
    value_begin(w);
    put(w, text, (size_t)n);
}

void jsonw_fixed(jsonw_t *w, i64 value, u32 scale)
{
    char text[40];
    value_begin(w);
    put(w, text, fixed_print(text, sizeof text, value, scale, 0));
}

void jsonw_bool(jsonw_t *w, bool v)
{
    value_begin(w);
    put(w, v ? "true" : "false", v ? 4 : 5);
}

void jsonw_null(jsonw_t *w)
{
    value_begin(w);
    put(w, "null", 4);
}

void jsonw_line(jsonw_t *w)
{
    ASSERT(w->depth == 0);
    ASSERT(!w->key);
    put(w, "\n", 1);
    w->filled = 0;
}

void jsonw_put_str(jsonw_t *w, const char *key, str_t v)
{
    jsonw_key(w, key);
    jsonw_str(w, v);
}

void jsonw_put_text(jsonw_t *w, const char *key, const char *v)
{
    jsonw_key(w, key);
    jsonw_text(w, v);
}

void jsonw_put_i64(jsonw_t *w, const char *key, i64 v)
{
    jsonw_key(w, key);
    jsonw_i64(w, v);
}

void jsonw_put_u64(jsonw_t *w, const char *key, u64 v)
{
    jsonw_key(w, key);
    jsonw_u64(w, v);
}

void jsonw_put_f64(jsonw_t *w, const char *key, f64 v)
{
    jsonw_key(w, key);
    jsonw_f64(w, v);
}

void jsonw_put_bool(jsonw_t *w, const char *key, bool v)
{
    jsonw_key(w, key);
    jsonw_bool(w, v);
}

err_t jsonw_done(jsonw_t *w)
{
    ASSERT(w != NULL);
    ASSERT(w->depth == 0 && !w->key);
    if (w->flush != NULL && w->used > 0) {
        w->flush(w->ctx, w->p, w->used);
        w->used = 0;
    }
    return w->full ? ERR_BUFFER_FULL : ERR_OK;
}
