/* Back-adjustment of a continuous future at a roll. */
#include "store/records.h"

const record_kind_desc_t record_roll_factor = {
    .id = 24,
    .name = "roll_factor",
    .about = "back-adjustment of a continuous future at a roll",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 10,
    .column =
        {
            {"mode", CELL_INT, 0},
            {"ratio_1", CELL_DECIMAL, 12},
            {"ratio_2", CELL_DECIMAL, 12},
            {"ratio_3", CELL_DECIMAL, 12},
            {"back_1", CELL_DECIMAL, 9},
            {"back_2", CELL_DECIMAL, 9},
            {"back_3", CELL_DECIMAL, 9},
            {"forward_1", CELL_DECIMAL, 9},
            {"forward_2", CELL_DECIMAL, 9},
            {"forward_3", CELL_DECIMAL, 9},
        },
};
