/* See zip.h. */
#include "wire/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/assert.h"
#include "base/bytes.h"

enum {
    LOCAL_HEAD = 30,
    ENTRY_HEAD = 46,
    END_HEAD = 22,
    END_SEARCH = 65535 + END_HEAD, /* the comment may be so long */
    METHOD_STORED = 0,
    METHOD_DEFLATED = 8
};
#define MAGIC_LOCAL 0x04034b50u
#define MAGIC_ENTRY 0x02014b50u
#define MAGIC_END 0x06054b50u

static u32 u32_at(const u8 *p)
{
    reader_t r = reader_of(p, 4);
    return get_u32(&r);
}

static u16 u16_at(const u8 *p)
{
    reader_t r = reader_of(p, 2);
    return get_u16(&r);
}

bool zip_is(const void *p, size_t n)
{
    ASSERT(p != NULL || n == 0);
    return n >= 4 && (u32_at(p) == MAGIC_LOCAL || u32_at(p) == MAGIC_END);
}

err_t zip_open(const void *p, size_t n, const char *name, diag_t *diag, zip_t *out)
{
    ASSERT(p != NULL || n == 0);
    ASSERT(name != NULL && out != NULL);
    const u8 *b = p;
    size_t at = n < END_HEAD ? n : n - END_HEAD;
    size_t least = n > END_SEARCH ? n - END_SEARCH : 0;
    while (n >= END_HEAD && at > least && u32_at(b + at) != MAGIC_END) {
        at--;
    }
    if (n < END_HEAD || u32_at(b + at) != MAGIC_END) {
        return diag_fail(diag, ERR_TRUNCATED,
                         "%.200s: a zip archive without its directory, which stands at the end\n"
                         "do: fetch the file again",
                         name);
    }
    zip_t z = {.p = p, .n = n, .count = u16_at(b + at + 10), .directory = u32_at(b + at + 16)};
    (void)snprintf(z.name, sizeof z.name, "%.200s", name);
    if (z.directory > at || u16_at(b + at + 4) != 0 || (size_t)z.count * ENTRY_HEAD > at - z.directory) {
        return diag_fail(diag, ERR_CORRUPT,
                         "%.200s: the directory of the zip archive is damaged\n"
                         "do: fetch the file again",
                         name);
    }
    *out = z;
    return ERR_OK;
}

err_t zip_next(const zip_t *z, diag_t *diag, zip_member_t *m)
{
    ASSERT(z != NULL);
    ASSERT(m != NULL);
    size_t at = m->next == 0 ? z->directory : m->next;
    if (at + ENTRY_HEAD > z->n || u32_at(z->p + at) != MAGIC_ENTRY) {
        bool end = at + 4 <= z->n && u32_at(z->p + at) == MAGIC_END;
        return end ? ERR_EMPTY
                   : diag_fail(diag, ERR_CORRUPT,
                               "%.200s: the directory of the zip archive is damaged at byte %zu\n"
                               "do: fetch the file again",
                               z->name, at);
    }
    const u8 *e = z->p + at;
    size_t name = u16_at(e + 28);
    size_t next = at + ENTRY_HEAD + name + u16_at(e + 30) + u16_at(e + 32);
    if (next > z->n) {
        return diag_fail(diag, ERR_TRUNCATED,
                         "%.200s: the directory of the zip archive ends early\n"
                         "do: fetch the file again",
                         z->name);
    }
    *m = (zip_member_t){.name = {.p = e + ENTRY_HEAD, .n = (u32)name},
                        .packed = u32_at(e + 20),
                        .size = u32_at(e + 24),
                        .crc = u32_at(e + 16),
                        .method = u16_at(e + 10),
                        .offset = u32_at(e + 42),
                        .next = next};
    return ERR_OK;
}

static bool inflate_all(const u8 *in, u32 in_size, u8 *out, u32 out_size)
{
    z_stream s = {0};
    if (inflateInit2(&s, -MAX_WBITS) != Z_OK) {
        return false;
    }
    s.next_in = (Bytef *)(uintptr_t)in;
    s.avail_in = in_size;
    s.next_out = out;
    s.avail_out = out_size;
    int rc = inflate(&s, Z_FINISH);
    bool ok = rc == Z_STREAM_END && s.total_out == out_size;
    (void)inflateEnd(&s);
    return ok;
}

static err_t member_fail(const zip_t *z, const zip_member_t *m, diag_t *diag, err_t e, const char *what)
{
    return diag_fail(diag, e, "%.200s: member %.*s %s\ndo: fetch the file again", z->name,
                     (int)MIN_OF(m->name.n, 80u), (const char *)m->name.p, what);
}

err_t zip_read(const zip_t *z, const zip_member_t *m, diag_t *diag, u8 **own_out)
{
    ASSERT(z != NULL && m != NULL);
    ASSERT(own_out != NULL);
    if (m->size > ZIP_MEMBER_MAX) {
        return member_fail(z, m, diag, ERR_BUFFER_FULL, "is too large");
    }
    if (m->offset > z->n || z->n - m->offset < LOCAL_HEAD || u32_at(z->p + m->offset) != MAGIC_LOCAL) {
        return member_fail(z, m, diag, ERR_CORRUPT, "is not where the directory says");
    }
    const u8 *l = z->p + m->offset;
    size_t from = m->offset + LOCAL_HEAD + u16_at(l + 26) + u16_at(l + 28);
    /* Deflate packs to at most about 1:1032 (its longest match is 258 bytes for two bits). */
    if (from > z->n || z->n - from < m->packed || m->size / 1040 > m->packed) {
        return member_fail(z, m, diag, ERR_TRUNCATED, "ends early");
    }
    u8 *own = malloc((size_t)m->size + 1);
    if (own == NULL) {
        return member_fail(z, m, diag, ERR_NO_MEMORY, "does not fit in memory");
    }
    bool ok = false;
    if (m->method == METHOD_STORED && m->packed == m->size) {
        memcpy(own, z->p + from, m->size);
        ok = true;
    } else if (m->method == METHOD_DEFLATED) {
        ok = m->size == 0 || inflate_all(z->p + from, m->packed, own, m->size);
    }
    if (!ok || (u32)crc32(0, own, m->size) != m->crc) {
        free(own);
        return member_fail(z, m, diag, ERR_CORRUPT,
                           "does not match its checksum, or is packed in a way not known");
    }
    own[m->size] = 0;
    *own_out = own;
    return ERR_OK;
}
