/* What a person may clear: the words of `vitrine clear`, for who asks and for the engine that hears. */
#ifndef VITRINE_FACES_CLI_CLEAR_WORD_H
#define VITRINE_FACES_CLI_CLEAR_WORD_H

#include "base/err.h"
#include "base/str.h"

typedef enum { CLEAR_RECONCILE, CLEAR_BREAKER, CLEAR_CLOCK, CLEAR_WORDS } clear_word_t;

/* ERR_USAGE: no such word, or a user named beside what is everybody's. */
MUST_USE err_t clear_word_find(str_t word, bool of_a_user, diag_t *diag, clear_word_t *out);

#endif
