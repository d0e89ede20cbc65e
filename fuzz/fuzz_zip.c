/* Any bytes as a zip archive: an error or members that end. */
#include <stdlib.h>

#include "base/assert.h"
#include "wire/zip.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    zip_t z;
    zip_member_t m = {0};
    diag_t diag = {0};
    if (zip_open(data, size, "fuzz", &diag, &z) != ERR_OK) {
        ASSERT(diag.set);
        return 0;
    }
    size_t before = 0;
    while (zip_next(&z, &diag, &m) == ERR_OK) {
        u8 *own = NULL;
        ASSERT(m.next > before && m.next <= size);
        before = m.next;
        if (m.size < 1 << 20 && zip_read(&z, &m, &diag, &own) == ERR_OK) {
            ASSERT(own[m.size] == 0);
        }
        free(own);
    }
    return 0;
}
