/* What searches saw and chose among: who tried which settings on which days, and how each try fared there.
 *
 * Tries keep no journal, and their days are not kept either: of each there is what its days come to in the
 * blocks that the probability of overfitting asks of (pbo.h), 320 bytes. Promises: a row is never changed or
 * removed; settings are known by the hash of a configuration, so that a later run with them is found to come
 * from a search. Leaves to others: counting tries (trials.h). */
#ifndef VITRINE_STORE_SEARCHES_H
#define VITRINE_STORE_SEARCHES_H

#include "quant/stats/pbo.h"
#include "store/journal.h"

typedef struct {
    i64 t_created;
    str_t study, market; /* "optimize"; as in trials.h */
    date_t first, last;  /* the days by which it chose */
} search_row_t;

typedef struct {
    digest_t config;
    pbo_block_t block[PBO_BLOCKS];
} search_try_t;

/* One search, whole or not at all. */
MUST_USE err_t searches_add(store_t *s, const search_row_t *row, const search_try_t *tries, u32 count,
                            diag_t *diag);

/* What of the searches of a market is known of one set of settings. */
typedef struct {
    u32 spans;      /* stretches of days on which it was among the tries of a search; 0: it was in none */
    u32 walked;     /* of them the folds of a walk-forward */
    date_t last;    /* the last day that any of these searches chose by */
    bool pbo_known; /* some stretch had enough tries and days; then of the longest of these, else of the
                       longest: */
    u32 tries;      /* different settings tried on its days, in all searches of them */
    f64 pbo, loss;  /* of all these tries together (pbo.h) */
    date_t pbo_first, pbo_last;
} search_origin_t;
/* ERR_CORRUPT. */
MUST_USE err_t searches_origin(store_t *s, str_t market, const digest_t *config, diag_t *diag,
                               search_origin_t *out);
/* Searches of the market, whatever they tried, that chose by days behind `day`. */
MUST_USE err_t searches_behind(store_t *s, str_t market, date_t day, diag_t *diag, u32 *out);

#endif
