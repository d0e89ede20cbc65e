/* The feed: slices of stored bars in the order in which they became known (decisions 6, 24).
 *
 * Streams: per symbol one packed chunk and one block of 64 rows are in memory, never a whole series, so
 * memory grows with symbols and not with years. Actions come with the first slice at or after their
 * t_known and are to be applied before that slice's bars are used. Corrections (BAR_LATE) come in a slice
 * of their own, after the new bars of the same moment; so do bars that are known only behind newer ones. A
 * slice and its arrays are valid until the next call. If a symbol is stored from several sources and none is
 * named, exactly one is taken: raw before adjusted, stored before built from finer bars, then the one with
 * more rows in the range, then by name. */
#ifndef VITRINE_DRIVERS_FEED_H
#define VITRINE_DRIVERS_FEED_H

#include "model/bar.h"

typedef struct feed feed_t;

/* For tests of the fence: changes rows on their way out. `bars` are the slice's rows, copied for the purpose;
 * times and the set of instruments must stay. Chunk files are never touched. */
typedef struct {
    void (*apply)(void *ctx, const slice_t *slice, bar_t *bars);
    void *ctx;
} feed_mutator_t;

typedef struct {
    const char *home;
    timeframe_t timeframe;
    const char *const *symbols; /* NULL: all that are stored */
    u32 symbol_count;
    const char *source;       /* NULL: see above */
    i64 from;                 /* t_known, inclusive */
    i64 to;                   /* exclusive; 0: no end */
    const char *proxy_symbol; /* regime proxy read whole at opening, or NULL */
    timeframe_t proxy_timeframe;
    const feed_mutator_t *mutator; /* NULL in every real run */
} feed_spec_t;

typedef struct {
    u32 symbols;
    u64 rows; /* in the chunks of the range: an upper bound of what is delivered */
    i64 known_first;
    i64 known_last;
    i64 fresh_last; /* the same without corrections of older bars: the last moment at which a run decides */
    date_t adjusted_to; /* latest of all symbols; 0: raw prices. If set, price-level gates are barred */
    bool built;         /* some series was built from finer bars */
    char sources[256];  /* names, comma separated */
    u64 content;        /* hash of the sorted chunk hashes: equal data, equal number */
} feed_info_t;

/* Opens the store read-only. ERR_UNKNOWN_SYMBOL (with the nearest stored name), ERR_EMPTY (nothing in the
 * range, with the range that is there), ERR_PARAM_RANGE (from >= to), ERR_NOT_FOUND (no store). */
MUST_USE err_t feed_open(const feed_spec_t *spec, diag_t *diag, feed_t **out);
void feed_close(feed_t *f);
/* Sorted by symbol; inst_t is the index. */
const instrument_t *feed_instruments(const feed_t *f, u32 *count);
const feed_info_t *feed_info(const feed_t *f);
/* Whole series of the proxy, by t_known; the caller fences it. NULL and 0 if none was asked for. */
const bar_t *feed_proxy(const feed_t *f, u32 *count);
/* ERR_EMPTY at the end; ERR_CORRUPT, ERR_IO. */
MUST_USE err_t feed_next(feed_t *f, slice_t *out, diag_t *diag);

/* One symbol's rows with from <= t_known < to (to = 0: no end), malloc'd, for warm-up and regime. Daily
 * rows are taken from daily series, or from those built at import. ERR_UNKNOWN_SYMBOL, ERR_EMPTY. */
typedef struct {
    const char *home;
    const char *symbol;
    const char *source;
    timeframe_t timeframe;
    i64 from;
    i64 to;
    bool as_run; /* without what is known only behind newer bars (BAR_LATE): a run is made without it */
} feed_history_spec_t;
typedef struct {
    bar_t *own_bars;
    u32 bar_count;
    action_t *own_actions;
    u32 action_count;
    date_t adjusted_to;
    char source[32];
} feed_history_t;
MUST_USE err_t feed_history(const feed_history_spec_t *spec, diag_t *diag, feed_history_t *out);
void feed_history_free(feed_history_t *h);

#endif
