/* Lean currency pairs and metals by the hour: bid and ask. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_forex_hour_quote = {
    .name = "lean_forex_hour_quote",
    .about = "Lean currency pairs and metals by the hour: bid and ask.",
    .known = "end of the bar",
    .kind = "quote_bar",
    .shape = RECORDS_CSV,
    .hint = "oanda_hour_quote|forex_hour|cfd_hour",
    .need = {"symbol", "datetime", "bid_open", "ask_open"},
    .key = {"symbol", "datetime"},
    .map = LEAN_QUOTE_COLUMNS,
    .zone = ZONE_UTC,
    .length_ns = NS_PER_HOUR,
    .head = lean_head_stamp,
    .row = lean_row_quote,
};
