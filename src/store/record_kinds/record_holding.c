/* A position on a 13F information table. */
#include "store/records.h"

const record_kind_desc_t record_holding = {
    .id = 13,
    .name = "holding",
    .about = "a position on a 13F information table",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 8,
    .column =
        {
            {"issuer", CELL_TEXT, 0},
            {"class", CELL_TEXT, 0},
            {"cusip", CELL_TEXT, 0},
            {"value", CELL_DECIMAL, 4},
            {"amount", CELL_DECIMAL, 4},
            {"type", CELL_TEXT, 0},
            {"put_call", CELL_TEXT, 0},
            {"discretion", CELL_TEXT, 0},
        },
};
