/* See json.h. One pass, an explicit stack of open containers, no recursion. */
#include "wire/json.h"

#include <string.h>

#include "base/assert.h"

typedef struct {
    arena_t *arena;
    const u8 *p;
    u32 n;
    u32 at;
    diag_t *diag;
    json_t *open[JSON_DEPTH_MAX]; /* containers around the place at hand */
    json_t *last[JSON_DEPTH_MAX]; /* their last child so far */
    u32 depth;
} parse_t;

/* Which of the grammar's three questions is next. */
typedef enum { WANT_VALUE, WANT_VALUE_OR_END, WANT_COMMA_OR_END } want_t;

static err_t fail(parse_t *s, err_t e, const char *what)
{
    u32 line = 1;
    u32 start = 0;
    for (u32 i = 0; i < s->at && i < s->n; i++) {
        if (s->p[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    return diag_fail(s->diag, e, "JSON line %u, column %u: %s", line, s->at - start + 1, what);
}

static void skip_blank(parse_t *s)
{
    while (s->at < s->n &&
           (s->p[s->at] == ' ' || s->p[s->at] == '\t' || s->p[s->at] == '\n' || s->p[s->at] == '\r')) {
        s->at++;
    }
}

static u8 peek(const parse_t *s)
{
    return s->at < s->n ? s->p[s->at] : 0;
}

static bool is_digit(u8 c)
{
    return c >= '0' && c <= '9';
}

static err_t read_hex4(parse_t *s, u32 *out)
{
    u32 v = 0;
    for (u32 i = 0; i < 4; i++) {
        u8 c = peek(s);
        u32 d = is_digit(c)            ? (u32)(c - '0')
                : c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10
                : c >= 'A' && c <= 'F' ? (u32)(c - 'A') + 10
                                       : 16;
        if (d == 16) {
            return fail(s, ERR_SYNTAX, "\\u needs four hex digits");
        }
        v = v * 16 + d;
        s->at++;
    }
    *out = v;
    return ERR_OK;
}

/* After "\u": one code point, of two halves if it lies beyond the first plane (RFC 8259 section 7). */
static err_t read_code_point(parse_t *s, u32 *out)
{
    u32 hi = 0;
    TRY(read_hex4(s, &hi));
    if (hi >= 0xDC00 && hi <= 0xDFFF) {
        return fail(s, ERR_UTF8, "second half of a surrogate pair without its first");
    }
    if (hi < 0xD800 || hi > 0xDBFF) {
        *out = hi;
        return ERR_OK;
    }
    if (s->at + 1 >= s->n || s->p[s->at] != '\\' || s->p[s->at + 1] != 'u') {
        return fail(s, ERR_UTF8, "first half of a surrogate pair without its second");
    }
    s->at += 2;
    u32 lo = 0;
    TRY(read_hex4(s, &lo));
    if (lo < 0xDC00 || lo > 0xDFFF) {
        return fail(s, ERR_UTF8, "first half of a surrogate pair without its second");
    }
    *out = 0x10000 + ((hi - 0xD800) << 10) + (lo - 0xDC00);
    return ERR_OK;
}

static u32 put_utf8(u8 *out, u32 c)
{
    ASSERT(c <= 0x10FFFF);
    if (c < 0x80) {
        out[0] = (u8)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (u8)(0xC0 | (c >> 6));
        out[1] = (u8)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (u8)(0xE0 | (c >> 12));
        out[1] = (u8)(0x80 | ((c >> 6) & 0x3F));
        out[2] = (u8)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (u8)(0xF0 | (c >> 18));
    out[1] = (u8)(0x80 | ((c >> 12) & 0x3F));
    out[2] = (u8)(0x80 | ((c >> 6) & 0x3F));
    out[3] = (u8)(0x80 | (c & 0x3F));
    return 4;
}

/* After the backslash: appends what the escape stands for. */
static err_t read_escape(parse_t *s, u8 *out, u32 *used)
{
    static const u8 from[] = "\"\\/bfnrt";
    static const u8 to[] = "\"\\/\b\f\n\r\t";
    u8 c = peek(s);
    const u8 *hit = c == 0 ? NULL : memchr(from, c, sizeof from - 1);
    if (hit != NULL) {
        s->at++;
        out[(*used)++] = to[hit - from];
        return ERR_OK;
    }
    if (c != 'u') {
        return fail(s, ERR_SYNTAX, "unknown escape");
    }
    s->at++;
    u32 code = 0;
    TRY(read_code_point(s, &code));
    *used += put_utf8(out + *used, code);
    return ERR_OK;
}

/* End of the raw text of a string: the closing quote, or the text's end. */
static u32 string_end(const parse_t *s, bool *escaped)
{
    u32 i = s->at;
    *escaped = false;
    while (i < s->n && s->p[i] != '"') {
        if (s->p[i] == '\\') {
            *escaped = true;
            i++;
        }
        i++;
    }
    return MIN_OF(i, s->n);
}

/* At the opening quote. Text without escapes is borrowed, other text unescaped into the arena (never longer).
 */
static err_t read_string(parse_t *s, str_t *out)
{
    ASSERT(peek(s) == '"');
    s->at++;
    bool escaped = false;
    u32 end = string_end(s, &escaped);
    if (end >= s->n) {
        return fail(s, ERR_SYNTAX, "the string is not closed");
    }
    u32 start = s->at;
    u8 *copy = escaped ? arena_alloc(s->arena, end - start + 1, 16) : NULL;
    if (escaped && copy == NULL) {
        return fail(s, ERR_ARENA_FULL, "no room for the string");
    }
    u32 used = 0;
    while (s->at < end) {
        u8 c = s->p[s->at];
        if (c < 0x20) {
            return fail(s, ERR_SYNTAX, "control characters in a string must be escaped");
        }
        s->at++;
        if (c == '\\') {
            TRY(read_escape(s, copy, &used));
        } else if (escaped) {
            copy[used++] = c;
        }
    }
    ASSERT(s->at == end);
    s->at++;
    *out = escaped ? (str_t){.p = copy, .n = used} : (str_t){.p = s->p + start, .n = end - start};
    return ERR_OK;
}

static u32 skip_digits(parse_t *s)
{
    u32 start = s->at;
    while (is_digit(peek(s))) {
        s->at++;
    }
    return s->at - start;
}

static err_t read_number(parse_t *s, str_t *out)
{
    u32 start = s->at;
    if (peek(s) == '-') {
        s->at++;
    }
    bool zero = peek(s) == '0';
    u32 digits = skip_digits(s);
    if (digits == 0 || (zero && digits > 1)) {
        return fail(s, ERR_SYNTAX, "not a value");
    }
    if (peek(s) == '.') {
        s->at++;
        if (skip_digits(s) == 0) {
            return fail(s, ERR_SYNTAX, "digits are missing after the point");
        }
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-') {
            s->at++;
        }
        if (skip_digits(s) == 0) {
            return fail(s, ERR_SYNTAX, "digits are missing in the exponent");
        }
    }
    *out = (str_t){.p = s->p + start, .n = s->at - start};
    return ERR_OK;
}

static err_t read_word(parse_t *s, const char *word)
{
    u32 n = (u32)strlen(word);
    if (s->n - s->at < n || memcmp(s->p + s->at, word, n) != 0) {
        return fail(s, ERR_SYNTAX, "not a value");
    }
    s->at += n;
    return ERR_OK;
}

/* Hangs a new node under the innermost container. */
static err_t add_node(parse_t *s, str_t key, json_t **out)
{
    json_t *node = arena_alloc(s->arena, sizeof *node, 16);
    if (node == NULL) {
        return fail(s, ERR_ARENA_FULL, "no room for the document");
    }
    node->key = key;
    if (s->depth > 0) {
        json_t *parent = s->open[s->depth - 1];
        json_t **last = &s->last[s->depth - 1];
        if (*last == NULL) {
            parent->first = node;
        } else {
            (*last)->next = node;
        }
        *last = node;
        parent->count++;
    }
    *out = node;
    return ERR_OK;
}

/* The member's name and its colon. */
static err_t read_key(parse_t *s, str_t *key)
{
    const json_t *object = s->open[s->depth - 1];
    if (peek(s) != '"') {
        return fail(s, ERR_SYNTAX, "a member starts with its name in quotes");
    }
    if (object->count >= JSON_MEMBERS_MAX) {
        return fail(s, ERR_POOL_FULL, "too many members in one object");
    }
    TRY(read_string(s, key));
    for (const json_t *m = object->first; m != NULL; m = m->next) {
        if (str_eq(m->key, *key)) {
            return fail(s, ERR_EXISTS, "the name stands twice in one object");
        }
    }
    skip_blank(s);
    if (peek(s) != ':') {
        return fail(s, ERR_SYNTAX, "a colon is missing after the name");
    }
    s->at++;
    skip_blank(s);
    return ERR_OK;
}

static err_t read_scalar(parse_t *s, json_t *node)
{
    switch (peek(s)) {
    case '"':
        node->kind = JSON_STRING;
        return read_string(s, &node->text);
    case 't':
        node->kind = JSON_BOOL;
        node->yes = true;
        return read_word(s, "true");
    case 'f':
        node->kind = JSON_BOOL;
        return read_word(s, "false");
    case 'n':
        node->kind = JSON_NULL;
        return read_word(s, "null");
    default:
        node->kind = JSON_NUMBER;
        return read_number(s, &node->text);
    }
}

/* One value, or the opening of one container. */
static err_t read_value(parse_t *s, json_t **root, want_t *want)
{
    str_t key = {0};
    if (s->depth > 0 && s->open[s->depth - 1]->kind == JSON_OBJECT) {
        TRY(read_key(s, &key));
    }
    u8 c = peek(s);
    json_t *node = NULL;
    TRY(add_node(s, key, &node));
    if (*root == NULL) {
        *root = node;
    }
    if (c != '{' && c != '[') {
        *want = WANT_COMMA_OR_END;
        return read_scalar(s, node);
    }
    if (s->depth == JSON_DEPTH_MAX) {
        return fail(s, ERR_DEPTH, "nested too deep");
    }
    node->kind = c == '{' ? JSON_OBJECT : JSON_ARRAY;
    s->open[s->depth] = node;
    s->last[s->depth] = NULL;
    s->depth++;
    s->at++;
    *want = WANT_VALUE_OR_END;
    return ERR_OK;
}

static bool closes(const parse_t *s)
{
    return s->depth > 0 && peek(s) == (s->open[s->depth - 1]->kind == JSON_OBJECT ? '}' : ']');
}

static err_t parse_all(parse_t *s, json_t **root)
{
    want_t want = WANT_VALUE;
    do {
        skip_blank(s);
        if (want != WANT_VALUE && closes(s)) {
            s->at++;
            s->depth--;
            want = WANT_COMMA_OR_END;
        } else if (want == WANT_COMMA_OR_END) {
            if (peek(s) != ',') {
                return fail(s, ERR_SYNTAX, "a comma or the closing bracket is missing");
            }
            s->at++;
            want = WANT_VALUE;
        } else {
            TRY(read_value(s, root, &want));
        }
    } while (s->depth > 0 || want != WANT_COMMA_OR_END);
    skip_blank(s);
    return s->at == s->n ? ERR_OK : fail(s, ERR_SYNTAX, "something follows the value");
}

err_t json_parse(arena_t *a, str_t text, diag_t *diag, const json_t **out)
{
    ASSERT(a != NULL && out != NULL);
    ASSERT(text.p != NULL || text.n == 0);
    parse_t s = {.arena = a, .p = text.p, .n = text.n, .diag = diag};
    if (text.n > JSON_SIZE_MAX) {
        return diag_fail(diag, ERR_BUFFER_FULL, "JSON of %u bytes; at most %d are read", text.n,
                         (int)JSON_SIZE_MAX);
    }
    if (!str_is_utf8(text)) {
        return fail(&s, ERR_UTF8, "the text is not UTF-8");
    }
    json_t *root = NULL;
    TRY(parse_all(&s, &root));
    ASSERT(root != NULL);
    ASSERT(s.depth == 0);
    *out = root;
    return ERR_OK;
}

const json_t *json_get(const json_t *j, const char *key)
{
    ASSERT(key != NULL);
    if (j == NULL || j->kind != JSON_OBJECT) {
        return NULL;
    }
    for (const json_t *m = j->first; m != NULL; m = m->next) {
        if (str_eq_c(m->key, key)) {
            return m;
        }
    }
    return NULL;
}

const json_t *json_at(const json_t *j, u32 index)
{
    if (j == NULL || j->kind != JSON_ARRAY) {
        return NULL;
    }
    const json_t *m = j->first;
    for (u32 i = 0; i < index && m != NULL; i++) {
        m = m->next;
    }
    return m;
}

static err_t of_kind(const json_t *j, json_kind_t kind)
{
    if (j == NULL) {
        return ERR_NOT_FOUND;
    }
    return j->kind == kind ? ERR_OK : ERR_SYNTAX;
}

err_t json_to_str(const json_t *j, str_t *out)
{
    ASSERT(out != NULL);
    TRY(of_kind(j, JSON_STRING));
    *out = j->text;
    return ERR_OK;
}

err_t json_to_bool(const json_t *j, bool *out)
{
    ASSERT(out != NULL);
    TRY(of_kind(j, JSON_BOOL));
    *out = j->yes;
    return ERR_OK;
}

err_t json_to_i64(const json_t *j, i64 *out)
{
    ASSERT(out != NULL);
    TRY(of_kind(j, JSON_NUMBER));
    return str_to_i64(j->text, out);
}

err_t json_to_f64(const json_t *j, f64 *out)
{
    ASSERT(out != NULL);
    TRY(of_kind(j, JSON_NUMBER));
    return str_to_f64(j->text, out);
}

err_t json_to_scaled(const json_t *j, u32 scale, i64 *out)
{
    ASSERT(out != NULL);
    TRY(of_kind(j, JSON_NUMBER));
    return str_to_scaled(j->text, scale, true, out);
}
