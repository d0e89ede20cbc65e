/* See feature.h. */
#include "market/feature.h"

#include "base/assert.h"

const char *feature_name(feature_t f)
{
    static const char *const names[FEATURE_COUNT] = {
        "present",  "raw",          "factor",      "open",          "high",         "low",
        "close",    "close_prev",   "high_prev",   "low_prev",      "days",         "day_close",
        "day_open", "atrd",         "atr_pct",     "rsi_day",       "high252",      "low252",
        "dollar20", "sma20",        "sma50",       "sma200",        "rvol",         "ema9",
        "ema21",    "rsi",          "atr",         "atr_ago",       "band_mid",     "band_sd",
        "vwap",     "high20",       "low20",       "high20_before", "low20_before", "high3",
        "low3",     "high3_before", "low3_before", "setup_long",    "setup_short",  "bar_volume",
        "a",        "trend15",      "day_high",    "day_low"};
    ASSERT((u32)f < FEATURE_COUNT);
    ASSERT(names[f] != NULL);
    return names[f];
}
