/* `data check` over the store of records: every chunk against its hash, and rules over whole sets.
 *
 * Row rules have spoken at import (marked rows carry RECORD_SUSPECT); these need neighbours: implied
 * volatility that does not fit the prices beside it, a chain that repeats the day before, volume that is an
 * artefact, quotes that stand still or stop coming. Rules know no names and no dates. */
#ifndef VITRINE_DRIVERS_RECORDS_CHECK_H
#define VITRINE_DRIVERS_RECORDS_CHECK_H

#include "market/quality.h"
#include "store/records.h"

typedef struct {
    char source[RECORDS_SOURCE];
    char series[64]; /* what it is about: an underlying, a symbol */
    quality_fault_t fault;
} records_fault_t;

typedef struct {
    void (*fault)(void *ctx, const records_fault_t *f);
    void *ctx;
} records_check_sink_t;

typedef struct {
    u32 sets;
    u32 chunks;
    u64 rows;
    u64 suspects;
    u64 count[QUALITY_RULES];
} records_check_t;

/* Faults in order of source, series and date. ERR_CORRUPT, ERR_NOT_FOUND (no store), ERR_EMPTY (nothing of
 * that source). */
MUST_USE err_t records_check(const char *home, const char *source, const records_check_sink_t *sink,
                             diag_t *diag, records_check_t *out);

#endif
