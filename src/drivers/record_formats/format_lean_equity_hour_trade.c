/* Lean US shares by the hour: trades. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_equity_hour_trade = {
    .name = "lean_equity_hour_trade",
    .about = "Lean US shares by the hour: trades.",
    .known = "end of the bar",
    .kind = "trade_bar",
    .shape = RECORDS_CSV,
    .hint = "equity_hour_trade",
    .need = {"symbol", "datetime", "open", "volume"},
    .key = {"symbol", "datetime"},
    .map = LEAN_TRADE_COLUMNS,
    .zone = ZONE_NEW_YORK,
    .price_scale = 10000,
    .length_ns = NS_PER_HOUR,
    .head = lean_head_stamp,
    .row = lean_row_trade,
};
