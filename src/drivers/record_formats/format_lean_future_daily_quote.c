/* Lean futures by the day: bid and ask. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_future_daily_quote = {
    .name = "lean_future_daily_quote",
    .about = "Lean futures by the day: bid and ask.",
    .known = "end of the bar",
    .kind = "quote_bar",
    .shape = RECORDS_CSV,
    .hint = "es_daily_quote|future_daily_quote",
    .need = {"symbol", "datetime", "contract", "bid_open", "ask_open"},
    .key = {"symbol", "datetime", NULL, "contract"},
    .map = LEAN_QUOTE_COLUMNS,
    .zone = ZONE_UTC,
    .length_ns = NS_PER_DAY,
    .head = lean_head_contract_stamp,
    .row = lean_row_quote,
};
