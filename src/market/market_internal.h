/* Between market.c and its two feature makers; nobody else includes this. */
#ifndef VITRINE_MARKET_MARKET_INTERNAL_H
#define VITRINE_MARKET_MARKET_INTERNAL_H

#include "market/market.h"

enum { COMPUTE_LEN = MARKET_WARM + MARKET_BLOCK, COMPUTE_LANES = 8, COMPUTE_SESSION = 90 };

/* One group of eight symbols, left-aligned: lane l holds bars [start[l], start[l] + len[l]) of its series. */
typedef struct {
    const series_t *series[COMPUTE_LANES]; /* NULL: an empty lane */
    u32 start[COMPUTE_LANES];
    u32 len[COMPUTE_LANES];
    u32 len_max;
    f64 *scratch;                                      /* of this worker */
    f64 *open, *high, *low, *close, *volume, *session; /* interleaved */
} compute_group_t;

size_t market_scratch_count(void);
/* Daily features for the coming session (day profile). */
void market_compute_session(market_t *m);
void market_compute_daily(market_t *m, const config_t *c);
void market_compute_bars(market_t *m, const config_t *c);
/* Interleaves eight series from MARKET_WARM bars before the anchor session. `out->scratch` is set before.
 * Returns scratch used. */
size_t compute_gather(const market_t *m, const series_t *all, u32 group, date_t anchor, compute_group_t *out);
/* Calls `fn` for each group of eight symbols, on the workers if there are any; `scratch` is the worker's own.
 */
typedef void (*compute_fn_t)(market_t *m, const config_t *c, u32 group, f64 *scratch);
void compute_groups(market_t *m, const config_t *c, compute_fn_t fn);
f64 *market_cell(market_t *m, u32 slot, feature_t f, u32 inst);

#endif
