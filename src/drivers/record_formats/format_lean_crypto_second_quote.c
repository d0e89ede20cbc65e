/* Lean crypto pairs by the second: bid and ask. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_crypto_second_quote = {
    .name = "lean_crypto_second_quote",
    .about = "Lean crypto pairs by the second: bid and ask.",
    .known = "end of the bar",
    .kind = "quote_bar",
    .shape = RECORDS_CSV,
    .hint = "coinbase_second_quote|crypto_second_quote",
    .need = {"symbol", "date", "time_ms", "bid_open", "ask_open"},
    .key = {"symbol", "date", "time_ms"},
    .map = LEAN_QUOTE_COLUMNS,
    .zone = ZONE_UTC,
    .length_ns = NS_PER_SEC,
    .round = true,
    .head = lean_head_ms,
    .row = lean_row_quote,
};
