/* Lean perpetual swaps by the minute: trades. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_perp_minute_trade = {
    .name = "lean_perp_minute_trade",
    .about = "Lean perpetual swaps by the minute: trades.",
    .known = "end of the bar",
    .kind = "trade_bar",
    .shape = RECORDS_CSV,
    .hint = "perp_minute_trade|cryptofuture_minute_trade",
    .need = {"symbol", "date", "time_ms", "open", "volume"},
    .key = {"symbol", "date", "time_ms"},
    .map = LEAN_TRADE_COLUMNS,
    .zone = ZONE_UTC,
    .length_ns = NS_PER_MIN,
    .round = true,
    .unbuilt = "perpetual swaps do not trade here, and a swap is not the coin",
    .head = lean_head_ms,
    .row = lean_row_trade,
};
