/* One line of a futures chain. */
#include "store/records.h"

const record_kind_desc_t record_futures_quote = {
    .id = 7,
    .name = "futures_quote",
    .about = "one line of a futures chain",
    .period = RECORD_BY_DECADE,
    .many = false,
    .count = 7,
    .column =
        {
            {"expiry", CELL_INT, 0},
            {"open", CELL_DECIMAL, 9},
            {"high", CELL_DECIMAL, 9},
            {"low", CELL_DECIMAL, 9},
            {"close", CELL_DECIMAL, 9},
            {"volume", CELL_INT, 0},
            {"open_interest", CELL_INT, 0},
        },
};
