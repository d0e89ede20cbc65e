/* A transaction a US senator has reported. */
#include "store/records.h"

const record_kind_desc_t record_senate_trade = {
    .id = 15,
    .name = "senate_trade",
    .about = "a transaction a US senator has reported",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 9,
    .column =
        {
            {"owner", CELL_TEXT, 0},
            {"asset", CELL_TEXT, 0},
            {"asset_type", CELL_TEXT, 0},
            {"type", CELL_TEXT, 0},
            {"amount_from", CELL_DECIMAL, 2},
            {"amount_to", CELL_DECIMAL, 2},
            {"senator", CELL_TEXT, 0},
            {"link", CELL_TEXT, 0},
            {"comment", CELL_TEXT, 0},
        },
};
