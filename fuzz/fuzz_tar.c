/* Any block as the header of a tar: an error, or a member whose header, written again, reads the same. */
#include <string.h>

#include "base/assert.h"
#include "wire/tar.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* The checksum is made right half of the time: what lies behind it is never reached by chance. */
static void sum_up(u8 block[TAR_BLOCK])
{
    u32 sum = 0;
    memset(block + 148, ' ', 8);
    for (u32 i = 0; i < TAR_BLOCK; i++) {
        sum += block[i];
    }
    for (u32 i = 0; i < 6; i++) {
        block[148 + 5 - i] = (u8)('0' + (sum >> (3 * i) & 7));
    }
    block[154] = 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    u8 block[TAR_BLOCK] = {0};
    u8 again[TAR_BLOCK];
    tar_member_t m = {0};
    tar_member_t back = {0};
    memcpy(block, data, size < TAR_BLOCK ? size : TAR_BLOCK);
    if (size % 2 == 0) {
        sum_up(block);
    }
    err_t err = tar_header_read(block, &m);
    ASSERT(err == ERR_OK || err == ERR_EMPTY || err == ERR_CORRUPT || err == ERR_UNKNOWN_KIND);
    if (err != ERR_OK) {
        return 0;
    }
    ASSERT(memchr(m.name, 0, TAR_NAME) != NULL && (m.size + tar_padding(m.size)) % TAR_BLOCK == 0);
    if (tar_header(&m, again) == ERR_OK) {
        ASSERT(tar_header_read(again, &back) == ERR_OK);
        ASSERT(back.size == m.size && strcmp(back.name, m.name) == 0);
    }
    return 0;
}
