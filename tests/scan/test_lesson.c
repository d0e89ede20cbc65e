/* The record of a closed trade reads back as it was written, and nothing shorter, longer or newer is
 * believed. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "scan/lesson.h"

enum { ROUNDS = 500 };

/* Every field from the seed; i64 fields get all sizes, so that short and long varints meet. */
static lesson_record_t make(u64 seed)
{
    lesson_record_t l;
    i64 *v = (i64 *)&l;
    rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
    _Static_assert(sizeof l % sizeof *v == 0, "the record is made of 64-bit fields");
    for (u32 i = 0; i < sizeof l / sizeof *v; i++) {
        u64 bits = rng_at(key, i);
        v[i] = (i64)(bits >> (bits % 63));
        v[i] = (bits & 64) != 0 ? -v[i] : v[i];
    }
    l.version = LESSON_VERSION;
    l.direction = (seed & 1) != 0 ? 1 : -1;
    return l;
}

TEST(reads_back_what_was_written)
{
    UNUSED_STATE;
    for (u64 seed = 0; seed < ROUNDS; seed++) {
        u8 bytes[LESSON_BYTES_MAX];
        writer_t w = writer_of(bytes, sizeof bytes);
        lesson_record_t in = make(seed);
        lesson_record_t out;
        CHECK_OK(lesson_encode(&in, &w));
        CHECK_OK(lesson_decode((blob_t){.p = bytes, .n = (u32)w.used}, &out));
        CHECK_EQ(memcmp(&in, &out, sizeof in), 0);
    }
}

TEST(refuses_what_is_not_whole)
{
    UNUSED_STATE;
    u8 bytes[LESSON_BYTES_MAX + 1] = {0};
    writer_t w = writer_of(bytes, LESSON_BYTES_MAX);
    lesson_record_t in = make(7);
    lesson_record_t out = make(8);
    lesson_record_t before = out;
    CHECK_OK(lesson_encode(&in, &w));
    for (u32 n = 0; n < w.used; n++) {
        CHECK_EQ(lesson_decode((blob_t){.p = bytes, .n = n}, &out), ERR_TRUNCATED);
    }
    CHECK_EQ(lesson_decode((blob_t){.p = bytes, .n = (u32)w.used + 1}, &out), ERR_CORRUPT);
    bytes[0] = LESSON_VERSION + 1;
    CHECK_EQ(lesson_decode((blob_t){.p = bytes, .n = (u32)w.used}, &out), ERR_VERSION);
    CHECK_EQ(memcmp(&out, &before, sizeof out), 0);
    in.direction = 0;
    w = writer_of(bytes, LESSON_BYTES_MAX);
    CHECK_OK(lesson_encode(&in, &w));
    CHECK_EQ(lesson_decode((blob_t){.p = bytes, .n = (u32)w.used}, &out), ERR_CORRUPT);
    u8 small[8];
    w = writer_of(small, sizeof small);
    CHECK_EQ(lesson_encode(&in, &w), ERR_BUFFER_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_was_written),
        cmocka_unit_test(refuses_what_is_not_whole),
    };
    return RUN_TESTS(tests);
}
