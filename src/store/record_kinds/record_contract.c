/* How a symbol is traded: multiplier, steps, currency. */
#include "store/records.h"

const record_kind_desc_t record_contract = {
    .id = 22,
    .name = "contract",
    .about = "how a symbol is traded: multiplier, steps, currency",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 11,
    .column =
        {
            {"market", CELL_TEXT, 0},
            {"type", CELL_TEXT, 0},
            {"description", CELL_TEXT, 0},
            {"currency", CELL_TEXT, 0},
            {"multiplier", CELL_TEXT, 0},
            {"tick", CELL_DECIMAL, 9},
            {"lot", CELL_TEXT, 0},
            {"ticker", CELL_TEXT, 0},
            {"min_order", CELL_TEXT, 0},
            {"magnifier", CELL_TEXT, 0},
            {"strike_multiplier", CELL_TEXT, 0},
        },
};
