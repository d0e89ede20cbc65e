/* The inputs of a run that no slice carries: its instruments in full, the bars of the regime proxy and those
 * of the volatility index. They
 * stand in the run's first event, so that a replay can name the one that is another today (decision 1).
 *
 * Bytes: count; per instrument symbol, class, sector, exponent, multiplier (what reports read). Then an
 * extension, which records of older versions lack: per instrument calendar, tick, flags, underlying, expiry,
 * strike, right; for proxy and index each the count of bars and per bar the seconds since the one before and
 * 32 bits of the hash of the whole row. Whoever needs the first part only ignores what follows it. */
#ifndef VITRINE_DRIVERS_RUN_TABLE_H
#define VITRINE_DRIVERS_RUN_TABLE_H

#include "base/bytes.h"
#include "drivers/source.h"
#include "model/event.h"

/* Fills w->full if it does not fit. */
void run_table_encode(const source_t *source, writer_t *w);
/* Of everything that run_table_encode writes: part of a source's content. */
MUST_USE err_t run_table_digest(const source_t *source, digest_t *out);

enum { RUN_TABLE_SERIES = 2 }; /* regime proxy, volatility index */

typedef struct {
    reader_t rest;  /* bars that were not compared yet */
    u32 recorded;   /* how many bars the record has */
    u32 at;         /* next bar, of record and source */
    i64 t_recorded; /* t_known of the bar before, in seconds */
} run_table_series_t;

/* A recorded table held against a source. */
typedef struct {
    run_table_series_t series[RUN_TABLE_SERIES];
    bool told; /* the first difference was named */
} run_table_t;

typedef struct {
    const char *proxy, *vix; /* names, for the words */
    i64 t_known;
} run_table_ask_t;

/* Compares the instruments. True, with words in `what`, if one differs; ERR_CORRUPT if the bytes are none of
 * ours. A table without the extension leaves nothing to compare. */
MUST_USE err_t run_table_open(blob_t recorded, const source_t *source, run_table_t *out, char what[128],
                              bool *differs);
/* Compares the bars of the proxy and of the volatility index known by t, each once, in order. True, once, if
 * one differs or is there on one side only. Bars that nobody could know by t may differ as they like. */
bool run_table_outside(run_table_t *t, const source_t *source, const run_table_ask_t *ask, char what[128]);

#endif
