/* Lean US shares, every print. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_equity_tick_trade = {
    .name = "lean_equity_tick_trade",
    .about = "Lean US shares, every print.",
    .known = "the stamp",
    .kind = "tick_trade",
    .shape = RECORDS_CSV,
    .hint = "tick_trade",
    .need = {"symbol", "date", "time_ms", "price", "sale_condition", "suspicious"},
    .key = {"symbol", "date", "time_ms"},
    .map = {{"price", "price"},
            {"size", "size"},
            {"exchange", "exchange"},
            {"condition", "sale_condition"},
            {"suspicious", "suspicious"}},
    .zone = ZONE_NEW_YORK,
    .price_scale = 10000,
    .head = lean_head_ms,
    .row = lean_row_tick_trade,
};
