/* Prints of a tape; suspicious ones and those with a condition that does not count stay out of bars. */
#include "store/records.h"

const record_kind_desc_t record_tick_trade = {
    .id = 1,
    .name = "tick_trade",
    .about =
        "prints of a tape; suspicious ones and those with a condition that does not count stay out of bars",
    .period = RECORD_BY_MONTH,
    .many = true,
    .count = 6,
    .column =
        {
            {"price", CELL_DECIMAL, 9},
            {"size", CELL_DECIMAL, 8},
            {"exchange", CELL_TEXT, 0},
            {"condition", CELL_TEXT, 0},
            {"suspicious", CELL_BOOL, 0},
            {"side", CELL_TEXT, 0},
        },
};
