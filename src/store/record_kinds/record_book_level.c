/* One level of an order book: a snapshot or a change. */
#include "store/records.h"

const record_kind_desc_t record_book_level = {
    .id = 20,
    .name = "book_level",
    .about = "one level of an order book: a snapshot or a change",
    .period = RECORD_BY_MONTH,
    .many = true,
    .count = 6,
    .column =
        {
            {"side", CELL_TEXT, 0},
            {"update", CELL_TEXT, 0},
            {"price", CELL_DECIMAL, 9},
            {"size", CELL_DECIMAL, 8},
            {"sequence", CELL_INT, 0},
            {"received", CELL_TIME, 0},
        },
};
