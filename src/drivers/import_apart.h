/* `data check`: two sources of one name that disagree (F46).
 *
 * Of every name that two or more sources hold daily bars of (their own, or made from a finer resolution), the
 * closes of each two sources on the days that both have. Promises: neither source is believed more; what is
 * told is a stretch of days without an agreeing one between, its first day and both closes there. Adjusted
 * sets are counted and left out: their prices are on another scale by design. Leaves to others: which one is
 * right. */
#ifndef VITRINE_DRIVERS_IMPORT_APART_H
#define VITRINE_DRIVERS_IMPORT_APART_H

#include "market/quality.h"
#include "store/bars.h"

typedef struct {
    char symbol[LIMIT_SYMBOL];
    char source[2][BARS_SOURCE]; /* in order of names */
    date_t first;
    date_t last;
    u32 days;
    f64 close[2]; /* on the first of them */
} import_apart_t;

typedef struct {
    const char *source; /* only what stands against this one; NULL: all */
    const char *symbol; /* NULL: all */
    i64 percent;        /* closes further apart than this, of the smaller one; above 0 */
    void (*apart)(void *ctx, const import_apart_t *a);
    void *ctx;
} import_apart_spec_t;

typedef struct {
    u32 pairs;    /* two sources of one name that share a day */
    u64 days;     /* on which both have a close */
    u64 differ;   /* of them */
    u32 adjusted; /* series left out */
} import_apart_sum_t;

/* In order of symbol, sources and date. ERR_NO_MEMORY, and what the store of bars returns. */
MUST_USE err_t import_apart(bars_t *store, const import_apart_spec_t *spec, diag_t *diag,
                            import_apart_sum_t *out);

#endif
