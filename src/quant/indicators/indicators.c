/* The table, and what belongs to all of it. */
#include "quant/indicators/indicators.h"

#include <string.h>

#include "base/assert.h"

static const indicator_desc_t *const ALL[] = {
#define X(kind, name) &name,
#include "quant/indicators/list.def"
#undef X
};

const indicator_desc_t *indicator_find(str_t name)
{
    for (size_t i = 0; i < COUNT_OF(ALL); i++) {
        if (str_eq_c(name, ALL[i]->name)) {
            return ALL[i];
        }
    }
    return NULL;
}

u32 indicator_count(void)
{
    return (u32)COUNT_OF(ALL);
}

const indicator_desc_t *indicator_at(u32 index)
{
    ASSERT(index < COUNT_OF(ALL));
    return ALL[index];
}

err_t indicator_params_check(const indicator_desc_t *desc, const f64 *params, diag_t *d)
{
    ASSERT(desc != NULL);
    ASSERT(params != NULL || desc->param_count == 0);
    for (u32 i = 0; i < desc->param_count; i++) {
        const indicator_param_t *p = &desc->params[i];
        bool in_range = params[i] >= p->lo && params[i] <= p->hi; /* false for NaN */
        bool whole = in_range && (p->real || params[i] == (f64)(u32)params[i]);
        if (!in_range || !whole) {
            return diag_fail(d, ERR_PARAM_RANGE, "indicator %s: %s is %g, needs %s from %g to %g", desc->name,
                             p->name, params[i], p->real ? "a number" : "a whole number", p->lo, p->hi);
        }
    }
    return ERR_OK;
}

void indicator_params_default(const indicator_desc_t *desc, f64 params[INDICATOR_PARAMS_MAX])
{
    ASSERT(desc != NULL);
    ASSERT(desc->param_count <= INDICATOR_PARAMS_MAX);
    for (u32 i = 0; i < INDICATOR_PARAMS_MAX; i++) {
        params[i] = i < desc->param_count ? desc->params[i].dflt : 0.0;
    }
}

void indicator_w1_reset(w1_state_t *state)
{
    ASSERT(state != NULL);
    memset(state, 0, sizeof *state);
}

void indicator_w1_run(u32 level, w1_state_t *state, const indicator_cols_t *in, u32 to, f64 *out)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->w1_run(state, in, to, out);
}

void indicator_w1_last(u32 level, const indicator_cols_t *in, f64 *out)
{
    const indicator_kernels_t *k = indicator_kernels_at(level);
    ASSERT(k != NULL);
    k->w1_last(in, out);
}

u32 indicator_w1_lookback(w1_column_t column)
{
    static const u32 FIRST[W1_COLUMNS] = {
        [W1_SMA20] = 19,       [W1_SMA50] = 49,     [W1_SMA200] = 199,  [W1_EMA12] = 11,
        [W1_EMA26] = 25,       [W1_RSI14] = 14,     [W1_ATR14] = 14,    [W1_MACD] = 33,
        [W1_MACD_SIGNAL] = 33, [W1_MACD_HIST] = 33, [W1_BB_UPPER] = 19, [W1_BB_LOWER] = 19,
        [W1_ADX14] = 27,       [W1_VWAP] = 0,       [W1_OBV] = 0,       [W1_STOCH_K] = 17,
        [W1_STOCH_D] = 17,     [W1_HIGH252] = 251,  [W1_LOW252] = 251,  [W1_RVOL20] = 20,
    };
    ASSERT(column < W1_COLUMNS);
    return FIRST[column];
}
