/* Headers of ustar: what is written reads back, what is damaged does not. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "wire/tar.h"

TEST(headers_read_back)
{
    UNUSED_STATE;
    static const struct {
        const char *name;
        u64 size;
        err_t err;
    } cases[] = {{"MANIFEST", 0, ERR_OK},
                 {"bars/ab/0123.bars", 1, ERR_OK},
                 {"a", ((u64)1 << 33) - 1, ERR_OK},
                 {"a", (u64)1 << 33, ERR_OVERFLOW},
                 {"", 5, ERR_OVERFLOW}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        u8 block[TAR_BLOCK];
        tar_member_t m = {.size = cases[i].size};
        tar_member_t back;
        (void)snprintf(m.name, sizeof m.name, "%s", cases[i].name);
        CHECK_EQ(tar_header(&m, block), cases[i].err);
        if (cases[i].err == ERR_OK) {
            CHECK_OK(tar_header_read(block, &back));
            assert_string_equal(back.name, cases[i].name);
            CHECK_EQ(back.size, cases[i].size);
        }
    }
    tar_member_t full;
    u8 block[TAR_BLOCK];
    memset(&full, 'n', sizeof full);
    full.size = 1;
    CHECK_EQ(tar_header(&full, block), ERR_OVERFLOW); /* no NUL within the field */
    full.name[TAR_NAME - 1] = '\0';
    CHECK_OK(tar_header(&full, block));
}

TEST(padding_fills_blocks)
{
    UNUSED_STATE;
    static const u64 sizes[] = {0, 1, 511, 512, 513, 1024};
    for (u32 i = 0; i < COUNT_OF(sizes); i++) {
        CHECK_EQ((sizes[i] + tar_padding(sizes[i])) % TAR_BLOCK, 0);
        CHECK(tar_padding(sizes[i]) < TAR_BLOCK);
    }
}

TEST(damage_is_seen)
{
    UNUSED_STATE;
    tar_member_t m = {.name = "vitrine.db", .size = 81920};
    tar_member_t back;
    u8 block[TAR_BLOCK] = {0};
    CHECK_EQ(tar_header_read(block, &back), ERR_EMPTY);
    for (u64 k = 0; k < 4096; k++) { /* every bit of the block: the sum covers all of it */
        CHECK_OK(tar_header(&m, block));
        block[k / 8] ^= (u8)(1 << (k % 8));
        err_t err = tar_header_read(block, &back);
        CHECK(err != ERR_EMPTY);
        bool same = err == ERR_OK && strcmp(back.name, m.name) == 0 && back.size == m.size;
        CHECK(err != ERR_OK || same); /* the blank behind the sum's digits says nothing */
    }
    for (u64 k = 0; k < 2000; k++) { /* and any bytes at all */
        for (u32 i = 0; i < TAR_BLOCK; i++) {
            block[i] = (u8)rng_at((rng_key_t){.seed = k, .purpose = RNG_TEST, .entity = 4}, i);
        }
        CHECK(tar_header_read(block, &back) != ERR_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(headers_read_back),
                                       cmocka_unit_test(padding_fills_blocks),
                                       cmocka_unit_test(damage_is_seen)};
    return RUN_TESTS(tests);
}
