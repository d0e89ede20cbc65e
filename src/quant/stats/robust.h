/* Middle and spread of numbers of which some are wild.
 *
 * Promises: median, and 1.4826 times the median distance from it, which is the deviation where the numbers
 * are normal; half of them may be anything. No memory. */
#ifndef VITRINE_QUANT_STATS_ROBUST_H
#define VITRINE_QUANT_STATS_ROBUST_H

#include "base/types.h"

enum { ROBUST_MAX = 64 };

/* n from 1 to ROBUST_MAX, finite. */
void robust_spread(const f64 *v, u32 n, f64 *middle, f64 *spread);

#endif
