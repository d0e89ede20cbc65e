/* A dated number of a named series. */
#include "store/records.h"

const record_kind_desc_t record_number = {
    .id = 10,
    .name = "number",
    .about = "a dated number of a named series",
    .period = RECORD_BY_DECADE,
    .many = false,
    .count = 1,
    .column =
        {
            {"value", CELL_DECIMAL, 9},
        },
};
