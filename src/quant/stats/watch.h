/* The watch over a promoted challenger: when do its days say that it is worse than what it replaced?
 *
 * A test that may be looked at after every day, for ever: of challengers that are not worse, at most
 * WATCH_ALPHA are called back on any day at all. The evidence is a mixture of likelihood ratios,
 *   M = 2 sqrt(r / (V + r)) exp(S^2 / (2 (V + r))) Phi(-S / sqrt(V + r)),
 * S the sum and V the sum of squares of the daily differences. For differences that lie as often above zero
 * as below, however wild and however their size changes, each exp(-lS - l^2 V/2) is a supermartingale; M is
 * their mean over a half normal of l with variance 1/r, and passes 1/alpha with probability alpha at most.
 *
 * Promises: a pure function of the series; what was said of the first days is not changed by later ones.
 * Leaves to others: which days, and what is done. Sources: V. de la Pena, Ann. Probability 27 (1999) 537; H.
 * Robbins, Ann. Math. Statistics 41 (1970) 1397; S. Howard et al., Ann. Statistics 49 (2021) 1055. */
#ifndef VITRINE_QUANT_STATS_WATCH_H
#define VITRINE_QUANT_STATS_WATCH_H

#include "base/types.h"

#define WATCH_ALPHA 0.05 /* how often one that is no worse may be called back, in all its days together */
/* The days at which a decay is seen soonest, as far as it can be chosen: r is so many days of noise. */
enum { WATCH_DAYS = 20 };

typedef struct {
    bool alarm;   /* the bound was crossed, on some day */
    u32 day;      /* on which, from 1; without alarm the number of days */
    f64 mean;     /* of all days given */
    f64 evidence; /* on that day: how much likelier worse than not; 1 / WATCH_ALPHA is the bound */
} watch_t;

/* diff[days]: daily return of the challenger less the incumbent's. `noise`: deviation of such a difference,
 * as known before the first of these days; > 0. A wrong one costs days, not false alarms. */
watch_t watch_over(const f64 *diff, u32 days, f64 noise);

#endif
