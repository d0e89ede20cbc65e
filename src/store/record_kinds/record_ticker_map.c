/* The ticker a listing had up to a day, or the contract a future rolled to. */
#include "store/records.h"

const record_kind_desc_t record_ticker_map = {
    .id = 23,
    .name = "ticker_map",
    .about = "the ticker a listing had up to a day, or the contract a future rolled to",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 3,
    .column =
        {
            {"ticker", CELL_TEXT, 0},
            {"exchange", CELL_TEXT, 0},
            {"mode", CELL_INT, 0},
        },
};
