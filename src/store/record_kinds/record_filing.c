/* A filing with a regulator: form, filer, where it stands. */
#include "store/records.h"

const record_kind_desc_t record_filing = {
    .id = 11,
    .name = "filing",
    .about = "a filing with a regulator: form, filer, where it stands",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 7,
    .column =
        {
            {"form", CELL_TEXT, 0},
            {"name", CELL_TEXT, 0},
            {"cik", CELL_INT, 0},
            {"accession", CELL_TEXT, 0},
            {"period", CELL_DATE, 0},
            {"items", CELL_TEXT, 0},
            {"url", CELL_TEXT, 0},
        },
};
