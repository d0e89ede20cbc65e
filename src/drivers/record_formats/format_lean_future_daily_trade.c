/* Lean futures by the day: trades. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_future_daily_trade = {
    .name = "lean_future_daily_trade",
    .about = "Lean futures by the day: trades.",
    .known = "end of the bar",
    .kind = "trade_bar",
    .shape = RECORDS_CSV,
    .hint = "es_daily_trade|future_daily_trade",
    .need = {"symbol", "datetime", "contract", "open", "volume"},
    .key = {"symbol", "datetime", NULL, "contract"},
    .map = LEAN_TRADE_COLUMNS,
    .zone = ZONE_UTC,
    .length_ns = NS_PER_DAY,
    .head = lean_head_contract_stamp,
    .row = lean_row_trade,
};
