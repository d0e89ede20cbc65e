/* The layouts that can be imported (see import.h). Column order in the file does not matter. */
#include "base/assert.h"
#include "drivers/import.h"

/* us_5min and us_1min: split-adjusted as of March 2026 by their recorder, not for dividends. */
enum { DAY_2026_03_31 = 20543 };

static const import_format_t formats[] = {
    {.name = "sp500_daily", .symbol = "symbol", .time = "timestamp", .open = "open", .high = "high",
     .low = "low",
     .close = "close", .volume = "volume", .dividend = "dividend_amount", .split = "split_coefficient",
     .adjusted = "adjusted_close",
     .timeframe = TF_1D, .zone = "America/New_York", .price_scale = 1},
    {.name = "us_daily_2024_2026", .symbol = "symbol", .time = "date", .open = "Open", .high = "High",
     .low = "Low",
     .close = "Close", .volume = "Volume", .dividend = "divcash", .split = "splitfactor",
         .adjusted = "AdjClose",
     .timeframe = TF_1D, .zone = "UTC", .price_scale = 1},
    {.name = "us_all_2016", .symbol = "symbol", .time = "date", .open = "open", .high = "high", .low = "low",
     .close = "close", .volume = "volume", .file_day = "file", .timeframe = TF_1D, .zone = "America/New_York",
     .price_scale = 1, .float_text = true},
    {.name = "lean_equity_daily", .file_hint = "daily", .symbol = "symbol", .time = "datetime",
     .open = "open",
     .high = "high", .low = "low", .close = "close", .volume = "volume", .timeframe = TF_1D,
     .zone = "America/New_York", .price_scale = 10000, .factor_file = true},
    {.name = "yahoo_daily", .time = "Date", .open = "Open", .high = "High", .low = "Low", .close = "Close",
     .volume = "Volume", .dividend = "Dividends", .split = "Stock Splits", .timeframe = TF_1D,
     .zone = "America/New_York", .price_scale = 1, .adjusted_last = true, .float_text = true},
    {.name = "us_5min", .file_hint = "5min", .symbol = "symbol", .time = "datetime", .open = "open",
     .high = "high",
     .low = "low", .close = "close", .volume = "volume", .timeframe = TF_5M, .zone = "America/New_York",
     .price_scale = 1, .adjusted_to = DAY_2026_03_31},
    {.name = "us_1min", .file_hint = "1min", .symbol = "symbol", .time = "datetime", .open = "open",
     .high = "high",
     .low = "low", .close = "close", .volume = "volume", .timeframe = TF_1M, .zone = "America/New_York",
     .price_scale = 1, .adjusted_to = DAY_2026_03_31, .venue_rule = true},
    {.name = "cboe_vix_daily", .time = "DATE", .open = "OPEN", .high = "HIGH", .low = "LOW", .close = "CLOSE",
     .file_symbol = "VIX", .timeframe = TF_1D, .zone = "America/New_York", .price_scale = 1},
};

const import_format_t *import_formats(u32 *count)
{
    ASSERT(count != NULL);
    *count = COUNT_OF(formats);
    return formats;
}

const import_format_t *import_format_find(str_t name)
{
    for (u32 i = 0; i < COUNT_OF(formats); i++) {
        if (str_eq_c(name, formats[i].name)) {
            return &formats[i];
        }
    }
    return NULL;
}
