/* Any bytes as a user's row, and as the users of a run: refused with a reason, or a row that is sound and
 * reads back as itself; whatever is left of bytes put into a row as they are is sound too. */
#include <string.h>

#include "base/assert.h"
#include "model/user_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_text(str_t text)
{
    static user_row_t row;
    static user_row_t again;
    u8 bytes[USER_TEXT];
    diag_t d = {0};
    if (user_row_decode(text, &d, &row) != ERR_OK) {
        return;
    }
    writer_t w = writer_of(bytes, sizeof bytes);
    err_t err = user_row_encode(&row, &w);
    ASSERT(err == ERR_OK);
    err = user_row_decode((str_t){.p = bytes, .n = (u32)w.used}, &d, &again);
    ASSERT(err == ERR_OK && memcmp(&row, &again, sizeof row) == 0);
}

static void as_memory(const uint8_t *data, size_t size)
{
    static user_row_t row;
    config_t house = config_default(PROFILE_DAY, PRESET_MODERATE);
    config_t mine;
    memset(&row, 0, sizeof row);
    memcpy(&row, data, size < sizeof row ? size : sizeof row);
    row.barred = false; /* any other byte is no value of its type */
    row.has_preset = false;
    row.account_id &= USER_ID_MAX; /* admit asks for one */
    row.account_id = row.account_id == 0 ? 1 : row.account_id;
    user_row_t left = user_row_admit(&row);
    err_t err = user_resolve(&house, &left, NULL, &mine);
    ASSERT(err == ERR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static user_row_t rows[4];
    users_mode_t mode;
    u32 count = 0;
    diag_t d = {0};
    if (size > 1 << 14) {
        return 0;
    }
    str_t text = {.p = data, .n = (u32)size};
    as_text(text);
    as_memory(data, size);
    err_t err = users_decode(text, &d, &mode, rows, 4, &count);
    ASSERT(err == ERR_OK || d.set);
    return 0;
}
