/* The simulated market's daily history as a file: bars to try everything on, without a vendor.
 *
 * Promises: the layout plain_daily, a function of the specification alone. Leaves to others: the minutes
 * behind the history, which are the demo's own. */
#ifndef VITRINE_APP_DEMO_BARS_H
#define VITRINE_APP_DEMO_BARS_H

#include "drivers/run_spec.h"
#include "faces/cli/app.h"

/* *rows: how many bars were written. The file is written over. */
MUST_USE err_t demo_bars_write(app_t *app, run_spec_t *spec, const char *path, u64 *rows);

#endif
