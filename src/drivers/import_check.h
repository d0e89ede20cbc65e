/* `data check`: the rules of market/quality.h over everything that is stored. */
#ifndef VITRINE_DRIVERS_IMPORT_CHECK_H
#define VITRINE_DRIVERS_IMPORT_CHECK_H

#include "drivers/import_apart.h"
#include "market/quality.h"
#include "store/bars.h"

typedef struct {
    void (*fault)(void *ctx, const bars_series_t *series, const quality_fault_t *f);
    /* Two sources that disagree; may be NULL. */
    void (*apart)(void *ctx, const import_apart_t *a);
    void *ctx;
} import_check_sink_t;

typedef struct {
    u32 series;
    u64 rows;      /* read and verified against their hash */
    u64 revisions;
    u64 count[QUALITY_RULES];
    import_apart_sum_t apart;
} import_check_t;

/* Reads every chunk (hashes verified), runs the rules series by series in order of source, symbol,
 * resolution, and hands out the faults, those noted at import among them. `source` and `symbol` NULL: all.
 * ERR_CORRUPT, ERR_NOT_FOUND, ERR_EMPTY (nothing stored that fits). */
typedef struct {
    const char *home;
    const char *source;
    const char *symbol;
    i64 apart_percent; /* closes of two sources further apart than this are told; 0: not compared */
} import_check_spec_t;
MUST_USE err_t import_check(const import_check_spec_t *spec, const import_check_sink_t *sink, diag_t *diag,
                            import_check_t *out);

#endif
