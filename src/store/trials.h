/* Tries that keep no journal but must be counted: the best of many is worth less than the best of one.
 *
 * Promises: a row is never changed or removed. `input` is the content hash of the data that was tried on, as
 * in the row of a run, so that reports count both. */
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
/* What was tried on the data `input`: back-tests that keep a journal, also those that failed, and tries that
 * keep none. What is repeated counts again. `elsewhere`: what was tried on anything else in this store, both
 * kinds together; how much of it was nearly the same data (a day less, a name less) is not known. */
typedef struct {
    u32 runs, searched, elsewhere;
} trials_t;
MUST_USE err_t trials_count(store_t *s, const digest_t *input, diag_t *diag, trials_t *out);
/* Whether a question was asked before: tries of `study` on the data whose params begin with `head`. */
typedef struct {
    digest_t input;
    str_t study, head;
} trial_question_t;
MUST_USE err_t trials_asked(store_t *s, const trial_question_t *ask, diag_t *diag, u32 *out);
/* How often a locked part was opened in this home, of the data `input`, or of any if it is NULL. */
MUST_USE err_t trials_openings(store_t *s, const digest_t *input, diag_t *diag, u32 *out);

#endif
