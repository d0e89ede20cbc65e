/* See jsonpull.h. */
#include "wire/jsonpull.h"

#include <string.h>

#include "base/assert.h"

void jsonpull_begin(jsonpull_t *j, const void *p, size_t n)
{
    ASSERT(j != NULL);
    ASSERT(p != NULL || n == 0);
    j->p = p;
    j->n = n;
    j->at = 0;
    j->line = 1;
    j->depth = 0;
    j->first = true;
    j->kind = JSONPULL_END;
    j->text = STR("");
    j->cut = false;
    j->key[0] = '\0';
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        j->at = 3;
    }
}

static int peek(jsonpull_t *j)
{
    while (j->at < j->n) {
        u8 c = j->p[j->at];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            return c;
        }
        j->line += c == '\n' ? 1 : 0;
        j->at++;
    }
    return -1;
}

static bool hex4(const jsonpull_t *j, size_t at, u32 *out)
{
    u32 v = 0;
    if (at + 4 > j->n) {
        return false;
    }
    for (u32 i = 0; i < 4; i++) {
        u8 c = j->p[at + i];
        u32 d = c >= '0' && c <= '9'                 ? (u32)c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (u32)(c | 32) - 'a' + 10
                                                     : 16;
        if (d == 16) {
            return false;
        }
        v = v * 16 + d;
    }
    *out = v;
    return true;
}

typedef struct {
    u8 *p;
    u32 size;
    u32 n;
    bool cut;
} sink_t;

static void sink_put(sink_t *s, const u8 *p, u32 n)
{
    if (s->cut || s->n + n > s->size) {
        s->cut = true;
        return;
    }
    memcpy(s->p + s->n, p, n);
    s->n += n;
}

static void sink_rune(sink_t *s, u32 c)
{
    u8 b[4];
    u32 n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const u8 lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (u32 i = n; i-- > 1; c >>= 6) {
        b[i] = (u8)(0x80 | (c & 0x3F));
    }
    b[0] = (u8)(lead[n] | c);
    sink_put(s, b, n);
}

/* The escape behind a backslash at j->at. */
static err_t escape(jsonpull_t *j, sink_t *s)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    if (j->at >= j->n) {
        return ERR_TRUNCATED;
    }
    u8 c = j->p[j->at++];
    const char *found = c == 0 ? NULL : strchr(from, c);
    if (found != NULL) {
        u8 v = (u8)to[found - from];
        sink_put(s, &v, 1);
        return ERR_OK;
    }
    u32 rune = 0;
    u32 low = 0;
    if (c != 'u' || !hex4(j, j->at, &rune)) {
        return ERR_SYNTAX;
    }
    j->at += 4;
    if (rune >= 0xD800 && rune < 0xDC00 && j->at + 6 <= j->n && j->p[j->at] == '\\' &&
        j->p[j->at + 1] == 'u' && hex4(j, j->at + 2, &low) && low >= 0xDC00 && low < 0xE000) {
        rune = 0x10000 + ((rune - 0xD800) << 10) + (low - 0xDC00);
        j->at += 6;
    }
    sink_rune(s, rune >= 0xD800 && rune < 0xE000 ? 0xFFFD : rune); /* a lone surrogate stands for nothing */
    return ERR_OK;
}

static err_t string(jsonpull_t *j, sink_t *s)
{
    j->at++;
    while (j->at < j->n) {
        size_t from = j->at;
        while (j->at < j->n && j->p[j->at] != '"' && j->p[j->at] != '\\' && j->p[j->at] >= 0x20) {
            j->at++;
        }
        sink_put(s, j->p + from, (u32)MIN_OF(j->at - from, (size_t)JSONPULL_TEXT + 1));
        if (j->at == j->n) {
            break;
        }
        u8 c = j->p[j->at++];
        if (c == '"') {
            return ERR_OK;
        }
        if (c != '\\') {
            return ERR_SYNTAX;
        }
        TRY(escape(j, s));
    }
    return ERR_TRUNCATED;
}

static bool word(jsonpull_t *j, const char *w)
{
    size_t n = strlen(w);
    if (j->n - j->at < n || memcmp(j->p + j->at, w, n) != 0) {
        return false;
    }
    j->at += n;
    return true;
}

static err_t number(jsonpull_t *j)
{
    size_t from = j->at;
    while (j->at < j->n && strchr("+-.0123456789eE", j->p[j->at]) != NULL && j->p[j->at] != 0) {
        j->at++;
    }
    if (j->at == from) {
        return ERR_SYNTAX;
    }
    j->text = (str_t){.p = j->p + from, .n = (u32)(j->at - from)};
    j->kind = JSONPULL_NUMBER;
    return ERR_OK;
}

static err_t open_container(jsonpull_t *j, bool array)
{
    if (j->depth == JSONPULL_DEPTH) {
        return ERR_DEPTH;
    }
    j->at++;
    j->array[j->depth++] = array;
    j->first = true;
    j->kind = array ? JSONPULL_ARRAY : JSONPULL_OBJECT;
    return ERR_OK;
}

static err_t value(jsonpull_t *j)
{
    int c = peek(j);
    if (c == '{' || c == '[') {
        return open_container(j, c == '[');
    }
    j->first = false;
    if (c == '"') {
        sink_t s = {.p = j->buffer, .size = sizeof j->buffer};
        TRY(string(j, &s));
        j->text = (str_t){.p = j->buffer, .n = s.n};
        j->cut = s.cut;
        j->kind = JSONPULL_STRING;
        return ERR_OK;
    }
    if (word(j, "true")) {
        j->kind = JSONPULL_TRUE;
    } else if (word(j, "false")) {
        j->kind = JSONPULL_FALSE;
    } else if (word(j, "null") || word(j, "NaN") || word(j, "Infinity") || word(j, "-Infinity")) {
        j->kind = JSONPULL_NULL;
    } else {
        return c < 0 ? ERR_TRUNCATED : number(j);
    }
    return ERR_OK;
}

static err_t member_name(jsonpull_t *j)
{
    sink_t s = {.p = (u8 *)j->key, .size = sizeof j->key - 1};
    if (peek(j) != '"') {
        return peek(j) < 0 ? ERR_TRUNCATED : ERR_SYNTAX;
    }
    TRY(string(j, &s));
    j->key[s.n] = '\0';
    if (peek(j) != ':') {
        return peek(j) < 0 ? ERR_TRUNCATED : ERR_SYNTAX;
    }
    j->at++;
    return ERR_OK;
}

err_t jsonpull_next(jsonpull_t *j)
{
    ASSERT(j != NULL);
    ASSERT(j->depth <= JSONPULL_DEPTH);
    j->cut = false;
    j->text = STR("");
    int c = peek(j);
    if (j->depth == 0) {
        j->key[0] = '\0';
        j->kind = JSONPULL_END;
        return c < 0 ? ERR_OK : value(j);
    }
    bool array = j->array[j->depth - 1];
    if (c == (array ? ']' : '}')) {
        j->at++;
        j->depth--;
        j->first = false;
        j->key[0] = '\0';
        j->kind = array ? JSONPULL_ARRAY_END : JSONPULL_OBJECT_END;
        return ERR_OK;
    }
    if (!j->first) {
        if (c != ',') {
            return c < 0 ? ERR_TRUNCATED : ERR_SYNTAX;
        }
        j->at++;
    }
    j->key[0] = '\0';
    if (!array) {
        TRY(member_name(j));
    }
    return value(j);
}

err_t jsonpull_skip(jsonpull_t *j)
{
    ASSERT(j != NULL);
    if (j->kind != JSONPULL_OBJECT && j->kind != JSONPULL_ARRAY) {
        return ERR_OK;
    }
    ASSERT(j->depth > 0);
    u32 depth = j->depth - 1;
    while (j->depth > depth) {
        TRY(jsonpull_next(j));
    }
    return ERR_OK;
}
