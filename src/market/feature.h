/* Features: what the decision stages may read about a symbol at one slice, by name.
 *
 * A row is [groups of eight symbols][FEATURE_COUNT][8]: all that is known of a symbol lies within a few KiB,
 * and a feature of eight neighbours is one cache line. The stages get it through a fenced view (market.h)
 * and nothing else. All prices are on the forward scale unless the name says raw. "Frame" is the decision
 * frame: 5 minutes in the day profile, a day in the swing profile. A feature that is unknown is 0. */
#ifndef VITRINE_MARKET_FEATURE_H
#define VITRINE_MARKET_FEATURE_H

#include "base/types.h"

typedef enum {
    /* the bar of the slice */
    FEATURE_PRESENT, /* 1 if the symbol has a bar in this slice */
    FEATURE_RAW,     /* raw close, $ */
    FEATURE_FACTOR,  /* price factor: raw = adjusted / factor */
    FEATURE_OPEN,
    FEATURE_HIGH,
    FEATURE_LOW,
    FEATURE_CLOSE,
    FEATURE_CLOSE_PREV, /* previous bar of the frame */
    FEATURE_HIGH_PREV,
    FEATURE_LOW_PREV,
    /* completed days (swing: today included) */
    FEATURE_DAYS,      /* completed daily bars, at most 252 */
    FEATURE_DAY_CLOSE, /* previous session's close */
    FEATURE_DAY_OPEN,  /* today's open */
    FEATURE_ATRD,
    FEATURE_ATR_PCT,
    FEATURE_RSI_DAY,
    FEATURE_HIGH252,
    FEATURE_LOW252,
    FEATURE_DOLLAR20,
    FEATURE_SMA20,
    FEATURE_SMA50,
    FEATURE_SMA200,
    FEATURE_RVOL,
    /* decision frame */
    FEATURE_EMA9,
    FEATURE_EMA21,
    FEATURE_RSI,
    FEATURE_ATR,
    FEATURE_ATR_AGO,
    FEATURE_BAND_MID,
    FEATURE_BAND_SD,
    FEATURE_VWAP,
    FEATURE_HIGH20,
    FEATURE_LOW20, /* prior 20 bars, this one not counted */
    FEATURE_HIGH20_BEFORE,
    FEATURE_LOW20_BEFORE, /* the same as the bar before saw it: was its close beyond already? */
    FEATURE_HIGH3,
    FEATURE_LOW3, /* last three bars, this one counted */
    FEATURE_HIGH3_BEFORE,
    FEATURE_LOW3_BEFORE, /* the three before those */
    FEATURE_SETUP_LONG,
    FEATURE_SETUP_SHORT, /* bars since stretched beyond the band with RSI, 0..2; 99 none */
    FEATURE_BAR_VOLUME,  /* volume against the clock bar's 20-day median; swing: RVOL */
    FEATURE_A,           /* unit A of trading.md 2 */
    FEATURE_TREND15,     /* +2, +1, 0, -1, -2: how far the 15-minute frame agrees with long */
    FEATURE_DAY_HIGH,
    FEATURE_DAY_LOW,
    FEATURE_TREND15_KNOWN, /* 1 once the 15-minute frame has its 21 bars; a mixed trend is 0 as well */
    FEATURE_SESSION_BARS,  /* bars of this session so far, this one counted: 1 is the first */
    FEATURE_RANGE_HIGH,
    FEATURE_RANGE_LOW,   /* opening range once it is over (swing: the week's first session), 0 before */
    FEATURE_RANGE_ABOVE, /* closes above it since, this one not counted */
    FEATURE_RANGE_BELOW,
    FEATURE_VWAP_RUN,  /* closes in a row above (+) or below (-) VWAP up to the bar before, at most 8; day: of
                          this session, from the fourth bar on; swing: the rolling one */
    FEATURE_WEEK_LAST, /* swing: 1 on the last session of its week */
    FEATURE_ACTION_UNCLEAR, /* 1 from a corporate action of today on that gave no factor */
    FEATURE_COUNT
} feature_t;

enum { FEATURE_LANES = 8, FEATURE_TILE = FEATURE_COUNT * FEATURE_LANES };

/* Place of a symbol's feature in a row. */
static inline size_t feature_at(feature_t f, u32 inst)
{
    return (size_t)(inst / FEATURE_LANES) * FEATURE_TILE + (size_t)f * FEATURE_LANES + inst % FEATURE_LANES;
}

#endif
