/* One run of a home, copied into a home of its own with what it stands on: its journal and projections, the
 * tries counted on the same data, and the series of the bar store that it may have read.
 *
 * Promises: the copy replays and reports as the original does; the original is only read. Leaves to others:
 * which series those are, and wrapping the new home up. */
#ifndef VITRINE_STORE_CAPSULE_H
#define VITRINE_STORE_CAPSULE_H

#include "store/home.h"
#include "store/journal.h"

typedef struct {
    str_t symbol;
    str_t source; /* empty: every source that has it */
} capsule_series_t;

typedef struct {
    u64 chunks;
    u64 bytes; /* of chunk files */
    u64 tries; /* runs and tries on the same data that the copy counts */
} capsule_copied_t;

/* `to` is an empty home. ERR_NOT_FOUND for the run, ERR_NOT_FOUND or ERR_IO for a chunk file. */
typedef struct {
    const home_t *from, *to;
    const run_row_t *run;
    const capsule_series_t *series;
    u32 series_count;
} capsule_spec_t;
MUST_USE err_t capsule_copy(const capsule_spec_t *spec, diag_t *diag, capsule_copied_t *out);
/* A database that came from strangers holds tables and indexes alone: a view in the place of a table could
 * compute for ever, or say otherwise each time. To be asked before a store is opened on it. ERR_CORRUPT if
 * not. */
MUST_USE err_t capsule_is_plain(const home_t *h, diag_t *diag);

#endif
