/* One symbol of a whole-market screen. */
#include "store/records.h"

const record_kind_desc_t record_screen_row = {
    .id = 18,
    .name = "screen_row",
    .about = "one symbol of a whole-market screen",
    .period = RECORD_BY_MONTH,
    .many = false,
    .count = 7,
    .column =
        {
            {"sid", CELL_TEXT, 0},
            {"close", CELL_DECIMAL, 9},
            {"volume", CELL_INT, 0},
            {"dollar_volume", CELL_INT, 0},
            {"fundamental", CELL_BOOL, 0},
            {"price_factor", CELL_DECIMAL, 9},
            {"split_factor", CELL_DECIMAL, 9},
        },
};
