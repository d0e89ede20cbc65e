/* Health of a strategy (trading.md 8.3): a rolling Sharpe that does not shout before it knows.
 *
 * Promises: the last 120 trading days incl. shadows and zero days, annualised by the caller's year, shrunk by
 * n/(n+60); fewer than 40 results are "unproven"; degraded below 0.25, well again above 0.5; after 60
 * degraded days shadow only. Leaves to others: the daily P&L and the penalty. */
#ifndef VITRINE_QUANT_STATS_HEALTH_H
#define VITRINE_QUANT_STATS_HEALTH_H

#include "base/types.h"

enum { HEALTH_WINDOW = 120, /* and no more are kept */
        HEALTH_MIN_RESULTS = 40, HEALTH_SHADOW_DAYS = 60 };

#define HEALTH_DEGRADED_BELOW 0.25
#define HEALTH_RECOVERED_ABOVE 0.5
#define HEALTH_SHRINK 60.0

/* Stored ids. */
typedef enum { HEALTH_UNPROVEN = 0, HEALTH_GOOD = 1, HEALTH_DEGRADED = 2 } health_status_t;

typedef struct {
    f64 pnl[HEALTH_WINDOW];     /* ring, any one unit (R or money) */
    u32 results[HEALTH_WINDOW]; /* trades and shadows closed that day */
    u32 days;                   /* ever */
    u32 degraded_days;          /* in a row */
    u8 status;
} health_t;

typedef struct {
    f64 sharpe; /* annualised, before shrinking */
    f64 shrunk;
    u32 results; /* in the window */
    u32 days;    /* in the window */
    health_status_t status;
    bool shadow_only;
} health_view_t;

void health_init(health_t *h);
/* Ends a trading day (zero days too) of shares. */
void health_update(health_t *h, f64 pnl, u32 results, health_view_t *out);
/* The same with the bounds of a configuration. */
typedef struct {
    f64 degraded_below;
    f64 recovered_above;
    u32 min_results;
    u32 window; /* days, up to HEALTH_WINDOW; 0: that */
    f64 year;   /* sessions a year, >= 1 */
} health_bounds_t;
void health_update_at(health_t *h, f64 pnl, u32 results, const health_bounds_t *bounds, health_view_t *out);
/* mean / sample deviation x sqrt(year) over all days; 0 with fewer than 2 days or no movement. */
f64 health_sharpe(const f64 *pnl, u32 days, f64 year);

#endif
