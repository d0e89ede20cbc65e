/* Any bytes as JSON: an error or an end, depth within bounds, text inside the buffer. */
#include "base/assert.h"
#include "wire/jsonpull.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    jsonpull_t j;
    jsonpull_begin(&j, data, size);
    size_t before = 0;
    while (jsonpull_next(&j) == ERR_OK && j.kind != JSONPULL_END) {
        ASSERT(j.at > before && j.at <= size);
        ASSERT(j.depth <= JSONPULL_DEPTH);
        before = j.at;
    }
    return 0;
}
