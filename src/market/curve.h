/* Today's volume against what the clock usually brings: the volume so far against the mean of the last days
 * up to the same clock bar, and a bar's volume against the median of the clock bar.
 *
 * Promises: sums have the bits of adding day by day and bar by bar. Where all recorded volumes are whole
 * numbers (any that no uneven split divided) every order of addition is exact, and then the sums of all clock
 * bars come out of one pass. Leaves to others: when a day is recorded (market.c). */
#ifndef VITRINE_MARKET_CURVE_H
#define VITRINE_MARKET_CURVE_H

#include "market/market.h"

/* Figures of the eight symbols of a group, by slot of the block; 0 where unknown. */
typedef struct {
    f64 relative[MARKET_BLOCK][8]; /* volume so far against the usual one */
    f64 median[MARKET_BLOCK][8];   /* of the clock bar */
} curve_t;

/* Stores today's volumes as the newest day of symbol i. */
void curve_record(market_t *m, u32 i);
/* Mean volume of each clock bar over the last full days, and how many days that are: at least
 * MARKET_CURVE_MIN, else 0 and nothing is written. `out` holds `clocks` of the market. Today is not among
 * them. */
u32 curve_mean(const market_t *m, u32 i, f64 *out);
/* All slots of the block; a half day has no curve. */
void curve_group(const market_t *m, u32 group, curve_t *out);

#endif
