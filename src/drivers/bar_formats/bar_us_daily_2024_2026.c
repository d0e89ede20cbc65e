/* Liquid US names, daily, as traded; the vendor's adjusted columns are checked, not stored. */
#include "drivers/import.h"

const bar_format_desc_t bar_us_daily_2024_2026 = {
    .about = "Liquid US names, daily, as traded; the vendor's adjusted columns are checked, not stored.",
    .name = "us_daily_2024_2026", .symbol = "symbol", .time = "date", .open = "Open", .high = "High",
    .low = "Low", .close = "Close", .volume = "Volume", .dividend = "divcash", .split = "splitfactor",
    .adjusted = "AdjClose", .timeframe = TF_1D, .zone = "UTC", .price_scale = 1,
};
