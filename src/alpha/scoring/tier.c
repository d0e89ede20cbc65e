/* See tier.h. */
#include "alpha/scoring/tier.h"

#include "base/assert.h"

signal_tier_t signal_tier(f64 score)
{
    ASSERT(score >= -1.0 && score <= 1.0);
    if (score >= TIER_BUY_FROM) {
        return score >= TIER_STRONG_FROM ? TIER_STRONG_BUY : TIER_BUY;
    }
    if (score <= -TIER_BUY_FROM) {
        return score <= -TIER_STRONG_FROM ? TIER_STRONG_SELL : TIER_SELL;
    }
    return TIER_HOLD;
}

const char *signal_tier_name(signal_tier_t tier)
{
    static const char *const names[] = {"?", "Strong Sell", "Sell", "Hold", "Buy", "Strong Buy"};
    ASSERT(tier >= TIER_STRONG_SELL && (u32)tier < COUNT_OF(names));
    return names[tier];
}
