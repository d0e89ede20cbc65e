/* Bars of trades as their source has them. */
#include "store/records.h"

const record_kind_desc_t record_trade_bar = {
    .id = 3,
    .name = "trade_bar",
    .about = "bars of trades as their source has them; those of coins become bars of runs with data build",
    .period = RECORD_BY_MONTH,
    .many = false,
    .count = 6,
    .column =
        {
            {"length", CELL_INT, 0},
            {"open", CELL_DECIMAL, 9},
            {"high", CELL_DECIMAL, 9},
            {"low", CELL_DECIMAL, 9},
            {"close", CELL_DECIMAL, 9},
            {"volume", CELL_DECIMAL, 8},
        },
};
