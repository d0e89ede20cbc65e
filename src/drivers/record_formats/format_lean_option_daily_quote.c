/* Lean US options by the day: bid and ask. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_option_daily_quote = {
    .name = "lean_option_daily_quote",
    .about = "Lean US options by the day: bid and ask.",
    .known = "close of the session",
    .kind = "quote_bar",
    .shape = RECORDS_CSV,
    .hint = "option_daily_quote",
    .need = {"symbol", "datetime", "contract", "bid_open", "ask_open"},
    .key = {"symbol", "datetime", NULL, "contract"},
    .map = LEAN_QUOTE_COLUMNS,
    .zone = ZONE_NEW_YORK,
    .price_scale = 10000,
    .length_ns = NS_PER_DAY,
    .head = lean_head_contract_day,
    .row = lean_row_quote,
};
