/* A source for whatever a run was made of: the bar store, or the simulated market. App alone may know both.
 */
#ifndef VITRINE_APP_RUN_SOURCE_H
#define VITRINE_APP_RUN_SOURCE_H

#include "faces/report/report_made.h"
#include "faces/report/report_plants.h"
#include "sim/market.h"

typedef struct {
    source_t source;
    feed_source_t *own_feed;
    sim_market_t *own_market;
    bar_t *own_vix; /* of the simulated market, if the run reads it */
} run_source_t;

/* What a spec names as the volatility index of a simulated market, and as its source. */
#define RUN_SOURCE_VIX "VIX"
#define RUN_SOURCE_SIMULATED "simulated"

/* spec->trade_from is set for a simulated market. */
MUST_USE err_t run_source_open(run_spec_t *spec, const char *home, diag_t *diag, run_source_t *out);
void run_source_close(run_source_t *s);

/* Shows the simulated market of a demo from its beginning (report_market_fn). */
MUST_USE err_t run_source_market(const run_spec_t *spec, diag_t *diag, report_take_fn take, void *ctx);
/* What the simulated market of a demo planted (report_plants_fn). */
MUST_USE err_t run_source_plants(const run_spec_t *spec, diag_t *diag, report_plant_t **own_out, u32 *count);

#endif
