/* See cost.h. */
#include "market/cost.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

f64 cost_clock_factor(f64 minute)
{
    static const struct {
        f64 until, factor;
    } table[] = {{1, 3.0}, {5, 2.4}, {15, 1.7}, {30, 1.35}, {60, 1.15}, {300, 1.0}, {375, 0.95}};
    if (minute < 0) {
        return 1.0;
    }
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        if (minute < table[i].until) {
            return table[i].factor;
        }
    }
    return 0.9;
}

static f64 spread(f64 by_tick, f64 by_volume, f64 factor)
{
    return q_clamp(q_max(by_tick, by_volume) * factor, 0.2, COST_SPREAD_MAX_BPS);
}

f64 cost_spread_bps(f64 price, f64 tick, f64 dollar_vol20, f64 minute)
{
    ASSERT(price > 0);
    ASSERT(tick >= 0);
    f64 by_tick = 1e4 * tick / price;
    f64 by_volume = dollar_vol20 > 0 ? 2.0 * q_exp(-0.4 * q_log(dollar_vol20 / 1e9)) : COST_SPREAD_MAX_BPS;
    return spread(by_tick, by_volume, cost_clock_factor(minute));
}

void cost_spreads(const cost_column_t *in, u32 count, f64 minute, f64 *out)
{
    ASSERT(in != NULL && out != NULL);
    ASSERT(count <= COST_COLUMN);
    f64 v[COST_COLUMN] = {0};
    f64 factor = cost_clock_factor(minute);
    for (u32 i = 0; i < count; i++) {
        v[i] = in->dollar_vol20[i] / 1e9;
    }
    q_log_n(v, v, count);
    for (u32 i = 0; i < count; i++) {
        v[i] = -0.4 * v[i];
    }
    q_exp_n(v, v, count);
    for (u32 i = 0; i < count; i++) {
        f64 by_volume = in->dollar_vol20[i] > 0 ? 2.0 * v[i] : COST_SPREAD_MAX_BPS;
        out[i] = in->price[i] > 0 ? spread(1e4 * in->tick[i] / in->price[i], by_volume, factor)
                                  : COST_SPREAD_MAX_BPS;
    }
}

f64 cost_impact_bps(f64 y, f64 sigma_d_bps, f64 order_usd, f64 dollar_vol20)
{
    ASSERT(order_usd >= 0);
    f64 volume = dollar_vol20 > 0 ? dollar_vol20 : COST_UNKNOWN_DOLLAR_VOLUME;
    return y * sigma_d_bps * q_sqrt(order_usd / volume);
}
