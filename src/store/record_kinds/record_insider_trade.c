/* A transaction or holding on an ownership form. */
#include "store/records.h"

const record_kind_desc_t record_insider_trade = {
    .id = 12,
    .name = "insider_trade",
    .about = "a transaction or holding on an ownership form",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 12,
    .column =
        {
            {"form", CELL_TEXT, 0},
            {"issuer", CELL_TEXT, 0},
            {"cik", CELL_INT, 0},
            {"owner", CELL_TEXT, 0},
            {"role", CELL_TEXT, 0},
            {"security", CELL_TEXT, 0},
            {"code", CELL_TEXT, 0},
            {"acquired", CELL_TEXT, 0},
            {"derivative", CELL_BOOL, 0},
            {"shares", CELL_DECIMAL, 4},
            {"price", CELL_DECIMAL, 6},
            {"after", CELL_DECIMAL, 4},
        },
};
