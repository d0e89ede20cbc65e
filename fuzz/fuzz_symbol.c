/* Any bytes as a symbol: refused with a message, or read into an instrument whose text reads back to the
 * same. */
#include <string.h>

#include "base/assert.h"
#include "model/symbol.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size > 4096) {
        return 0;
    }
    instrument_t first;
    instrument_t second;
    diag_t diag = {0};
    char text[LIMIT_SYMBOL];
    err_t err = symbol_parse((str_t){data, (u32)size}, &diag, &first);
    if (err != ERR_OK) {
        ASSERT(diag.set && diag.text[0] != '\0');
        return 0;
    }
    symbol_print(text, &first);
    ASSERT(symbol_parse(str_from(text), NULL, &second) == ERR_OK);
    ASSERT(memcmp(&first, &second, sizeof first) == 0);
    return 0;
}
