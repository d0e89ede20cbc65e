/* Numbers of variable length: what is written is read, whatever room there is, and nothing else is read. */
#include "tests/test.h"

#include <string.h>

#include "base/bytes.h"
#include "base/rng.h"

enum { CASES = 200000 };

/* Seven bits a byte, the lowest first, a mark on all but the last. */
static u32 plainly(u64 v, u8 out[10])
{
    u32 n = 0;
    do {
        out[n++] = (u8)((v & 0x7F) | (v > 0x7F ? 0x80 : 0));
        v >>= 7;
    } while (v > 0);
    return n;
}

static u64 any(u64 n)
{
    rng_key_t key = {.seed = 13};
    return rng_at(key, 2 * n) >> (rng_at(key, 2 * n + 1) % 64);
}

TEST(what_is_written_is_read_and_takes_the_least_room)
{
    UNUSED_STATE;
    for (u64 n = 0; n < CASES; n++) {
        u64 v = n < 70000 ? n : any(n);
        u8 want[10];
        u8 got[24];
        u32 size = plainly(v, want);
        u32 before = (u32)(n % 3);
        u32 room = (u32)(n / 3 % 13);
        memset(got, 0xEE, sizeof got);
        writer_t w = writer_of(got, before + room);
        w.used = before;
        put_varint(&w, v);
        CHECK_EQ(w.full, room < size);
        CHECK_EQ(w.used, before + (room < size ? 0 : size));
        CHECK(room < size || memcmp(got + before, want, size) == 0);
        CHECK_EQ(got[before + room], 0xEE);
        reader_t r = reader_of(want, size);
        CHECK(get_varint(&r) == v && !r.bad && r.at == size);
        reader_t cut = reader_of(want, size - 1);
        CHECK(get_varint(&cut) == 0 && cut.bad);
        CHECK(get_varint(&cut) == 0 && cut.bad); /* and stays so */
    }
}

TEST(signs_come_back)
{
    UNUSED_STATE;
    for (u64 n = 0; n < CASES; n++) {
        i64 v = (i64)(n % 2 == 0 ? any(n) : (u64)0 - any(n));
        u8 bytes[10];
        writer_t w = writer_of(bytes, sizeof bytes);
        put_svarint(&w, v);
        reader_t r = reader_of(bytes, w.used);
        CHECK(!w.full && get_svarint(&r) == v && !r.bad);
    }
}

TEST(what_is_longer_than_a_number_is_none)
{
    UNUSED_STATE;
    u8 bytes[11];
    memset(bytes, 0xFF, sizeof bytes);
    bytes[9] = 1;
    reader_t r = reader_of(bytes, sizeof bytes);
    CHECK(get_varint(&r) == UINT64_MAX && !r.bad);
    bytes[9] = 2;
    r = reader_of(bytes, sizeof bytes);
    CHECK(get_varint(&r) == 0 && r.bad);
    bytes[9] = 0x81;
    r = reader_of(bytes, sizeof bytes);
    CHECK(get_varint(&r) == 0 && r.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_and_takes_the_least_room),
        cmocka_unit_test(signs_come_back),
        cmocka_unit_test(what_is_longer_than_a_number_is_none),
    };
    return RUN_TESTS(tests);
}
