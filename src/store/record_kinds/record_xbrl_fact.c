/* One reported fact of a company. */
#include "store/records.h"

const record_kind_desc_t record_xbrl_fact = {
    .id = 25,
    .name = "xbrl_fact",
    .about = "one reported fact of a company",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 10,
    .column =
        {
            {"cik", CELL_INT, 0},
            {"taxonomy", CELL_TEXT, 0},
            {"tag", CELL_TEXT, 0},
            {"unit", CELL_TEXT, 0},
            {"start", CELL_DATE, 0},
            {"value", CELL_DECIMAL, 4},
            {"accession", CELL_TEXT, 0},
            {"form", CELL_TEXT, 0},
            {"fiscal", CELL_TEXT, 0},
            {"frame", CELL_TEXT, 0},
        },
};
