/* Any bytes as a settings file: every leaf has a key, a place and a finite value, or the file is refused by
 * name. */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "wire/toml.h"

static err_t see(void *ctx, const toml_item_t *item, diag_t *diag)
{
    (void)diag;
    u32 *count = ctx;
    ++*count;
    ASSERT(item->key != NULL && strlen(item->key) < TOML_KEY_MAX);
    ASSERT(item->line >= 1 && item->column >= 1);
    ASSERT(item->kind == TOML_BOOL || item->kind == TOML_STRING || isfinite(item->real));
    ASSERT(item->kind != TOML_STRING || str_is_utf8(item->text));
    return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u32 count = 0;
    diag_t d = {0};
    if (size > 1 << 14) {
        return 0;
    }
    err_t err = toml_read((str_t){.p = data, .n = (u32)size}, "fuzz", see, &count, &d);
    ASSERT(err == ERR_OK || d.set);
    return 0;
}
