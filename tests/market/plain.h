/* Windows of features as they are defined: from the first bar on, one after the other. */
#ifndef VITRINE_TESTS_MARKET_PLAIN_H
#define VITRINE_TESTS_MARKET_PLAIN_H

#include "market/market.h"
#include "tests/test.h"

/* Highest and lowest of the bars [from, to), against two features. */
static inline void window_is_plain(const market_view_t *v, inst_t inst, const series_t *s, const u32 span[2],
                            const feature_t f[2])
{
    f64 high = s->high[span[0]];
    f64 low = s->low[span[0]];
    for (u32 k = span[0]; k < span[1]; k++) {
        high = s->high[k] > high ? s->high[k] : high;
        low = s->low[k] < low ? s->low[k] : low;
    }
    CHECK(view_get(v, f[0], inst) == high && view_get(v, f[1], inst) == low);
}

/* Of the newest of n bars. */
static inline void extremes_are_plain(const market_view_t *v, inst_t inst, const series_t *s, u32 n)
{
    static const struct {
        u32 from, to; /* bars back from the newest, counted from behind it */
        feature_t f[2];
    } WINDOWS[] = {
        {21, 1, {FEATURE_HIGH20, FEATURE_LOW20}},
        {22, 2, {FEATURE_HIGH20_BEFORE, FEATURE_LOW20_BEFORE}},
        {3, 0, {FEATURE_HIGH3, FEATURE_LOW3}},
        {6, 3, {FEATURE_HIGH3_BEFORE, FEATURE_LOW3_BEFORE}},
        {2, 1, {FEATURE_HIGH_PREV, FEATURE_LOW_PREV}},
    };
    for (u32 i = 0; i < COUNT_OF(WINDOWS); i++) {
        u32 span[2] = {n - WINDOWS[i].from, n - WINDOWS[i].to};
        window_is_plain(v, inst, s, span, WINDOWS[i].f);
    }
}

#endif
