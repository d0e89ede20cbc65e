/* Daily returns of a name as far as a view shows them, and how alike two names move: the one figure for the
 * sizes of stage 11, the betas of stage 12 and whoever tells of holdings that move as one. */
#ifndef VITRINE_SCAN_DAILY_RETURNS_H
#define VITRINE_SCAN_DAILY_RETURNS_H

#include "market/market.h"
#include "quant/stats/correlation.h"

enum { DAILY_RETURNS = CORRELATION_DAYS_MAX + 20 };

typedef struct {
    date_t day[DAILY_RETURNS];
    f64 ret[DAILY_RETURNS];
    u32 count;
} daily_returns_t;

/* The latest ones, oldest first. */
void daily_returns(const market_view_t *v, inst_t inst, daily_returns_t *out);
/* Correlation of the last `days` common days (corr.days), drawn to what is usual among stocks, for two
 * positions: `sides` is +1 where both are on one side, -1 where they are not. False, and nothing written,
 * where too few days are known. */
bool daily_returns_alike(const daily_returns_t *a, const daily_returns_t *b, i32 sides, u32 days, f64 *out);

#endif
