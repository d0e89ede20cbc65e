/* One line of an option chain; greeks as the source states them. */
#include "store/records.h"

const record_kind_desc_t record_option_quote = {
    .id = 6,
    .name = "option_quote",
    .about = "one line of an option chain; greeks as the source states them",
    .period = RECORD_BY_MONTH,
    .many = false,
    .count = 19,
    .column =
        {
            {"underlying", CELL_TEXT, 0},   {"expiry", CELL_DATE, 0},  {"right", CELL_TEXT, 0},
            {"strike", CELL_DECIMAL, 9},    {"spot", CELL_DECIMAL, 9}, {"open", CELL_DECIMAL, 9},
            {"high", CELL_DECIMAL, 9},      {"low", CELL_DECIMAL, 9},  {"close", CELL_DECIMAL, 9},
            {"bid", CELL_DECIMAL, 9},       {"ask", CELL_DECIMAL, 9},  {"volume", CELL_INT, 0},
            {"open_interest", CELL_INT, 0}, {"iv", CELL_DECIMAL, 9},   {"delta", CELL_DECIMAL, 9},
            {"gamma", CELL_DECIMAL, 9},     {"vega", CELL_DECIMAL, 9}, {"theta", CELL_DECIMAL, 9},
            {"rho", CELL_DECIMAL, 9},
        },
};
