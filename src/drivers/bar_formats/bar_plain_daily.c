/* The plainest table of daily bars: what a person writes down, and what `vitrine demo --bars` writes. */
#include "drivers/import.h"

const bar_format_desc_t bar_plain_daily = {
    .about = "Daily bars of any source, as traded, with nothing else: the layout for files of one's own.",
    .name = "plain_daily", .symbol = "symbol", .time = "date", .open = "open", .high = "high",
    .low = "low", .close = "close", .volume = "volume", .timeframe = TF_1D, .zone = "America/New_York",
    .price_scale = 1,
};
