/* The five tiers of a signal (trading.md 6): what a person reads of a score in -1..1, long positive. */
#ifndef VITRINE_ALPHA_SCORING_TIER_H
#define VITRINE_ALPHA_SCORING_TIER_H

#include "base/types.h"

typedef enum {
    TIER_STRONG_SELL = 1,
    TIER_SELL = 2,
    TIER_HOLD = 3,
    TIER_BUY = 4,
    TIER_STRONG_BUY = 5
} signal_tier_t;

#define TIER_BUY_FROM                                                                                        \
    0.35 /* the default of comp.min_strategy_score: what may trade is what is called a buy */
#define TIER_STRONG_FROM 0.70

/* Tier of direction x strategy score, each cut included. */
signal_tier_t signal_tier(f64 score);
/* "Strong Buy", "Buy", "Hold", "Sell", "Strong Sell". */
const char *signal_tier_name(signal_tier_t tier);

#endif
