/* See screener.h. */
#include "alpha/screener/screener.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

#define LIQUID_USD 1e7

static f64 unit(f64 x)
{
    return q_clamp(x, 0.0, 1.0);
}

static f64 year_place(const market_view_t *v, u32 inst)
{
    f64 hi = view_get(v, FEATURE_HIGH252, inst);
    f64 lo = view_get(v, FEATURE_LOW252, inst);
    return hi > lo ? unit((view_get(v, FEATURE_CLOSE, inst) - lo) / (hi - lo)) : 0.5;
}

void screen_logs(const market_view_t *v, u32 first, u32 count, screen_logs_t *out)
{
    ASSERT(v != NULL && out != NULL);
    ASSERT(count <= SCREEN_LOGS && first + count <= v->market->count);
    f64 rvol[SCREEN_LOGS] = {0};
    f64 dollars[SCREEN_LOGS] = {0};
    for (u32 i = 0; i < count; i++) {
        rvol[i] = view_get(v, FEATURE_RVOL, first + i);
        dollars[i] = view_get(v, FEATURE_DOLLAR20, first + i) / LIQUID_USD;
    }
    q_log2_n(rvol, rvol, count);
    q_log10_n(dollars, dollars, count);
    for (u32 i = 0; i < count; i++) {
        out[i] = (screen_logs_t){.rvol = rvol[i], .liquidity = dollars[i]};
    }
}

void screen_score(const config_t *c, const market_view_t *v, u32 inst, screen_score_t *out)
{
    ASSERT(v != NULL && inst < v->market->count);
    ASSERT(c != NULL && out != NULL);
    screen_logs_t logs[SCREEN_LOGS];
    screen_logs(v, inst, 1, logs);
    screen_score_with(c, v, inst, logs, out);
}

void screen_score_with(const config_t *c, const market_view_t *v, u32 inst, const screen_logs_t *logs,
                       screen_score_t *out)
{
    ASSERT(c != NULL && v != NULL && logs != NULL && out != NULL);
    ASSERT(inst < v->market->count);
    f64 rvol = view_get(v, FEATURE_RVOL, inst);
    f64 atr = view_get(v, FEATURE_ATR_PCT, inst);
    f64 open = view_get(v, FEATURE_DAY_OPEN, inst);
    f64 prior = view_get(v, FEATURE_DAY_CLOSE, inst);
    f64 gap = open > 0 && prior > 0 ? 100.0 * q_abs(open / prior - 1.0) : 0.0;
    f64 dollars = view_get(v, FEATURE_DOLLAR20, inst);
    f64 part[SCREEN_PARTS];
    part[SCREEN_RVOL] = rvol > 1.0 ? c->screen_w_rvol * unit(logs->rvol / 2.0) : 0.0;
    part[SCREEN_ATR] = c->screen_w_atr * unit((atr - 1.0) / 4.0) * (1.0 - unit((atr - 8.0) / 8.0));
    part[SCREEN_GAP] = atr > 0 ? c->screen_w_gap * unit((gap / atr - 0.25) / 1.25) : 0.0;
    part[SCREEN_RSI] =
        c->screen_w_rsi * unit((q_abs(view_get(v, FEATURE_RSI_DAY, inst) - 50.0) - 5.0) / 20.0);
    part[SCREEN_LIQUIDITY] = dollars > LIQUID_USD ? c->screen_w_liquidity * unit(logs->liquidity / 2.0) : 0.0;
    f64 place = year_place(v, inst);
    bool known = view_get(v, FEATURE_DAYS, inst) >= 120.0;
    f64 both = 0; /* the place in the year comes last: what is before it is the same on both sides */
    for (u32 i = 0; i < SCREEN_52W; i++) {
        both += part[i];
    }
    for (u32 side = 0; side < 2; side++) {
        f64 p = side == 0 ? place : 1.0 - place;
        part[SCREEN_52W] = known ? c->screen_w_52w * unit((p - 0.5) / 0.5) : 0.0;
        memcpy(out->part[side], part, sizeof part);
        out->raw[side] = both + part[SCREEN_52W];
        out->score[side] = q_min(out->raw[side], 100.0);
    }
}

const char *screen_part_name(u32 part)
{
    static const char *const names[SCREEN_PARTS] = {"relative volume", "daily range",      "gap", "RSI",
                                                    "liquidity",       "place in the year"};
    ASSERT(part < SCREEN_PARTS);
    return names[part];
}
