/* See xmlpull.h. */
#include "wire/xmlpull.h"

#include <string.h>

#include "base/assert.h"

void xmlpull_begin(xmlpull_t *x, const void *p, size_t n)
{
    ASSERT(x != NULL);
    ASSERT(p != NULL || n == 0);
    x->p = p;
    x->n = n;
    x->at = 0;
    x->line = 1;
    x->kind = XMLPULL_END;
    x->empty = false;
    x->name = x->attributes = x->text = STR("");
}

static bool begins(const xmlpull_t *x, const char *s)
{
    size_t n = strlen(s);
    return x->n - x->at >= n && memcmp(x->p + x->at, s, n) == 0;
}

/* Goes behind the next `s`; false if there is none. */
static bool behind(xmlpull_t *x, const char *s)
{
    size_t n = strlen(s);
    for (size_t i = x->at; i + n <= x->n; i++) {
        x->line += x->p[i] == '\n' ? 1 : 0;
        if (memcmp(x->p + i, s, n) == 0) {
            x->at = i + n;
            return true;
        }
    }
    return false;
}

typedef struct {
    const char *name;
    const char *text;
} entity_t;

/* Replaces the reference at p (behind '&'); returns bytes used, 0 if it is none. */
static size_t reference(const u8 *p, size_t n, u8 out[4], u32 *out_n)
{
    static const entity_t all[] = {{"amp;", "&"},   {"lt;", "<"},   {"gt;", ">"},
                                   {"quot;", "\""}, {"apos;", "'"}, {"nbsp;", " "}};
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        size_t k = strlen(all[i].name);
        if (n >= k && memcmp(p, all[i].name, k) == 0) {
            out[0] = (u8)all[i].text[0];
            *out_n = 1;
            return k;
        }
    }
    u32 v = 0;
    size_t i = 1;
    if (n < 3 || p[0] != '#') {
        return 0;
    }
    while (i < n && i < 8 && p[i] >= '0' && p[i] <= '9') {
        v = v * 10 + (u32)p[i++] - '0';
    }
    if (i == 1 || i >= n || p[i] != ';') {
        return 0;
    }
    if (v < 0x80 && v >= 0x20) {
        out[0] = (u8)v;
        *out_n = 1;
    } else if (v >= 0x80 && v < 0x800) {
        out[0] = (u8)(0xC0 | v >> 6);
        out[1] = (u8)(0x80 | (v & 63));
        *out_n = 2;
    } else if (v >= 0x800 && v < 0x10000 && (v < 0xD800 || v > 0xDFFF)) {
        out[0] = (u8)(0xE0 | v >> 12);
        out[1] = (u8)(0x80 | (v >> 6 & 63));
        out[2] = (u8)(0x80 | (v & 63));
        *out_n = 3;
    } else {
        out[0] = ' ';
        *out_n = 1;
    }
    return i + 1;
}

/* [from, to) with references replaced. */
static void take_text(xmlpull_t *x, size_t from, size_t to)
{
    u32 n = 0;
    for (size_t i = from; i < to && n + 4 <= sizeof x->buffer;) {
        u32 put = 0;
        size_t used = x->p[i] == '&' ? reference(x->p + i + 1, to - i - 1, x->buffer + n, &put) : 0;
        if (used > 0) {
            n += put;
            i += used + 1;
            continue;
        }
        x->buffer[n++] = x->p[i++];
    }
    x->text = str_trim((str_t){.p = x->buffer, .n = n});
    x->kind = XMLPULL_TEXT_NODE;
}

static bool is_blank(u8 c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The tag at x->at, which stands on '<'. */
static err_t take_tag(xmlpull_t *x)
{
    size_t i = x->at + 1;
    u8 quote = 0;
    while (i < x->n && (quote != 0 || x->p[i] != '>')) {
        u8 c = x->p[i];
        x->line += c == '\n' ? 1 : 0;
        bool mark = c == '"' || c == '\'';
        quote = quote == 0 && mark ? c : quote == c ? 0 : quote;
        i++;
    }
    if (i == x->n) {
        return ERR_TRUNCATED;
    }
    size_t from = x->at + 1;
    x->at = i + 1;
    bool close = x->p[from] == '/';
    from += close ? 1 : 0;
    x->empty = !close && i > from && x->p[i - 1] == '/';
    size_t to = x->empty ? i - 1 : i;
    size_t end = from;
    while (end < to && !is_blank(x->p[end])) {
        end++;
    }
    if (end == from) {
        return ERR_SYNTAX;
    }
    x->name = (str_t){.p = x->p + from, .n = (u32)(end - from)};
    str_t prefix;
    str_t rest;
    if (str_cut(x->name, ':', &prefix, &rest) && rest.n > 0) {
        x->name = rest;
    }
    x->attributes = (str_t){.p = x->p + end, .n = (u32)(to - end)};
    x->kind = close ? XMLPULL_CLOSE : XMLPULL_OPEN;
    return ERR_OK;
}

/* Passes a comment, an instruction, a declaration or CDATA at x->at. ERR_OK with *text: there is text to
 * give. */
static err_t pass_over(xmlpull_t *x, bool *text)
{
    bool comment = begins(x, "<!--");
    bool data = begins(x, "<![CDATA[");
    bool instruction = begins(x, "<?");
    size_t from = x->at + 9;
    *text = false;
    if (!behind(x, comment ? "-->" : data ? "]]>" : instruction ? "?>" : ">")) {
        return ERR_TRUNCATED;
    }
    if (data && x->at - 3 > from) {
        take_text(x, from, x->at - 3);
        *text = true;
    }
    return ERR_OK;
}

err_t xmlpull_next(xmlpull_t *x)
{
    ASSERT(x != NULL);
    ASSERT(x->at <= x->n);
    while (x->at < x->n) {
        if (begins(x, "<!") || begins(x, "<?")) {
            bool text = false;
            TRY(pass_over(x, &text));
            if (text) {
                return ERR_OK;
            }
            continue;
        }
        if (x->p[x->at] == '<') {
            return take_tag(x);
        }
        size_t from = x->at;
        const u8 *end = memchr(x->p + from, '<', x->n - from);
        x->at = end == NULL ? x->n : (size_t)(end - x->p);
        for (size_t i = from; i < x->at; i++) {
            x->line += x->p[i] == '\n' ? 1 : 0;
        }
        take_text(x, from, x->at);
        if (x->text.n > 0) {
            return ERR_OK;
        }
    }
    x->kind = XMLPULL_END;
    return ERR_OK;
}

str_t xmlpull_attribute(const xmlpull_t *x, const char *name)
{
    ASSERT(x != NULL);
    ASSERT(name != NULL);
    str_t s = x->attributes;
    size_t n = strlen(name);
    for (u32 i = 0; i + n + 2 < s.n; i++) {
        bool here = (i == 0 || is_blank(s.p[i - 1])) && memcmp(s.p + i, name, n) == 0 && s.p[i + n] == '=';
        u8 mark = here ? s.p[i + n + 1] : 0;
        if (mark == '"' || mark == '\'') {
            u32 from = i + (u32)n + 2;
            u32 to = from;
            while (to < s.n && s.p[to] != mark) {
                to++;
            }
            return str_slice(s, from, to);
        }
    }
    return STR("");
}
