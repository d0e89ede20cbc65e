/* US names at one minute, split-adjusted as of March 2026; the feed changes its venue. */
#include "drivers/import.h"

enum { DAY_2026_03_31 = 20543 };

const bar_format_desc_t bar_us_1min = {
    .about = "US names at one minute, split-adjusted as of March 2026; the feed changes its venue.",
    .name = "us_1min", .file_hint = "1min", .symbol = "symbol", .time = "datetime", .open = "open",
    .high = "high", .low = "low", .close = "close", .volume = "volume", .timeframe = TF_1M,
    .zone = "America/New_York", .price_scale = 1, .adjusted_to = DAY_2026_03_31, .venue_rule = true,
};
