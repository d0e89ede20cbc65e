/* Decision records: any bytes are refused or give a record whose own encoding is read back as the same
 * record. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "scan/record.h"

enum { FUZZ_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static screen_refusal_t refusal[2][LIMIT_UNIVERSE];
    static cycle_record_t record[2];
    static u8 bytes[2][FUZZ_BYTES];
    exit_record_t exit_record;
    blob_t in = {.p = data, .n = (u32)size};
    record[0].refusal = refusal[0];
    record[1].refusal = refusal[1];
    if (record_cycle_decode(in, &record[0]) == ERR_OK) {
        writer_t w = writer_of(bytes[0], FUZZ_BYTES);
        err_t err = record_cycle_encode(&record[0], &w);
        ASSERT(err == ERR_OK);
        err = record_cycle_decode((blob_t){.p = bytes[0], .n = (u32)w.used}, &record[1]);
        ASSERT(err == ERR_OK);
        writer_t again = writer_of(bytes[1], FUZZ_BYTES);
        err = record_cycle_encode(&record[1], &again);
        ASSERT(err == ERR_OK && again.used == w.used && memcmp(bytes[0], bytes[1], w.used) == 0);
    }
    if (record_exit_decode(in, &exit_record) == ERR_OK) {
        ASSERT(exit_record.version >= 1);
    }
    return 0;
}
