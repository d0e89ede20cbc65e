/* Lean currency pairs and metals, every quote. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_forex_tick_quote = {
    .name = "lean_forex_tick_quote",
    .about = "Lean currency pairs and metals, every quote.",
    .known = "the stamp",
    .kind = "tick_quote",
    .shape = RECORDS_CSV,
    .hint = "tick_quote",
    .need = {"symbol", "date", "time_ms", "bid", "ask"},
    .key = {"symbol", "date", "time_ms"},
    .map = {{"bid", "bid"}, {"ask", "ask"}},
    .zone = ZONE_UTC,
    .head = lean_head_ms,
    .row = lean_row_tick_quote,
};
