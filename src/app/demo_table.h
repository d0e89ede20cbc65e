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
    const char *header; /* the first line; NULL: none */
    bool no_events;     /* the layout has no place for splits and dividends: companies do nothing */
    bool daily;         /* the history alone, which comes first as daily slices */
    size_t memory;      /* bytes that `slice` is given, zero at first; 0: none */
    u32 (*slice)(const run_source_t *market, const slice_t *s, void *memory, FILE *f); /* rows written */
} demo_table_t;

/* What stands in a file. */
typedef struct {
    u64 rows;
    u32 sessions; /* with a row */
    u32 warmup;   /* of them before the first that is traded */
    date_t first, last;
} demo_written_t;

extern const demo_table_t demo_bars;      /* daily history, layout plain_daily */
extern const demo_table_t demo_quotes;    /* minutes of the sessions, layout lean_equity_minute_quote */
extern const demo_table_t demo_headlines; /* what is heard of companies, layout yahoo_headlines */
extern const demo_table_t demo_chains;    /* options at the close of trading sessions, layout plain_chain */

/* ERR_IO, ERR_DISK_FULL, ERR_PARAM_RANGE as sim_market_open. */
MUST_USE err_t demo_table_write(app_t *app, run_spec_t *spec, const demo_table_t *table, const char *path,
                                demo_written_t *out);

#endif
