/* Lean US shares, every quote of every venue. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_equity_tick_quote = {
    .name = "lean_equity_tick_quote",
    .about = "Lean US shares, every quote of every venue.",
    .known = "the stamp",
    .kind = "tick_quote",
    .shape = RECORDS_CSV,
    .hint = "tick_quote",
    .need = {"symbol", "date", "time_ms", "bid", "ask", "quote_condition"},
    .key = {"symbol", "date", "time_ms"},
    .map = {{"bid", "bid"},
            {"bid_size", "bid_size"},
            {"ask", "ask"},
            {"ask_size", "ask_size"},
            {"exchange", "exchange"},
            {"condition", "quote_condition"},
            {"suspicious", "suspicious"}},
    .zone = ZONE_NEW_YORK,
    .price_scale = 10000,
    .head = lean_head_ms,
    .row = lean_row_tick_quote,
};
