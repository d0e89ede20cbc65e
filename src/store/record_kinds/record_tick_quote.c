/* One quote of one venue; a side that is absent is empty. */
#include "store/records.h"

const record_kind_desc_t record_tick_quote = {
    .id = 2,
    .name = "tick_quote",
    .about = "one quote of one venue; a side that is absent is empty",
    .period = RECORD_BY_MONTH,
    .many = true,
    .count = 7,
    .column =
        {
            {"bid", CELL_DECIMAL, 9},
            {"bid_size", CELL_DECIMAL, 8},
            {"ask", CELL_DECIMAL, 9},
            {"ask_size", CELL_DECIMAL, 8},
            {"exchange", CELL_TEXT, 0},
            {"condition", CELL_TEXT, 0},
            {"suspicious", CELL_BOOL, 0},
        },
};
