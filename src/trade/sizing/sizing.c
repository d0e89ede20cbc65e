/* See sizing.h. */
#include "trade/sizing/sizing.h"

#include "base/assert.h"
#include "market/cost.h"
#include "market/fees.h"
#include "quant/math/qmath.h"

f64 size_conviction_factor(f64 conviction)
{
    return conviction < 40.0 ? 0.5 : (conviction < 60.0 ? 0.75 : 1.0);
}

/* Realised, shrunk, net results; p is one standard error below its mean (trading.md 9.1, correction 9). */
static f64 kelly_fraction(const config_t *c, const size_in_t *in)
{
    f64 n = in->kelly_n;
    f64 p = (in->kelly_wins + 10.0 * 0.40) / (n + 10.0);
    p -= q_sqrt(p * (1.0 - p) / (n + 10.0));
    f64 ratio = in->kelly_loss_mean > 0 ? in->kelly_win_mean / in->kelly_loss_mean : 1.0;
    f64 b = (ratio * n + 20.0) / (n + 20.0);
    return b > 0 ? c->size_kelly_fraction * (p * b - (1.0 - p)) / b : -1.0;
}

static void step(size_out_t *o, size_step_t s, f64 limit, f64 *now)
{
    if (limit < *now) {
        *now = limit;
        o->binding = s;
    }
    o->shares[s] = *now;
}

static void factor(size_out_t *o, size_step_t s, f64 f, f64 *now)
{
    ASSERT(f >= 0.0 && f <= 1.0);
    o->factor *= f;
    step(o, s, *now * f, now);
}

static void methods(const config_t *c, const size_in_t *in, size_out_t *o, f64 *now)
{
    f64 risk_pct = in->micro ? c->micro_risk_pct : c->size_risk_pct;
    f64 budget = in->equity * risk_pct / 100.0;
    *now = budget / in->stop_distance;
    o->shares[SIZE_RISK] = *now;
    o->binding = SIZE_RISK;
    if (in->atr_d > 0) {
        step(o, SIZE_ATR, budget / (c->size_atr_multiplier * in->atr_d), now);
    }
    if (in->kelly_n >= (f64)c->size_kelly_min_n && !in->kelly_waived) {
        o->kelly = kelly_fraction(c, in);
        step(o, SIZE_KELLY, q_max(in->equity * o->kelly / in->stop_distance, 0.0), now);
    }
}

static void factors(const config_t *c, const size_in_t *in, size_out_t *o, f64 *now)
{
    factor(o, SIZE_REGIME, q_clamp(in->regime_mult, 0.0, 1.0), now);
    factor(o, SIZE_TRANSITION, in->transition ? c->monk_transition_size_mult : 1.0, now);
    factor(o, SIZE_CHOPPY, in->choppy ? c->size_choppy_mult : 1.0, now);
    factor(o, SIZE_CONVICTION, size_conviction_factor(in->conviction), now);
    factor(o, SIZE_QUALITY, in->quality == 2 ? 0.5 : 1.0, now);
    factor(o, SIZE_CORRELATION, q_clamp(in->correlation_factor, 0.0, 1.0), now);
}

static void caps(const config_t *c, const size_in_t *in, size_out_t *o, f64 *now)
{
    f64 pct =
        in->micro ? q_min(c->micro_max_position_pct, c->size_max_position_pct) : c->size_max_position_pct;
    f64 usd = in->micro ? c->micro_max_position_usd : c->size_max_position_usd;
    f64 price = q_max(in->dearest, in->entry);
    step(o, SIZE_CAP_PCT, in->equity * pct / 100.0 / price, now);
    step(o, SIZE_CAP_USD, usd / price, now);
    step(o, SIZE_CAP_ADV, in->dollar_vol20 * c->size_max_adv_pct / 100.0 / in->entry, now);
    step(o, SIZE_CAP_POWER, q_max(in->buying_power, 0.0) / price, now);
    f64 lots = q_floor(*now / in->lot + 1e-9);
    step(o, SIZE_LOT, lots * in->lot, now);
}

/* Fees of both ways: the broker's schedule and the regulators', and the commission of the settings. */
static f64 fees_bps(const config_t *c, const size_in_t *in, f64 shares, f64 notional)
{
    if (notional <= 0) {
        return 0.0;
    }
    f64 own = 2.0 * q_max(c->cost_fee_per_share * shares, c->cost_fee_min);
    fees_ask_t a = {.schedule = (fees_id_t)c->broker_fees, .cls = in->cls, .day = in->day, .units = shares,
                    .value = notional};
    return 1e4 * (own + (in->cls != 0 ? fees_round_trip(&a) : 0.0)) / notional;
}

static void costs(const config_t *c, const size_in_t *in, size_out_t *o, f64 shares)
{
    f64 notional = shares * in->entry;
    o->impact_bps = cost_impact_bps(c->cost_impact_y, in->sigma_d_bps, notional, in->dollar_vol20);
    f64 fees = fees_bps(c, in, shares, notional);
    o->cost_bps = fees + in->spread_bps + 2.0 * (c->cost_slippage_bps + o->impact_bps);
    o->profit_bps = 1e4 * in->target_distance / in->entry;
}

void size_position(const config_t *c, const size_in_t *in, size_out_t *out, gates_t *gates)
{
    ASSERT(c != NULL && in != NULL && out != NULL && gates != NULL);
    ASSERT(in->entry > 0 && in->stop_distance > 0 && in->lot > 0);
    size_out_t o = {.factor = 1.0};
    f64 now = 0;
    methods(c, in, &o, &now);
    factors(c, in, &o, &now);
    caps(c, in, &o, &now);
    costs(c, in, &o, now);
    bool kelly_on = in->kelly_n >= (f64)c->size_kelly_min_n && !in->kelly_waived;
    bool ok = !kelly_on || gate_check(gates, RULE_KELLY_EDGE, o.kelly, 0.0);
    ok = gate_check(gates, RULE_FACTOR_MIN, o.factor, c->size_min_factor) && ok;
    ok = gate_check(gates, RULE_ONE_SHARE, now, in->lot) && ok;
    ok = gate_check(gates, RULE_COST_MULTIPLE, o.profit_bps / o.cost_bps, c->cost_min_profit_multiple) && ok;
    ok = gate_check(gates, RULE_NOT_SAME_UNDERLYING, in->same_underlying ? 0.0 : 1.0, 1.0) && ok;
    ok = gate_check(gates, RULE_QUALITY_MIN, (f64)in->quality, 2.0) && ok;
    o.quantity = ok ? now : 0.0;
    o.risk_used_pct = in->equity > 0 ? 100.0 * now * in->stop_distance / in->equity : 0.0;
    *out = o;
}

const char *size_step_name(size_step_t s)
{
    static const char *const names[SIZE_STEPS] = {"?",
                                                  "risk to the stop",
                                                  "two daily ranges",
                                                  "half Kelly",
                                                  "regime",
                                                  "transition",
                                                  "choppy day",
                                                  "conviction",
                                                  "signal quality",
                                                  "correlation",
                                                  "position cap %",
                                                  "position cap $",
                                                  "daily volume",
                                                  "buying power",
                                                  "whole lots"};
    ASSERT((u32)s < SIZE_STEPS);
    return names[s];
}
