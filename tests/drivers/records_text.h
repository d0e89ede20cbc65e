/* Records out of a text, imported as a file of that name. */
#ifndef VITRINE_TESTS_DRIVERS_RECORDS_TEXT_H
#define VITRINE_TESTS_DRIVERS_RECORDS_TEXT_H

#include <string.h>

#include "drivers/import_records.h"
#include "tests/test.h"

static const i64 NOW = 1790000000LL * NS_PER_SEC;

static inline void import_text(const char *home, const char *name, const char *text)
{
    import_spec_t spec = {.home = home, .path = name, .now_ns = NOW};
    import_input_t in = {.name = name, .p = (const u8 *)text, .n = strlen(text), .written_ns = NS_PER_DAY};
    import_report_t r;
    diag_t diag = {0};
    const record_format_desc_t *f = record_format_guess(&spec, &in);
    assert_non_null(f);
    CHECK_OK(import_records(&spec, &in, f, &diag, &r));
}

#endif
