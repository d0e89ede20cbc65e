/* See paper_price.h. Figures: spread fitted on quotes and trades of large US names, the clock profile on
 * the same; impact is the square-root law with 0.7 daily sigmas at an order of one day's volume. */
#include "drivers/paper_price.h"

#include "base/assert.h"
#include "market/cost.h"
#include "quant/math/qmath.h"

/* A name whose deviation is not known moves like a very thin one. */
#define UNKNOWN_SIGMA_BPS 400.0

static f64 impact_bps(const config_t *c, const paper_context_t *x, f64 notional)
{
    f64 sigma = x->sigma_d_bps > 0 ? x->sigma_d_bps : UNKNOWN_SIGMA_BPS;
    return cost_impact_bps(c->cost_impact_y, sigma, q_max(notional, 0.0), x->dollar_vol20);
}

static i64 units_of(f64 base, f64 bps)
{
    i64 v = 0;
    err_t err = fixed_from_f64(base * bps / 1e4, PRICE_SCALE, &v);
    ASSERT(err == ERR_OK && v >= 0);
    return v;
}

/* Away from us: buys up, sales down; a sale never reaches zero. */
static i64 round_against(i64 price, i32 direction)
{
    i64 step = price >= PRICE_SCALE ? PRICE_SCALE / 10000 : PRICE_SCALE / 1000000;
    i64 rest = price % step;
    if (rest == 0) {
        return price;
    }
    i64 down = price - rest;
    return direction > 0 ? down + step : MAX_OF(down, 1);
}

paper_fill_price_t paper_price(const config_t *c, const paper_context_t *x, const paper_ask_t *ask)
{
    ASSERT(c != NULL && x != NULL && ask != NULL);
    ASSERT(ask->base.v > 0 && ask->depth.v >= 0 && (ask->direction == 1 || ask->direction == -1));
    f64 base = price_to_f64(ask->base);
    i64 spread = 0;
    i64 impact = 0;
    i64 slippage = units_of(base, ask->flat_bps * c->cost_mult);
    if (ask->flat_bps <= 0) {
        f64 half = x->half_spread_bps > 0
                       ? x->half_spread_bps
                       : cost_spread_bps(base, ask->tick, x->dollar_vol20, ask->minute) / 2;
        half *= ask->spread_factor > 0 ? ask->spread_factor : 1.0;
        spread = units_of(base, half * c->cost_spread_mult * c->cost_mult);
        slippage = units_of(base, c->cost_slippage_bps * c->cost_mult) + ask->depth.v;
        impact = units_of(base, impact_bps(c, x, ask->notional) * c->cost_mult);
    }
    i64 price =
        round_against(MAX_OF(ask->base.v + ask->direction * (spread + slippage + impact), 1), ask->direction);
    if (ask->cap.v > 0 && ask->direction * (price - ask->cap.v) > 0) {
        price = ask->cap.v;
    }
    /* The parts add up to the distance: spread first, then impact, the rest with all rounding is slippage. */
    i64 total = MAX_OF(ask->direction * (price - ask->base.v), 0);
    paper_fill_price_t f = {.price = {price}};
    f.spread.v = MIN_OF(spread, total);
    f.impact.v = MIN_OF(impact, total - f.spread.v);
    f.slippage.v = total - f.spread.v - f.impact.v;
    ASSERT(f.slippage.v >= 0);
    return f;
}
