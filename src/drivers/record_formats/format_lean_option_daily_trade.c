/* Lean US options by the day: trades. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_option_daily_trade = {
    .name = "lean_option_daily_trade",
    .about = "Lean US options by the day: trades.",
    .known = "close of the session",
    .kind = "trade_bar",
    .shape = RECORDS_CSV,
    .hint = "option_daily_trade",
    .need = {"symbol", "datetime", "contract", "open", "volume"},
    .key = {"symbol", "datetime", NULL, "contract"},
    .map = LEAN_TRADE_COLUMNS,
    .zone = ZONE_NEW_YORK,
    .price_scale = 10000,
    .length_ns = NS_PER_DAY,
    .head = lean_head_contract_day,
    .row = lean_row_trade,
};
