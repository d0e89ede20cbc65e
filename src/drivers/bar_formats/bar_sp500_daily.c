/* S&P 500 members of April 2021, daily, as traded, with dividends and splits. */
#include "drivers/import.h"

const bar_format_desc_t bar_sp500_daily = {
    .about = "S&P 500 members of April 2021, daily, as traded, with dividends and splits.",
    .name = "sp500_daily", .symbol = "symbol", .time = "timestamp", .open = "open", .high = "high",
    .low = "low", .close = "close", .volume = "volume", .dividend = "dividend_amount",
    .split = "split_coefficient", .adjusted = "adjusted_close", .timeframe = TF_1D,
    .zone = "America/New_York", .price_scale = 1,
};
