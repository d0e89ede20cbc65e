/* Lean crypto pairs by the day: bid and ask. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_crypto_daily_quote = {
    .name = "lean_crypto_daily_quote",
    .about = "Lean crypto pairs by the day: bid and ask.",
    .known = "end of the bar",
    .kind = "quote_bar",
    .shape = RECORDS_CSV,
    .hint = "coinbase_daily_quote|crypto_daily_quote",
    .need = {"symbol", "datetime", "bid_open", "ask_open"},
    .key = {"symbol", "datetime"},
    .map = LEAN_QUOTE_COLUMNS,
    .zone = ZONE_UTC,
    .length_ns = NS_PER_DAY,
    .round = true,
    .head = lean_head_stamp,
    .row = lean_row_quote,
};
