/* Any bytes as an account of a snapshot, of every version: refused, or an account whose own bytes give the
 * same account again. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "trade/portfolio/account_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static account_t account[2];
    static u8 bytes[2][ACCOUNT_STATE_BYTES];
    if (size < 1) {
        return 0;
    }
    reader_t r = reader_of(data + 1, size - 1);
    u32 version = data[0] % (ACCOUNT_STATE_VERSION + 2);
    err_t err = account_load(&r, version, LIMIT_UNIVERSE, &account[0]);
    ASSERT(err == ERR_OK || err == ERR_VERSION || err == ERR_TRUNCATED || err == ERR_CORRUPT);
    if (err != ERR_OK) {
        return 0;
    }
    writer_t w[2] = {writer_of(bytes[0], sizeof bytes[0]), writer_of(bytes[1], sizeof bytes[1])};
    err = account_save(&account[0], &w[0]);
    ASSERT(err == ERR_OK);
    reader_t saved = reader_of(bytes[0], w[0].used);
    err = account_load(&saved, ACCOUNT_STATE_VERSION, LIMIT_UNIVERSE, &account[1]);
    ASSERT(err == ERR_OK && reader_left(&saved) == 0);
    err = account_save(&account[1], &w[1]);
    ASSERT(err == ERR_OK && w[0].used == w[1].used && memcmp(bytes[0], bytes[1], w[0].used) == 0);
    return 0;
}
