/* A headline and the symbols it names. */
#include "store/records.h"

const record_kind_desc_t record_headline = {
    .id = 14,
    .name = "headline",
    .about = "a headline and the symbols it names",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 7,
    .column =
        {
            {"title", CELL_TEXT, 0},
            {"url", CELL_TEXT, 0},
            {"outlet", CELL_TEXT, 0},
            {"symbols", CELL_TEXT, 0},
            {"negative", CELL_DECIMAL, 9},
            {"neutral", CELL_DECIMAL, 9},
            {"positive", CELL_DECIMAL, 9},
        },
};
