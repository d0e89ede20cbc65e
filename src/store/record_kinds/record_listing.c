/* A symbol of a directory: name, venue, kind. */
#include "store/records.h"

const record_kind_desc_t record_listing = {
    .id = 9,
    .name = "listing",
    .about = "a symbol of a directory: name, venue, kind",
    .period = RECORD_BY_DECADE,
    .many = false,
    .count = 5,
    .column =
        {
            {"name", CELL_TEXT, 0},
            {"exchange", CELL_TEXT, 0},
            {"etf", CELL_TEXT, 0},
            {"lot", CELL_INT, 0},
            {"test", CELL_TEXT, 0},
        },
};
