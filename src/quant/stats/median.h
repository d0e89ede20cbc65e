/* Medians of eight columns at once.
 *
 * Promises: the same bits at every processor level, and those of sorting each column by itself; no memory.
 * Leaves to others: a NaN (none may come in). */
#ifndef VITRINE_QUANT_STATS_MEDIAN_H
#define VITRINE_QUANT_STATS_MEDIAN_H

#include "base/types.h"

enum { MEDIAN_COLUMNS = 8, MEDIAN_ROWS_MAX = 64 };

/* Medians of the eight columns of v[rows], 1..MEDIAN_ROWS_MAX, of an even number the mean of the middle two;
 * sorts each column. `level` as in quant/indicators/kernels.h; the processor must have it. */
void median_columns(u32 level, f64 v[][MEDIAN_COLUMNS], u32 rows, f64 out[MEDIAN_COLUMNS]);

#endif
