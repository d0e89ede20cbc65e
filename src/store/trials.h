/* Tries that keep no journal but must be counted: the best of many is worth less than the best of one.
 *
 * Promises: a row is never changed or removed. `input` is the content hash of the data that was tried on, as
 * in the row of a run, so that reports count both. Data are told apart by market (source and bar) and days,
 * not by that hash alone: who leaves a day or a name away has tried on the others all the same. */
#ifndef VITRINE_STORE_TRIALS_H
#define VITRINE_STORE_TRIALS_H

#include "store/journal.h"

typedef struct {
    i64 t_created;
    digest_t input;
    digest_t decisions;
    str_t study;  /* "optimize", "walk-forward" or "court" */
    str_t params; /* what was varied or asked, as text */
    bool locked;  /* the part of the data that is kept for the end was opened for it */
    f64 sharpe, total;
} trial_row_t;

/* All or none. */
MUST_USE err_t trials_add(store_t *s, const trial_row_t *rows, u32 count, diag_t *diag);
/* Of which market an input is, and of which of its days. The first word stands. */
typedef struct {
    digest_t input;
    str_t market; /* "sp500_daily 1d" */
    date_t first, last;
} trial_data_t;
MUST_USE err_t trials_data(store_t *s, const trial_data_t *data, diag_t *diag);
/* The market of an input; "" if nobody told. ERR_CORRUPT. */
enum { TRIALS_MARKET = 288 };
MUST_USE err_t trials_market(store_t *s, const digest_t *input, diag_t *diag, char out[TRIALS_MARKET]);
/* What was tried on the data `input`, or on some of the same days of the same market: back-tests that keep a
 * journal, also those that failed, and tries that keep none. What is repeated counts again. `elsewhere`: what
 * was tried on anything else in this store, both kinds together. */
typedef struct {
    u32 runs, searched, elsewhere;
} trials_t;
MUST_USE err_t trials_count(store_t *s, const digest_t *input, diag_t *diag, trials_t *out);
/* Back-tests of the same market that traded on some day from `first` to `last`. */
typedef struct {
    digest_t input; /* one whose market is told (trials_data) */
    date_t first, last;
} trial_days_t;
MUST_USE err_t trials_runs_on(store_t *s, const trial_days_t *days, diag_t *diag, u32 *out);
/* Whether a question was asked before: tries of `study` on the data whose params begin with `head`. */
typedef struct {
    digest_t input;
    str_t study, head;
} trial_question_t;
MUST_USE err_t trials_asked(store_t *s, const trial_question_t *ask, diag_t *diag, u32 *out);
/* How often a locked part was opened in this home, of the data `input`, or of any if it is NULL. */
MUST_USE err_t trials_openings(store_t *s, const digest_t *input, diag_t *diag, u32 *out);

#endif
