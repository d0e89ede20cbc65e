/* What `demo` writes into a file instead of running: a part of the simulated market as a table that `vitrine
 * data import` reads.
 *
 * Promises: the same options write the same bytes; what could not be written whole is not there, for a part
 * of a market would be imported as a whole one. Leaves to others: the layouts themselves
 * (drivers/bar_formats, drivers/record_formats). */
#ifndef VITRINE_APP_DEMO_TABLE_H
#define VITRINE_APP_DEMO_TABLE_H

#include <stdio.h>

#include "app/run_source.h"
#include "faces/cli/app.h"

typedef struct {
    const char *option; /* of the verb, without the dashes; also the name of the count in JSON */
    const char *rows;   /* what a row is, in the plural */
    const char *format; /* layout, where the header does not tell it; else NULL */
    bool no_events;     /* the layout has no place for splits and dividends: companies do nothing */
    err_t (*write)(const run_source_t *source, FILE *f, diag_t *diag, u64 *rows);
} demo_table_t;

extern const demo_table_t demo_bars;   /* daily history, layout plain_daily */
extern const demo_table_t demo_quotes; /* minutes of the sessions, layout lean_equity_minute_quote */
extern const demo_table_t demo_chains; /* options at the close of trading sessions, layout plain_chain */

/* *rows counts what was written. ERR_IO, ERR_DISK_FULL, ERR_PARAM_RANGE as sim_market_open. */
MUST_USE err_t demo_table_write(app_t *app, run_spec_t *spec, const demo_table_t *table, const char *path,
                                u64 *rows);

#endif
