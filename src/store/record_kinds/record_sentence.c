/* A sentence with a label given by people. */
#include "store/records.h"

const record_kind_desc_t record_sentence = {
    .id = 21,
    .name = "sentence",
    .about = "a sentence with a label given by people",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 2,
    .column =
        {
            {"label", CELL_TEXT, 0},
            {"text", CELL_TEXT, 0},
        },
};
