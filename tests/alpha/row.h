/* One symbol's row of features, made by hand: what the pure parts of alpha read. */
#ifndef VITRINE_TESTS_ALPHA_ROW_H
#define VITRINE_TESTS_ALPHA_ROW_H

#include "market/market.h"
#include "tests/test.h"

typedef struct {
    market_t market;
    f64 cell[FEATURE_COUNT][8];
    market_view_t view;
} row_t;

static inline void row_init(row_t *r)
{
    *r = (row_t){.market = {.count = 1, .padded = 8}};
    r->view = (market_view_t){.market = &r->market, .row = &r->cell[0][0]};
}

static inline void row_set(row_t *r, feature_t f, f64 v) { r->cell[f][0] = v; }

#define CHECK_NEAR(a, b) assert_true((a) - (b) < 1e-9 && (b) - (a) < 1e-9)

#endif
