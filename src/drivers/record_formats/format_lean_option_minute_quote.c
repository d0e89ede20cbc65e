/* Lean US options by the minute: bid and ask. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_option_minute_quote = {
    .name = "lean_option_minute_quote",
    .about = "Lean US options by the minute: bid and ask.",
    .known = "end of the bar",
    .kind = "quote_bar",
    .shape = RECORDS_CSV,
    .hint = "option_minute_quote",
    .need = {"symbol", "date", "time_ms", "contract", "bid_open", "ask_open"},
    .key = {"symbol", "date", "time_ms", "contract"},
    .map = LEAN_QUOTE_COLUMNS,
    .zone = ZONE_NEW_YORK,
    .price_scale = 10000,
    .length_ns = NS_PER_MIN,
    .head = lean_head_contract_ms,
    .row = lean_row_quote,
};
