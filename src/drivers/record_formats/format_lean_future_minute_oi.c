/* Lean futures, open interest as it came. */
#include "drivers/import_lean.h"

const record_format_desc_t format_lean_future_minute_oi = {
    .name = "lean_future_minute_oi",
    .about = "Lean futures, open interest as it came.",
    .known = "the stamp",
    .kind = "open_interest",
    .shape = RECORDS_CSV,
    .hint = "es_minute_oi|future_minute_oi",
    .need = {"symbol", "date", "contract", "time_ms", "open_interest"},
    .key = {"symbol", "date", "time_ms", "contract"},
    .map = {{"open_interest", "open_interest"}},
    .zone = ZONE_UTC,
    .head = lean_head_contract_ms,
};
