/* Figures of a quarterly or yearly report. */
#include "store/records.h"

const record_kind_desc_t record_report = {
    .id = 16,
    .name = "report",
    .about = "figures of a quarterly or yearly report",
    .period = RECORD_BY_DECADE,
    .many = true,
    .count = 18,
    .column =
        {
            {"amend", CELL_BOOL, 0},
            {"period", CELL_TEXT, 0},
            {"fiscal_year", CELL_TEXT, 0},
            {"doc_type", CELL_TEXT, 0},
            {"revenues", CELL_DECIMAL, 4},
            {"op_income", CELL_DECIMAL, 4},
            {"net_income", CELL_DECIMAL, 4},
            {"eps_basic", CELL_DECIMAL, 6},
            {"eps_diluted", CELL_DECIMAL, 6},
            {"dividend", CELL_DECIMAL, 6},
            {"assets", CELL_DECIMAL, 4},
            {"cur_assets", CELL_DECIMAL, 4},
            {"cur_liab", CELL_DECIMAL, 4},
            {"cash", CELL_DECIMAL, 4},
            {"equity", CELL_DECIMAL, 4},
            {"cash_flow_op", CELL_DECIMAL, 4},
            {"cash_flow_inv", CELL_DECIMAL, 4},
            {"cash_flow_fin", CELL_DECIMAL, 4},
        },
};
