/* The three-agent debate by rules (opt-in): bull, bear and a neutral arbiter read the same evidence
 * (trading.md 6).
 *
 * Returns the team factor: 1.15 strong agreement for the trade, 0.85 disagreement or agreement against it,
 * else 1. It re-ranks; it never opens a gate (decision 30). */
#ifndef VITRINE_AI_DEBATE_H
#define VITRINE_AI_DEBATE_H

#include "ai/evidence.h"

typedef enum {
    DEBATE_NONE = 0,
    DEBATE_AGREE = 1,
    DEBATE_DISAGREE = 2,
    DEBATE_AGAINST = 3,
    DEBATE_OPEN = 4
} debate_t;

debate_t debate_run(const conviction_t *c);
f64 debate_factor(debate_t verdict, f64 agree_mult, f64 disagree_mult);

#endif
