/* Price and split factors of a symbol up to a day. */
#include "store/records.h"

const record_kind_desc_t record_price_factor = {
    .id = 17,
    .name = "price_factor",
    .about = "price and split factors of a symbol up to a day",
    .period = RECORD_BY_DECADE,
    .many = false,
    .count = 3,
    .column =
        {
            {"price_factor", CELL_DECIMAL, 12},
            {"split_factor", CELL_DECIMAL, 12},
            {"reference", CELL_DECIMAL, 9},
        },
};
