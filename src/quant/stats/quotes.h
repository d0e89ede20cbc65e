/* What the quotes of one name in one session are like: how wide, when, how steady, how much stands behind
 * them.
 *
 * Promises: pure numbers over minutes; a side that is absent, a crossed quote and a minute without a trade
 * are left out of what needs them. One function for recorded and for simulated quotes. Leaves to others:
 * which names to compare, and with what (sim/quote_facts.h). */
#ifndef VITRINE_QUANT_STATS_QUOTES_H
#define VITRINE_QUANT_STATS_QUOTES_H

#include "base/types.h"

enum { QUOTE_MINUTES = 390, QUOTE_LOT = 100 };

/* Of each minute of a whole session: the quote at its end (0: that side is absent), sizes in shares, and the
 * bar (0: no trade). */
typedef struct {
    f64 bid[QUOTE_MINUTES], ask[QUOTE_MINUTES];
    f64 bid_size[QUOTE_MINUTES], ask_size[QUOTE_MINUTES];
    f64 high[QUOTE_MINUTES], low[QUOTE_MINUTES], last[QUOTE_MINUTES];
    f64 volume[QUOTE_MINUTES];
} quote_day_t;

typedef struct {
    f64 price;        /* median middle */
    f64 dollars;      /* traded, from bars */
    f64 bps;          /* mean spread against the middle */
    f64 median;       /* spread in money */
    f64 tick_share;   /* part of the minutes at one cent */
    f64 first, last;  /* mean spread of the first and the last 15 minutes against the middle of the day */
    f64 cluster;      /* of the logarithm of the spread with that of the minute before, without the edges */
    f64 by_range;     /* of the logarithm of the spread with the range of its bar, likewise */
    f64 deviation;    /* standard deviation of that logarithm, likewise */
    f64 lots;         /* median size of the bid in lots */
    f64 size_sd;      /* standard deviation of its logarithm */
    f64 size_cluster; /* of that logarithm with that of the minute before */
    f64 size_cross;   /* between the sides */
    f64 inside;       /* part of the last prices that are not beyond bid and ask */
} quote_measure_t;

/* False if less than half of the minutes have both sides, or nothing traded. A correlation of what does not
 * move is 0. */
bool quotes_measure(const quote_day_t *day, quote_measure_t *out);

#endif
