/* See composite.h. */
#include "alpha/scoring/composite.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

void composite_score(const config_t *c, const composite_in_t *in, composite_t *out)
{
    ASSERT(c != NULL && in != NULL && out != NULL);
    ASSERT(in->strategy >= 0.0 && in->strategy <= 1.0);
    f64 strategy = q_max(in->strategy - (in->degraded ? c->comp_health_penalty : 0.0), 0.0);
    f64 mult = q_clamp(in->regime_mult, c->comp_regime_mult_min, c->comp_regime_mult_max);
    out->bonus = in->trend15 >= 2.0 ? c->comp_intraday_bonus_max
                                    : (in->trend15 >= 1.0 ? c->comp_intraday_bonus_min : 0.0);
    out->raw =
        (c->comp_w_screener * in->screener + c->comp_w_strategy * 100.0 * strategy) * mult + out->bonus;
    out->composite = q_clamp(out->raw, 0.0, 100.0);
}

f64 composite_final(f64 composite, f64 conviction, f64 team)
{
    ASSERT(composite >= 0.0 && composite <= 100.0);
    ASSERT(conviction >= 0.0 && conviction <= 100.0);
    return q_min(100.0, composite * (0.5 + conviction / 100.0) * team);
}
