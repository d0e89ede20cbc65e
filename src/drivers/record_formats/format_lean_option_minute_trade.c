/* Lean US options by the minute: trades. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_option_minute_trade = {
    .name = "lean_option_minute_trade",
    .about = "Lean US options by the minute: trades.",
    .known = "end of the bar",
    .kind = "trade_bar",
    .shape = RECORDS_CSV,
    .hint = "option_minute_trade",
    .need = {"symbol", "date", "time_ms", "contract", "open", "volume"},
    .key = {"symbol", "date", "time_ms", "contract"},
    .map = LEAN_TRADE_COLUMNS,
    .zone = ZONE_NEW_YORK,
    .price_scale = 10000,
    .length_ns = NS_PER_MIN,
    .head = lean_head_contract_ms,
    .row = lean_row_trade,
};
