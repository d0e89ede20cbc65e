/* What a run was made of, as text in its first event: enough to open the same source again (decision 1).
 *
 * Lines of "key = value"; symbols are one line, comma separated. The same text gives the same source. */
#ifndef VITRINE_DRIVERS_RUN_SPEC_H
#define VITRINE_DRIVERS_RUN_SPEC_H

#include "base/bytes.h"
#include "base/fixed.h"
#include "drivers/source.h"
#include "model/bulletin.h"
#include "model/config.h"
#include "store/journal.h"

enum { RUN_SPEC_SYMBOLS = 1 << 16, RUN_SPEC_TEXT = 1 << 17 };

typedef struct {
    run_kind_t kind;
    timeframe_t timeframe;
    char source[64];          /* of the bar store; empty: chosen by the feed */
    char proxy[LIMIT_SYMBOL]; /* regime proxy, empty: none */
    char proxy_source[64];
    char vix[LIMIT_SYMBOL]; /* volatility index, empty: none */
    char vix_source[64];
    char news[256]; /* sets of records that are heard, comma separated, or "all"; empty: none */
    char members[64]; /* SET or SET/GROUP of records that say who may be traded when; empty: all */
    i64 from, to; /* t_known, 0: open */
    date_t trade_from;
    date_t members_of; /* membership list of this day; 0: dated */
    money_t cash;
    u64 seed;                              /* of the run, and of a simulated market */
    u32 stocks, history, warmup, sessions; /* simulated market */
    u32 halts, events;                     /* of it; 0 where a record does not name them */
    char edge[24];
    date_t market_start;
    char *symbols; /* RUN_SPEC_SYMBOLS bytes, NUL-ended, comma separated; empty: all */
} run_spec_t;

MUST_USE err_t run_spec_encode(const run_spec_t *s, writer_t *w);
/* `symbols` memory must be set. ERR_SYNTAX, ERR_UNKNOWN_KEY. */
MUST_USE err_t run_spec_decode(str_t text, diag_t *diag, run_spec_t *out);

/* A source over the bar store. */
typedef struct feed_source feed_source_t;
MUST_USE err_t feed_source_open(const run_spec_t *spec, const char *home, diag_t *diag, feed_source_t **out);
source_t feed_source_of(feed_source_t *f);
/* Days of the first and the last stored bar of any symbol of the run. */
date_t feed_source_first(const feed_source_t *f);
date_t feed_source_last(const feed_source_t *f);
/* How many of its bulletins were known by `t`, by kind; who is covered, and by which list, is none. */
void feed_source_heard(const feed_source_t *f, i64 t, u32 out[BULLETIN_KINDS]);
void feed_source_close(feed_source_t *f);

#endif
