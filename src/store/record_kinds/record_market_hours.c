/* Holiday or early close of a market. */
#include "store/records.h"

const record_kind_desc_t record_market_hours = {
    .id = 26,
    .name = "market_hours",
    .about = "holiday or early close of a market",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 2,
    .column =
        {
            {"market", CELL_TEXT, 0},
            {"close", CELL_TEXT, 0},
        },
};
