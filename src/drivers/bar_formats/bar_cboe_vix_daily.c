/* The VIX of its exchange, daily, index points. */
#include "drivers/import.h"

const bar_format_desc_t bar_cboe_vix_daily = {
    .about = "The VIX of its exchange, daily, index points.",
    .name = "cboe_vix_daily", .time = "DATE", .open = "OPEN", .high = "HIGH", .low = "LOW",
    .close = "CLOSE", .file_symbol = "VIX", .timeframe = TF_1D, .zone = "America/New_York",
    .price_scale = 1,
};
