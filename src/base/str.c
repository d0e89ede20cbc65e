/* See str.h. */
#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

str_t str_from(const char *c)
{
    ASSERT(c != NULL);
    size_t n = strlen(c);
    ASSERT(n <= UINT32_MAX);
    return (str_t){.p = (const u8 *)c, .n = (u32)n};
}

str_t str_slice(str_t s, u32 from, u32 to)
{
    ASSERT(from <= to);
    ASSERT(to <= s.n);
    return (str_t){.p = s.p + from, .n = to - from};
}

static bool is_blank(u8 c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str_t str_trim(str_t s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

bool str_eq(str_t a, str_t b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_c(str_t a, const char *b)
{
    return str_eq(a, str_from(b));
}

static u8 lower(u8 c)
{
    return (c >= 'A' && c <= 'Z') ? (u8)(c + 32) : c;
}

bool str_eq_nocase(str_t a, str_t b)
{
    if (a.n != b.n) {
        return false;
    }
    for (u32 i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

bool str_starts(str_t s, str_t prefix)
{
    return s.n >= prefix.n && str_eq(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(str_t s, str_t suffix)
{
    return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

int str_cmp(str_t a, str_t b)
{
    u32 n = MIN_OF(a.n, b.n);
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (c != 0) {
        return c < 0 ? -1 : 1;
    }
    return a.n == b.n ? 0 : (a.n < b.n ? -1 : 1);
}

bool str_cut(str_t s, u8 sep, str_t *head, str_t *rest)
{
    ASSERT(head != NULL);
    ASSERT(rest != NULL);
    const u8 *at = s.n == 0 ? NULL : memchr(s.p, sep, s.n);
    if (at == NULL) {
        *head = s;
        *rest = (str_t){.p = s.p + s.n, .n = 0};
        return false;
    }
    u32 i = (u32)(at - s.p);
    *head = str_slice(s, 0, i);
    *rest = str_slice(s, i + 1, s.n);
    return true;
}

void str_clip(char *out, size_t out_size, str_t s)
{
    ASSERT(out != NULL && out_size > 0);
    u32 n = (u32)MIN_OF((size_t)s.n, out_size - 1);
    while (n < s.n && n > 0 && (s.p[n] & 0xC0) == 0x80) {
        n--;
    }
    if (n > 0) {
        memcpy(out, s.p, n);
    }
    out[n] = '\0';
}

void str_clip_words(char *out, size_t out_size, str_t s)
{
    str_clip(out, out_size, s);
    bool sound = str_is_utf8(str_from(out));
    for (u8 *p = (u8 *)out; *p != 0; p++) {
        if (*p < 0x20 || *p == 0x7F) {
            *p = ' ';
        } else if (!sound && *p >= 0x80) {
            *p = '?';
        } else if (*p == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0) {
            *p++ = ' ';
            *p = ' ';
        }
    }
}

err_t str_copy(char *out, size_t out_size, str_t s)
{
    ASSERT(out != NULL);
    ASSERT(out_size > 0);
    if (s.n >= out_size) {
        return ERR_BUFFER_FULL;
    }
    if (s.n > 0) {
        memcpy(out, s.p, s.n);
    }
    out[s.n] = '\0';
    return ERR_OK;
}

err_t str_to_u64(str_t s, u64 *out)
{
    ASSERT(out != NULL);
    if (s.n == 0) {
        return ERR_NUMBER;
    }
    u64 v = 0;
    for (u32 i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return ERR_NUMBER;
        }
        u64 digit = (u64)(s.p[i] - '0');
        if (v > (UINT64_MAX - digit) / 10) {
            return ERR_OVERFLOW;
        }
        v = v * 10 + digit;
    }
    *out = v;
    return ERR_OK;
}

err_t str_to_i64(str_t s, i64 *out)
{
    ASSERT(out != NULL);
    bool negative = s.n > 0 && s.p[0] == '-';
    u64 v = 0;
    TRY(str_to_u64(negative ? str_slice(s, 1, s.n) : s, &v));
    if (v > (u64)I64_MAX) {
        return ERR_OVERFLOW;
    }
    *out = negative ? -(i64)v : (i64)v;
    return ERR_OK;
}

/* Collected pieces of a decimal: value = digits x 10^exp10. */
typedef struct {
    bool negative;
    u64 digits;
    i32 exp10;
} decimal_t;

enum { DECIMAL_DIGITS_MAX = 40, DECIMAL_EXP_MAX = 400 };

static err_t decimal_exponent(str_t s, i32 *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        s = str_slice(s, 1, s.n);
    }
    u64 v = 0;
    TRY(str_to_u64(s, &v));
    if (v > DECIMAL_EXP_MAX) {
        return ERR_OVERFLOW;
    }
    *out = negative ? -(i32)v : (i32)v;
    return ERR_OK;
}

static err_t decimal_parse(str_t s, decimal_t *out)
{
    decimal_t d = {0};
    u32 i = 0;
    u32 seen = 0;
    bool point = false;
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        d.negative = s.p[0] == '-';
        i = 1;
    }
    for (; i < s.n; i++) {
        u8 c = s.p[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9') {
            break;
        }
        if (++seen > DECIMAL_DIGITS_MAX) {
            return ERR_OVERFLOW;
        }
        if (d.digits > (UINT64_MAX - 9) / 10) {
            if (c != '0' && !point) {
                return ERR_OVERFLOW;
            }
            d.exp10 += point ? 0 : 1; /* digits past 19 after the point do not matter at any scale here */
            continue;
        }
        d.digits = d.digits * 10 + (u64)(c - '0');
        d.exp10 -= point ? 1 : 0;
    }
    if (seen == 0) {
        return ERR_NUMBER;
    }
    if (i < s.n) {
        if (s.p[i] != 'e' && s.p[i] != 'E') {
            return ERR_NUMBER;
        }
        i32 e = 0;
        TRY(decimal_exponent(str_slice(s, i + 1, s.n), &e));
        d.exp10 += e;
    }
    *out = d;
    return ERR_OK;
}

err_t str_to_scaled(str_t s, u32 scale, bool exact, i64 *out)
{
    ASSERT(out != NULL);
    ASSERT(scale <= 18);
    decimal_t d;
    TRY(decimal_parse(s, &d));
    i32 shift = d.exp10 + (i32)scale;
    u64 v = d.digits;
    for (; shift > 0 && v != 0; shift--) {
        if (v > UINT64_MAX / 10) {
            return ERR_OVERFLOW;
        }
        v *= 10;
    }
    u64 last = 0;
    for (; shift < 0 && (v != 0 || last != 0); shift++) {
        last = v % 10;
        if (exact && last != 0) {
            return ERR_NUMBER;
        }
        v /= 10;
    }
    v += last >= 5 ? 1 : 0;
    if (v > (u64)I64_MAX) {
        return ERR_OVERFLOW;
    }
    *out = d.negative ? -(i64)v : (i64)v;
    return ERR_OK;
}

err_t str_to_f64(str_t s, f64 *out)
{
    ASSERT(out != NULL);
    char text[64];
    if (s.n == 0 || s.n >= sizeof text) {
        return ERR_NUMBER;
    }
    for (u32 i = 0; i < s.n; i++) {
        u8 c = s.p[i];
        bool ok = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
        if (!ok) {
            return ERR_NUMBER;
        }
    }
    TRY(str_copy(text, sizeof text, s));
    char *end = NULL;
    errno = 0;
    f64 v = strtod(text, &end);
    if (end != text + s.n) {
        return ERR_NUMBER;
    }
    if (!isfinite(v)) {
        return ERR_OVERFLOW;
    }
    *out = v;
    return ERR_OK;
}

u32 str_distance(str_t a, str_t b)
{
    enum { CAP = 64 };
    u32 row[CAP + 1];
    u32 n = MIN_OF(a.n, (u32)CAP);
    u32 m = MIN_OF(b.n, (u32)CAP);
    for (u32 j = 0; j <= m; j++) {
        row[j] = j;
    }
    for (u32 i = 1; i <= n; i++) {
        u32 diagonal = row[0];
        row[0] = i;
        for (u32 j = 1; j <= m; j++) {
            u32 up = row[j];
            u32 change = diagonal + (lower(a.p[i - 1]) == lower(b.p[j - 1]) ? 0U : 1U);
            u32 best = MIN_OF(MIN_OF(up, row[j - 1]) + 1, change);
            row[j] = best;
            diagonal = up;
        }
    }
    return row[m];
}

bool str_nearer(str_t word, str_t name, u32 *least)
{
    ASSERT(least != NULL);
    u32 d = str_distance(word, name);
    if (d >= *least) {
        return false;
    }
    *least = d;
    return true;
}

bool str_is_near(str_t word, str_t name)
{
    return str_distance(word, name) * 2 <= name.n;
}

const char *str_meant(str_t word, const char *name, char out[STR_MEANT])
{
    ASSERT(out != NULL);
    out[0] = 0;
    if (name != NULL && str_is_near(word, str_from(name))) {
        (void)snprintf(out, STR_MEANT, "\ndid you mean %.128s?", name);
    }
    return out;
}

static u32 utf8_length(u8 lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if ((lead & 0xF0) == 0xE0) {
        return 3;
    }
    return (lead >= 0xF0 && lead <= 0xF4) ? 4 : 0;
}

bool str_is_utf8(str_t s)
{
    for (u32 i = 0; i < s.n;) {
        u32 n = utf8_length(s.p[i]);
        if (n == 0 || n > s.n - i) {
            return false;
        }
        u32 code = n == 1 ? s.p[i] : (u32)(s.p[i] & (0x7F >> n));
        for (u32 k = 1; k < n; k++) {
            if ((s.p[i + k] & 0xC0) != 0x80) {
                return false;
            }
            code = (code << 6) | (u32)(s.p[i + k] & 0x3F);
        }
        bool overlong = (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
        if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            return false;
        }
        i += n;
    }
    return true;
}
