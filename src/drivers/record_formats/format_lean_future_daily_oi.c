/* Lean futures, open interest of the day. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_future_daily_oi = {
    .name = "lean_future_daily_oi",
    .about = "Lean futures, open interest of the day.",
    .known = "open of the next session",
    .kind = "open_interest",
    .shape = RECORDS_CSV,
    .hint = "future_daily_oi",
    .need = {"symbol", "datetime", "contract", "open_interest"},
    .key = {"symbol", "datetime", NULL, "contract"},
    .map = {{"open_interest", "open_interest"}},
    .zone = ZONE_UTC,
    .head = lean_head_contract_next,
};
