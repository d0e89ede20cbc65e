/* A member of an index or fund on a day. */
#include "store/records.h"

const record_kind_desc_t record_membership = {
    .id = 8,
    .name = "membership",
    .about = "a member of an index or fund on a day",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 8,
    .column =
        {
            {"group", CELL_TEXT, 0},
            {"name", CELL_TEXT, 0},
            {"sector", CELL_TEXT, 0},
            {"weight", CELL_DECIMAL, 12},
            {"shares", CELL_DECIMAL, 4},
            {"market_value", CELL_DECIMAL, 4},
            {"since", CELL_DATE, 0},
            {"cik", CELL_INT, 0},
        },
};
