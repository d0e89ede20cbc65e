/* Bars of trades that the bar store has no size or calendar for. */
#include "store/records.h"

const record_kind_desc_t record_trade_bar = {
    .id = 3,
    .name = "trade_bar",
    .about = "bars of trades that the bar store has no size or calendar for",
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
