/* One symbol of Yahoo, daily, adjusted for splits and dividends up to the last row. */
#include "drivers/import.h"

const bar_format_desc_t bar_yahoo_daily = {
    .about = "One symbol of Yahoo, daily, adjusted for splits and dividends up to the last row.",
    .name = "yahoo_daily", .time = "Date", .open = "Open", .high = "High", .low = "Low",
    .close = "Close", .volume = "Volume", .dividend = "Dividends", .split = "Stock Splits",
    .timeframe = TF_1D, .zone = "America/New_York", .price_scale = 1, .adjusted_last = true,
    .float_text = true,
};
