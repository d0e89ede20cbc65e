/* See tar.h. */
#include "wire/tar.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

/* Places of the fields in a header. */
enum {
    AT_MODE = 100,
    AT_UID = 108,
    AT_GID = 116,
    AT_SIZE = 124,
    AT_TIME = 136,
    AT_SUM = 148,
    AT_KIND = 156,
    AT_MAGIC = 257
};
enum { SIZE_DIGITS = 11 };
#define SIZE_MAX_OCTAL ((u64)1 << 33)

static u32 sum_of(const u8 *block)
{
    u32 sum = 0;
    for (u32 i = 0; i < TAR_BLOCK; i++) {
        sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : block[i];
    }
    return sum;
}

static void octal(u8 *at, u32 digits, u64 v)
{
    for (u32 i = digits; i > 0; i--) {
        at[i - 1] = (u8)('0' + (v & 7));
        v >>= 3;
    }
    ASSERT(v == 0);
}

err_t tar_header(const tar_member_t *m, u8 out[TAR_BLOCK])
{
    ASSERT(m != NULL && out != NULL);
    size_t n = strnlen(m->name, TAR_NAME);
    if (n == 0 || n == TAR_NAME || m->size >= SIZE_MAX_OCTAL) {
        return ERR_OVERFLOW;
    }
    memset(out, 0, TAR_BLOCK);
    memcpy(out, m->name, n);
    octal(out + AT_MODE, 7, 0644);
    octal(out + AT_UID, 7, 0);
    octal(out + AT_GID, 7, 0);
    octal(out + AT_SIZE, SIZE_DIGITS, m->size);
    octal(out + AT_TIME, SIZE_DIGITS, 0);
    out[AT_KIND] = '0';
    memcpy(out + AT_MAGIC,
           "ustar\0"
           "00",
           8);
    octal(out + AT_SUM, 6, sum_of(out));
    out[AT_SUM + 6] = '\0';
    out[AT_SUM + 7] = ' ';
    return ERR_OK;
}

/* Digits up to a NUL or a blank. */
static bool octal_read(const u8 *at, u32 size, u64 *out)
{
    u64 v = 0;
    u32 i = 0;
    for (; i < size && at[i] >= '0' && at[i] <= '7'; i++) {
        v = v << 3 | (u64)(at[i] - '0');
    }
    *out = v;
    return i > 0 && (i == size || at[i] == '\0' || at[i] == ' ');
}

err_t tar_header_read(const u8 block[TAR_BLOCK], tar_member_t *out)
{
    static const u8 empty[TAR_BLOCK];
    ASSERT(block != NULL && out != NULL);
    u64 sum = 0;
    if (memcmp(block, empty, TAR_BLOCK) == 0) {
        return ERR_EMPTY;
    }
    if (!octal_read(block + AT_SUM, 8, &sum) || sum != sum_of(block) ||
        !octal_read(block + AT_SIZE, SIZE_DIGITS, &out->size) || block[0] == '\0' ||
        block[TAR_NAME - 1] != '\0') {
        return ERR_CORRUPT;
    }
    if (block[AT_KIND] != '0' && block[AT_KIND] != '\0') {
        return ERR_UNKNOWN_KIND;
    }
    memcpy(out->name, block, TAR_NAME);
    return ERR_OK;
}

u32 tar_padding(u64 size)
{
    return (u32)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}
