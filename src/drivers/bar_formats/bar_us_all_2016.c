/* All US listings of 2016, daily; column file is the day when the row was known. */
#include "drivers/import.h"

const bar_format_desc_t bar_us_all_2016 = {
    .about = "All US listings of 2016, daily; column file is the day when the row was known.",
    .name = "us_all_2016", .symbol = "symbol", .time = "date", .open = "open", .high = "high",
    .low = "low", .close = "close", .volume = "volume", .file_day = "file", .timeframe = TF_1D,
    .zone = "America/New_York", .price_scale = 1, .float_text = true,
};
