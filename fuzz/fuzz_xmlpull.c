/* Any bytes as XML: an error or an end, always forward. */
#include "base/assert.h"
#include "wire/xmlpull.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    xmlpull_t x;
    xmlpull_begin(&x, data, size);
    size_t before = 0;
    while (xmlpull_next(&x) == ERR_OK && x.kind != XMLPULL_END) {
        ASSERT(x.at > before && x.at <= size);
        before = x.at;
        (void)xmlpull_attribute(&x, "name");
    }
    return 0;
}
