/* Zip archives: what was packed comes out; damage and short files are errors with a place, never a crash. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "wire/zip.h"

/* CRC-32 as the format defines it (polynomial 0xEDB88320), bit by bit. */
static u32 crc_of(const u8 *p, size_t n)
{
    u32 c = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i++) {
        c ^= p[i];
        for (u32 k = 0; k < 8; k++) {
            c = (c & 1) != 0 ? c >> 1 ^ 0xEDB88320u : c >> 1;
        }
    }
    return ~c;
}

typedef struct {
    const char *name;
    const char *text;
    const char *packed; /* NULL: stored */
    u32 packed_n;
} file_t;

static size_t pack(const file_t *f, u32 count, u8 *out, size_t size)
{
    writer_t w = writer_of(out, size);
    u32 at[8];
    for (u32 i = 0; i < count; i++) {
        u32 n = (u32)strlen(f[i].text);
        u32 packed = f[i].packed == NULL ? n : f[i].packed_n;
        at[i] = (u32)w.used;
        put_u32(&w, 0x04034b50u);
        put_bytes(&w, "\x14\0\0\0", 4);
        put_u16(&w, f[i].packed == NULL ? 0 : 8);
        put_u32(&w, 0);
        put_u32(&w, crc_of((const u8 *)f[i].text, n));
        put_u32(&w, packed);
        put_u32(&w, n);
        put_u16(&w, (u16)strlen(f[i].name));
        put_u16(&w, 0);
        put_bytes(&w, f[i].name, strlen(f[i].name));
        put_bytes(&w, f[i].packed == NULL ? f[i].text : f[i].packed, packed);
    }
    u32 directory = (u32)w.used;
    for (u32 i = 0; i < count; i++) {
        u32 n = (u32)strlen(f[i].text);
        put_u32(&w, 0x02014b50u);
        put_bytes(&w, "\x14\0\x14\0\0\0", 6);
        put_u16(&w, f[i].packed == NULL ? 0 : 8);
        put_u32(&w, 0);
        put_u32(&w, crc_of((const u8 *)f[i].text, n));
        put_u32(&w, f[i].packed == NULL ? n : f[i].packed_n);
        put_u32(&w, n);
        put_u16(&w, (u16)strlen(f[i].name));
        put_bytes(&w, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
        put_u32(&w, at[i]);
        put_bytes(&w, f[i].name, strlen(f[i].name));
    }
    u32 end = (u32)w.used;
    put_u32(&w, 0x06054b50u);
    put_u32(&w, 0);
    put_u16(&w, (u16)count);
    put_u16(&w, (u16)count);
    put_u32(&w, end - directory);
    put_u32(&w, directory);
    put_u16(&w, 0);
    CHECK_OK(writer_done(&w));
    return w.used;
}

/* "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" as one block with fixed codes: a literal, repeats of it, the end (RFC
 * 1951, 3.2.6). */
static const file_t files[] = {
    {"20131007_trade.csv", "34200000,1,2,1,1,5\n", NULL, 0},
    {"empty.csv", "", NULL, 0},
    {"many.csv", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\x4B\x4C\xC4\x0F\x00", 5},
};

TEST(members_come_out)
{
    UNUSED_STATE;
    u8 bytes[2048];
    diag_t diag = {0};
    zip_t z;
    zip_member_t m = {0};
    size_t n = pack(files, COUNT_OF(files), bytes, sizeof bytes);
    CHECK(zip_is(bytes, n));
    CHECK(!zip_is("PKx", 3));
    CHECK_OK(zip_open(bytes, n, "a.zip", &diag, &z));
    CHECK_EQ(z.count, COUNT_OF(files));
    for (u32 i = 0; i < COUNT_OF(files); i++) {
        u8 *own = NULL;
        CHECK_OK(zip_next(&z, &diag, &m));
        CHECK(str_eq_c(m.name, files[i].name));
        err_t err = zip_read(&z, &m, &diag, &own);
        if (err != ERR_OK) {
            print_message("%s\n", diag.text);
        }
        CHECK_OK(err);
        CHECK_STR((char *)own, files[i].text);
        free(own);
    }
    CHECK_EQ(zip_next(&z, &diag, &m), ERR_EMPTY);
}

/* Property: an archive cut anywhere, or with any one byte changed, is an error or gives the same contents. */
TEST(damage_is_seen)
{
    UNUSED_STATE;
    u8 bytes[2048];
    size_t n = pack(files, COUNT_OF(files), bytes, sizeof bytes);
    for (size_t i = 0; i < 2 * n; i++) {
        diag_t diag = {0};
        zip_t z;
        zip_member_t m = {0};
        size_t size = i < n ? i : n;
        u8 *copy = malloc(size + 1);
        CHECK(copy != NULL);
        memcpy(copy, bytes, size);
        if (i >= n) {
            copy[i - n] ^= 0x41;
        }
        err_t err = zip_open(copy, size, "a.zip", &diag, &z);
        CHECK(i >= n || err != ERR_OK);
        while (err == ERR_OK && (err = zip_next(&z, &diag, &m)) == ERR_OK) {
            u8 *own = NULL;
            err = zip_read(&z, &m, &diag, &own);
            if (err == ERR_OK) {
                bool known = false;
                for (u32 k = 0; k < COUNT_OF(files); k++) {
                    known |= strlen(files[k].text) == m.size && memcmp(files[k].text, own, m.size) == 0;
                }
                CHECK(known);
            }
            free(own);
        }
        CHECK(err == ERR_EMPTY || strstr(diag.text, "do: ") != NULL);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(members_come_out), cmocka_unit_test(damage_is_seen)};
    return RUN_TESTS(tests);
}
