/* Bars of bid and ask; a side that is absent is empty. */
#include "store/records.h"

const record_kind_desc_t record_quote_bar = {
    .id = 4,
    .name = "quote_bar",
    .about = "bars of bid and ask; a side that is absent is empty",
    .period = RECORD_BY_MONTH,
    .many = false,
    .count = 11,
    .column =
        {
            {"length", CELL_INT, 0},
            {"bid_open", CELL_DECIMAL, 9},
            {"bid_high", CELL_DECIMAL, 9},
            {"bid_low", CELL_DECIMAL, 9},
            {"bid_close", CELL_DECIMAL, 9},
            {"bid_size", CELL_DECIMAL, 8},
            {"ask_open", CELL_DECIMAL, 9},
            {"ask_high", CELL_DECIMAL, 9},
            {"ask_low", CELL_DECIMAL, 9},
            {"ask_close", CELL_DECIMAL, 9},
            {"ask_size", CELL_DECIMAL, 8},
        },
};
