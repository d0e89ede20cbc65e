/* Lean crypto pairs by the day: trades. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_crypto_daily_trade = {
    .name = "lean_crypto_daily_trade",
    .about = "Lean crypto pairs by the day: trades.",
    .known = "end of the bar",
    .kind = "trade_bar",
    .shape = RECORDS_CSV,
    .hint = "coinbase_daily_trade|crypto_daily_trade",
    .need = {"symbol", "datetime", "open", "volume"},
    .key = {"symbol", "datetime"},
    .map = LEAN_TRADE_COLUMNS,
    .zone = ZONE_UTC,
    .length_ns = NS_PER_DAY,
    .round = true,
    .head = lean_head_stamp,
    .row = lean_row_trade,
};
