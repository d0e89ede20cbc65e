/* Any bytes as what the first event of a run says of it, the source's text and the configuration: refused
 * with a reason, or read to a value that is written and read back as itself. */
#include <string.h>

#include "base/assert.h"
#include "drivers/run_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static u8 bytes[2][RUN_SPEC_TEXT];

static void as_spec(str_t text)
{
    static char symbols[2][RUN_SPEC_SYMBOLS];
    run_spec_t spec = {.symbols = symbols[0]};
    run_spec_t again = {.symbols = symbols[1]};
    diag_t d = {0};
    if (run_spec_decode(text, &d, &spec) != ERR_OK) {
        ASSERT(d.set);
        return;
    }
    writer_t w[2] = {writer_of(bytes[0], sizeof bytes[0]), writer_of(bytes[1], sizeof bytes[1])};
    err_t err = run_spec_encode(&spec, &w[0]);
    ASSERT(err == ERR_OK);
    err = run_spec_decode((str_t){.p = bytes[0], .n = (u32)w[0].used}, &d, &again);
    ASSERT(err == ERR_OK);
    err = run_spec_encode(&again, &w[1]);
    ASSERT(err == ERR_OK && w[0].used == w[1].used && memcmp(bytes[0], bytes[1], w[0].used) == 0);
}

static void as_config(str_t text)
{
    config_t config;
    config_t again;
    diag_t d = {0};
    if (config_decode(text, &d, &config) != ERR_OK) {
        return;
    }
    writer_t w = writer_of(bytes[0], sizeof bytes[0]);
    err_t err = config_encode(&config, &w);
    ASSERT(err == ERR_OK);
    err = config_decode((str_t){.p = bytes[0], .n = (u32)w.used}, &d, &again);
    digest_t a = config_hash(&config);
    digest_t b = config_hash(&again);
    ASSERT(err == ERR_OK && memcmp(&a, &b, sizeof a) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 14) {
        return 0;
    }
    str_t text = {.p = data, .n = (u32)size};
    as_spec(text);
    as_config(text);
    return 0;
}
