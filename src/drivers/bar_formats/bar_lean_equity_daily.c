/* Lean daily bars joined into one table, US dollars x 10,000; actions from a Lean factor file. */
#include "drivers/import.h"

const bar_format_desc_t bar_lean_equity_daily = {
    .about = "Lean daily bars joined into one table, US dollars x 10,000; actions from a Lean factor file.",
    .name = "lean_equity_daily", .file_hint = "daily", .symbol = "symbol", .time = "datetime",
    .open = "open", .high = "high", .low = "low", .close = "close", .volume = "volume",
    .timeframe = TF_1D, .zone = "America/New_York", .price_scale = 10000, .factor_file = true,
};
