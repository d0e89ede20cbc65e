/* See debate.h. */
#include "ai/debate.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

enum { DEBATE_STRONG = 20, DEBATE_CLOSE = 5 };

debate_t debate_run(const conviction_t *c)
{
    ASSERT(c != NULL);
    f64 lean = c->bull - c->bear;
    f64 arbiter = c->neutral - 50.0;
    bool same = (lean > 0 && arbiter > 0) || (lean < 0 && arbiter < 0);
    if (!same || q_abs(lean) < (f64)DEBATE_CLOSE) {
        return DEBATE_DISAGREE;
    }
    if (q_abs(lean) < (f64)DEBATE_STRONG) {
        return lean < 0 ? DEBATE_AGAINST : DEBATE_OPEN;
    }
    return lean > 0 ? DEBATE_AGREE : DEBATE_AGAINST;
}

f64 debate_factor(debate_t verdict, f64 agree_mult, f64 disagree_mult)
{
    ASSERT(agree_mult >= 1.0);
    ASSERT(disagree_mult <= 1.0);
    if (verdict == DEBATE_AGREE) {
        return agree_mult;
    }
    return verdict == DEBATE_DISAGREE || verdict == DEBATE_AGAINST ? disagree_mult : 1.0;
}
