/* US names at five minutes, split-adjusted as of March 2026, not for dividends. */
#include "drivers/import.h"

enum { DAY_2026_03_31 = 20543 };

const bar_format_desc_t bar_us_5min = {
    .about = "US names at five minutes, split-adjusted as of March 2026, not for dividends.",
    .name = "us_5min", .file_hint = "5min", .symbol = "symbol", .time = "datetime", .open = "open",
    .high = "high", .low = "low", .close = "close", .volume = "volume", .timeframe = TF_5M,
    .zone = "America/New_York", .price_scale = 1, .adjusted_to = DAY_2026_03_31,
};
