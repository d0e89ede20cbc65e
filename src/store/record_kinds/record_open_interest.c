/* Contracts open, as published. */
#include "store/records.h"

const record_kind_desc_t record_open_interest = {
    .id = 5,
    .name = "open_interest",
    .about = "contracts open, as published",
    .period = RECORD_BY_MONTH,
    .many = false,
    .count = 1,
    .column =
        {
            {"open_interest", CELL_INT, 0},
        },
};
