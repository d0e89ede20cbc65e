/* Any bytes under every layout of records (the first byte picks it), as a chunk of the record store and as a
 * name of Lean's folders: an error with a place, or rows read = stored + rejected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_path.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void fuzz_layout(const u8 *data, size_t size)
{
    u32 count = 0;
    while (record_format_at(count) != NULL) {
        count++;
    }
    for (u32 lenient = 0; lenient < 2; lenient++) {
        import_spec_t spec = {.lenient = lenient == 1, .path = "fuzz"};
        import_input_t in = {.name = "fuzz_x.csv", .p = data + 1, .n = size - 1, .written_ns = NS_PER_DAY};
        import_report_t r = {0};
        diag_t diag = {0};
        err_t err = import_records(&spec, &in, record_format_at(data[0] % count), &diag, &r);
        ASSERT(err == ERR_OK || diag.set);
        ASSERT(r.rows_read == r.rows_stored + r.rows_rejected);
    }
}

static void fuzz_chunk(const u8 *data, size_t size)
{
    for (u32 i = 0; record_kind_at(i) != NULL; i++) {
        record_table_t t;
        const record_kind_desc_t *k = record_kind_at(i);
        if (record_table_open(&t, k->count) == ERR_OK) {
            err_t err = records_decode(k, data, size, &t);
            for (u32 row = 0; err == ERR_OK && row < t.rows; row++) {
                ASSERT(t.own_head[row].series < t.texts);
            }
            record_table_close(&t);
        }
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    fuzz_layout(data, size);
    fuzz_chunk(data, size);
    char name[256];
    lean_place_t place;
    (void)snprintf(name, sizeof name, "%.*s", (int)MIN_OF(size, sizeof name - 1), (const char *)data);
    (void)lean_place(name, name, &place);
    return 0;
}
