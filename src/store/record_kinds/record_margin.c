/* Money per contract that a clearing house asks for. */
#include "store/records.h"

const record_kind_desc_t record_margin = {
    .id = 19,
    .name = "margin",
    .about = "money per contract that a clearing house asks for",
    .period = RECORD_BY_DECADE,
    .many = false,
    .count = 2,
    .column =
        {
            {"initial", CELL_DECIMAL, 6},
            {"maintenance", CELL_DECIMAL, 6},
        },
};
